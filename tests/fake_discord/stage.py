"""A stand-in, a database full of subscriptions, and the real bot between them: what whole-bot tests play on."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from bot.delivery.state_machine import SETTLE_SECONDS
from tests.fake_discord.bots import Bot
from tests.fake_discord.fixture import announce, outstanding, subscribe
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import Standin, Summary
from tests.fake_discord.runner import Options

LOOK_SECONDS = 0.2


class Stage:
    """One stand-in and one database. `log` is where every bot on this stage writes."""

    def __init__(self, standin: Standin, folder: Path, settle: float) -> None:
        self.standin, self._settle = standin, settle
        self.database = folder / "herald.db"
        self.log = folder / "herald.log"
        self.articles = 0

    async def announce(self, articles: int = 1) -> None:
        """Plans further articles for every channel; no bot may be running."""
        numbers = range(self.articles + 1, self.articles + articles + 1)
        await announce(self.database, *numbers)
        self.articles += articles

    def bot(self, *, careless: bool = False, jump: float = 0.0, **delivery: object) -> AbstractAsyncContextManager[Bot]:
        """The real bot; `delivery` are keys of that table of the configuration."""
        options = Options(
            api=self.standin.api,
            gateway=self.standin.gateway_url,
            database=str(self.database),
            delivery=delivery,
            careless=careless,
            jump=jump,
            settle=self._settle,
        )
        return Bot.start("tests.fake_discord.runner", asdict(options), self.log)

    async def settled(self, bot: Bot, seconds: float) -> bool:
        """Waits until no delivery has a step before it; False when the bot ended or the time is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and bot.exit_code is None:
            if not outstanding(self.database):
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    async def posts_reach(self, bot: Bot, number: int, seconds: float = 60.0) -> Summary:
        """Waits until so many posts were made, the bot ended, or the time is over."""
        until = time.monotonic() + seconds
        while (summary := await self.standin.summary()).posts < number:
            if time.monotonic() > until or bot.exit_code is not None:
                break
            await asyncio.sleep(LOOK_SECONDS / 4)
        return summary


@asynccontextmanager
async def stage(
    folder: Path, plan: Plan, *, articles: int = 1, extras: bool = True, settle: float = SETTLE_SECONDS
) -> AsyncGenerator[Stage]:
    """Everything planned, nothing sent. `settle` as in `Options`."""
    async with Standin.start(plan) as standin:
        made = Stage(standin, folder, settle)
        await subscribe(made.database, standin, extras=extras)
        await made.announce(articles)
        yield made
