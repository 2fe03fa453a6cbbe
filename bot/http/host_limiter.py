"""Per-host limiter: one request at a time, a pause between pages, and a back-off when the server asks for it."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from yarl import URL

from bot.durations import DAY, MINUTE
from bot.urls import Origin, origin

MAX_HOSTS = 1_000


class HostLimiter:
    """One slot for each server. `clock` is monotonic, in seconds."""

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
