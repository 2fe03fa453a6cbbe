"""Kill -9 during a correction and a withdrawal, counted: `python -m tests.bench.withdrawal_kill`.

The real bot in its own process against the fake Discord in another. Between kills channels are removed,
and servers remove the bot and invite it again. At the end every message and thread name is read.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.e2e.change_kills import ARTICLES, kill_during_changes
from tests.fake_discord.bot_world import open_bot_world
from tests.fake_discord.plan import Plan

COLUMNS = "{:>6}{:>7}{:>7}{:>7}{:>7}{:>12}{:>10}{:>8}{:>9}"


async def main() -> int:
    """Prints a row for every seed. 0 when nothing was posted twice and nothing is shown unlisted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--channels", type=int, default=120)
    parser.add_argument("--seeds", type=int, default=4)
    arguments = parser.parse_args()
    print(f"{arguments.channels} channels in {arguments.channels // 6} servers, {ARTICLES} articles")
    print(COLUMNS.format("seed", "kills", "posts", "twice", "lost", "shows old", "unlisted", "time", "promise"))
    well = True
    for seed in range(arguments.seeds):
        started = time.monotonic()
        plan = Plan(
            channels=arguments.channels,
            guilds=max(4, arguments.channels // 6),
            latency=0.05,
            jitter=0.15,
            publishes_per_hour=1000,  # kills are tested here; the hourly limits would only take hours
            edits_per_hour=1000,
        )
        with tempfile.TemporaryDirectory() as folder:
            async with open_bot_world(Path(folder), plan, articles=ARTICLES) as world:
                found = await kill_during_changes(world, arguments.kills, seed)
        seconds = f"{time.monotonic() - started:.0f} s"
        counts = (found.posts, found.doubled, found.lost, found.old, found.unlisted)
        promise = "kept" if found.kept else "BROKEN" if found.settled else "waiting"
        print(COLUMNS.format(seed, arguments.kills, *counts, seconds, promise), flush=True)
        well &= found.kept
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
