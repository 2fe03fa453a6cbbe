"""Memory of the idle bot with a full archive: `python -m tests.bench.idle [--articles N]`.

The real bot runs as a process against the fake Discord, answers searches, and then idles. Counted
is the proportional set size of the bot and of every process it started (/proc, Linux only).
"""

import argparse
import asyncio
import random
import signal
import tempfile
from pathlib import Path

from bot.store.database import Database
from tests.bench.search import Language, articles, fill
from tests.fake_discord.bot_world import BotWorld
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import FakeDiscord
from tests.fake_discord.state import CHANNEL_BASE

FLOOR_MB = 150.0
SEARCHES = 20
REST_SECONDS = 20.0
READY_SECONDS = 60.0


async def build(path: Path, count: int) -> Language:
    """A database with `count` generated articles, indexed."""
    rng = random.Random(7)
    language = Language(rng)
    database = await Database.open(path)
    try:
        await fill(database, articles(language, rng, count))
    finally:
        await database.close()
    return language


def processes(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *(one for child in children for one in processes(int(child)))]


def proportional_mb(pid: int) -> float:
    """Memory of a process, shared pages divided among those who share them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def everything(pid: int) -> tuple[int, float]:
    """How many processes there are, and their memory together in megabytes."""
    found = processes(pid)
    return len(found), sum(proportional_mb(one) for one in found)


async def run(folder: Path, count: int) -> None:
    """Builds the archive, starts the bot, searches, waits, measures."""
    language = await build(folder / "herald.db", count)
    async with (
        FakeDiscord.start(Plan(channels=10, guilds=2)) as discord_server,
        BotWorld(discord_server, folder, settle=0.0, gather=0.0).bot() as bot,
    ):
        if not await bot.reports("ready", READY_SECONDS):
            raise SystemExit(f"the bot did not start; see {folder / 'herald.log'}")
        started = everything(bot.pid)
        for _ in range(SEARCHES):
            option = {"name": "query", "type": 3, "value": f"{language.text(3)} {language.rare()}"}
            await discord_server.ask("search", CHANNEL_BASE, option)
        await asyncio.sleep(REST_SECONDS)
        number, rested = everything(bot.pid)
        await bot.end(signal.SIGTERM)
    print(f"{count:,} articles, {SEARCHES} searches answered, then {REST_SECONDS:.0f} s of rest")
    print(f"  memory when ready                 {started[1]:6.1f} MB in {started[0]} process(es)")
    print(f"  memory at rest (floor {FLOOR_MB:.0f} MB)      {rested:6.1f} MB in {number} process(es)")


def main() -> None:
    """Parses the command's words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), parser.parse_args().articles))


if __name__ == "__main__":
    main()
