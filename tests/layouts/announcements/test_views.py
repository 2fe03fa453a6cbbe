"""The moderators' pages: within Discord's limits, and no outside text breaks them."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.discord_api.responses import NO_ACCESS
from bot.delivery.permissions import Wants
from bot.delivery.planning.channel_facts import ChannelFacts, Silence
from bot.delivery.planning.explain import HELP, Explanation, Help, Reason
from bot.delivery.planning.topic_roles import RoleProblem
from bot.i18n import LANGUAGES, Catalogue
from bot.interactions.draft import Draft, encode
from bot.interactions.typed_choices import Choice, Choices, UnknownChoiceError
from bot.layouts.announcements.deliveries import delivery_line
from bot.layouts.announcements.permission_check import Check
from bot.layouts.announcements.questions import QUESTIONS, ask
from bot.layouts.announcements.schedule import schedule_page, voice_page
from bot.layouts.announcements.send import send_question, why_view
from bot.layouts.announcements.status import ChannelStatus, FeedStatus, VisibleMessage, channel_page, overview_page
from bot.layouts.announcements.subscriptions import (
    card_preview,
    permissions_view,
    saved_view,
    subscription_list,
    unknown_choice,
)
from bot.layouts.announcements.withdrawn import WithdrawnSummary, title_of, withdrawn_page
from bot.layouts.announcements.wizard import WizardState, wizard_page
from bot.layouts.components import PHONE_ROW, button_width, notice
from bot.layouts.topic_roles import RolesPage, TopicRole, member_menu, roles_page, topic_page
from bot.models import Action, ChannelKind, Rhythm, Schedule, Subscription, SubscriptionOptions
from bot.store.deliveries import DeliveryReport, DeliveryState, FollowUp
from bot.store.feeds import FeedState
from bot.store.withdrawals import WithdrawnArticle
from tests.conftest import NOW, make_article
from tests.layouts.reading import LIVE_MENTION, addresses, check_limits, labels, said

ENGLISH = Catalogue.of("en")
GUILD = 1_100_000_000_000_000_001
HOSTILE = "@everyone <@&1> **x** [a](javascript:alert(1)) # \u202e 가나다 😀 `" * 9
hostile_text = st.one_of(
    st.text(max_size=150),
    st.text("가힣뷁각", min_size=30, max_size=150),  # one word, of the widest letters
    st.integers(0, len(HOSTILE)).map(lambda length: HOSTILE[:length]),
)
ALL_WISHES = Wants(open_thread=True, mention_locked_role=True)


SUBSCRIPTION = Subscription(1, GUILD, GUILD + 1, ChannelKind.TEXT)
REPORT = DeliveryReport(
    id=1,
    article_id=1,
    title="A title",
    url="https://example.org/a",
    state=DeliveryState.POSTED,
    not_before=None,
    message_id=None,
    posted_at=NOW,
    planned_at=NOW,
    problem="",
    publish=FollowUp.NO,
    thread=FollowUp.NO,
)


def offer(count: int, name: str) -> Choices:
    numbered = [f"{number} {name}"[:80] for number in range(count)]
    return Choices(
        tuple(Choice(f"topic-{number}", one) for number, one in enumerate(numbered)),
        tuple(Choice(f"feed-{number}", one) for number, one in enumerate(numbered[:4])),
    )


def pages(name: str, text: Catalogue) -> Iterator[discord.ui.LayoutView]:
    """Every page, as full as possible, with `name` for all outside text."""
    everything = offer(40, name)
    keys = tuple(topic.key for topic in everything.topics)
    feeds = tuple(feed.key for feed in everything.feeds)
    wishes = SubscriptionOptions(keys, feeds, 5, publish=True, open_thread=True)
    full = [Subscription(number, GUILD, GUILD + number, ChannelKind.TEXT, wishes) for number in range(9)]
    check = Check(GUILD + 1, ChannelKind.FORUM, 0, ALL_WISHES, role_id=5, tags_missing=True)
    reports = tuple(
        replace(REPORT, id=number, title=name, url="https://example.org/" + "x" * 600, state=state)
        for number, state in enumerate(
            (DeliveryState.UNVERIFIED, DeliveryState.REJECTED, *[DeliveryState.UNVERIFIED] * 3)
        )
    )
    statuses = [ChannelStatus(one, check, reports) for one in full[:5]]
    article = make_article(title=name, summary=name)
    trouble = FeedState("blog", "u", "u", problem="overloaded", problem_since=NOW, last_success=NOW, next_check=NOW)
    watched = [FeedStatus(name or "x", replace(trouble, key=f"feed-{number}"), (article,) * 9) for number in range(12)]
    draft = Draft(GUILD + 1, wishes)
    yield subscription_list(full, 1, everything, text)
    yield permissions_view(check, "a.0.000en", text)
    yield saved_view(full[0], everything, text, new=True, has_log_channel=False)
    yield unknown_choice("topic", UnknownChoiceError(name, name), everything.topics, text)
    yield card_preview(GUILD, notice("x"), text, fits=True)
    yield channel_page(statuses[0], watched, everything, text, NOW)
    out_of_reach = VisibleMessage(GUILD, GUILD + 1, GUILD + 2, NO_ACCESS)
    withdrawn = WithdrawnSummary(20, tuple(WithdrawnArticle(number, name, NOW) for number in range(20)), 86_400.0)
    yield overview_page(statuses, 1, 3, watched, [article] * 5, [out_of_reach] * 9, withdrawn, text, NOW)
    yield withdrawn_page(withdrawn, text)
    fields = {"title": title_of(withdrawn.articles[0], text), "channel": "<#1>", "organisation": "x", "count": 9}
    for action in QUESTIONS:
        yield ask(action, text, GUILD, **fields)
    yield wizard_page(WizardState(draft, everything, encode(draft, everything), check, notice("x" * 3_000)), text)
    yield wizard_page(WizardState(draft, everything, encode(draft, everything), check, notice("x")), text)
    chosen = replace(
        wishes, schedule=Schedule(Rhythm.WEEKLY, 9, 4, 22, 7, "Asia/Seoul"), line=name, article_language="ko"
    )
    scheduled = replace(full[0], options=chosen)
    actions = [Action(f"action-{number}", name or "x", "", "https://example.org", "learn") for number in range(30)]
    yield schedule_page(scheduled, 3, text, NOW)
    yield voice_page(scheduled, actions, notice("x" * 2_000), text)
    yield send_question(article, scheduled, reports, (5, 6, 7), notice("x" * 3_900), text)
    for reason in Reason:
        yield why_view(
            article, scheduled, Explanation(reason, HELP.get(reason, Help.NONE), NOW, reports[0]), everything, text
        )
    topics = [TopicRole(topic, 5 + number, RoleProblem.PERMISSIONS) for number, topic in enumerate(everything.topics)]
    yield roles_page(RolesPage(topics, may_manage=False, panel_channel_id=GUILD, page=1), text)
    yield topic_page(topics[0], text, may_manage=True)
    yield member_menu(everything.topics, keys[:3], text, ["x"])


@given(hostile_text)
def test_outside_text_cannot_break_the_layout(name: str) -> None:
    """Names of topics and feeds, titles and typed words neither ping nor exceed Discord's limits."""
    for language, view in ((one, view) for one in LANGUAGES for view in pages(name, Catalogue.of(one))):
        check_limits(view)
        found = LIVE_MENTION.findall(said(view))
        assert {kind for kind, _ in found} <= {"#", "@&", "t:"}, language
        assert all(address.startswith("https://") for address in addresses(view))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_button_of_ours_is_wider_than_a_phone(language: str) -> None:
    """Its label would be cut; the names of channels in labels are cut before."""
    cut = {
        item.label
        for view in pages("x", Catalogue.of(language))
        for item in view.walk_children()
        if isinstance(item, discord.ui.Button) and button_width(item) >= PHONE_ROW
    }

    assert cut == set()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": DeliveryState.POSTED}, "✅ **[A title](https://example.org/a)** · posted <t:1800000000:R>"),
        ({"publish": FollowUp.WANTED}, "· will be published"),
        ({"publish": FollowUp.WANTED, "not_before": NOW + 900}, "· will be published <t:1800000900:R>"),
        ({"publish": FollowUp.BLOCKED}, "· cannot be published yet: I do not have **Send Messages**"),
        ({"thread": FollowUp.BLOCKED}, "· no thread yet: I do not have **Create Public Threads**"),
        (
            {"problem": "too_many_edits", "not_before": NOW + 900},
            "· still to do, next attempt <t:1800000900:R>: Discord limits how often",
        ),
        ({"state": DeliveryState.PLANNED, "not_before": NOW}, "· queued"),
        ({"state": DeliveryState.PLANNED, "not_before": NOW + 90}, "· waiting until <t:1800000090:R>"),
        (
            {"state": DeliveryState.PLANNED, "problem": "view_channel,send_messages"},
            "**View Channel**, **Send Messages**",
        ),
        ({"state": DeliveryState.PLANNED, "problem": "channel_gone"}, "· waiting: I cannot find the channel"),
        ({"state": DeliveryState.PLANNED, "problem": "something_new"}, "waiting until I can post here again"),
        (
            {"state": DeliveryState.CLAIMED, "not_before": NOW},
            "📨 **[A title](https://example.org/a)** · being sent",
        ),
        ({"state": DeliveryState.CLAIMED, "not_before": NOW + 90}, "· waiting until <t:1800000090:R>"),
        ({"state": DeliveryState.DELETED}, "a moderator deleted the post"),
        ({"state": DeliveryState.WITHDRAWN, "title": ""}, "↩️ **[An article](https://example.org/a)** · withdrawn"),
        ({"state": DeliveryState.IN_DIGEST, "message_id": 7}, f"](https://discord.com/channels/{GUILD}/{GUILD + 1}/7)"),
        ({"state": DeliveryState.CANCELLED}, "· not sent"),
        ({"state": DeliveryState.REJECTED}, "· Discord did not accept it"),
    ],
)
def test_each_state_has_its_sentence(changes: dict[str, Any], words: str) -> None:
    assert words in delivery_line(replace(REPORT, **changes), SUBSCRIPTION, ENGLISH, NOW)


def test_a_pause_is_why_a_planned_article_waits() -> None:
    waiting = replace(REPORT, state=DeliveryState.PLANNED)
    paused = replace(SUBSCRIPTION, paused=True)

    assert "waiting until you use `/announcements resume`" in delivery_line(waiting, paused, ENGLISH, NOW)


@pytest.mark.parametrize(("language", "state"), list(itertools.product(LANGUAGES, DeliveryState)))
def test_no_state_is_without_a_sentence(language: str, state: DeliveryState) -> None:
    assert "A title" in delivery_line(replace(REPORT, state=state), SUBSCRIPTION, Catalogue.of(language), NOW)


@pytest.mark.parametrize("reason", Silence)
def test_a_channel_page_says_why_nothing_arrives(reason: Silence) -> None:
    thread = replace(SUBSCRIPTION, kind=ChannelKind.THREAD, paused=reason is Silence.PAUSED)
    status = ChannelStatus(thread, None, (), ChannelFacts(reason))

    page = said(channel_page(status, (), Choices((), ()), ENGLISH, NOW))

    assert ENGLISH(f"announcements.status.silence.{reason}", reason="", missing="", until="")[:20] in page


def test_only_pending_or_unverified_deliveries_offer_buttons() -> None:
    def offered(**changes: Any) -> set[str]:
        status = ChannelStatus(SUBSCRIPTION, None, (replace(REPORT, **changes),))  # the channel is gone
        return set(labels(channel_page(status, (), Choices((), ()), ENGLISH, NOW)))

    always = {"Check again", "Send a test", "Schedule", "Own words", "All channels"}
    assert offered() == always
    assert offered(state=DeliveryState.UNVERIFIED) == {*always, "It arrived", "Send it again"}
    assert offered(state=DeliveryState.PLANNED, not_before=NOW + 600) == {*always, "Send now"}
    assert offered(state=DeliveryState.PLANNED, not_before=NOW + 5) == always
    assert offered(state=DeliveryState.REJECTED) == {*always, "Send now"}
