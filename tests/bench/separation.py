"""How long a delivery's read waits behind a burst of searches: `python -m tests.bench.separation`.

The outbox is read every 20 ms while `--searches` searches start at once, first over the search's own
connection, as if they shared it, then over a connection of its own, as the bot does.
"""

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

from bot.app.jobs import tune_event_loop
from bot.search import SearchEngine, SearchIndex
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.outbox import Outbox
from tests.bench.search import STEP, Language, articles

EVERY_SECONDS = 0.02
LINE = "  {:<44}{:>10}{:>10}{:>10}{:>12}"


async def burst(engine: SearchEngine, outbox: Outbox, queries: list[str]) -> tuple[list[float], float]:
    """The waits of the reads during the burst, ascending, and how long the burst took. Seconds."""
    waits = list[float]()
    started = time.perf_counter()
    searches = asyncio.gather(*(engine.search(query) for query in queries))
    while not searches.done():
        before = time.perf_counter()
        await outbox.due(time.time(), 32)
        waits.append(time.perf_counter() - before)
        await asyncio.sleep(EVERY_SECONDS)
    await searches
    return sorted(waits), time.perf_counter() - started


async def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--searches", type=int, default=60)
    options = parser.parse_args()
    rng = random.Random(1)
    language = Language(rng)
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "herald.db")
        own = database.with_own_reader("search")
        engine, stored = SearchEngine(own, (), time.time), Articles(database)
        drafts = list(articles(language, rng, options.articles))
        for start in range(0, len(drafts), STEP):
            async with database.transaction() as tx:
                ids = await stored.add(tx, drafts[start : start + STEP], 0.0)
                await SearchIndex(database, ()).add(tx, *zip(ids, drafts[start:], strict=False))
        await engine.warm_up()
        tune_event_loop()
        queries = [f"{language.text(2)} {language.rare()}" for _ in range(options.searches)]
        print(f"{options.articles} articles, {options.searches} searches at once; a read of the outbox waits (ms)")
        print(LINE.format("", "median", "95 %", "longest", "burst (s)"))
        for name, reader in (
            ("over the search's connection", own),
            ("over its own", database.with_own_reader("delivery")),
        ):
            waits, took = await burst(engine, Outbox(reader, 10, 3), queries)
            shown = [f"{waits[int(len(waits) * share)] * 1_000:.1f}" for share in (0.5, 0.95)]
            print(LINE.format(name, *shown, f"{waits[-1] * 1_000:.1f}", f"{took:.2f}"))
        await engine.counted()
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
