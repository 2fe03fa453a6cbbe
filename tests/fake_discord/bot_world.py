"""A fake Discord, a database full of subscriptions, and the real bot between them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.app.core import Core, open_core
from bot.app.jobs import ERASE_SECONDS
from bot.delivery.discord_api.responses import TOKEN_WAIT
from bot.delivery.state_machine import SETTLE_SECONDS
from bot.search.engine import COUNT_SECONDS
from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.fixture import FEED, announce, outstanding, subscribe
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import FakeDiscord, Summary
from tests.fake_discord.runner import INCIDENT_DELAY, Options, make_settings
from tests.limits import HANG_SECONDS

POLL_SECONDS = 0.2


class BotWorld:
    """One fake Discord and one database. Every bot here writes to `log`."""

    def __init__(self, discord_server: FakeDiscord, folder: Path, settle: float, gather: float) -> None:
        self.discord_server, self._settle, self._gather = discord_server, settle, gather
        self.database = folder / "herald.db"
        self.log = folder / "herald.log"
        self.articles = 0
        self.feeds: tuple[str, ...] = (FEED,)

    async def announce(self, articles: int = 1, feed: str = FEED) -> int:
        """Plans further articles for every channel that wants the feed; returns the number of deliveries."""
        numbers = range(self.articles + 1, self.articles + articles + 1)
        self.articles += articles
        return await announce(self.database, *numbers, feed=feed)

    @asynccontextmanager
    async def core(self) -> AsyncGenerator[Core]:
        """The store and its events, as the bot opens them; no bot may be running."""
        async with open_core(make_settings(self._options()), clock=time.time) as core:
            yield core

    def _options(self, **more: Any) -> Options:
        return Options(
            api=self.discord_server.api,
            gateway=self.discord_server.gateway_url,
            database=str(self.database),
            settle=self._settle,
            gather=self._gather,
            feeds=self.feeds,
            **more,
        )

    def bot(
        self,
        *,
        unsafe: bool = False,
        jump: float = 0.0,
        token_wait: float = TOKEN_WAIT,
        erase_seconds: float = ERASE_SECONDS,
        count_seconds: float = COUNT_SECONDS,
        **delivery: object,
    ) -> AbstractAsyncContextManager[BotProcess]:
        """The real bot; `delivery` are keys of that table of the configuration."""
        options = self._options(
            delivery=delivery,
            unsafe=unsafe,
            jump=jump,
            token_wait=token_wait,
            erase_seconds=erase_seconds,
            count_seconds=count_seconds,
        )
        return BotProcess.start("tests.fake_discord.runner", asdict(options), self.log)

    async def settled(self, bot: BotProcess, seconds: float = HANG_SECONDS) -> bool:
        """Waits until no delivery has a pending step; False when the bot ended or after `seconds`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and bot.exit_code is None:
            if not outstanding(self.database):
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def until(self, holds: Callable[[Summary], bool], seconds: float = HANG_SECONDS) -> Summary:
        """Waits until the fake Discord's summary fulfils a condition, or `seconds` have passed."""
        limit = time.monotonic() + seconds
        while not holds(summary := await self.discord_server.summary()):
            if time.monotonic() > limit:
                break
            await asyncio.sleep(POLL_SECONDS)
        return summary

    async def posts_reach(self, bot: BotProcess, number: int, seconds: float = HANG_SECONDS) -> Summary:
        """Waits until `number` posts exist, the bot ended, or `seconds` have passed."""
        until = time.monotonic() + seconds
        while await self.discord_server.posts() < number:
            if time.monotonic() > until or bot.exit_code is not None:
                break
            await asyncio.sleep(POLL_SECONDS / 4)
        return await self.discord_server.summary()


@asynccontextmanager
async def open_bot_world(
    folder: Path,
    plan: Plan,
    *,
    articles: int = 1,
    extras: bool = True,
    settle: float = SETTLE_SECONDS,
    gather: float = INCIDENT_DELAY,
) -> AsyncGenerator[BotWorld]:
    """Everything planned, nothing sent. `settle` and `gather` as in `Options`."""
    async with FakeDiscord.start(plan) as discord_server:
        made = BotWorld(discord_server, folder, settle, gather)
        await subscribe(made.database, discord_server, extras=extras)
        await made.announce(articles)
        yield made
