"""One pace for every request that counts against the bot's global limit.

Time and sleeping are passed in. What does not count (answers to interactions) never comes here.
"""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

log = logging.getLogger(__name__)

HURRY = 0.8  # of the even distance between turns: how close they may come to make up for a delay
INVALID = (401, 403, 429)  # what Discord counts towards a ban of the address (10,000 in ten minutes)
INVALID_SECONDS = 600.0
CLOUDFLARE_SECONDS = 60.0
LONGEST_PAUSE = 3600.0


class RateLimiterClosedError(Exception):
    """No more requests are to be sent; the bot is stopping."""


class RateLimiter:
    """Gives turns, first come first served: as many as `rate` in any second, however it lies, never more.

    A delay is made up for within the same second, which keeps the average at the rate.
    `invalid_budget` is how many refused requests in ten minutes are too many: then no more turns
    are given until older ones have left the ten minutes, and `exhausted` is true.
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        invalid_budget: int = 1_000,
    ) -> None:
        turns = max(1, int(rate))
        self._window = turns / rate
        self._spacing = HURRY / rate
        self._recent: deque[float] = deque([-math.inf] * turns, maxlen=turns)
        self._clock, self._sleep = clock, sleep
        self._budget = invalid_budget
        self._invalid: deque[float] = deque(maxlen=invalid_budget)
        self._paused_until = 0.0
        self._queue = asyncio.Lock()
        self._closed = False

    async def acquire(self) -> None:
        """Waits until a request may be sent. Raises RateLimiterClosedError when the bot is stopping."""
        async with self._queue:
            while (wait := self._wait()) > 0 and not self._closed:
                # Short sleeps, so that a close is noticed during a long pause.
                await self._sleep(min(wait, 1.0))
            if self._closed:
                raise RateLimiterClosedError
            self._take()

    async def acquire_priority(self) -> None:
        """As `turn`, before everybody who waits: for the few requests a person waits for."""
        while (pause := self._paused_until - self._clock()) > 0:
            await self._sleep(min(pause, 1.0))
        self._take()

    def record_response(self, status: int, headers: Mapping[str, str], *, global_limit: bool = False) -> None:
        """Learns from an answer: counts refusals, and pauses everything where all are meant."""
        if status not in INVALID:
            return
        self._invalid.append(self._clock())
        if self.exhausted:
            log.error("Discord refused %d requests in ten minutes; sending rests for a while", self._budget)
        if status != INVALID[2]:
            return
        if global_limit or headers.get("X-RateLimit-Global", "").lower() == "true":
            self.pause(_seconds(headers, 1.0))
        elif "Via" not in headers and "X-RateLimit-Scope" not in headers and "X-RateLimit-Bucket" not in headers:
            # Not from Discord's API but from the wall before it, and meant for this address.
            self.pause(_seconds(headers, CLOUDFLARE_SECONDS))

    def pause(self, seconds: float) -> None:
        """No turns for so long; a longer pause that is under way stays."""
        until = self._clock() + min(seconds, LONGEST_PAUSE)
        if until > self._paused_until:
            log.warning("sending pauses for %.1f s", seconds)
            self._paused_until = until

    @property
    def exhausted(self) -> bool:
        """Whether the budget of refused requests is spent."""
        now = self._clock()
        while self._invalid and self._invalid[0] <= now - INVALID_SECONDS:
            self._invalid.popleft()
        return len(self._invalid) >= self._budget

    def close(self) -> None:
        """No more turns; whoever waits is told."""
        self._closed = True

    def reopen(self) -> None:
        """Turns again, after a close."""
        self._closed = False

    def _wait(self) -> float:
        now = self._clock()
        refused = self._invalid[0] + INVALID_SECONDS - now if self.exhausted else 0.0
        turn = max(self._recent[0] + self._window, self._recent[-1] + self._spacing) - now
        return max(turn, self._paused_until - now, refused)

    def _take(self) -> None:
        self._recent.append(self._clock())


def _seconds(headers: Mapping[str, str], otherwise: float) -> float:
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return otherwise
