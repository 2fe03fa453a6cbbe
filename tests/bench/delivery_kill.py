"""Kills the bot repeatedly during a fan-out and counts the posts: `python -m tests.bench.delivery_kill`.

The real bot in its own process against the fake Discord in another, killed at seeded random
moments (a fifth of them while it starts). Then one last start, and every channel is counted.
The last row has nonce and look-up disabled, and has to fail.
"""

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.outcome import Outcome, measure_outcome, unsettled
from tests.e2e.repeated_kills import Killing, kill_repeatedly
from tests.fake_discord.bot_world import open_bot_world
from tests.fake_discord.fixture import integrity
from tests.fake_discord.plan import Plan

COLUMNS = "{:<38}{:>6}{:>9}{:>7}{:>8}{:>6}{:>8}{:>7}{:>9}{:>9}{:>8}"


@dataclass(frozen=True, slots=True)
class Case:
    """A row. `discord` and `bot` are how long Discord remembers a nonce, and how long the bot relies on it."""

    name: str
    discord: float
    bot: float
    unsafe: bool = False


CASES = (
    Case("nonce window 180 s", 180.0, 120.0),
    Case("nonce window 1 s", 1.0, 0.9),
    Case("nonce and read-back switched off", 180.0, 120.0, unsafe=True),
)


async def run(case: Case, arguments: argparse.Namespace, folder: Path) -> bool:
    """One row of the table; whether its result is the expected one."""
    plan = Plan(
        channels=arguments.channels,
        guilds=max(1, arguments.channels // 10),
        nonce_window=case.discord,
        latency=0.05,
        jitter=0.15,
        publishes_per_hour=1000,  # kills and starts are tested here; the hourly limit would only take hours
    )
    killing = Killing(arguments.kills, arguments.seed, case.bot, unsafe=case.unsafe)
    started = time.monotonic()
    async with open_bot_world(folder, plan) as made:
        settled = await kill_repeatedly(made, killing)
        found, summary = await measure_outcome(made), await made.discord_server.summary()
        row(case.name, arguments.kills, summary.delivered, summary.posts, found, summary.answered("429"), started)
        sound = integrity(made.database)
        if not settled or sound != "ok":
            print(f"  not at rest, database {sound}: {unsettled(made)}")
    return found.exactly_once != case.unsafe and settled


def row(name: str, kills: int, delivered: int, posts: int, found: Outcome, limited: int, started: float) -> None:
    """Prints one row."""
    counts = (found.lost, found.doubled, found.unpublished, found.threadless, limited)
    seconds = f"{time.monotonic() - started:.0f} s"
    print(
        COLUMNS.format(name, kills, delivered, posts, *counts, seconds, "kept" if found.exactly_once else "BROKEN"),
        flush=True,
    )


async def main() -> int:
    """Prints the table. 0 when every result is the expected one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--channels", type=int, default=420)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--only", default="", help="rows whose name contains this")
    arguments = parser.parse_args()
    print(f"{arguments.channels} channels: a third each text, announcement with publish, forum")
    print(
        COLUMNS.format("", "kills", "wanted", "posts", "lost", "twice", "unpubl.", "no thr.", "429", "time", "promise")
    )
    well = True
    for case in CASES:
        if arguments.only in case.name:
            with tempfile.TemporaryDirectory() as folder:
                well &= await run(case, arguments, Path(folder))
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
