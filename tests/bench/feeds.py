"""The cost of polling, and the effect of broken and hostile feeds: `python -m tests.bench.feeds [--special]`.

Every answer of `tests.bench.hostile_responses` is polled by a real poller into a real database. A crash
is a bug; a worker process that had to be killed is not.
"""

import asyncio
import random
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bot.app.jobs import tune_allocator, tune_event_loop
from bot.http import client as fetch
from bot.http.client import FetchRequest
from bot.ingest.poll_policy import WatchedFeed
from bot.ingest.poll_writer import PollWriter
from bot.ingest.poller import FeedPoller
from bot.models import Topic
from bot.store.database import Database
from bot.store.feeds import Feeds
from bot.topics import Classifier
from bot.worker.pool import ParseWorker
from tests.bench.feed_responses import BROKEN, VALID
from tests.bench.hostile_responses import CAP, TOTAL, described
from tests.bench.response_server import response_server
from tests.bench.stalls import EmptyLoop, Stall
from tests.feeds.documents import numbered
from tests.http.site import Site, http_client, open_site
from tests.ingest.poller_world import LIMITS, EventRecorder, Events, FakePages, classify, recording_incidents
from tests.worker.workers import parse_worker

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SECONDS = 3.0  # for a fetch, and for a parse: enough for what is sound, short for what is not


@dataclass
class Tally:
    """The results of a group of responses."""

    name: str
    answers: int = 0
    crashes: list[str] = field(default_factory=list[str])
    lost: int = 0
    over: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0
    peak: float = 0.0

    def line(self, stall: Stall) -> str:
        outcomes = ", ".join(f"{many} {what}" for what, many in self.outcomes.most_common(4))
        counts = f"{self.answers:>7,}{len(self.crashes):>9}{self.lost:>7}{self.over:>10,}"
        figures = f"{counts}{stall}{self.seconds:>9.2f}{self.peak:>6.0f}"
        return f"{self.name:36}{figures}  {outcomes} {' '.join(self.crashes[:3])}"


HEAD = (
    f"{'answers':36}{'number':>7}{'crashes':>9}{'lost':>7}{'over cap':>10}{'stall':>9}{'own':>9}{'empty':>9}{'s':>9}"
    f"{'MB':>6}"
    "  came to (stall, own work in a round, stall of an empty loop beside: the longest, in ms; MB: largest size)"
)


def topics() -> list[Topic]:
    """The taxonomy of the example configuration."""
    said = tomllib.loads(EXAMPLE.read_text("utf-8"))["topics"]
    return [Topic(one["key"], one["name"], one.get("description", ""), tuple(one["words"])) for one in said]


@asynccontextmanager
async def polling(url: str, keys: list[str], worker: Any, classifier: Any = classify) -> AsyncIterator[FeedPoller]:
    """A poller of these paths of a server, with a real database."""
    recorder = EventRecorder()
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "bench.db")
        async with http_client("bench", trusted=[url], max_bytes=CAP, timeout=SECONDS) as http:
            feeds = [WatchedFeed(key, f"{url}/{key}", 60.0) for key in keys]
            await Feeds(database).sync({feed.key: feed.url for feed in feeds})
            stores = recording_incidents(database, recorder.problems)
            writer = PollWriter(stores, Events(recorder), classifier, FakePages(), LIMITS, frozenset(keys), time.time)
            poller = FeedPoller(database, feeds, http, worker, writer, rng=random.Random(1))
            yield poller
            await poller.close()
        await database.close()


class Meter:
    """Counts the unpacked bytes that were read of each response."""

    def __init__(self) -> None:
        self.taken = 0
        self._read = fetch._read_capped

    def __enter__(self) -> Self:
        meter = self

        async def read(response: Any, cap: int) -> Any:
            taken = 0

            class Counting:
                content_length = response.content_length

                class content:  # noqa: N801 - stands for an attribute
                    @staticmethod
                    async def read(size: int) -> bytes:
                        nonlocal taken
                        chunk = await response.content.read(size)
                        taken += len(chunk)
                        meter.taken = max(meter.taken, taken)
                        return chunk

            return await meter._read(Counting, cap)  # type: ignore[arg-type] - counts, then does

        fetch._read_capped = read
        return self

    def __exit__(self, *_: object) -> None:
        fetch._read_capped = self._read


async def show_responses(groups: dict[str, range]) -> None:
    """One line a group: crashes, items lost, bytes over the cap, stalls."""
    print(HEAD)
    tune_allocator()
    peaks: list[float] = []
    worker = parse_worker(seconds=SECONDS)
    with EmptyLoop() as empty, response_server() as url, Meter() as meter:
        async with polling(url, [str(n) for n in range(TOTAL)], worker, Classifier(topics())) as poller:
            tune_event_loop()
            with empty.watched() as stall:
                await asyncio.sleep(5)
            print(Tally("(nothing at all)", seconds=5).line(stall))
            for name, numbers in groups.items():
                tally = Tally(name)
                began = time.perf_counter()
                reset_peak()
                with empty.watched() as stall:
                    for number in numbers:
                        await one(poller, number, tally, meter)
                tally.seconds = time.perf_counter() - began
                tally.peak = peak_megabytes()
                peaks.append(tally.peak)
                print(tally.line(stall), flush=True)
    await worker.close()
    print(f"peak memory of the main process, this benchmark included: {max(peaks):.0f} MB\n")


def reset_peak() -> None:
    """Resets the largest resident size of this process (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak_megabytes() -> float:
    """The largest resident size of this process since the last reset."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1_024


async def one(poller: FeedPoller, number: int, tally: Tally, meter: Meter) -> None:
    """Polls one response and counts the result."""
    meter.taken = 0
    wanted = described(number)[1]
    tally.answers += 1
    try:
        outcome = await poller.poll(str(number))
    except Exception as error:  # noqa: BLE001 - counted
        tally.crashes.append(f"{number}: {error!r}")
        return
    if outcome.problem == "error" or "ended the worker" in outcome.detail:
        tally.crashes.append(f"{number}: {outcome.detail}")
    tally.over = max(tally.over, meter.taken - CAP)
    tally.lost += max(0, (wanted or 0) - outcome.counts.added)
    tally.outcomes[outcome.problem or f"{outcome.counts.added} items"] += 1


def groups(*, every: bool) -> dict[str, range]:
    """Valid and broken answers together by thousands; each special one by itself."""
    found = {"valid": range(VALID), "broken": range(VALID, VALID + BROKEN)} if every else {}
    return found | {described(n)[0]: range(n, n + 1) for n in range(VALID + BROKEN, TOTAL)}


class Counting:
    """A worker that counts what it parsed."""

    def __init__(self, worker: ParseWorker) -> None:
        self._worker, self.parsed = worker, 0

    async def parse(self, *args: Any) -> Any:
        self.parsed += 1
        return await self._worker.parse(*args)


async def show_polls(feeds: int, rounds: int) -> None:
    """CPU of this process for polls of unchanged feeds; the server's share is measured and taken off."""
    worker = parse_worker()
    counting = Counting(worker)
    async with open_site() as site:
        for n in range(feeds):
            site.page(f"/{n}", numbered(n), ETag=f'"{n}"')
        async with polling(site.url, [str(n) for n in range(feeds)], counting) as poller:
            await poll_all(poller, feeds)
            counting.parsed = 0
            server = await server_cost(site, feeds)
            site.asked.clear()
            began = time.process_time()
            for _ in range(rounds):
                await poll_all(poller, feeds)
            polls, asked = feeds * rounds, len(site.asked)
            each = (time.process_time() - began) / polls * 1_000
            print(f"{polls:,} polls of {feeds} unchanged feeds: {asked:,} requests, {counting.parsed} parses")
            print(f"CPU a poll {each:.2f} ms with the server in this process, about {each - server:.2f} ms without it")
            print(f"200 feeds a minute: {200 * each / 600:.1f} % of a core (with the server)\n")
    await worker.close()


async def poll_all(poller: FeedPoller, feeds: int) -> None:
    for n in range(feeds):
        await poller.poll(str(n))


async def server_cost(site: Site, feeds: int) -> float:
    """Milliseconds of CPU that client and server spend on one conditional request, halved."""
    async with http_client("bench", trusted=[site.url]) as http:
        began = time.process_time()
        for n in range(feeds):
            await http.fetch(FetchRequest(f"{site.url}/{n}", etag=f'"{n}"'))
        return (time.process_time() - began) / feeds * 500


async def main() -> None:
    await show_responses(groups(every="--special" not in sys.argv))
    await show_polls(feeds=1, rounds=100)
    await show_polls(feeds=200, rounds=3)


if __name__ == "__main__":
    asyncio.run(main())
