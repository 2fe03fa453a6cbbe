"""Views about subscriptions: lists, questions and short answers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import discord

from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button
from bot.interactions.typed_choices import Choice, Choices, UnknownChoiceError, names
from bot.layouts.announcements.permission_check import Check, checklist
from bot.layouts.components import MAX_LABEL, Part, action_row, card, divider, layout, notice, subtext, text_display
from bot.layouts.markdown import plain
from bot.models import Rhythm, Schedule, Subscription
from bot.plain_text import clean_line, truncate

PER_PAGE = 6
MAX_SHOWN_NAME = 14  # of a channel, in a button beside other words
NO_NAMES: Mapping[int, str] = MappingProxyType({})
NAMES_LIMIT = 180  # several channels share Discord's limit of text
KNOWN_LIMIT = 1_500
ZONES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Chicago",
    "America/New_York", "America/Halifax", "America/Sao_Paulo", "UTC", "Europe/London", "Europe/Berlin",
    "Africa/Lagos", "Africa/Johannesburg", "Europe/Athens", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi",
    "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Seoul", "Asia/Tokyo", "Australia/Sydney",
    "Pacific/Auckland",
)  # fmt: skip


def channel_link(channel_id: int) -> str:
    """The channel as Discord shows it, as safe markdown."""
    return f"<#{channel_id}>"


def describe_subscription(subscription: Subscription, offer: Choices, text: Catalogue) -> str:
    """The options of a subscription, in one line."""
    options = subscription.options
    topics = (
        plain(names(options.topics, offer.topics), NAMES_LIMIT) if options.topics else text("announcements.every_topic")
    )
    feeds = plain(names(options.feeds, offer.feeds), NAMES_LIMIT)
    role = f"<@&{options.role_id}>" if options.role_id is not None else ""
    articles = text(f"languages.{options.article_language}") if options.article_language else ""
    pieces = [
        text("announcements.describe.topics", topics=topics),
        text("announcements.describe.feeds", feeds=feeds) if feeds else "",
        text("announcements.describe.role", role=role) if role else "",
        text("announcements.describe.topic_roles") if options.topic_roles else "",
        text("announcements.describe.silent") if options.silent else "",
        text("announcements.describe.publish") if options.publish else "",
        text("announcements.describe.open_thread") if options.open_thread else "",
        text("announcements.describe.language", language=text(f"languages.{options.language}")),
        describe_schedule(options.schedule, text),
        text("voice.describe.line") if options.line else "",
        text("voice.describe.language", language=articles) if articles else "",
    ]
    return " · ".join(piece for piece in pieces if piece)


def describe_schedule(schedule: Schedule, text: Catalogue) -> str:
    """The schedule in a few words; empty for a channel that gets everything at once."""
    zone = zone_name(schedule.time_zone, text)
    pieces: list[str] = []
    if schedule.rhythm is not Rhythm.AT_ONCE:
        weekday = text(f"schedule.weekday.{schedule.weekday}")
        key = f"schedule.describe.{schedule.rhythm.value}"
        pieces.append(text(key, weekday=weekday, hour=hour_text(schedule.hour), zone=zone))
    if schedule.quiet_from is not None and schedule.quiet_until is not None:
        start, end = hour_text(schedule.quiet_from), hour_text(schedule.quiet_until)
        pieces.append(text("schedule.describe.quiet", start=start, end=end, zone=zone))
    return " · ".join(pieces)


def zone_name(zone: str, text: Catalogue) -> str:
    """A time zone by the city people know; its own name where we have none."""
    return text(f"schedule.zones.{zone}") if zone in ZONES else plain(zone, MAX_LABEL)


def hour_text(hour: int) -> str:
    """An hour of the day as people write it."""
    return f"{hour:02}:00"


def saved_view(
    subscription: Subscription,
    offer: Choices,
    text: Catalogue,
    *,
    new: bool,
    has_log_channel: bool = True,
    has_topic_roles: bool = True,
) -> discord.ui.LayoutView:
    """The confirmation of a saved subscription, with buttons for what is still missing, and for a test."""
    key = "announcements.added" if new else "announcements.changed"
    roles, style = "", discord.ButtonStyle.secondary
    if subscription.options.topic_roles and not has_topic_roles:
        roles, style = text("announcements.added.no_topic_roles"), discord.ButtonStyle.primary
    return layout(
        card(
            text_display(f"## {text(f'{key}.title', channel=channel_link(subscription.channel_id))}"),
            text_display(describe_subscription(subscription, offer, text), text("announcements.added.next"), roles),
            action_row(
                button(text("topic_roles.page.open"), ModeratorAction.ROLES_PAGE, 0, style=style)
                if subscription.options.topic_roles
                else None,
                button(text("announcements.guide.test"), ModeratorAction.TEST, subscription.channel_id),
                button(text("announcements.list.details"), ModeratorAction.STATUS, subscription.channel_id),
                button(text("send.send.newest"), ModeratorAction.SEND_NEWEST, subscription.channel_id) if new else None,
            ),
            action_row(
                button(text("schedule.open"), ModeratorAction.SCHEDULE, subscription.channel_id),
                button(text("voice.open"), ModeratorAction.VOICE, subscription.channel_id),
            ),
            None if has_log_channel else text_display(text("announcements.added.no_log_channel")),
            None
            if has_log_channel
            else action_row(button(text("settings.log_channel.title"), ModeratorAction.LOG_CHANNEL)),
        )
    )


def permissions_view(check: Check, code: str, text: Catalogue) -> discord.ui.LayoutView:
    """What is missing before the bot could announce there, and how to give it; nothing was saved.

    `code` is the encoded draft, which *Check again* opens.
    """
    title = text("announcements.refused.title", channel=channel_link(check.channel_id))
    return layout(
        card(
            text_display(f"## {title}", text("announcements.refused.intro")),
            text_display(checklist(check, text, only_missing=True)),
            text_display(text("announcements.refused.again")),
            action_row(button(text("announcements.guide.again"), ModeratorAction.WIZARD_RECHECK, code)),
        )
    )


def card_preview(
    channel_id: int, card_view: discord.ui.LayoutView, text: Catalogue, *, fits: bool
) -> discord.ui.LayoutView:
    """The card exactly as the channel would get it, below one line that says so."""
    key = "announcements.preview.title" if fits else "announcements.preview.title_else"
    return with_caption(text(key, channel=channel_link(channel_id)), card_view)


def with_caption(line: str, card_view: discord.ui.LayoutView) -> discord.ui.LayoutView:
    """The same message with a small line above it."""
    return layout(text_display(subtext(line)), *card_view.children)


def subscription_list(
    subscriptions: Sequence[Subscription],
    page: int,
    offer: Choices,
    text: Catalogue,
    names_by_channel: Mapping[int, str] = NO_NAMES,
    followed: Part | None = None,
) -> discord.ui.LayoutView:
    """Every channel of a server that gets announcements, a page at a time; `page` counts from 0."""
    if not subscriptions:
        return layout(card(text_display(text("announcements.list.empty")), followed))
    pages = (len(subscriptions) + PER_PAGE - 1) // PER_PAGE
    page = max(0, min(page, pages - 1))
    shown = subscriptions[page * PER_PAGE : (page + 1) * PER_PAGE]
    entries: list[Part | None] = []
    for one in shown:
        heading = f"**{channel_link(one.channel_id)}**"
        if one.paused:
            heading += f" · {text('announcements.describe.paused')}"
        elif one.blocked_reason:
            heading += f" · {text('announcements.describe.blocked')}"
        details = details_label(names_by_channel.get(one.channel_id, ""), text)
        # Below the words, not beside them: a phone would leave a column of one word for the words.
        entries.append(text_display(heading, subtext(describe_subscription(one, offer, text))))
        entries.append(action_row(button(details, ModeratorAction.STATUS, one.channel_id)))
    turn = action_row(
        button(text("announcements.list.previous"), ModeratorAction.LIST, page - 1, disabled=page == 0),
        button(text("announcements.list.next"), ModeratorAction.LIST, page + 1, disabled=page == pages - 1),
    )
    return layout(
        card(
            text_display(
                f"## {text('announcements.list.title')}", text("announcements.list.count", count=len(subscriptions))
            ),
            divider(),
            *entries,
            text_display(subtext(text("announcements.list.page", page=page + 1, pages=pages))) if pages > 1 else None,
            turn if pages > 1 else None,
            followed,
        )
    )


def details_label(channel_name: str, text: Catalogue) -> str:
    """The label of the button that opens a channel's page; its name distinguishes the buttons for screen readers."""
    if not clean_line(channel_name):
        return text("announcements.list.details")
    return text("announcements.list.details_of", channel=truncate(clean_line(channel_name), MAX_SHOWN_NAME))


def unknown_choice(
    kind: Literal["topic", "feed"], error: UnknownChoiceError, offered: Sequence[Choice], text: Catalogue
) -> discord.ui.LayoutView:
    """An unknown topic or feed, with the existing ones."""
    listed = plain(", ".join(choice.name for choice in offered), KNOWN_LIMIT)
    word = plain(error.word, MAX_LABEL)
    key = f"announcements.refused.unknown_{kind}"
    if error.near:
        return notice(text(f"{key}_near", word=word, near=plain(error.near), names=listed))
    return notice(text(key, word=word, names=listed))
