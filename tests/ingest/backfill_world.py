"""A site of many articles on loopback, and a backfill that imports it into a real database."""

# ruff: noqa: ARG002 - fakes keep the signatures of what they stand for

import random
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.discovery.broadcasts import broadcast_start
from bot.discovery.contents import SourceContents
from bot.discovery.robots import RobotsRules, read_robots
from bot.discovery.sources import is_article_page, read_source
from bot.ingest.backfill.runner import Backfill, BackfillFeed
from bot.ingest.backfill.writer import BackfillWriter
from bot.ingest.page_fetcher import PageFetcher, Robots
from bot.ingest.ports import ArticleEvents
from bot.models import ArticleBody, NewArticle, Page, UnreadableDocumentError
from bot.pages.extractor import extract_page
from bot.store.articles import Articles
from bot.store.database import Database, Transaction
from bot.worker.pool import ListPageError, ParseFailedError, ParseWorker
from tests.http.site import http_client
from tests.ingest.poller_world import recording_incidents
from tests.pages.webflow import Sample, article_page, list_page

PER_PAGE = 10
NOW = 1_750_000_000.0
Answer = tuple[int, str, bytes]


def sample(number: int) -> Sample:
    """An article of some length, different for every number."""
    words = " ".join(f"word{number}x{word}" for word in range(40))
    body = "".join(
        f"<h2>Part {part} of {number}</h2><p>The people of village {number}: {words}.</p>" for part in range(6)
    )
    return Sample(f"story-{number}", f"Story Number {number}", f"May {1 + number % 28}, {2010 + number % 12}", body)


@dataclass
class ArchiveSite:
    """What the server answers, by path with its query; `asked` is every request in order."""

    count: int
    base: str = ""
    asked: list[str] = field(default_factory=list[str])
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        status, kind, body = self.answers.get(request.path_qs) or self._page(request.path_qs)
        return web.Response(status=status, body=body, headers={"Content-Type": kind})

    def _page(self, path: str) -> Answer:
        for prefix, make in (("/blog/story-", self._story), ("/blog", self._list)):
            if path.startswith(prefix):
                return make(path)
        return {"/rss.xml": self._feed, "/sitemap.xml": self._sitemap}.get(path, self._nothing)(path)

    def _story(self, path: str) -> Answer:
        number = int(path.rsplit("-", 1)[1])
        return (
            (200, "text/html", article_page(sample(number), [sample(0)])) if number < self.count else self._nothing("")
        )

    def _list(self, path: str) -> Answer:
        page = int(path.partition("_page=")[2] or 1)
        first = (page - 1) * PER_PAGE
        slugs = [f"story-{number}" for number in range(first, min(first + PER_PAGE, self.count))]
        following = f"?1a2b3c4d_page={page + 1}" if first + PER_PAGE < self.count else ""
        return 200, "text/html", list_page(slugs, following)

    def _feed(self, _path: str) -> Answer:
        items = "".join(
            f"<item><title>Story {n}</title><link>{self.base}/blog/story-{n}</link></item>"
            for n in range(min(5, self.count))
        )
        return (
            200,
            "application/rss+xml",
            f'<rss version="2.0"><channel><title>S</title>{items}</channel></rss>'.encode(),
        )

    def _sitemap(self, _path: str) -> Answer:
        pages = ["/", "/about", "/donate", *[f"/blog/story-{n}" for n in range(self.count)]]
        urls = "".join(f"<url><loc>{self.base}{page}</loc></url>" for page in pages)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        return 200, "application/xml", body.encode()

    def _nothing(self, _path: str) -> Answer:
        return 404, "text/html", b"<html><body><h1>Not found</h1></body></html>"


class BackfillEvents:
    """Records every event."""

    def __init__(self) -> None:
        self.imported_ids: list[int] = []
        self.changed_ids: list[int] = []
        self.withdrawn_ids: list[int] = []
        self.problems: list[tuple[str, str, str]] = []

    async def added(
        self, tx: Transaction, articles: Sequence[tuple[int, NewArticle]], now: float, *, announce: bool
    ) -> None:
        assert not announce
        self.imported_ids += [article_id for article_id, _ in articles]

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        self.changed_ids.append(article_id)

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        self.withdrawn_ids.append(article_id)


class InProcessWorker(ParseWorker):
    """The worker without its process, so that tests need not wait for one to start."""

    def __init__(self) -> None:
        pass

    async def read_robots(self, body: bytes, agent: str, url: str) -> RobotsRules | None:
        return read_robots(body, agent, url)

    async def extract(
        self, html: bytes, url: str, charset: str | None = None, *, unless_list: bool = False
    ) -> Page | None:
        if unless_list and not is_article_page(html, url):
            raise ListPageError
        return extract_page(html, url, charset)

    async def broadcast_start(self, html: bytes, url: str) -> float | None:
        return broadcast_start(html)

    async def parse_listing(
        self, body: bytes, headers: Mapping[str, str], url: str, *, is_list: bool = False
    ) -> SourceContents:
        try:
            return read_source(body, headers, url, is_list=is_list)
        except UnreadableDocumentError as error:
            raise ParseFailedError("error", str(error)) from None


def no_topics(title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:  # noqa: ARG001 - a Classify
    return ()


@dataclass(frozen=True)
class BackfillWorld:
    """A site, and the backfill that imports it."""

    site: ArchiveSite
    database: Database
    articles: Articles
    pages: PageFetcher
    backfill: Backfill
    events: BackfillEvents


@asynccontextmanager
async def serving(site: ArchiveSite) -> AsyncGenerator[ArchiveSite]:
    """The site on a free port of loopback."""
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def reading(
    site: ArchiveSite,
    path: Path,
    clock: Callable[[], float] = lambda: NOW,
    worker: ParseWorker | None = None,
    events: Callable[[Database], ArticleEvents] | None = None,
) -> AsyncGenerator[BackfillWorld]:
    """A backfill over a database file, without pauses between pages. Events are recorded, or go to `events`."""
    database = await Database.open(path)
    recorder, articles = BackfillEvents(), Articles(database)
    listeners = events(database) if events else recorder
    try:
        async with http_client("Herald/test (+https://example.org; tests)") as http:
            robots = Robots(http, InProcessWorker().read_robots, "Herald", clock)
            pages = PageFetcher(http, worker or InProcessWorker(), robots, pause=0.0)
            writer = BackfillWriter(
                recording_incidents(database, recorder.problems), listeners, no_topics, clock, random.Random(5)
            )
            feeds = [BackfillFeed("feed0", f"{site.base}/rss.xml")]
            backfill = Backfill(writer.stores, pages, worker or InProcessWorker(), writer, feeds, clock)
            yield BackfillWorld(site, database, articles, pages, backfill, recorder)
    finally:
        await database.close()
