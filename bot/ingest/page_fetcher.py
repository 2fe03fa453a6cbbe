"""Fetches article pages politely and parses them: paced per host, conditional, robots.txt first."""

import html
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from bot.discovery.robots import RobotsRules
from bot.durations import DAY
from bot.http.client import GONE, Failed, FailureKind, Fetched, FetchRequest, Gone, HttpClient, NotModified
from bot.models import Page
from bot.urls import Origin, canonical_key, is_web_url, origin, site_root, without_credentials
from bot.worker.pool import ListPageError, ParseFailedError, ParseWorker

log = logging.getLogger(__name__)

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
HTML_TYPES = ("text/html", "application/xhtml+xml", "")
MISSING = (404, GONE)
BROADCAST = b"islivebroadcast"
MAIN_FRAME = re.compile(rb"<iframe\b[^<>]{0,500}?\bid\s?=\s?[\"']mainFrame[\"'][^<>]{0,1000}>", re.IGNORECASE)
FRAME_SOURCE = re.compile(rb"\bsrc\s?=\s?[\"']([^\"'<>]{1,1000})[\"']", re.IGNORECASE)
MAX_WAIT_SECONDS = 120.0  # for a host that asked for a pause; a longer one is left to the next attempt
MAX_ROBOTS_BYTES = 512_000  # RFC 9309 asks to read at least 500 KiB
KEEP_ROBOTS_SECONDS = DAY  # RFC 9309: no longer than a day
KEEP_FAILURE_SECONDS = 900.0
MAX_ROBOTS_HOSTS = 500
SERVER_ERROR = 500
UNAVAILABLE = (FailureKind.TIMEOUT, FailureKind.CONNECTION, FailureKind.OVERLOADED, FailureKind.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class PageRead:
    """The page was fetched and parsed; `final_url` is where redirects led, `moved_to` where permanent ones did."""

    page: Page
    etag: str
    last_modified: str
    final_url: str
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class PageUnchanged:
    """304: unchanged since the given validators; these are the current ones."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class PageMissing:
    """There is no such page (404) or no longer (410)."""

    status: int


@dataclass(frozen=True, slots=True)
class PageFailed:
    """The page could not be fetched now. `kind` names the reason; `retry_after` is in seconds, as the server asked."""

    kind: str
    detail: str = ""
    retry_after: float | None = None


PageOutcome = PageRead | PageUnchanged | PageMissing | PageFailed


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """The page of a new article; `page` None: not fetched, to be tried again later.

    `missing`: the server says that there is none (404, 410). `begins`: when the premiere or live
    stream on it starts.
    """

    page: Page | None
    etag: str = ""
    last_modified: str = ""
    missing: bool = False
    begins: float | None = None


# Reads a robots.txt (body, agent, address) in a separate process; None when it cannot be read within its limits.
ReadRobots = Callable[[bytes, str, str], Awaitable[RobotsRules | None]]


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """The rules for one address; `retry_after`: seconds during which nothing may be fetched."""

    rules: RobotsRules
    retry_after: float | None = None


FORBIDDEN_FOR_NOW = RobotsAnswer(RobotsRules(allowed=False), KEEP_FAILURE_SECONDS)


class Robots:
    """Fetches the robots.txt of each host, caches it for a day, and applies its rules to addresses.

    `agent` is the User-Agent header that Herald sends.
    """

    def __init__(self, http: HttpClient, read: ReadRobots, agent: str, clock: Callable[[], float]) -> None:
        self._http, self._read, self._agent, self._clock = http, read, agent, clock
        # None instead of a body: the server is unavailable, and nothing may be fetched.
        self._kept: OrderedDict[Origin, tuple[float, bytes | None]] = OrderedDict()

    async def ask(self, url: str, *, trusted: bool = False) -> RobotsAnswer:
        """The rules of the host for `url`; everything is forbidden while its server is unavailable."""
        host = origin(url)
        until, body = self._kept.get(host, (0.0, None))
        if until <= self._clock():
            address = f"{site_root(url)}/robots.txt"
            answer = await self._http.fetch(
                FetchRequest(address, accept="text/plain", trusted=trusted, max_bytes=MAX_ROBOTS_BYTES)
            )
            if isinstance(answer, Fetched):
                body = answer.body
            elif isinstance(answer, Failed) and (answer.kind in UNAVAILABLE or answer.status >= SERVER_ERROR):
                body = None
            else:
                body = b""  # where there is no robots.txt, everything is allowed
            self._kept[host] = (self._clock() + (KEEP_FAILURE_SECONDS if body is None else KEEP_ROBOTS_SECONDS), body)
            self._kept.move_to_end(host)
            while len(self._kept) > MAX_ROBOTS_HOSTS:
                self._kept.popitem(last=False)
        if not body:
            return RobotsAnswer(RobotsRules()) if body is not None else FORBIDDEN_FOR_NOW
        rules = await self._read(body, self._agent, url)
        return RobotsAnswer(rules) if rules else FORBIDDEN_FOR_NOW


@dataclass
class PageFetcher:
    """Reads pages, one at a time for each host and `pause` seconds apart."""

    http: HttpClient
    worker: ParseWorker
    robots: Robots
    pause: float
    trusted: set[Origin] = field(default_factory=set[Origin])  # may have private addresses

    def allow_private(self, url: str) -> None:
        """Allows private addresses for pages on the origin of a configured address."""
        self.trusted.add(origin(url))

    async def fetch_for_new(self, url: str) -> PageAnswer:
        """The page of a new article, without a page when it cannot be fetched now."""
        answer = await self.fetch(FetchRequest(url, accept=ACCEPT))
        if not isinstance(answer, Fetched):
            return PageAnswer(None, missing=isinstance(answer, PageMissing))
        begins: float | None = None
        if BROADCAST in answer.body.lower():
            try:
                begins = await self.worker.broadcast_start(answer.body, answer.final_url)
            except ParseFailedError as error:
                log.warning("a page of %s could not be parsed: %s", origin(answer.final_url)[0], error.kind)
        outcome = await self.parse(answer)
        if not isinstance(outcome, PageRead):
            return PageAnswer(None, answer.etag, answer.last_modified, begins=begins)
        return PageAnswer(outcome.page, outcome.etag, outcome.last_modified, begins=begins)

    async def final_address(self, url: str) -> str:
        """The canonical address that `url` redirects to; empty when it leads nowhere else."""
        answer = await self.fetch(FetchRequest(url, accept=ACCEPT))
        final = canonical_key(answer.final_url) if isinstance(answer, Fetched) else ""
        return final if final and final != canonical_key(url) else ""

    async def robots_rules(self, url: str) -> RobotsRules:
        """The rules of that host's robots.txt for Herald."""
        return (await self.robots.ask(url, trusted=origin(url) in self.trusted)).rules

    async def read(self, url: str, etag: str = "", last_modified: str = "") -> PageOutcome:
        """The article at `url`; never raises."""
        answer = await self.fetch(FetchRequest(url, etag, last_modified, ACCEPT))
        return await self.parse(answer) if isinstance(answer, Fetched) else answer

    async def parse(self, answer: Fetched, *, unless_list: bool = False) -> PageRead | PageFailed:
        """The article of a fetched page, or of the frame that it consists of; `unless_list` refuses a list."""
        url = answer.final_url
        if frame := main_frame(answer):
            inner = await self.fetch(FetchRequest(frame, accept=ACCEPT))
            if not isinstance(inner, Fetched):
                return PageFailed("no_article", "its frame could not be fetched")
            answer = inner
        kind = answer.headers.get("content-type", "")
        if kind.split(";")[0].strip().lower() not in HTML_TYPES:
            return PageFailed("not_html", kind[:80])
        charset, problem = CHARSET.search(kind), "no_article"
        try:
            page = await self.worker.extract(
                answer.body,
                answer.final_url,
                charset[1] if charset else None,
                unless_list=unless_list and not frame,
            )
        except ListPageError:
            page, problem = None, "list"
        except ParseFailedError as error:
            log.warning("a page of %s could not be parsed: %s", origin(url)[0], error.kind)
            return PageFailed("unreadable", str(error))
        if page is None:
            return PageFailed(problem)
        if frame:
            # No validators: the outer page never changes, and the frame's belong to another address.
            return PageRead(page, "", "", url)
        return PageRead(page, answer.etag, answer.last_modified, answer.final_url, answer.permanent_url)

    async def fetch(self, request: FetchRequest) -> Fetched | PageUnchanged | PageMissing | PageFailed:
        """The response of an address, once robots.txt allows it and it is its host's turn."""
        url = request.url
        if not is_web_url(url):
            return PageFailed("address", without_credentials(url[:80]))
        trusted = origin(url) in self.trusted
        robots = await self.robots.ask(url, trusted=trusted)
        if not robots.rules.allowed:
            unavailable = PageFailed("overloaded", "robots.txt could not be fetched", robots.retry_after)
            return PageFailed("robots") if robots.retry_after is None else unavailable
        request, pause = replace(request, trusted=trusted), max(self.pause, robots.rules.delay)
        limiter = self.http.limiter  # pages and feeds of a host share its slot
        await limiter.wait_turn(url, pause)
        answer = await self.http.fetch(request)
        wait = answer.retry_after if isinstance(answer, Failed) and answer.status not in MISSING else None
        if wait is not None and wait <= MAX_WAIT_SECONDS:
            limiter.delay_turns(url, wait)
            await limiter.wait_turn(url, pause)
            answer = await self.http.fetch(request)
        if isinstance(answer, Fetched):
            return answer
        if isinstance(answer, NotModified):
            return PageUnchanged(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
        if isinstance(answer, Failed) and answer.status not in MISSING:
            return PageFailed(str(answer.kind), answer.detail, answer.retry_after)
        return PageMissing(GONE if isinstance(answer, Gone) else answer.status)


def main_frame(answer: Fetched) -> str:
    """The address of the frame that holds a page's whole content, as on Naver's blogs; empty without one."""
    found = MAIN_FRAME.search(answer.body)
    source = found and FRAME_SOURCE.search(found[0])
    if not source:
        return ""
    try:
        url = urljoin(answer.final_url, html.unescape(source[1].decode("utf-8", "replace")))
        return url if is_web_url(url) and origin(url) == origin(answer.final_url) else ""
    except ValueError:
        return ""
