"""Fetches the robots.txt of each host, caches it for a day, and applies its rules to addresses."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.discovery.robots import RobotsRules
from bot.durations import DAY
from bot.http.client import Failed, FailureKind, Fetched, FetchRequest, HttpClient
from bot.urls import Origin, origin, site_root

MAX_BYTES = 512_000  # RFC 9309 asks to read at least 500 KiB
KEEP_SECONDS = DAY  # RFC 9309: no longer than a day
KEEP_FAILURE_SECONDS = 900.0
MAX_HOSTS = 500
SERVER_ERROR = 500
UNAVAILABLE = (FailureKind.TIMEOUT, FailureKind.CONNECTION, FailureKind.OVERLOADED, FailureKind.FORBIDDEN)


# Reads a robots.txt (body, agent, address) in a separate process; None when it cannot be read within its limits.
ReadRobots = Callable[[bytes, str, str], Awaitable[RobotsRules | None]]


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """The rules for one address; `retry_after`: seconds during which nothing may be fetched."""

    rules: RobotsRules
    retry_after: float | None = None


FORBIDDEN_FOR_NOW = RobotsAnswer(RobotsRules(allowed=False), KEEP_FAILURE_SECONDS)


class Robots:
    """Caches robots.txt files; `agent` is the User-Agent header that Herald sends."""

    def __init__(self, http: HttpClient, read: ReadRobots, agent: str, clock: Callable[[], float]) -> None:
        self._http, self._read, self._agent, self._clock = http, read, agent, clock
        # None instead of a body: the server is unavailable, and nothing may be fetched.
        self._kept: OrderedDict[Origin, tuple[float, bytes | None]] = OrderedDict()

    async def ask(self, url: str, *, trusted: bool = False) -> RobotsAnswer:
        """The rules of the host for `url`; everything is forbidden while its server is unavailable."""
        host = origin(url)
        until, body = self._kept.get(host, (0.0, None))
        if until <= self._clock():
            answer = await self._http.fetch(
                FetchRequest(f"{site_root(url)}/robots.txt", accept="text/plain", trusted=trusted, max_bytes=MAX_BYTES)
            )
            if isinstance(answer, Fetched):
                body = answer.body
            elif isinstance(answer, Failed) and (answer.kind in UNAVAILABLE or answer.status >= SERVER_ERROR):
                body = None
            else:
                body = b""  # where there is no robots.txt, everything is allowed
            self._kept[host] = (self._clock() + (KEEP_FAILURE_SECONDS if body is None else KEEP_SECONDS), body)
            self._kept.move_to_end(host)
            while len(self._kept) > MAX_HOSTS:
                self._kept.popitem(last=False)
        if not body:
            return RobotsAnswer(RobotsRules()) if body is not None else FORBIDDEN_FOR_NOW
        rules = await self._read(body, self._agent, url)
        return RobotsAnswer(rules) if rules else FORBIDDEN_FOR_NOW
