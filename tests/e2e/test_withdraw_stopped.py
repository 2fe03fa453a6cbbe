"""`herald withdraw` while the bot is stopped: roles and permissions are read by REST, one article is touched."""

import asyncio
import time
from argparse import Namespace
from pathlib import Path

import pytest
from discord.http import Route

from bot.app.core import open_core
from bot.cli import withdraw as command
from bot.store.deliveries import DeliveryState
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.fixture import draft
from tests.fake_discord.plan import Plan
from tests.fake_discord.runner import Options, make_settings
from tests.fake_discord.state import CHANNEL_BASE, GUILD_BASE, Permission

CHANNELS = 6
CLOSED = CHANNEL_BASE  # a text channel of the first server


async def withdraw(world: BotWorld, number: int) -> int:
    """Runs the command in this process and gives its exit code."""
    settings = make_settings(Options(world.discord_server.api, "", str(world.database)))
    arguments = Namespace(url=draft(number).url, dry_run=False, erase_now=False)
    return await asyncio.to_thread(lambda: asyncio.run(command.withdraw(settings, arguments)))


async def test_every_post_is_withdrawn_or_listed_and_nothing_else_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_bot_world(tmp_path, Plan(channels=CHANNELS, guilds=2)) as world:
        async with world.bot() as bot:
            assert await world.settled(bot)
        await world.announce()  # waits for `herald run`
        await world.discord_server.deny(CLOSED, int(Permission.VIEW_CHANNEL))
        monkeypatch.setattr(Route, "BASE", world.discord_server.api)

        assert await withdraw(world, 1) == 1

        said = capsys.readouterr()
        assert f"https://discord.com/channels/{GUILD_BASE}/{CLOSED}" in said.err
        summary = await world.discord_server.summary()
        assert [summary.answered("200", route) for route in ("get_guild", "guild_channels", "get_member")] == [2, 2, 2]
        assert summary.posts == CHANNELS
        shown = await world.discord_server.channels(payloads=True)
        still = [channel["id"] for channel in shown if "fixture-1" in str([one["payload"] for one in channel["posts"]])]
        assert still == [CLOSED]

        await world.discord_server.deny(CLOSED, 0)
        assert await withdraw(world, 1) == 0

        settings = make_settings(Options(world.discord_server.api, "", str(world.database)))
        async with open_core(settings, clock=time.time) as core:
            assert await core.deliveries.unreachable(1) == []
            assert (await core.deliveries.counts())[DeliveryState.PLANNED] == CHANNELS


async def test_posts_in_a_server_that_the_bot_left_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_bot_world(tmp_path, Plan(channels=CHANNELS, guilds=2)) as world:
        async with world.bot() as bot:
            assert await world.settled(bot)
        await world.discord_server.change_guild(GUILD_BASE, joined=False)
        monkeypatch.setattr(Route, "BASE", world.discord_server.api)

        assert await withdraw(world, 1) == 1

        assert capsys.readouterr().err.count(f"https://discord.com/channels/{GUILD_BASE}/") == CHANNELS // 2
