"""The sentences of incidents: words for people, in the language of those who read them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery.incidents import IncidentNotifier, incident_sentence, problem_sentence, reason_sentence
from bot.i18n import LANGUAGES, Catalogue
from bot.ingest.poll_policy import PROBLEM_KINDS
from bot.models import ChannelKind
from bot.store.database import Database
from bot.store.guilds import Guilds
from bot.store.incidents import Incident, Incidents
from bot.store.stores import Stores
from bot.store.subscriptions import NewSubscription, Subscriptions
from tests.delivery.fakes import FakeDiscord, FakeSender

NAMES = {"blog": "Corner Notes"}
FEED = Incident(1, 0, 0, "feed_timeout:blog", "ClientConnectorError: [Errno 111]", 0.0, None, start_reported=False)
GUILD, CHANNEL, NOW = 10, 20, 1_800_000_000.0


def test_several_missing_permissions_are_one_reason() -> None:
    text = Catalogue.of("en")

    assert reason_sentence("view_channel", text) == "I do not have the permission **View Channel**"
    assert reason_sentence("view_channel,send_messages", text) == (
        "I do not have the permissions **View Channel**, **Send Messages** (in a forum: **Create Posts**)"
    )
    assert "Discord refused it" in reason_sentence("view_channel,refused", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PROBLEM_KINDS)
def test_a_feed_incident_is_described_in_words(kind: str, language: str) -> None:
    """Neither the raw kind nor the English detail of the log reaches a reader, and the feed has its name."""
    text = Catalogue.of(language)
    sentence = incident_sentence([replace(FEED, kind=f"feed_{kind}:blog")], text, NAMES)
    assert "Corner Notes" in sentence
    assert problem_sentence(kind, text) in sentence
    assert "Errno" not in sentence
    assert not re.search(r"\b[a-z]+_[a-z]+\b", sentence)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize(
    ("kind", "detail", "shown"),
    [
        ("feed_held:blog", "7", "Corner Notes"),
        ("feed_gap:blog", "2026-11-20 08:00 UTC", "Corner Notes"),
        ("withdrawals_suspended:example.org", "12", "example.org"),
    ],
)
def test_what_is_held_missed_or_suspended_has_its_own_sentence(
    kind: str,
    detail: str,
    shown: str,
    over: bool,  # noqa: FBT001
    language: str,
) -> None:
    incident = replace(FEED, kind=kind, detail=detail, ended_at=1.0 if over else None)
    sentence = incident_sentence([incident], Catalogue.of(language), NAMES)

    assert shown in sentence
    assert over or detail in sentence
    assert "{" not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_end_of_an_undecided_hold_says_what_became_of_it(language: str) -> None:
    incident = replace(FEED, kind="feed_held:blog", detail="expired 3", ended_at=1.0)
    decided = replace(incident, detail="3")
    text = Catalogue.of(language)

    assert "3" in incident_sentence([incident], text, NAMES)
    assert incident_sentence([incident], text, NAMES) != incident_sentence([decided], text, NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_without_a_sentence_are_not_shown_raw(language: str) -> None:
    text = Catalogue.of(language)
    assert "some_new_code" not in reason_sentence("some_new_code", text)
    assert "some_new_kind" not in problem_sentence("some_new_kind", text)


def test_one_held_article_is_singular() -> None:
    held = replace(FEED, kind="feed_held:blog", detail="1")
    text = Catalogue.of("en")
    assert "has an article that looks old. It is held" in incident_sentence([held], text, NAMES)
    assert "has 7 new articles" in incident_sentence([replace(held, detail="7")], text, NAMES)


@pytest.mark.parametrize(
    ("chosen", "moderator", "community", "configured"),
    [("ko", "en", "en-US", "en"), ("", "ko", "en-US", "en"), ("", "", "ko", "en"), ("", "", "", "ko")],
)
async def test_a_report_is_in_the_first_language_that_is_known(
    tmp_path: Path, chosen: str, moderator: str, community: str, configured: str
) -> None:
    """The server's choice, that of who set the channel up, the Community's own, the configuration's."""
    database = await Database.open(tmp_path / "herald.db")
    subscriptions, incidents, guilds = Subscriptions(database), Incidents(database), Guilds(database)
    for channel, language in ((CHANNEL, moderator), (CHANNEL + 1, moderator and "en")):
        await subscriptions.create(
            NewSubscription(GUILD, channel, ChannelKind.TEXT, created_at=NOW, moderator_language=language)
        )
    await guilds.choose(GUILD, "log_channel_id", CHANNEL + 5)
    await guilds.choose(GUILD, "language", chosen)
    discord = FakeDiscord(lambda: NOW)
    sender = FakeSender(discord, community=community)
    notifier = IncidentNotifier(Stores(database), sender, NAMES, configured, Catalogue.of, delay=15.0)
    async with database.transaction() as tx:
        await incidents.start(tx, "blocked", "send_messages", NOW, guild_id=GUILD, channel_id=CHANNEL)
    await notifier.notify_pending(NOW + 60)
    assert "채널에 새 글을 올릴 수 없어요" in discord.said[-1][1]
    await database.close()
