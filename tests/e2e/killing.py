"""Kills the bot again and again in the midst of a fan-out."""

import asyncio
import random
import signal
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.fake_discord.bots import Bot
from tests.fake_discord.fixture import unsent
from tests.fake_discord.stage import Stage

DURING_START = 0.2  # share of the kills that hit the bot while it starts
START_SECONDS = 4.0
FEW = 40


@dataclass(frozen=True, slots=True)
class Killing:
    """How the bot is treated. Kills while it sends come up to `longest` seconds after its first post."""

    kills: int
    seed: int
    nonce_window: float
    longest: float = 1.0
    careless: bool = False
    settle_seconds: float = 240.0


async def kill_repeatedly(stage: Stage, killing: Killing) -> bool:
    """Kills, then lets a last start finish. False when it did not come to rest in time.

    As long as kills are left, further articles are announced between two lives, so that every
    kill finds something under way.
    """
    chance = random.Random(killing.seed)
    for _ in range(killing.kills):
        if unsent(stage.database) < FEW:
            await stage.announce()
        async with _life(stage, killing) as bot:
            await _kill(stage, killing, bot, chance)
    async with _life(stage, killing) as bot:
        return await stage.settled(bot, killing.settle_seconds)


def _life(stage: Stage, killing: Killing) -> AbstractAsyncContextManager[Bot]:
    # Publishes are counted when they are begun, so that ten kills in a row would use up a channel's hour.
    return stage.bot(careless=killing.careless, nonce_window=f"{killing.nonce_window}s", publishes_per_hour=1000)


async def _kill(stage: Stage, killing: Killing, bot: Bot, chance: random.Random) -> None:
    if chance.random() < DURING_START:
        await asyncio.sleep(chance.uniform(0.0, START_SECONDS))
    else:
        before = await stage.standin.summary()
        await stage.posts_reach(bot, before.posts + 1, seconds=30.0)
        await asyncio.sleep(chance.uniform(0.0, killing.longest))
    await bot.end(signal.SIGKILL)
