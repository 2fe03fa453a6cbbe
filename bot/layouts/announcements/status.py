"""The proof of delivery: what each channel got, what waits and why, and the state of the feeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.delivery.incidents import problem_sentence, reason_sentence
from bot.delivery.planning.channel_facts import NO_FACTS, ChannelFacts
from bot.delivery.withdrawal_progress import message_link
from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button
from bot.interactions.typed_choices import Choices
from bot.layouts.announcements.deliveries import NEEDS_A_LOOK, delivery_line, delivery_parts, due_stamp, short_link
from bot.layouts.announcements.permission_check import Check, checklist
from bot.layouts.announcements.subscriptions import channel_link, describe_subscription, details_label
from bot.layouts.announcements.withdrawn import WithdrawnSummary, withdrawn_line
from bot.layouts.components import (
    MAX_LABEL,
    Part,
    action_row,
    card,
    day_stamp,
    divider,
    first_within_limits,
    layout,
    listed,
    stamp,
    subtext,
    text_display,
)
from bot.layouts.markdown import plain
from bot.models import Article, ChannelKind, Subscription
from bot.search.results import IndexProgress
from bot.store.deliveries import DeliveryReport, UnfinishedChange
from bot.store.feeds import FeedState

PER_PAGE = 5
NEWEST = 3
MOST_HELD = 2
MAX_HELD_TITLES = 25
MOST_FEEDS = 6
MOST_UNREACHED = 5


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel, its last deliveries, newest first, and its posts that still have to change.

    `check` is None when the channel is gone, or a thread archived.
    """

    subscription: Subscription
    check: Check | None
    deliveries: tuple[DeliveryReport, ...]
    facts: ChannelFacts = NO_FACTS
    name: str = ""  # of the channel, for screen readers
    unfinished: tuple[UnfinishedChange, ...] = ()

    @property
    def is_gone(self) -> bool:
        """Whether the bot cannot see the channel; Discord does not list an archived thread, which can be posted in."""
        return self.check is None and self.subscription.kind is not ChannelKind.THREAD


@dataclass(frozen=True, slots=True)
class VisibleMessage:
    """A message that still shows withdrawn or outdated content: a post, a shared card or a test.

    `problem` is why it cannot be changed; empty while that is being tried.
    """

    guild_id: int
    channel_id: int
    message_id: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed, its state, and its held articles, newest first."""

    name: str
    state: FeedState
    held: tuple[Article, ...] = ()


def channel_page(
    status: ChannelStatus, feeds: Sequence[FeedStatus], offer: Choices, text: Catalogue, now: float
) -> discord.ui.LayoutView:
    """One channel: its state, its last articles, and its feeds."""
    subscription = status.subscription
    title = text("announcements.status.title_channel", channel=channel_link(subscription.channel_id))
    passed = status.check is None or status.check.passed
    refused = status.is_gone or not passed or bool(status.facts.silence)
    check_label = "announcements.guide.again" if refused else "announcements.status.check_now"
    heading = text_display(
        f"## {title}", _health(status, text, now), subtext(describe_subscription(subscription, offer, text))
    )
    none_yet = "" if status.deliveries else text("announcements.status.none_yet")
    return first_within_limits(
        layout(
            card(
                heading,
                divider(),
                text_display(text("announcements.status.deliveries"), none_yet),
                *(part for report in shown for part in delivery_parts(report, subscription, text, now)),
                listed("", _older_changes(status, shown, text, now)),
                divider(),
                _feed_lines(feeds, most_feeds, text, now),
                action_row(
                    button(text(check_label), ModeratorAction.CHECK_NOW, subscription.channel_id),
                    button(text("announcements.guide.test"), ModeratorAction.TEST, subscription.channel_id),
                    button(text("schedule.open"), ModeratorAction.SCHEDULE, subscription.channel_id),
                    button(text("voice.open"), ModeratorAction.VOICE, subscription.channel_id),
                    button(text("announcements.status.back"), ModeratorAction.OVERVIEW, 0),
                ),
            )
        )
        for shown, most_feeds in (
            (status.deliveries, MOST_FEEDS),
            (status.deliveries[:3], 1),
            (status.deliveries[:1], 0),
        )
    )


def overview_page(
    channels: Sequence[ChannelStatus],
    page: int,
    pages: int,
    feeds: Sequence[FeedStatus],
    unclassified: Sequence[Article],
    unreached: Sequence[VisibleMessage],
    withdrawn: WithdrawnSummary,
    text: Catalogue,
    now: float,
    followed: Part | None = None,
    indexing: IndexProgress | None = None,
) -> discord.ui.LayoutView:
    """All channels of a server, the feeds, held articles, and articles without a topic.

    `channels` are those of this `page`, which counts from 0; `unreached` are shared cards that
    could not be updated; `followed` is the part about channels that Discord posts in; `indexing` is the
    progress while older articles are not yet indexed.
    """
    progress = ""
    if indexing is not None:
        progress = text("announcements.status.indexing", indexed=indexing.indexed, articles=indexing.articles)
    held = [feed for feed in feeds if feed.held][:MOST_HELD]
    untaken = [f"• {short_link(article.title, article.url)}" for article in unclassified]
    buttons = [button(text("announcements.status.refresh"), ModeratorAction.OVERVIEW, page)]
    if withdrawn.articles:
        buttons.append(button(text("announcements.withdrawn.open"), ModeratorAction.WITHDRAWN))
    if pages > 1:
        back, forward = text("announcements.list.previous"), text("announcements.list.next")
        buttons.append(button(back, ModeratorAction.OVERVIEW, page - 1, disabled=page == 0))
        buttons.append(button(forward, ModeratorAction.OVERVIEW, page + 1, disabled=page >= pages - 1))
    forms = (
        (untaken, MOST_FEEDS, MOST_UNREACHED, MAX_HELD_TITLES),
        ((), MOST_FEEDS, MOST_UNREACHED, MAX_HELD_TITLES),
        ((), 1, MOST_UNREACHED, 10),
        ((), 1, 1, NEWEST),
    )
    return first_within_limits(
        layout(
            card(
                text_display(f"## {text('announcements.status.title')}"),
                _unreached_lines(unreached, most_unreached, text),
                *(part for status in channels for part in _channel_parts(status, text, now)),
                None if channels else text_display(text("announcements.list.empty")),
                followed,
                divider(),
                _feed_lines(feeds, most_feeds, text, now),
                text_display(progress) if progress else None,
                *(part for feed in held for part in _held_parts(feed, most_titles, text)),
                withdrawn_line(withdrawn, text),
                divider() if titles else None,
                text_display(
                    text("announcements.status.unclassified"),
                    *titles,
                    subtext(text("announcements.status.unclassified_hint")),
                )
                if titles
                else None,
                action_row(*buttons),
            )
        )
        for titles, most_feeds, most_unreached, most_titles in forms
    )


def _channel_parts(status: ChannelStatus, text: Catalogue, now: float) -> tuple[Part | None, ...]:
    """A channel's line with its button below: beside it, a long channel name would be squeezed on a phone."""
    subscription = status.subscription
    # Decisions for a moderator come before news.
    shown = sorted(status.deliveries, key=lambda report: report.state not in NEEDS_A_LOOK)[:1]
    lines = [delivery_line(report, subscription, text, now) for report in shown]
    lines = lines or [text("announcements.status.none_yet")]
    return (
        text_display(
            f"**{channel_link(subscription.channel_id)}** · {_health(status, text, now, short=True)}",
            *_older_changes(status, shown, text, now),
            *map(subtext, lines),
        ),
        action_row(button(details_label(status.name, text), ModeratorAction.STATUS, subscription.channel_id)),
    )


def _older_changes(status: ChannelStatus, shown: Sequence[DeliveryReport], text: Catalogue, now: float) -> list[str]:
    """How many posts besides the shown ones wait for their withdrawal or correction; withdrawals first."""
    older = [change for change in status.unfinished if change.delivery_id not in {report.id for report in shown}]
    lines: list[str] = []
    for key, withdrawal in (
        ("announcements.status.older_withdrawals", True),
        ("announcements.status.older_corrections", False),
    ):
        waiting = [change for change in older if change.withdrawal is withdrawal]
        if waiting:
            line = text(key, count=len(waiting))
            due = min((change.due for change in waiting if change.due is not None), default=None)
            if due is not None:
                line += f" · {text('announcements.status.next_attempt', when=due_stamp(due, text, now))}"
            lines.append(line)
    return lines


def _health(status: ChannelStatus, text: Catalogue, now: float, *, short: bool = False) -> str:
    if status.is_gone:
        return text("announcements.status.gone_short" if short else "announcements.status.gone")
    if status.check is not None and status.check.blocks_posting:
        blocked = f"{text('announcements.status.blocked')}\n{checklist(status.check, text, only_missing=True)}"
        return text("announcements.status.blocked_short") if short else blocked
    facts = status.facts
    if facts.silence is not None:
        return text(
            f"announcements.status.silence.{facts.silence}",
            reason=reason_sentence(facts.reasons, text),
            missing=", ".join(plain(key) for key in facts.missing),
            until=due_stamp(facts.until, text, now),
        )
    if any(report.state in NEEDS_A_LOOK for report in status.deliveries):
        return text("announcements.status.attention")
    return _working(status, text, short=short)


def _working(status: ChannelStatus, text: Catalogue, *, short: bool) -> str:
    """The state of a channel that works: the last confirmed post, and optional permissions that are missing."""
    facts, check = status.facts, status.check
    lines = [text("announcements.status.well")]
    if check is None:
        lines = [text("announcements.status.archived")]
    elif status.unfinished:
        lines = [text("announcements.status.arriving")]
    elif facts.confirmed_at is not None and not short:
        lines = [text("announcements.status.confirmed", when=stamp(facts.confirmed_at, "f"))]
    if facts.missing:
        lines.append(text("announcements.status.missing_keys", missing=", ".join(plain(key) for key in facts.missing)))
    if check is not None and not check.passed:
        lines.append(text("announcements.status.limited"))
        if not short:
            lines.append(checklist(check, text, only_missing=True))
    return "\n".join(lines)


def _feed_lines(feeds: Sequence[FeedStatus], most: int, text: Catalogue, now: float) -> Part:
    """The feeds, failing ones first when there is not enough room."""
    ordered = feeds if len(feeds) <= most else sorted(feeds, key=lambda feed: not feed.state.problem)
    rest = len(feeds) - len(ordered[:most])
    return text_display(
        text("announcements.status.feeds"),
        *(_feed_line(feed, text, now) for feed in ordered[:most]),
        subtext(text("announcements.status.more_feeds", count=rest)) if rest else "",
    )


def _feed_line(feed: FeedStatus, text: Catalogue, now: float) -> str:
    state, name = feed.state, plain(feed.name, MAX_LABEL)
    following = due_stamp(state.next_check, text, now)
    success = stamp(state.last_success) if state.last_success else ""
    if state.gone:
        return text("announcements.feed.gone", name=name)
    if not state.problem:
        key = "announcements.feed.well" if success else "announcements.feed.new"
        return text(key, name=name, success=success, next=following)
    key = "announcements.feed.trouble" if success else "announcements.feed.trouble_new"
    since = stamp(state.problem_since) if state.problem_since else ""
    return text(
        key, name=name, problem=problem_sentence(state.problem, text), since=since, success=success, next=following
    )


def _held_parts(feed: FeedStatus, most: int, text: Catalogue) -> list[Part]:
    """The held articles with their dates, and the choices."""
    shown = feed.held[:most]
    titles = [f"• {day_stamp(one.published, text)} {short_link(one.title, one.url)}" for one in shown]
    if len(feed.held) > most:
        titles.append(text("announcements.and_more", count=len(feed.held) - most))
    name = plain(feed.name, MAX_LABEL)
    buttons = action_row(
        button(
            text("announcements.held.all"),
            ModeratorAction.RELEASE,
            feed.state.key,
            "all",
            style=discord.ButtonStyle.primary,
        ),
        button(text("announcements.held.newest"), ModeratorAction.RELEASE, feed.state.key, "newest"),
        button(text("announcements.held.none"), ModeratorAction.RELEASE, feed.state.key, "none"),
    )
    title = text("announcements.held.title", name=name, count=len(feed.held))
    found: list[Part | None] = [
        divider(),
        text_display(title, *titles, subtext(text("announcements.held.scope"))),
        buttons,
    ]
    return [part for part in found if part is not None]


def _unreached_lines(cards: Sequence[VisibleMessage], most: int, text: Catalogue) -> Part | None:
    if not cards:
        return None
    lines: list[str] = []
    for message in cards[:most]:
        link = text("announcements.status.unreached_link")
        if message.message_id is not None:
            link = f"[{link}]({message_link(message.guild_id, message.channel_id, message.message_id)})"
        reason = text("announcements.status.being_changed")
        if message.problem:
            reason = reason_sentence(message.problem, text)
        channel = channel_link(message.channel_id)
        lines.append(text("announcements.status.unreached_line", channel=channel, link=link, reason=reason))
    if len(cards) > most:
        lines.append(text("announcements.and_more", count=len(cards) - most))
    title = text("announcements.status.unreached", count=len(cards))
    return text_display(title, *lines, subtext(text("announcements.status.unreached_hint")))
