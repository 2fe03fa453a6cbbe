"""What one server may be burdened with: one request at a time, and rest when it asks for it."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.durations import DAY, MINUTE
from bot.http.ssrf import place_of

MAX_RESTING = 1_000


class Hosts:
    """Turns and rests of servers. `clock` gives seconds that only go forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._turns: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
        self._until: OrderedDict[tuple[str, int], float] = OrderedDict()

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncGenerator[None]:
        """Waits until nobody else asks this server."""
        place = place_of(url)
        lock = self._turns.get(place)
        if lock is None:
            lock = self._turns[place] = asyncio.Lock()
        async with lock:
            yield

    def let_rest(self, url: str, seconds: float | None) -> None:
        """Leaves a server alone for as long as it said, between a minute and a day; a minute when it did not say."""
        wait = min(max(seconds or 0.0, MINUTE), DAY)
        self._until[place_of(url)] = self._clock() + wait
        self._until.move_to_end(place_of(url))
        while len(self._until) > MAX_RESTING:
            self._until.popitem(last=False)

    def rests_for(self, url: str) -> float:
        """For how many seconds a server is still to be left alone; 0 when it may be asked."""
        place = place_of(url)
        left = self._until.get(place, 0.0) - self._clock()
        if left <= 0:
            self._until.pop(place, None)
        return max(left, 0.0)
