import logging
import re

import discord
import pytest
from discord import app_commands

from bot.client.bot import HeraldBot, cog_modules
from bot.client.errors import classify_error, reference_of
from bot.config.settings import Settings
from tests.cogs.guild_world import GuildWorld, message_of, open_services, open_world
from tests.cogs.moderation import shown


async def test_an_error_is_a_sentence_for_the_person_and_a_cause_for_the_log(
    members: GuildWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The member gets a reference and nothing of the cause; the log has both together."""

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(type(members.services.articles), "topic_counts", broken)

    result = await members.member.slash(members.channel, "topics")
    words = shown(result.response)

    reference = re.search(r"`([0-9A-F]{6})`", words)
    assert result.ephemeral
    assert reference is not None
    assert "disk on fire" not in words
    assert f"/topics [{reference[1]}] RuntimeError: disk on fire" in caplog.text
    assert members.env.errors


async def test_an_error_behind_a_button_is_reported_too(members: GuildWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    result = await members.member.slash(members.channel, "latest")

    async def slow(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(type(members.services.articles), "latest", slow)
    pressed = await members.member.click(message_of(result), label="Next page")

    assert "This took too long" in shown(pressed.followups[0])


async def test_a_failure_that_cannot_be_reported_is_logged(
    members: GuildWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord itself may be failing; the handler then raises nothing."""
    members.env.inject_error("POST", "/interactions/*", status=404, times=2)

    result = await members.member.slash(members.channel, "act")

    assert result.response is None
    assert "could not be shown to the member" in caplog.text
    assert members.env.errors


@pytest.mark.parametrize(
    ("error", "sentence", "level"),
    [
        (app_commands.NoPrivateMessage(), "common.not_in_private", logging.DEBUG),
        (app_commands.MissingPermissions(["manage_guild"]), "common.not_allowed", logging.INFO),
        (app_commands.CommandNotFound("x", []), "common.renewed", logging.WARNING),
        (TimeoutError(), "common.slow", logging.WARNING),
        (ZeroDivisionError(), "common.failed", logging.ERROR),
    ],
)
def test_errors_are_grouped_by_what_can_be_done(error: Exception, sentence: str, level: int) -> None:
    verdict = classify_error(error)

    assert (verdict.sentence, verdict.level) == (sentence, level)


def test_references_are_short_and_stay_the_same() -> None:
    assert re.fullmatch(r"[0-9A-F]{6}", reference_of(1_234))
    assert reference_of(1) != reference_of(2)


def synced(world: GuildWorld) -> int:
    """How often the commands were registered."""
    return sum(entry.method == "PUT" and entry.path.endswith("/commands") for entry in world.env.http_requests)


async def test_commands_are_registered_at_every_start_whatever_was_registered_before(members: GuildWorld) -> None:
    """Anyone with the same application may have removed them; unchanged ones do not count against the daily limit."""
    assert synced(members) == 1

    await members.env.restart_bot(HeraldBot(members.services))
    assert synced(members) == 2
    assert "</search:" in shown((await members.member.slash(members.channel, "help")).response)


async def test_a_broken_cog_leaves_the_others_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.client.bot.cog_modules", lambda: ["cogs.no_such_cog", "cogs.actions"])

    async with open_world(settings) as world:
        result = await world.member.slash(world.channel, "act")

    assert "What you can do" in shown(result.response)
    assert "the cog cogs.no_such_cog could not be loaded" in caplog.text


async def test_every_cog_is_found_and_loads(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """A new feature is registered nowhere: its module in `cogs` is enough."""
    assert {"cogs.search", "cogs.articles", "cogs.actions", "cogs.help", "cogs.sharing"} <= set(cog_modules())

    async with open_world(settings) as world:
        loaded = set(world.bot.extensions)

    assert loaded == set(cog_modules())
    assert "does not load" not in caplog.text


async def test_no_privileged_intent_is_asked_for(settings: Settings) -> None:
    async with open_services(settings) as services:
        bot = HeraldBot(services)

        assert bot.intents == discord.Intents(guilds=True, webhooks=True)
        assert bot.allowed_mentions is not None
        assert bot.allowed_mentions.to_dict()["parse"] == []
