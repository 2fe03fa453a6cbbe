"""Runs every fault of Discord and counts the effects: `python -m tests.bench.delivery_faults`.

Each row is the real bot in its own process against a fake Discord of its own: how many
requests were hit, posts lost and doubled, and whether the process ended.
"""

import argparse
import asyncio
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.fault_cases import CASES, Case
from tests.e2e.outcome import measure_outcome, unsettled
from tests.fake_discord.bot_world import open_bot_world
from tests.fake_discord.plan import Plan

COLUMNS = "{:<40}{:>6}{:>8}{:>7}{:>6}{:>7}{:>9}{:>9}{:>10}{:>8}"
TIMEOUT = 180.0
SMALL_DISK = "3m"


async def run(case: Case, channels: int, folder: Path) -> bool:
    """One row; whether nothing was lost, doubled or ended."""
    plan = Plan(channels=channels, guilds=6, latency=0.02, jitter=0.05)
    started = time.monotonic()
    async with open_bot_world(folder, plan) as made:
        for rule in case.rules:
            await made.discord_server.fault(**rule)
        if case.prepare:
            await case.prepare(made)
        async with made.bot(jump=case.jump, **case.delivery) as bot:
            await case.script(made, bot)
            settled = await made.settled(bot, TIMEOUT)
            ended = bot.exit_code is not None
        hits = sum(rule["fired"] for rule in await made.discord_server.faults())
        found, summary = await measure_outcome(made), await made.discord_server.summary()
        well = found.exactly_once and settled and not ended
        print(
            COLUMNS.format(
                case.name,
                hits or "-",
                channels - len(case.gone),
                found.lost,
                found.doubled,
                found.unpublished,
                found.threadless,
                "yes" if ended else "no",
                f"{time.monotonic() - started:.0f} s",
                "well" if well else "BROKEN",
            ),
            flush=True,
        )
        if not well:
            print(f"  {summary.answers}\n  {unsettled(made)}", flush=True)
    return well


@contextmanager
def small_disk(folder: Path, *, wanted: bool) -> Iterator[bool]:
    """A disk of a few megabytes on the folder where that is permitted; false where it is not."""
    if not wanted:
        yield True
        return
    size = f"size={SMALL_DISK}"
    mounted = not subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=False).returncode  # noqa: S607 - whichever mount there is
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607 - as above


async def main() -> int:
    """Prints the table, some rows at a time beside one another. 0 when all came out well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=60)
    parser.add_argument("--beside", type=int, default=3, help="rows at the same time")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    arguments = parser.parse_args()
    print(COLUMNS.format("", "hits", "wanted", "lost", "twice", "unpub.", "no thr.", "ended", "time", ""))
    room = asyncio.Semaphore(arguments.beside)

    async def row(case: Case) -> bool:
        async with room:
            with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder), wanted=case.small_disk) as there:
                if there:
                    return await run(case, arguments.channels, Path(folder))
                print(COLUMNS.format(case.name, *["-"] * 8, "not run: no small disk may be mounted here"))
                return True

    return 0 if all(await asyncio.gather(*(row(case) for case in CASES if arguments.only in case.name))) else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
