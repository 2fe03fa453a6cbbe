"""A backup of a large database, quiet and under writes: `python -m tests.bench.backup [--megabytes 200]`.

The writes come from a process of their own, one transaction each, as the bot's do.
"""

import argparse
import asyncio
import multiprocessing
import sqlite3
import tempfile
import time
from contextlib import closing
from multiprocessing.synchronize import Event
from pathlib import Path

from bot.store.backup import copy_database
from bot.store.database import Database

CHUNK_BYTES = 1_000_000


def write(path: Path, per_second: float, stop: Event, written: "multiprocessing.Queue[int]") -> None:
    """Commits this many small transactions a second until stopped, then puts their number into `written`."""
    count, started = 0, time.monotonic()
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        while not stop.is_set():
            connection.execute("UPDATE ballast SET content = randomblob(4000) WHERE id = ?", (count % 100 + 1,))
            count += 1
            time.sleep(max(0.0, started + count / per_second - time.monotonic()))
    written.put(count)


def seconds_of_a_backup(source: Path, target: Path) -> float:
    """Copies once and deletes the copy."""
    started = time.perf_counter()
    copy_database(source, target, lambda _done, _total: None)
    took = time.perf_counter() - started
    target.unlink()
    return took


async def fill(path: Path, megabytes: int) -> None:
    """A database of Herald with that much ballast."""
    database = await Database.open(path)
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE ballast (id INTEGER PRIMARY KEY, content BLOB)")
        for _ in range(megabytes * 1_000_000 // CHUNK_BYTES):
            await tx.execute("INSERT INTO ballast (content) VALUES (randomblob(?))", (CHUNK_BYTES,))
    await database.close()


def main() -> int:
    """Prints the times. 0 when the backup under writes took at most twice as long as the quiet one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--writes", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "herald.db", Path(folder) / "copy.db"
        asyncio.run(fill(path, arguments.megabytes))
        seconds_of_a_backup(path, target)  # the first reading fills the disk cache
        quiet = [seconds_of_a_backup(path, target) for _ in range(arguments.rounds)]
        stop = multiprocessing.Event()
        written: multiprocessing.Queue[int] = multiprocessing.Queue()
        writer = multiprocessing.Process(target=write, args=(path, arguments.writes, stop, written))
        writer.start()
        started = time.monotonic()
        time.sleep(1.0)
        busy = [seconds_of_a_backup(path, target) for _ in range(arguments.rounds)]
        stop.set()
        count, lasted = written.get(timeout=30), time.monotonic() - started
        writer.join()
        size = path.stat().st_size / 1_000_000
    print(f"{size:.0f} MB, median of {arguments.rounds}, {count / lasted:.1f} transactions a second:")
    middle = arguments.rounds // 2
    print(f"  quiet        {sorted(quiet)[middle]:6.2f} s (slowest {max(quiet):.2f})")
    print(f"  under writes {sorted(busy)[middle]:6.2f} s (slowest {max(busy):.2f})")
    ratio = sorted(busy)[middle] / sorted(quiet)[middle]
    print(f"  ratio        {ratio:6.2f}")
    return 0 if ratio <= 2 else 1


if __name__ == "__main__":
    raise SystemExit(main())
