"""A channel's schedule and its own words, as a moderator chooses them after the set-up."""

from typing import Any

import discord
import pytest
import simcord

from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.layouts.announcements.schedule import MAX_LINE
from bot.models import Rhythm, Schedule, SubscriptionOptions
from cogs.announcements.schedule import LineForm
from tests.cogs.moderation import Server, labels, menu, open_server, shown


async def opened(server: Server, label: str) -> simcord.ResponseMessage:
    """The page behind a button of the channel's status."""
    result = await server.moderator.slash(server.channel, "announcements status", channel=str(server.channel.id))
    assert result.response is not None
    await server.moderator.click(result.response, label=label)
    return result.response


async def choose(server: Server, page: simcord.ResponseMessage, name: str, *values: str) -> None:
    await server.moderator.select(page, list(values), custom_id=menu(page, f"announcements:{name}"))


async def options(server: Server) -> SubscriptionOptions:
    stored = await server.services.subscriptions.get(server.channel.id)
    assert stored is not None
    return stored.options


async def test_a_weekly_digest_with_quiet_hours_in_the_servers_zone(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, topics=("women",))
        page = await opened(server, "Schedule")

        await choose(server, page, "schedule_rhythm", "weekly-4")
        assert (await options(server)).schedule.time_zone == settings.time_zone
        await choose(server, page, "schedule_hour", "18")
        await choose(server, page, "schedule_quiet", "22-7")
        await choose(server, page, "schedule_zone", "Asia/Seoul")

        assert (await options(server)) == SubscriptionOptions(
            topics=("women",), schedule=Schedule(Rhythm.WEEKLY, 18, 4, 22, 7, "Asia/Seoul")
        )
        assert "The next digest comes <t:" in shown(page)
        await server.moderator.click(page, label="Status")
        assert "Digest every Friday at 18:00 (Seoul) · Quiet from 22:00 to 07:00 (Seoul)" in shown(page)


async def test_what_waits_for_a_schedule_is_shown_and_can_be_sent_now(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, schedule=Schedule(Rhythm.DAILY, 9))
        (newest,) = await server.services.articles.latest(limit=1)
        await server.plan(newest.id)
        await server.set_delivery(newest.id, due=None, release_at=1_900_000_000.0)
        page = await opened(server, "Schedule")
        assert "One article is waiting" in shown(page)

        await server.moderator.click(page, label="Status")
        assert "<t:1900000000:R>" in shown(page)
        await server.moderator.click(page, label="Send now")

        (report,) = await server.services.deliveries.recent(1, 5)
        assert report.held_until is None


async def test_the_wizard_keeps_schedule_and_own_words(settings: Settings) -> None:
    """It does not show them, and must not reset them."""
    async with open_server(settings) as server:
        chosen = SubscriptionOptions(
            schedule=Schedule(Rhythm.DAILY, 7), line="Hello", accent=0x112233, actions=(), article_language="ko"
        )
        subscription = await server.subscribe(server.channel)
        await server.services.subscriptions.change(subscription.id, server.new_subscription(chosen))
        result = await server.moderator.slash(server.channel, "announcements edit", channel=str(server.channel.id))
        assert result.response is not None

        await server.moderator.click(result.response, label="Silent: no")
        await server.moderator.click(result.response, label="Save")

        stored = await options(server)
        assert stored.silent
        assert (stored.schedule, stored.line, stored.accent, stored.actions, stored.article_language) == (
            chosen.schedule, chosen.line, chosen.accent, chosen.actions, chosen.article_language,
        )  # fmt: skip


async def test_own_words_are_previewed_at_once_and_mention_nobody(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        (newest,) = await server.services.articles.latest(limit=1)
        page = await opened(server, "Own words")

        result = await server.moderator.click(page, label="Write your line…")
        assert result.modal is not None
        await server.moderator.submit_modal(result, {"line": "Fresh: {title} @everyone <@&1>"})

        assert (await options(server)).line == "Fresh: {title} @everyone <@&1>"
        assert f"Fresh: {newest.title}" in shown(page)
        assert "<@&1>" not in shown(page)

        await choose(server, page, "voice_colour", "green")
        await choose(server, page, "voice_actions")
        await choose(server, page, "voice_language", "ko")
        stored = await options(server)
        assert (stored.accent, stored.actions, stored.article_language) == (0x3BA55D, (), "ko")

        await choose(server, page, "voice_actions", *(action.key for action in settings.actions))
        assert (await options(server)).actions is None
        await server.moderator.click(page, label="Remove the line")
        assert (await options(server)).line == ""
        assert "Remove the line" not in labels(page)


async def test_the_pages_work_after_a_restart(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        page = await opened(server, "Schedule")
        await server.env.restart_bot(HeraldBot(server.services))

        await choose(server, page, "schedule_rhythm", "daily")

        assert (await options(server)).schedule.rhythm is Rhythm.DAILY


@pytest.mark.usefixtures("korean")
async def test_both_pages_are_in_the_moderators_language(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        page = await opened(server, "일정")
        assert "언제 새 글을 올릴까요?" in shown(page)
        await server.moderator.click(page, label="카드 문장")
        assert "카드 문장" in shown(page)


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_the_form_keeps_discords_limits(settings: Settings, language: str) -> None:
    """A modal: a title of 45 characters, at most five parts, labels of 45, and a text of 4,000."""

    class Asked:
        client = None
        locale = discord.Locale.korean if language == "ko" else discord.Locale.american_english

    async with open_server(settings) as server:
        asked: Any = Asked()
        asked.client = server.bot
        pages: Any = None
        form = LineForm(pages, str(server.channel.id), "x" * MAX_LINE, asked).to_dict()

    assert 0 < len(form["title"]) <= 45
    assert len(form["custom_id"]) <= 100
    assert 0 < len(form["components"]) <= 5
    for part in form["components"]:
        assert len(part.get("label", "x")) <= 45
        assert part.get("component", {}).get("max_length", 0) <= 4_000
