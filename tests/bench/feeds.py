"""What watching costs, and what hostile feeds can do to it: `python -m tests.bench.feeds`."""

import asyncio
import gzip
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.feeds.fetch import Fetched, Fetcher, FetchRequest
from bot.feeds.watch import WatchedFeed, Watcher
from bot.feeds.worker import ParseFailedError, ParseWorker
from bot.store.database import Database
from tests.feeds.documents import JSON_FEED, RDF, RSS_091, item, numbered, rss
from tests.feeds.site import Site, open_site
from tests.feeds.test_parse import mutated
from tests.feeds.watching import Ears, Events, Pages, Problems, classify

CAP = 5_000_000
MUTATIONS = 1_000


@dataclass
class Stall:
    """The longest time the event loop did not come round, in seconds, and the most it worked in one round.

    On a busy machine the first counts the neighbours too; the second is the bot's own doing.
    """

    worst: float = 0.0
    own: float = 0.0

    def __str__(self) -> str:
        return f"{self.worst * 1_000:>10.1f}{self.own * 1_000:>8.1f}"

    async def watch(self) -> None:
        while True:
            began, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            self.own = max(self.own, time.thread_time() - worked)
            self.worst = max(self.worst, time.perf_counter() - began - 0.001)


@contextmanager
def watched() -> Iterator[Stall]:
    stall = Stall()
    task = asyncio.create_task(stall.watch())
    try:
        yield stall
    finally:
        task.cancel()


def hostile() -> dict[str, bytes]:
    """Hostile feeds by name."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>{rss()[38:].replace("Blog", "&l11;")}'
    long_author = f"<item><author>{'a' * 32_768}</author><link>http://e.org/1</link></item>"
    full = rss(*(item(n, description="<p>Word &amp; word</p>" * 700) for n in range(200)))
    return {
        "author of 32 KB (feedparser 562)": rss(long_author).encode(),
        "author of 400 KB": rss(long_author.replace("a" * 32_768, "a" * 400_000)).encode(),
        "400 KB of <!--": rss("<!--" * 100_000).encode(),
        "billion laughs": laughs.encode(),
        "quadratic entity": laughs.replace("lol", "l" * 50_000).replace("&l11;", "&l0;" * 5_000).encode(),
        "deep nesting": rss("<a>" * 200_000).encode(),
        "deep JSON": b"[" * 2_000_000,
        "many JSON objects": b'{"version":"https://jsonfeed.org/version/1","items":[' + b"{}," * 1_500_000 + b"{}]}",
        "200 whole articles": full.encode(),
        "20,000 items": numbered(*range(20_000)).encode()[:CAP],
        "zeroes": b"\0" * CAP,
        "title of 4 MB": rss(item(1, title="t" * 4_000_000)).encode(),
        "RSS 0.91": RSS_091.encode(),
        "RDF": RDF.encode(),
        "JSON Feed": JSON_FEED.encode(),
    }


async def show_hostile() -> None:
    """One line a hostile feed: what came, how long it took, how long the loop stood still."""
    print(f"{'hostile feed':34}{'bytes':>11}{'outcome':>12}{'seconds':>9}{'stall ms':>10}{'own ms':>8}")
    worker = ParseWorker(seconds=5)
    with watched() as stall:
        await asyncio.sleep(5)
    print(f"{'(nothing at all: this machine)':34}{0:>11}{'':>12}{5:>9.2f}{stall}")
    async with open_site() as site, Fetcher("bench", trusted=[site.url], max_bytes=CAP) as fetcher:
        for name, body in hostile().items():
            site.page("/feed", body)
            await one(name, fetcher, worker, site.url)
        for name, size in (("gzip bomb of 2 GB", 2_000), ("gzip bomb of 50 MB", 50)):
            site.page("/feed", bomb(size), Content_Encoding="gzip")
            await one(name, fetcher, worker, site.url)
        failures: list[str] = []
        with watched() as stall:
            for seed in range(MUTATIONS):
                site.page("/feed", mutated(seed))
                answer = await fetcher.fetch(FetchRequest(f"{site.url}/feed"))
                came = await outcome(worker, answer)
                failures += [f"{seed}: {came}"] if came not in ("feed", "no feed") else []
        print(f"{MUTATIONS:,} mutated feeds: {len(failures)} failures {failures[:5]},{stall}")
    await worker.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(f"peak memory of the main process {peak:.0f} MB (with the parsers that this benchmark itself imports)\n")


def bomb(megabytes: int) -> bytes:
    """So many megabytes of zeroes, in gzip members of one each."""
    return gzip.compress(bytes(1_000_000), mtime=0) * megabytes


async def one(name: str, fetcher: Fetcher, worker: ParseWorker, url: str) -> None:
    began = time.perf_counter()
    with watched() as stall:
        answer = await fetcher.fetch(FetchRequest(f"{url}/feed"))
        result = await outcome(worker, answer)
    size = len(answer.body) if isinstance(answer, Fetched) else 0
    print(f"{name:34}{size:>11,}{result:>12}{time.perf_counter() - began:>9.2f}{stall}")


async def outcome(worker: ParseWorker, answer: object) -> str:
    if not isinstance(answer, Fetched):
        return getattr(answer, "kind", "?")
    try:
        document = await worker.parse(answer.body, answer.headers, answer.final_url)
    except ParseFailedError as error:
        return error.kind
    return "feed" if document.version else "no feed"


class Counting:
    """A worker that counts what it parsed."""

    def __init__(self, worker: ParseWorker) -> None:
        self._worker, self.parsed = worker, 0

    async def parse(self, *args: Any) -> Any:
        self.parsed += 1
        return await self._worker.parse(*args)


async def show_polls(feeds: int, rounds: int) -> None:
    """CPU of this process for polls of unchanged feeds; the server's share is measured and taken off."""
    moment = [time.time()]
    ears, worker = Ears(), ParseWorker()
    counting = Counting(worker)
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "bench.db")
        async with open_site() as site, Fetcher("bench", trusted=[site.url]) as fetcher:
            watched_feeds = [WatchedFeed(f"f{n}", f"{site.url}/{n}", 60.0) for n in range(feeds)]
            for n in range(feeds):
                site.page(f"/{n}", numbered(n), ETag=f'"{n}"')
            watcher = Watcher(
                database, watched_feeds, fetcher, counting,  # type: ignore[arg-type] - counts, then does
                events=Events(ears), classify=classify, fetch_page=Pages(), problems=Problems(ears),
                clock=lambda: moment[0], chance=random.Random(1),
            )  # fmt: skip
            await watcher.start()
            while await watcher.poll_due() <= moment[0]:
                pass
            site.asked.clear()
            counting.parsed = 0
            server = await server_cost(site, fetcher, feeds)
            site.asked.clear()
            began = time.process_time()
            for _ in range(rounds):
                moment[0] += 86_400
                while await watcher.poll_due() <= moment[0]:
                    pass
            spent = time.process_time() - began
            polls = feeds * rounds
            each = spent / polls * 1_000
            own = each - server
            print(f"{polls:,} polls of {feeds} unchanged feeds: {len(site.asked):,} requests, {counting.parsed} parses")
            print(f"CPU a poll {each:.2f} ms with the server in the same process, about {own:.2f} ms without it")
            print(f"200 feeds a minute: {200 * each / 600:.1f} % of a core (with the server)\n")
            await watcher.close()
        await worker.close()
        await database.close()


async def server_cost(site: Site, fetcher: Fetcher, feeds: int) -> float:
    """Milliseconds of CPU that client and server spend on one conditional request, halved."""
    began = time.process_time()
    for n in range(feeds):
        await fetcher.fetch(FetchRequest(f"{site.url}/{n}", etag=f'"{n}"'))
    return (time.process_time() - began) / feeds * 500


async def main() -> None:
    await show_hostile()
    await show_polls(feeds=1, rounds=100)
    await show_polls(feeds=200, rounds=3)


if __name__ == "__main__":
    asyncio.run(main())
