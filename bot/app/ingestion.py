"""Opens the HTTP client, the parser pool and everything built on them."""

import os
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from bot.app.core import Core
from bot.config.settings import Settings
from bot.http.client import HttpClient
from bot.http.proxies import Proxies
from bot.ingest.backfill.runner import Backfill, BackfillFeed
from bot.ingest.backfill.writer import BackfillWriter
from bot.ingest.page_fetcher import PageFetcher, Robots
from bot.ingest.poll_policy import Limits, WatchedFeed
from bot.ingest.poll_writer import PollWriter
from bot.ingest.poller import FeedPoller
from bot.ingest.rechecker import Rechecker
from bot.ingest.sitemap_watcher import SitemapWatcher
from bot.worker.pool import ParseWorker


@dataclass(frozen=True, slots=True)
class Web:
    """The parts that fetch, parse and store."""

    http: HttpClient
    worker: ParseWorker
    poller: FeedPoller
    poll_writer: PollWriter
    rechecker: Rechecker
    sitemaps: SitemapWatcher
    backfill: Backfill


@dataclass(frozen=True, slots=True)
class Reader:
    """The HTTP client and the parser pool, without the store."""

    http: HttpClient
    worker: ParseWorker


@asynccontextmanager
async def open_web(core: Core) -> AsyncGenerator[Web]:
    """Opens everything that polls and imports. Raises UnsafeExpatError where feeds cannot be parsed safely."""
    settings, watch, clock = core.settings, core.settings.watch, core.clock
    rng = random.Random()  # noqa: S311 - spreads polls and page checks, guards nothing
    async with open_reader(settings) as reader:
        robots = Robots(reader.http, reader.worker.read_robots, user_agent(settings), clock)
        pages = PageFetcher(reader.http, reader.worker, robots, pause=watch.page_delay)
        for feed in settings.feeds:
            pages.allow_private(feed.url)
        every, confirm_after = watch.page_delay, watch.withdraw_after
        rechecker = Rechecker(core, pages, core.events, core.classifier, clock, rng, confirm_after, pause=every)
        sitemaps = SitemapWatcher(core, pages, reader.worker, clock)
        writer = BackfillWriter(core, core.events, core.classifier, clock, rng)
        feeds = [BackfillFeed(feed.key, feed.url) for feed in settings.feeds]
        backfill = Backfill(core, pages, reader.worker, writer, feeds, clock)
        watched = [
            WatchedFeed(
                feed.key, feed.url, feed.poll_interval or watch.poll_interval, feed.language, feed.time_zone or ""
            )
            for feed in settings.feeds
        ]
        limits = Limits(watch.hold_articles, watch.hold_age, watch.page_timeout)
        keys = frozenset(feed.key for feed in watched)
        poll_writer = PollWriter(core, core.events, core.classifier, pages, limits, keys, clock)
        poller = FeedPoller(core.database, watched, reader.http, reader.worker, poll_writer, clock=clock, rng=rng)
        try:
            yield Web(reader.http, reader.worker, poller, poll_writer, rechecker, sitemaps, backfill)
        finally:
            await poller.close()


@asynccontextmanager
async def open_reader(settings: Settings) -> AsyncGenerator[Reader]:
    """Opens the HTTP client and the parser processes alone. Raises UnsafeExpatError as `open_web` does."""
    watch = settings.watch
    worker = ParseWorker(seconds=watch.parser_timeout, max_bytes=watch.parser_memory_bytes)
    try:
        async with HttpClient(
            user_agent(settings),
            timeout=watch.request_timeout,
            max_bytes=watch.max_response_bytes,
            trusted=[feed.url for feed in settings.feeds],
            proxies=Proxies.from_environment(os.environ),
        ) as http:
            yield Reader(http, worker)
    finally:
        await worker.close()


def user_agent(settings: Settings) -> str:
    """The User-Agent header: program, version, homepage and contact."""
    return f"Herald/{version('herald-bot')} (+{settings.homepage}; {settings.contact})"
