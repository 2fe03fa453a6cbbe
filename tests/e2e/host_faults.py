"""Faults of the host: clock jumps, a full disk, a locked database."""

import asyncio
import resource
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld

LOCKED_SECONDS = 12.0
FULL_SECONDS = 8.0


async def jump_clock(world: BotWorld, bot: BotProcess) -> None:
    """The time of day changes during the fan-out."""
    await world.posts_reach(bot, 10)
    bot.send(signal.SIGUSR1)


async def lock_database(world: BotWorld, bot: BotProcess) -> None:
    """Another program holds the write lock for longer than the bot waits for it."""
    await world.posts_reach(bot, 10)
    with closing(sqlite3.connect(world.database, isolation_level=None, timeout=30.0)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(LOCKED_SECONDS)
        other.execute("ROLLBACK")


async def back_up(world: BotWorld, bot: BotProcess) -> None:
    """Copies the database repeatedly, as `herald backup` does."""
    await world.posts_reach(bot, 10)
    for number in range(5):
        copy = world.database.with_name(f"copy-{number}.db")
        with closing(sqlite3.connect(world.database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=16, sleep=0.01)
        await asyncio.sleep(0.5)


async def forbid_growth(world: BotWorld, bot: BotProcess) -> None:
    """Every write that would make a file longer fails, as on a disk without room."""
    await world.posts_reach(bot, 10)
    limit = _size(Path(f"{world.database}-wal"))
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    await asyncio.sleep(FULL_SECONDS)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def fill_disk(world: BotWorld, bot: BotProcess) -> None:
    """The disk is full to its last byte for a while; needs a small disk."""
    await world.posts_reach(bot, 10)
    filler = world.database.with_name("filler")
    _fill(filler)
    await asyncio.sleep(FULL_SECONDS)
    filler.unlink()


def _size(file: Path) -> int:
    """Bytes."""
    return file.stat().st_size


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
