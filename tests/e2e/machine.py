"""What the machine under the bot can do to it: its clock, its disk, somebody else on its database."""

import asyncio
import resource
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.fake_discord.bots import Bot
from tests.fake_discord.stage import Stage

LOCKED_SECONDS = 12.0
FULL_SECONDS = 8.0


async def jump_clock(stage: Stage, bot: Bot) -> None:
    """The time of day changes in the midst of the fan-out."""
    await stage.posts_reach(bot, 10)
    bot.send(signal.SIGUSR1)


async def lock_database(stage: Stage, bot: Bot) -> None:
    """Another program holds the write lock for longer than the bot waits for it."""
    await stage.posts_reach(bot, 10)
    with closing(sqlite3.connect(stage.database, isolation_level=None, timeout=30.0)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(LOCKED_SECONDS)
        other.execute("ROLLBACK")


async def back_up(stage: Stage, bot: Bot) -> None:
    """Copies the database again and again, as `herald backup` does it."""
    await stage.posts_reach(bot, 10)
    for number in range(5):
        copy = stage.database.with_name(f"copy-{number}.db")
        with closing(sqlite3.connect(stage.database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=16, sleep=0.01)
        await asyncio.sleep(0.5)


async def forbid_growth(stage: Stage, bot: Bot) -> None:
    """Every write that would make a file longer fails, as on a disk without room."""
    await stage.posts_reach(bot, 10)
    limit = _size(Path(f"{stage.database}-wal"))
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    await asyncio.sleep(FULL_SECONDS)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def fill_disk(stage: Stage, bot: Bot) -> None:
    """The disk is full to its last byte for a while. The stage has to be on a small one."""
    await stage.posts_reach(bot, 10)
    filler = stage.database.with_name("filler")
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
