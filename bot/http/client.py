"""One polite HTTP request after another: conditional, capped, redirected by hand, never raising.

The fetcher decides nothing about when to come again; it reports what the server said.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDictProxy
from yarl import URL

from bot.http.caching import retry_after_seconds
from bot.http.host_limiter import Hosts
from bot.http.results import FEED_TYPES, Failed, FailureKind, Fetched, FetchRequest, FetchResult, Gone, NotModified
from bot.http.sockets import open_socket
from bot.http.ssrf import ForbiddenAddressError, GuardedResolver, is_forbidden_literal, place_of
from bot.urls import is_web_url

__all__ = [
    "FEED_TYPES", "Failed", "FailureKind", "FetchRequest", "FetchResult", "Fetched", "Fetcher", "Gone", "NotModified",
]  # fmt: skip

MAX_REDIRECTS = 5
CHUNK = 65_536
CONNECT_SECONDS = 10.0
PERMANENT = (301, 308)
TEMPORARY = (302, 303, 307)
GOOD = (200, 203)
OVERLOADED = (429, 503)


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class _Trail:
    """How far a chain of redirects has come."""

    url: str
    hops: int = 0
    permanent_url: str = ""
    temporary: bool = False

    def follow(self, redirect: _Redirect) -> "_Trail":
        temporary = self.temporary or not redirect.permanent
        return _Trail(redirect.url, self.hops + 1, self.permanent_url if temporary else redirect.url, temporary)


class Fetcher:
    """One HTTP session for feeds and pages; use it with `async with`.

    There is never more than one request in flight for a host, and none while it rests: a host that
    answered 429 or 503 is left alone as long as it asked, by feeds and pages alike. `clock` gives
    seconds that only go forward, for those rests. No cookies, no referrer. `trusted` are addresses
    the operator wrote; their servers may lie on a private network, every other server must be
    public. Times in seconds, sizes in bytes.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        timeout: float = 30.0,
        max_bytes: int = 5_000_000,
        trusted: Iterable[str] = (),
        resolver: AbstractResolver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._user_agent = user_agent
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._trusted = frozenset(place_of(url) for url in trusted)
        self._resolver = resolver
        self._hosts = Hosts(clock)

    async def __aenter__(self) -> Self:
        self._public = self._session(GuardedResolver(self._resolver))
        self._private = self._session(self._resolver)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._public.close()
        await self._private.close()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Asks once, following redirects by hand. Trouble of any kind is a result, not an exception."""
        trail, left = _Trail(request.url), self._timeout
        clock = asyncio.get_running_loop().time
        while trail.hops <= MAX_REDIRECTS:
            if refusal := self._refusal(trail.url, request):
                return refusal
            async with self._hosts.turn(trail.url):
                if rest := self._hosts.rests_for(trail.url):
                    return Failed(FailureKind.OVERLOADED, "the host asked for rest", 0, rest, trail.url)
                began = clock()
                answer = await self._ask(trail, request, left)
                left -= clock() - began
                if isinstance(answer, Failed) and answer.kind is FailureKind.OVERLOADED:
                    self._hosts.let_rest(trail.url, answer.retry_after)
            if not isinstance(answer, _Redirect):
                return answer
            trail = trail.follow(answer)
        return Failed(FailureKind.REDIRECT, f"more than {MAX_REDIRECTS} redirects", final_url=trail.url)

    def _session(self, resolver: AbstractResolver | None) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, limit=0, socket_factory=open_socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"},
        )

    def _is_trusted(self, url: str, request: FetchRequest) -> bool:
        place = place_of(url)
        return place in self._trusted or (request.trusted and place == place_of(request.url))

    def _refusal(self, url: str, request: FetchRequest) -> Failed | None:
        if not is_web_url(url):
            return Failed(FailureKind.REDIRECT, f"not a web address: {url[:200]!r}", final_url=url)
        if not self._is_trusted(url, request) and is_forbidden_literal(place_of(url)[0]):
            return Failed(FailureKind.FORBIDDEN, f"{place_of(url)[0]} is not a public address", final_url=url)
        return None

    async def _ask(self, trail: _Trail, request: FetchRequest, left: float) -> FetchResult | _Redirect:
        session = self._private if self._is_trusted(trail.url, request) else self._public
        timeout = aiohttp.ClientTimeout(total=max(left, 0.001), sock_connect=min(self._timeout, CONNECT_SECONDS))
        headers = _request_headers(trail.url, request)
        try:
            async with session.get(trail.url, headers=headers, allow_redirects=False, timeout=timeout) as response:
                try:
                    return await self._read(response, trail, request)
                finally:
                    if not response.content.at_eof():
                        response.close()
        except TimeoutError:
            return Failed(FailureKind.TIMEOUT, f"no whole answer within {self._timeout:g} s", final_url=trail.url)
        except ForbiddenAddressError as error:
            return Failed(FailureKind.FORBIDDEN, str(error), final_url=trail.url)
        except aiohttp.ClientConnectionError as error:
            return _connection_failure(error, trail.url)
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            return Failed(FailureKind.PROTOCOL, _brief(error), final_url=trail.url)

    async def _read(
        self, response: aiohttp.ClientResponse, trail: _Trail, request: FetchRequest
    ) -> FetchResult | _Redirect:
        headers = _lower(response.headers)
        if response.status in (*PERMANENT, *TEMPORARY):
            return _redirect(response.status, headers, trail.url)
        if response.status == 304 and len(_request_headers(trail.url, request)) > 1:  # noqa: PLR2004 - 304 is its name
            return NotModified(headers, trail.url, trail.permanent_url)
        if response.status == 410 and not trail.temporary:  # noqa: PLR2004 - 410 is its name
            return Gone(trail.url)
        if response.status not in GOOD:
            return _status_failure(response.status, headers, trail.url)
        cap = request.max_bytes or self._max_bytes
        body = await _read_capped(response, cap)
        if body is None:
            return Failed(FailureKind.TOO_LARGE, f"more than {cap:,} bytes", response.status, final_url=trail.url)
        return replace(body, headers=headers, final_url=trail.url, permanent_url=trail.permanent_url)


async def _read_capped(response: aiohttp.ClientResponse, cap: int) -> Fetched | None:
    if (response.content_length or 0) > cap:
        return None
    chunks: list[bytes] = []
    size, digest = 0, hashlib.sha256()
    # One byte beyond the cap tells that there is more; nothing further is taken.
    while chunk := await response.content.read(min(CHUNK, cap + 1 - size)):
        size += len(chunk)
        if size > cap:
            return None
        chunks.append(chunk)
        digest.update(chunk)
        await asyncio.sleep(0)  # what is unpacked already comes without a pause, and others wait for their turn
    return Fetched(b"".join(chunks), digest.hexdigest(), {}, "")


def _request_headers(url: str, request: FetchRequest) -> dict[str, str]:
    headers = {"Accept": request.accept or FEED_TYPES}
    if url == (request.validators_of or request.url):
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
    return headers


def _redirect(status: int, headers: Mapping[str, str], url: str) -> _Redirect | Failed:
    try:
        target = str(URL(url).join(URL(headers["location"])).with_fragment(None))
    except (KeyError, ValueError):
        return Failed(FailureKind.REDIRECT, "a redirect without a usable address", status, final_url=url)
    if url.startswith("https:") and not target.startswith("https:"):
        return Failed(FailureKind.REDIRECT, f"leads from https to {target[:200]}", status, final_url=url)
    return _Redirect(target, status in PERMANENT)


def _status_failure(status: int, headers: Mapping[str, str], url: str) -> Failed:
    kinds = {404: FailureKind.MISSING, **dict.fromkeys(OVERLOADED, FailureKind.OVERLOADED)}
    retry_after = retry_after_seconds(headers)
    return Failed(kinds.get(status, FailureKind.STATUS), f"HTTP status {status}", status, retry_after, url)


def _connection_failure(error: aiohttp.ClientConnectionError, url: str) -> Failed:
    cause = error.__cause__ or error
    inner = getattr(error, "os_error", None)
    if isinstance(cause, ForbiddenAddressError) or isinstance(inner, ForbiddenAddressError):
        return Failed(FailureKind.FORBIDDEN, str(inner or cause), final_url=url)
    return Failed(FailureKind.CONNECTION, _brief(error), final_url=url)


def _lower(headers: CIMultiDictProxy[str]) -> dict[str, str]:
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
    return f"{type(error).__name__}: {error}"[:300]
