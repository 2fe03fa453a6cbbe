"""Connects shards independently of one another, and knows which of them have received their servers."""

import asyncio
import logging
import time
from typing import Any

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket

from bot.durations import backoff

log = logging.getLogger(__name__)

IDENTIFY_SECONDS = 5.0  # Discord accepts one new session in this time
READY_SECONDS = 60.0  # until a connection that Discord accepted but sent no READY on is replaced
MAX_READY_SECONDS = 600.0  # after several in a row: Discord allows 1,000 new sessions a day


class IndependentShards(commands.AutoShardedBot):
    """discord.py connects one shard after the other, so one that is refused or hangs delays all the rest."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connected = asyncio.Event()
        self._ready_shards: set[int] = set()
        self._identify_turn = asyncio.Lock()
        self._next_identify = 0.0
        self._launches: list[asyncio.Task[None]] = []
        self._awaited_ready: dict[int, asyncio.Task[None]] = {}  # by shard
        self._without_ready: dict[int, int] = {}  # connections in a row, by shard
        self._parse_ready = self._connection.parsers["READY"]
        self._connection.parsers["READY"] = self._receive_ready

    def knows_guilds_of(self, guild_id: int) -> bool:
        """Whether the shard of this server has received its servers, so that an unknown one was left."""
        return (guild_id >> 22) % (self.shard_count or 1) in self._ready_shards

    async def on_shard_ready(self, shard_id: int) -> None:
        """The servers of this shard are known, so that announcing there can begin."""
        self._ready_shards.add(shard_id)
        self.connected.set()

    async def on_ready(self) -> None:
        """All servers are known."""
        self._ready_shards.update(range(self.shard_count or 1))
        self.connected.set()
        log.info("logged in as %s, in %d servers", self.user, len(self.guilds))

    async def launch_shards(self) -> None:
        """Starts every shard in a task of its own; each retries until it is connected."""
        if self.is_closed():
            return
        gateway = DiscordWebSocket.DEFAULT_GATEWAY
        if self.shard_count is None:  # pyright: ignore[reportUnnecessaryComparison] - before the first start
            self.shard_count, url, _limits = await self.http.get_bot_gateway()
            gateway = yarl.URL(url)
        shard_ids = self.shard_ids or range(self.shard_count)
        self._connection.shard_count = self.shard_count
        self._connection.shard_ids = shard_ids
        self._launches = [
            asyncio.create_task(self._launch(gateway, shard_id, position * IDENTIFY_SECONDS))
            for position, shard_id in enumerate(shard_ids)
        ]

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Keeps the interval between new sessions that Discord asks for, over all shards; then READY is awaited."""
        del initial
        async with self._identify_turn:
            await asyncio.sleep(max(0.0, self._next_identify - time.monotonic()))
            self._next_identify = time.monotonic() + IDENTIFY_SECONDS
        shard_id = shard_id or 0
        if (awaited := self._awaited_ready.pop(shard_id, None)) is not None:
            awaited.cancel()
        self._awaited_ready[shard_id] = asyncio.create_task(self._reconnect_without_ready(shard_id))

    async def close(self) -> None:
        """Also cancels pending connection attempts."""
        pending = [*self._launches, *self._awaited_ready.values()]
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await super().close()

    async def reopen(self) -> None:
        """Prepares a closed bot for another start; discord.py's `clear` alone leaves two things behind."""
        self.clear()
        self._ready_shards.clear()
        self.http.connector = discord.utils.MISSING  # it was closed with its session
        await self._async_setup_hook()  # a new queue of events: the old one holds the end of the first start

    def _receive_ready(self, data: Any) -> None:  # noqa: ANN401 - Discord's JSON
        """Removes servers that were left while there was no session; discord.py keeps them."""
        self._parse_ready(data)
        shard_id, listed = data.get("shard", [0])[0], {int(guild["id"]) for guild in data["guilds"]}
        self._without_ready.pop(shard_id, None)
        if (awaited := self._awaited_ready.pop(shard_id, None)) is not None:
            awaited.cancel()
        for guild in self.guilds:
            if guild.shard_id == shard_id and guild.id not in listed:
                self._connection.parsers["GUILD_DELETE"]({"id": str(guild.id)})

    async def _reconnect_without_ready(self, shard_id: int) -> None:
        """Replaces a connection on which heartbeats are answered and nothing else; discord.py keeps it for ever."""
        failures = self._without_ready[shard_id] = self._without_ready.get(shard_id, 0) + 1
        pause = backoff(failures, READY_SECONDS, MAX_READY_SECONDS)
        await asyncio.sleep(pause)
        del self._awaited_ready[shard_id]  # before a new session is awaited, which would cancel this task
        shard = self.get_shard(shard_id)
        if shard is not None:  # else it is being connected for the first time, which has a limit of its own
            log.warning("shard %d: Discord sent no READY within %.0f s; connecting again", shard_id, pause)
            await shard.reconnect()

    async def _launch(self, gateway: yarl.URL, shard_id: int, delay: float) -> None:
        await asyncio.sleep(delay)
        await self.launch_shard(gateway, shard_id, initial=True)
