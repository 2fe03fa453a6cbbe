"""Fetches article pages politely and has them read: paced for each host, conditional, robots.txt first."""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.http.client import Fetched, FetchRequest, FetchResult, Gone, NotModified
from bot.http.ports import Fetching
from bot.http.robots import Robots, RobotsFile, origin_of
from bot.ingest.ports import Extracting, PageAnswer
from bot.models import Page
from bot.urls import is_web_url
from bot.worker.pool import ParseFailedError

log = logging.getLogger(__name__)

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
HTML_TYPES = ("text/html", "application/xhtml+xml", "")
MAX_HOSTS = 500
MISSING = (404, 410)
PATIENCE = 120.0  # seconds that are waited for a host that asked for rest; longer ones are for another time


@dataclass(frozen=True, slots=True)
class PageRead:
    """The page was had; `final_url` is where redirects led."""

    page: Page
    etag: str
    last_modified: str
    final_url: str


@dataclass(frozen=True, slots=True)
class PageUnchanged:
    """The server says that nothing changed since the validators given, and gives these now."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class PageMissing:
    """The server says that there is no such page (404) or no longer (410)."""

    status: int


@dataclass(frozen=True, slots=True)
class PageFailed:
    """The page could not be had now. `kind` names why; `retry_after` is the server's wish in seconds."""

    kind: str
    detail: str = ""
    retry_after: float | None = None


PageOutcome = PageRead | PageUnchanged | PageMissing | PageFailed


class Reading(Protocol):
    """Reads pages; `PageReader` is one."""

    async def read(self, url: str, etag: str = "", last_modified: str = "") -> PageOutcome:
        """The article at `url`; never raises for trouble with the network or the page."""
        ...


class PageReader:
    """Reads pages, one at a time for each host with `pause` seconds between.

    Also a `FetchPage` for the watcher.
    """

    def __init__(
        self,
        fetcher: Fetching,
        worker: Extracting,
        robots: Robots,
        *,
        pause: float = 1.0,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._fetcher, self._worker, self._robots = fetcher, worker, robots
        self._pause, self._clock, self._sleep = pause, clock, sleep
        self._trusted = set[str]()
        self._next: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, url: str) -> PageAnswer:
        """The page for a new article, without a page when it cannot be had now."""
        outcome = await self.read(url)
        if isinstance(outcome, PageRead):
            return PageAnswer(outcome.page, outcome.etag, outcome.last_modified)
        return PageAnswer(None)

    def trust(self, url: str) -> None:
        """Lets pages on the origin of an address that the operator wrote lie in private networks."""
        self._trusted.add(origin_of(url))

    async def robots_of(self, url: str) -> RobotsFile:
        """What the robots.txt of that host tells this robot."""
        return await self._robots.of(url, trusted=origin_of(url) in self._trusted)

    async def read(self, url: str, etag: str = "", last_modified: str = "") -> PageOutcome:
        """The article at `url`; never raises for trouble with the network or the page."""
        answer = await self.fetch(FetchRequest(url, etag, last_modified, ACCEPT))
        if not isinstance(answer, Fetched):
            return answer
        kind = answer.headers.get("content-type", "")
        if kind.split(";")[0].strip().lower() not in HTML_TYPES:
            return PageFailed("not_html", kind[:80])
        charset = CHARSET.search(kind)
        try:
            page = await self._worker.extract(answer.body, answer.final_url, charset[1] if charset else None)
        except ParseFailedError as error:
            log.warning("page %s could not be read: %s", url, error)
            return PageFailed("unreadable", str(error))
        if page is None:
            return PageFailed("no_article")
        return PageRead(page, answer.etag, answer.last_modified, answer.final_url)

    async def fetch(self, request: FetchRequest) -> Fetched | PageUnchanged | PageMissing | PageFailed:
        """What an address answers, after its robots.txt was asked and its host has rested."""
        url = request.url
        if not is_web_url(url):
            return PageFailed("address", url[:80])
        robots = await self.robots_of(url)
        if not robots.allows(url):
            return PageFailed("robots") if robots.retry_after is None else _no_robots(robots)
        request = replace(request, trusted=origin_of(url) in self._trusted)
        await self._rest(url, max(self._pause, robots.delay))
        outcome = outcome_of(await self._fetcher.fetch(request))
        if isinstance(outcome, PageFailed) and outcome.retry_after is not None and outcome.retry_after <= PATIENCE:
            self._let_rest(url, outcome.retry_after)
            await self._rest(url, max(self._pause, robots.delay))
            return outcome_of(await self._fetcher.fetch(request))
        return outcome

    def _let_rest(self, url: str, seconds: float) -> None:
        """Puts this host's next turn off."""
        origin = origin_of(url)
        self._next[origin] = max(self._next.get(origin, 0.0), self._clock() + seconds)

    async def _rest(self, url: str, pause: float) -> None:
        """Waits for this host's turn, and books the next."""
        origin, now = origin_of(url), self._clock()
        turn = max(now, self._next.get(origin, now))
        self._next[origin] = turn + pause
        self._next.move_to_end(origin)
        while len(self._next) > MAX_HOSTS:
            self._next.popitem(last=False)
        if turn > now:
            await self._sleep(turn - now)


def _no_robots(robots: RobotsFile) -> PageFailed:
    return PageFailed("overloaded", "robots.txt could not be had", robots.retry_after)


def outcome_of(answer: FetchResult) -> Fetched | PageUnchanged | PageMissing | PageFailed:
    """A fetch's answer, in the terms of pages."""
    if isinstance(answer, Fetched):
        return answer
    if isinstance(answer, NotModified):
        return PageUnchanged(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
    if isinstance(answer, Gone):
        return PageMissing(410)
    if answer.status in MISSING:
        return PageMissing(answer.status)
    return PageFailed(str(answer.kind), answer.detail, answer.retry_after)
