"""Shards connect independently; a server counts as left only once its own shard is ready."""

import asyncio
from typing import Any

import discord
import pytest
import yarl
from discord.ext import commands

from bot.client import shards
from bot.client.shards import IndependentShards
from tests.limits import HANG_SECONDS


def bot_with(shard_count: int) -> IndependentShards:
    return IndependentShards(
        command_prefix=commands.when_mentioned, intents=discord.Intents(guilds=True), shard_count=shard_count
    )


async def test_a_shard_that_hangs_does_not_delay_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "IDENTIFY_SECONDS", 0.0)
    bot, connected, all_others = bot_with(4), set[int](), asyncio.Event()

    async def launch_shard(gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        del gateway
        assert initial
        if shard_id == 1:
            await asyncio.Event().wait()
        connected.add(shard_id)
        if connected == {0, 2, 3}:
            all_others.set()

    bot.launch_shard = launch_shard
    await bot.launch_shards()
    await asyncio.wait_for(all_others.wait(), HANG_SECONDS)
    for task in bot._launches:
        task.cancel()


async def test_new_sessions_keep_the_interval_discord_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [100.0], list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(shards.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(shards.asyncio, "sleep", sleep)
    bot = bot_with(3)
    for shard_id in range(3):
        await bot.before_identify_hook(shard_id)

    assert waits == [0.0, 5.0, 5.0]


async def test_a_server_is_known_to_be_left_only_once_its_own_shard_is_ready() -> None:
    bot = bot_with(4)
    of_shard = [shard_id << 22 for shard_id in range(4)]
    assert not any(bot.knows_guilds_of(guild_id) for guild_id in of_shard)

    await bot.on_shard_ready(2)

    assert bot.connected.is_set()
    assert [bot.knows_guilds_of(guild_id) for guild_id in of_shard] == [False, False, True, False]


async def test_a_server_left_without_a_session_leaves_the_cache_with_the_next_one() -> None:
    """discord.py keeps it; a new session lists every server of its shard."""
    bot, removed = bot_with(1), list[int]()
    state: Any = bot._connection
    bot._connection.shard_ids = range(1)
    for guild_id in (1, 2):
        state._add_guild_from_data({"id": str(guild_id), "name": "x", "unavailable": False})

    def dispatch(event: str, *arguments: Any) -> None:
        if event == "guild_remove":
            removed.append(arguments[0].id)

    state.dispatch = dispatch
    bot._parse_ready = lambda _data: None
    bot._connection.parsers["READY"]({"shard": [0, 1], "guilds": [{"id": "2", "unavailable": True}]})

    assert removed == [1]
    assert [guild.id for guild in bot.guilds] == [2]


class SilentShard:
    """A connection on which no READY comes."""

    def __init__(self, bot: IndependentShards, shard_id: int) -> None:
        self.bot, self.shard_id, self.reconnects = bot, shard_id, 0

    async def reconnect(self) -> None:
        self.reconnects += 1
        await self.bot.before_identify_hook(self.shard_id)


async def test_a_shard_without_ready_is_connected_again_ever_more_slowly_until_ready_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits, slept = list[float](), asyncio.Semaphore(0)
    six_waits = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds >= shards.READY_SECONDS:
            waits.append(seconds)
            if len(waits) == 6:
                six_waits.set()
            await slept.acquire()

    monkeypatch.setattr(shards.asyncio, "sleep", sleep)
    bot = bot_with(1)
    shard: Any = SilentShard(bot, 0)
    bot.get_shard = lambda _shard_id: shard
    bot._connection.shard_ids = range(1)
    bot._parse_ready = lambda _data: None
    await bot.before_identify_hook(0)
    for _ in range(5):
        slept.release()
    await asyncio.wait_for(six_waits.wait(), HANG_SECONDS)
    assert waits == [60.0, 120.0, 240.0, 480.0, 600.0, 600.0]
    assert shard.reconnects == 5

    (awaited,) = bot._awaited_ready.values()
    bot._connection.parsers["READY"]({"shard": [0, 1], "guilds": []})
    await asyncio.wait([awaited])
    assert awaited.cancelled()
    assert bot._awaited_ready == {}
