"""A poller with real files and a real server, and recorders for everything it notifies."""

# ruff: noqa: ARG001, ARG002 - fakes keep the signatures of what they stand for
import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.durations import DAY
from bot.feeds.document import FeedDocument
from bot.feeds.parser import parse_feed
from bot.http.client import HttpClient
from bot.ingest.page_fetcher import PageAnswer, PageFetcher
from bot.ingest.poll_policy import Limits, WatchedFeed
from bot.ingest.poll_writer import PollWriter
from bot.ingest.poller import FeedPoller
from bot.models import ArticleBody, ChannelKind, NewArticle, Page, Passage, SubscriptionOptions
from bot.store.articles import Articles
from bot.store.database import Database, Transaction
from bot.store.feeds import Feeds, HeldArticles
from bot.store.incidents import Incidents
from bot.store.stores import Stores
from bot.store.subscriptions import NewSubscription, Subscriptions
from bot.worker.pool import ParseFailedError
from tests.http.site import Site, http_client, open_site

GUILD = 5  # a server that wants every feed
LIMITS = Limits(hold_articles=5, hold_age=14 * DAY, page_timeout=60.0)
NOW = 1_751_720_000.0  # two hours after the items of `documents`


class InProcessWorker:
    """Parses in the calling process; fails on a marked body."""

    def __init__(self) -> None:
        self.parsed = 0

    async def parse(self, body: bytes, headers: Mapping[str, str], final_url: str, time_zone: str = "") -> FeedDocument:
        self.parsed += 1
        if b"POISON" in body:
            raise ParseFailedError("time", "takes longer than 10 s")
        if b"OUR FAULT" in body:
            raise RuntimeError
        return parse_feed(body, headers, final_url, time_zone)


@dataclass
class EventRecorder:
    """Records what the poller reports, in order."""

    announced: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[tuple[int, str]] = field(default_factory=list)
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    fail: bool = False

    async def _added(
        self, tx: Transaction, articles: Sequence[tuple[int, NewArticle]], now: float, *, announce: bool
    ) -> None:
        if self.fail:
            raise RuntimeError
        (self.announced if announce else self.added).extend(draft.title for _, draft in articles)

    async def _changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        self.changed.append((article_id, draft.title))


class Events:
    def __init__(self, recorder: EventRecorder) -> None:
        self.added, self.changed, self._recorder = recorder._added, recorder._changed, recorder

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        raise AssertionError


class IncidentRecorder(Incidents):
    """Records instead of storing."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        self._problems = problems

    async def start(
        self, tx: Transaction, kind: str, detail: str, now: float, *, guild_id: int = 0, channel_id: int = 0
    ) -> None:
        what, _, subject = kind.partition(":")
        named = {
            "feed_held": ("held", subject, f"{detail} in {guild_id}"),
            "feed_gap": ("gap", subject, ""),
            "withdrawals_suspended": ("suspended", subject, detail),
        }
        self._problems.append(named.get(what, ("started", subject, what.removeprefix("feed_"))))

    async def end(
        self,
        tx: Transaction,
        kind: str,
        now: float,
        *,
        guild_id: int = 0,
        channel_id: int = 0,
        detail: str | None = None,
    ) -> None:
        what, _, subject = kind.partition(":")
        if what == "feed_held" and detail:
            self._problems.append(("expired", subject, f"{detail.removeprefix('expired ')} in {guild_id}"))
        elif what == "withdrawals_suspended":
            self._problems.append(("resumed", subject, ""))
        elif what != "feed_gap":
            in_server = f" in {guild_id}" if guild_id else ""
            self._problems.append(("ended", subject, what.removeprefix("feed_") + in_server))


def classify(title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
    return ("women",) if "women" in title.lower() else ()


def recording_incidents(database: Database, problems: list[tuple[str, str, str]]) -> Stores:
    """The stores of a database, but incidents are recorded."""
    stores = Stores(database)
    stores.incidents = IncidentRecorder(problems)
    return stores


class FakePages(PageFetcher):
    """Serves pages by address; an unknown address has none."""

    def __init__(self) -> None:
        self.known: dict[str, Page] = {}
        self.asked: list[str] = []
        self.missing: set[str] = set()
        self.begins: dict[str, float] = {}
        self.moved: dict[str, str] = {}
        self.late = False

    async def fetch_for_new(self, url: str) -> PageAnswer:
        self.asked.append(url)
        if self.late:
            await asyncio.Event().wait()
        etag = '"page"' if url in self.known else ""
        return PageAnswer(self.known.get(url), etag, missing=url in self.missing, begins=self.begins.get(url))

    async def final_address(self, url: str) -> str:
        return self.moved.get(url, "")


def page(title: str, published: float | None = None) -> Page:
    return Page(
        title, "Jane", "Jane writes.", published, "en", ArticleBody((Passage(0, "", "Long words."),)), reading_minutes=4
    )


@dataclass
class PollerWorld:
    """Everything around one poller; `now` moves when a test says so."""

    site: Site
    database: Database
    http: HttpClient
    recorder: EventRecorder
    pages: FakePages
    worker: InProcessWorker
    poller: FeedPoller
    writer: PollWriter
    now: float = NOW

    @property
    def articles(self) -> Articles:
        return Articles(self.database)

    async def titles(self) -> list[str]:
        return sorted(article.title for article in await self.articles.latest(limit=1_000))

    async def poll(self, body: str | None = None, path: str = "/feed", **headers: Any) -> Any:
        """One poll an hour later, of a feed that says `body` from now on."""
        if body is not None:
            self.site.page(path, body, Content_Type="application/rss+xml; charset=utf-8", **headers)
        self.now += 3_600
        return await self.poller.poll("blog")

    async def planned(self) -> list[tuple[str, int]]:
        """Title and server of each delivery that the poller itself planned; those of new articles are an event."""
        rows = await self.database.all(
            "SELECT title, guild_id FROM deliveries JOIN articles ON articles.id = article"
            " JOIN subscriptions ON subscriptions.id = subscription ORDER BY deliveries.id"
        )
        return [(row["title"], row["guild_id"]) for row in rows]

    async def state(self, key: str = "blog") -> Any:
        return await Feeds(self.database).get(key)

    async def held(self) -> list[str]:
        """The titles that wait for a moderator, newest first."""
        return [article.title for article in await HeldArticles(self.database).of_guild("blog", GUILD)]


@asynccontextmanager
async def open_poller_world(
    folder: Path,
    feeds: Mapping[str, str] | None = None,
    every: float = 1_800.0,
    limits: Limits = LIMITS,
    *,
    tls: bool = False,
) -> AsyncIterator[PollerWorld]:
    """A world whose feeds, by default "blog" at /feed, lie on one site, with `tls` on https."""
    made: list[PollerWorld] = []
    async with (
        open_site(tls=tls) as site,
        http_client("Herald/1 (+https://example.org)", trusted=[site.url], clock=lambda: made[0].now) as http,
    ):
        database = await Database.open(folder / "herald.db")
        world = PollerWorld(site, database, http, EventRecorder(), FakePages(), InProcessWorker(), None, None)  # type: ignore[arg-type] - made below
        made.append(world)
        watched = [WatchedFeed(key, site.url + path, every) for key, path in (feeds or {"blog": "/feed"}).items()]
        restart(world, watched, limits)
        await Feeds(database).sync({feed.key: feed.url for feed in watched})
        new = NewSubscription(GUILD, 50, ChannelKind.TEXT, SubscriptionOptions(), 0.0)
        await Subscriptions(database).create(new)
        try:
            yield world
        finally:
            await world.poller.close()
            await database.close()


def restart(world: PollerWorld, feeds: list[WatchedFeed], limits: Limits = LIMITS) -> None:
    """A new poller on the same files, as after a restart."""
    world.writer = PollWriter(
        recording_incidents(world.database, world.recorder.problems),
        Events(world.recorder),
        classify,
        world.pages,
        limits,
        {feed.key for feed in feeds},
        lambda: world.now,
    )
    world.poller = FeedPoller(
        world.database,
        feeds,
        world.http,
        world.worker,  # type: ignore[arg-type] - the same method, in this process
        world.writer,
        clock=lambda: world.now,
        rng=random.Random(1),
    )
