"""The polite HTTP client: requests and their possible results, capped bodies, checked redirects. Never raises.

It does not decide when to poll again; it reports what the server said.
"""

import asyncio
import hashlib
import io
import re
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDictProxy
from yarl import URL

from bot.durations import DAY, MINUTE
from bot.http.caching import retry_after_seconds
from bot.http.proxies import NO_PROXIES, Proxies
from bot.http.ssrf import (
    ForbiddenAddressError,
    GuardedResolver,
    guarded_socket_factory,
    is_private_literal,
    socket_factory,
)
from bot.urls import Origin, origin, parse_web_url, without_credentials

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.6, */*;q=0.1"
)
MAX_REDIRECTS = 5
CHUNK_BYTES = 65_536
MAX_HEADER_BYTES = 65_536  # of one line; some sites send policies of 20 KB
CONNECT_SECONDS = 10.0
OK = (200, 203)
NOT_MODIFIED = 304
GONE = 410
PERMANENT = (301, 308)
TEMPORARY = (302, 303, 307)
HTTP_PORT = 80
MAX_HOSTS = 1_000
UNKNOWN_ENCODING = re.compile(r"content-encoding: ([\w-]+)", re.IGNORECASE)


class FailureKind(StrEnum):
    """Why a request failed."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"  # no such host, refused, connection lost, bad certificate
    PROTOCOL = "protocol"  # the response is not HTTP, or not in the encoding it declares
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"  # too many, without a target, or only to http
    FORBIDDEN = "forbidden"  # leads to a private network
    MISSING = "missing"  # 404
    OVERLOADED = "overloaded"  # 429 or 503
    STATUS = "status"  # any other status


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch.

    `etag` and `last_modified` are sent as they were received, and only to the address they
    came from: `validators_of`, or `url` when that is empty. `trusted`: the operator configured
    this address, so its server may lie on a private network. `max_bytes` None: the
    client's own cap.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = FEED_TYPES
    trusted: bool = False
    validators_of: str = ""
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response with a body. `digest` is the SHA-256 of the body; header names are in lower case.

    `permanent_url` is the target of the permanent redirects at the start of the chain, empty without any.
    """

    body: bytes
    digest: str
    headers: Mapping[str, str]
    final_url: str
    permanent_url: str = ""

    @property
    def etag(self) -> str:
        """The validator as it came."""
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        """The validator as it came."""
        return self.headers.get("last-modified", "")


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing has changed."""

    headers: Mapping[str, str]
    final_url: str
    permanent_url: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """410: gone for good."""

    final_url: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable response. `status` 0: none at all. `retry_after` in seconds as the server asked."""

    kind: FailureKind
    detail: str
    status: int = 0
    retry_after: float | None = None
    final_url: str = ""


FetchResult = Fetched | NotModified | Gone | Failed
FAILURE_KINDS = {404: FailureKind.MISSING, 429: FailureKind.OVERLOADED, 503: FailureKind.OVERLOADED}


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: URL
    permanent: bool


@dataclass(frozen=True, slots=True)
class _RedirectChain:
    """The state of a chain of redirects; `url` is the parsed address that is checked and used."""

    url: URL
    hops: int = 0
    permanent_url: str = ""
    temporary: bool = False


class HostLimiter:
    """One request at a time to each server, a pause between pages, and a back-off when it asks for one.

    `clock` is monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock, self._sleep = clock, sleep
        self._locks: WeakValueDictionary[Origin, asyncio.Lock] = WeakValueDictionary()
        self._next_turn: OrderedDict[Origin, float] = OrderedDict()
        self._backed_off_until: OrderedDict[Origin, float] = OrderedDict()

    @asynccontextmanager
    async def slot(self, url: str | URL) -> AsyncGenerator[None]:
        """Waits until no other request to this server is in flight."""
        host = origin(url)
        lock = self._locks.get(host)
        if lock is None:
            lock = self._locks[host] = asyncio.Lock()
        async with lock:
            yield

    async def wait_turn(self, url: str | URL, pause: float) -> None:
        """Waits for the next turn in a queue of requests `pause` seconds apart: that of pages.

        Feeds do not join that queue, so they never wait behind pages.
        """
        host = origin(url)
        turn = max(self._clock(), self._next_turn.get(host, 0.0))
        _remember(self._next_turn, host, turn + pause)
        if turn > self._clock():
            await self._sleep(turn - self._clock())

    def delay_turns(self, url: str | URL, seconds: float) -> None:
        """Delays the next turn at this server."""
        host = origin(url)
        _remember(self._next_turn, host, max(self._next_turn.get(host, 0.0), self._clock() + seconds))

    def back_off(self, url: str | URL, seconds: float | None) -> None:
        """Blocks requests to a server for as long as it asked: at least a minute (also the default), at most a day."""
        _remember(self._backed_off_until, origin(url), self._clock() + min(max(seconds or 0.0, MINUTE), DAY))

    def retry_after(self, url: str | URL) -> float:
        """For how many seconds no request may be made to a server; 0 when one may."""
        return max(self._backed_off_until.get(origin(url), 0.0) - self._clock(), 0.0)


def _remember(times: OrderedDict[Origin, float], host: Origin, at: float) -> None:
    times[host] = at
    times.move_to_end(host)
    while len(times) > MAX_HOSTS:
        times.popitem(last=False)


class HttpClient:
    """HTTP sessions for feeds and pages; use it with `async with`.

    There is never more than one request in flight for a host, and none while it is backed off: a
    host that answered 429 or 503 gets no request for as long as it asked, for feeds and pages alike.
    `clock` gives seconds that only go forward, for those back-offs. No cookies, no referrer.

    `trusted` are addresses from the configuration; their servers may be on a private network, every
    other server must be public. With `proxies`, literal addresses are still checked, and names are
    resolved by the proxy. Times in seconds, sizes in bytes.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        timeout: float,
        max_bytes: int,
        trusted: Iterable[str] = (),
        proxies: Proxies = NO_PROXIES,
        resolver: AbstractResolver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._user_agent = user_agent
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._trusted = frozenset(origin(url) for url in trusted)
        self._proxies = proxies
        self._resolver = resolver
        self.limiter = HostLimiter(clock)

    async def __aenter__(self) -> Self:
        self._public = self._session(
            aiohttp.TCPConnector(
                resolver=GuardedResolver(self._resolver), limit=0, socket_factory=guarded_socket_factory
            )
        )
        self._private = self._session(
            aiohttp.TCPConnector(resolver=self._resolver, limit=0, socket_factory=socket_factory)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._public.close()
        await self._private.close()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Sends one request and follows redirects. Every failure is a result, not an exception."""
        try:
            chain, remaining = _RedirectChain(parse_web_url(request.url)), self._timeout
        except ValueError as error:
            return Failed(FailureKind.REDIRECT, str(error), final_url=without_credentials(request.url))
        trusted = self._trusted | {origin(chain.url)} if request.trusted else self._trusted
        clock = asyncio.get_running_loop().time
        while chain.hops <= MAX_REDIRECTS:
            host = chain.url.host or ""
            if origin(chain.url) not in trusted and is_private_literal(host):
                return Failed(FailureKind.FORBIDDEN, f"{host} is not a public address", final_url=str(chain.url))
            async with self.limiter.slot(chain.url):
                if wait := self.limiter.retry_after(chain.url):
                    detail = "the server asked for a pause"
                    return Failed(FailureKind.OVERLOADED, detail, 0, wait, str(chain.url))
                began = clock()
                session = self._private if origin(chain.url) in trusted else self._public
                answer = await self._send(session, chain, request, remaining)
                remaining -= clock() - began
                if isinstance(answer, Failed) and answer.kind is FailureKind.OVERLOADED:
                    self.limiter.back_off(chain.url, answer.retry_after)
            if not isinstance(answer, _Redirect):
                return answer
            temporary = chain.temporary or not answer.permanent
            permanent_url = chain.permanent_url if temporary else str(answer.url)
            chain = _RedirectChain(answer.url, chain.hops + 1, permanent_url, temporary)
        return Failed(FailureKind.REDIRECT, f"more than {MAX_REDIRECTS} redirects", final_url=str(chain.url))

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"},
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
        )

    async def _send(
        self, session: aiohttp.ClientSession, chain: _RedirectChain, request: FetchRequest, remaining: float
    ) -> FetchResult | _Redirect:
        timeout = aiohttp.ClientTimeout(total=max(remaining, 0.001), sock_connect=min(self._timeout, CONNECT_SECONDS))
        headers, url = _request_headers(chain.url, request), str(chain.url)
        proxy = self._proxies.for_url(chain.url) or None
        if proxy:
            session = self._private  # whose only connection is to the proxy, which the operator configured
        try:
            async with session.get(
                chain.url, headers=headers, allow_redirects=False, timeout=timeout, proxy=proxy
            ) as response:
                try:
                    return await self._read(response, chain, request, conditional=len(headers) > 1)
                finally:
                    if not response.content.at_eof():
                        response.close()
        except TimeoutError:
            return Failed(FailureKind.TIMEOUT, f"no complete answer within {self._timeout:g} s", final_url=url)
        except ForbiddenAddressError as error:
            return Failed(FailureKind.FORBIDDEN, str(error), final_url=url)
        except aiohttp.ClientConnectionError as error:
            # aiohttp wraps what the guards of names and sockets raise.
            for inner in (getattr(error, "os_error", None), error.__cause__):
                if isinstance(inner, ForbiddenAddressError):
                    return Failed(FailureKind.FORBIDDEN, str(inner), final_url=url)
            return Failed(FailureKind.CONNECTION, _brief(error), final_url=url)
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            detail = _brief(error)
            if encoding := UNKNOWN_ENCODING.search(str(error)):
                detail = f"the server compresses with {encoding[1]}, although only gzip and deflate were offered"
            return Failed(FailureKind.PROTOCOL, detail, final_url=url)

    async def _read(
        self, response: aiohttp.ClientResponse, chain: _RedirectChain, request: FetchRequest, *, conditional: bool
    ) -> FetchResult | _Redirect:
        headers, url = _lower_case(response.headers), str(chain.url)
        if response.status in (*PERMANENT, *TEMPORARY):
            return _redirect(response.status, headers, chain.url)
        if response.status == NOT_MODIFIED and conditional:
            return NotModified(headers, url, chain.permanent_url)
        if response.status == GONE and not chain.temporary:
            return Gone(url)
        if response.status not in OK:
            kind = FAILURE_KINDS.get(response.status, FailureKind.STATUS)
            detail = f"HTTP status {response.status}"
            return Failed(kind, detail, response.status, retry_after_seconds(headers), url)
        cap = request.max_bytes or self._max_bytes
        body = await _read_capped(response, cap)
        if body is None:
            return Failed(FailureKind.TOO_LARGE, f"more than {cap:,} bytes", response.status, final_url=url)
        return replace(body, headers=headers, final_url=url, permanent_url=chain.permanent_url)


async def _read_capped(response: aiohttp.ClientResponse, cap: int) -> Fetched | None:
    if (response.content_length or 0) > cap:
        return None
    body = io.BytesIO()  # hands out what was written without a second copy
    size, digest = 0, hashlib.sha256()
    # One byte beyond the cap shows that there is more; nothing further is read.
    while chunk := await response.content.read(min(CHUNK_BYTES, cap + 1 - size)):
        size += len(chunk)
        if size > cap:
            return None
        body.write(chunk)
        digest.update(chunk)
        await asyncio.sleep(0)  # data that is already unpacked arrives without a pause; lets other tasks run
    return Fetched(body.getvalue(), digest.hexdigest(), {}, "")


def _request_headers(url: URL, request: FetchRequest) -> dict[str, str]:
    headers = {"Accept": request.accept or FEED_TYPES}
    if url == URL(request.validators_of or request.url):
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
    return headers


def _redirect(status: int, headers: Mapping[str, str], url: URL) -> _Redirect | Failed:
    """The target of a redirect; one from https to http is tried on https, which nearly every site supports."""
    location = headers.get("location", "")
    try:
        target = parse_web_url(str(url.join(URL(location)).with_fragment(None))) if location else None
    except ValueError:
        target = None
    if target is None:
        detail = f"a redirect to {without_credentials(location[:200])!r}, which is no usable address"
        return Failed(FailureKind.REDIRECT, detail, status, final_url=str(url))
    if url.scheme == "https" and target.scheme == "http":
        secure = target.with_scheme("https").with_port(None if target.port == HTTP_PORT else target.explicit_port)
        if secure == url:
            return Failed(FailureKind.REDIRECT, f"redirects from https to {target}", status, final_url=str(url))
        target = secure
    return _Redirect(target, status in PERMANENT)


def _lower_case(headers: CIMultiDictProxy[str]) -> dict[str, str]:
    """Header names in lower case, repeated ones joined as HTTP allows; validators keep the first."""
    joined: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if key not in joined:
            joined[key] = value
        elif key not in ("etag", "last-modified", "location"):
            joined[key] += f", {value}"
    return joined


def _brief(error: BaseException) -> str:
    return without_credentials(f"{type(error).__name__}: {error}"[:300])
