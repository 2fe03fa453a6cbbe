"""Kills the bot repeatedly during a fan-out."""

import asyncio
import random
import signal
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld
from tests.fake_discord.fixture import unsent
from tests.limits import HANG_SECONDS

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
    unsafe: bool = False
    settle_seconds: float = HANG_SECONDS


async def kill_repeatedly(world: BotWorld, killing: Killing) -> bool:
    """Kills, then lets a last start finish. False when it did not finish in time.

    Further articles are announced between kills, so that each kill interrupts something, and one
    server removes the bot and invites it again.
    """
    rng = random.Random(killing.seed)
    for _ in range(killing.kills):
        if unsent(world.database) < FEW:
            await world.announce()
        async with _life(world, killing) as bot:
            await _kill(world, killing, bot, rng)
        await _invite_again(world, rng)
    async with _life(world, killing) as bot:
        return await world.settled(bot, killing.settle_seconds)


async def _invite_again(world: BotWorld, rng: random.Random) -> None:
    """A server removes the bot and invites it again while it is off, so without events."""
    guilds = sorted({channel["guild_id"] for channel in await world.discord_server.channels()})
    guild_id = rng.choice(guilds)
    await world.discord_server.change_guild(guild_id, joined=False)
    await world.discord_server.change_guild(guild_id, joined=True)


def _life(world: BotWorld, killing: Killing) -> AbstractAsyncContextManager[BotProcess]:
    # Publishes are counted when they are begun, so that ten kills in a row would use up a channel's hour.
    return world.bot(unsafe=killing.unsafe, nonce_window=f"{killing.nonce_window}s", publishes_per_hour=1000)


async def _kill(world: BotWorld, killing: Killing, bot: BotProcess, rng: random.Random) -> None:
    if rng.random() < DURING_START:
        await asyncio.sleep(rng.uniform(0.0, START_SECONDS))
    else:
        before = await world.discord_server.summary()
        await world.posts_reach(bot, before.posts + 1)
        await asyncio.sleep(rng.uniform(0.0, killing.longest))
    await bot.end(signal.SIGKILL)
