"""Changes made while the bot was off, or without an event, are found by asking Discord."""

import asyncio
import signal
from pathlib import Path

import pytest

from bot.store.backup import copy_database
from tests.e2e.outcome import measure_outcome, unsettled
from tests.fake_discord.bot_world import open_bot_world
from tests.fake_discord.fixture import incident_kinds, silences
from tests.fake_discord.plan import Plan
from tests.fake_discord.state import CHANNEL_BASE, GUILD_BASE

TEXT = Plan(channels=8, guilds=2, kinds=("text",))
SHARDS = 4
IN_FLIGHT = 110  # requests under way at once, and a few more


async def test_a_server_that_invites_the_bot_again_while_it_is_off_is_announced_to_again(tmp_path: Path) -> None:
    """It gets no event for the removal and the invitation."""
    async with open_bot_world(tmp_path, TEXT, extras=False) as world:
        await world.discord_server.change_guild(GUILD_BASE, joined=False)
        async with world.bot() as bot:
            assert await world.settled(bot), unsettled(world)
        assert (await world.discord_server.summary()).posts == 4

        await world.discord_server.change_guild(GUILD_BASE, joined=True)
        async with world.bot():
            await world.until(lambda _summary: not silences(world.database))
        await world.announce()
        async with world.bot() as bot:
            assert (await world.posts_reach(bot, 12)).posts == 12, unsettled(world)


async def test_a_channel_converted_while_the_bot_is_off_is_posted_to_and_not_published(tmp_path: Path) -> None:
    async with open_bot_world(tmp_path, Plan(channels=4, guilds=1, kinds=("announcement",))) as world:
        await world.discord_server.change_channel(CHANNEL_BASE, kind="text")
        async with world.bot() as bot:
            assert await world.settled(bot), unsettled(world)
            summary = await world.discord_server.summary()
        assert (summary.posts, summary.published) == (4, 3)
        assert summary.answered("400", "publish") == 0
        assert incident_kinds(world.database) == ["not_announcement"]


async def test_wiped_commands_come_back_at_the_next_start_also_when_discord_refuses_at_first(tmp_path: Path) -> None:
    async with open_bot_world(tmp_path, TEXT, articles=0, extras=False) as world:
        async with world.bot():
            registered = (await world.until(lambda summary: bool(summary.commands))).commands
        assert "search" in registered
        await world.discord_server.change_state(wipe_commands=True)
        await world.discord_server.fault("status", routes=["put_commands"], status=403, times=2)
        async with world.bot():
            again = await world.until(lambda summary: bool(summary.commands))
        assert again.commands == registered


async def test_one_shard_of_four_that_stalls_stops_no_other(tmp_path: Path) -> None:
    plan = Plan(channels=16, guilds=SHARDS, kinds=("text",), shards=SHARDS)
    async with open_bot_world(tmp_path, plan, extras=False) as world:
        await world.discord_server.change_shard(0, "stalled")
        async with world.bot() as bot:
            assert (await world.posts_reach(bot, 12)).posts == 12, unsettled(world)
            assert incident_kinds(world.database) == []


async def test_a_revoked_token_stops_all_sending_and_sending_resumes_with_it(tmp_path: Path) -> None:
    plan = Plan(channels=300, guilds=3, kinds=("text",))
    async with open_bot_world(tmp_path, plan, extras=False) as world:
        await world.discord_server.change_state(posts_left=20)
        async with world.bot(token_wait=3.0) as bot:
            refused = await world.until(lambda summary: summary.answered("401") > 0)
            later = await world.until(lambda summary: summary.answered("401") > IN_FLIGHT, seconds=5.0)
            assert later.answered("401") <= IN_FLIGHT
            assert later.posts < plan.channels
            assert refused.answered("401") >= 1

            await world.discord_server.change_state(token_valid=True)
            assert await world.settled(bot), unsettled(world)
            summary = await world.discord_server.summary()
            assert (summary.delivered, summary.doubled) == (plan.channels, 0)
            assert "token_refused" in incident_kinds(world.database)


async def test_a_token_that_the_gateway_refuses_ends_the_bot_with_one_clear_line(tmp_path: Path) -> None:
    async with open_bot_world(tmp_path, TEXT, extras=False) as world, world.bot() as bot:
        assert await world.settled(bot), unsettled(world)
        await world.discord_server.gateway("refuse_token")

        assert await bot.ended() == 1, unsettled(world)
        lines = [line for line in world.log.read_text("utf-8").splitlines() if "token" in line]
        assert len(lines) == 1, lines
        assert "Make a new token" in lines[0]


@pytest.mark.parametrize("kinds", [("text",), ("forum",)], ids=str)
async def test_a_database_copied_back_by_hand_announces_nothing_twice(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    """Without `herald restore`, and after Discord has forgotten every nonce."""
    plan = Plan(channels=6, guilds=2, kinds=kinds, nonce_window=0.2)
    async with open_bot_world(tmp_path, plan, extras=False, settle=1.0) as world:
        async with world.bot(nonce_window="0.1s") as bot:
            assert await world.settled(bot), unsettled(world)
            await bot.end(signal.SIGTERM)
        copy_database(world.database, tmp_path / "copy.db", lambda _done, _total: None)
        await asyncio.sleep(1.0)  # so that the posts to come are younger than all that the copy remembers
        await world.announce()
        async with world.bot(nonce_window="0.1s") as bot:
            assert await world.settled(bot), unsettled(world)
            await bot.end(signal.SIGTERM)
        assert (await world.discord_server.summary()).posts == 12

        for suffix in ("-wal", "-shm"):
            world.database.with_name(f"herald.db{suffix}").unlink(missing_ok=True)
        (tmp_path / "copy.db").replace(world.database)
        world.articles = 1
        await world.announce(2)
        async with world.bot(nonce_window="0.1s") as bot:
            assert await world.settled(bot), unsettled(world)

        found = await measure_outcome(world, extras=False)
        assert (found.lost, found.doubled) == (0, 0), unsettled(world)
        assert "it seems to be a backup" in world.log.read_text("utf-8")
