"""Rate limiter for every request that counts against the bot's global limit.

Time and sleeping are passed in. Responses to interactions do not count and are not limited. Discord's documentation
("Rate Limits", November 2026) says 50 requests a second; whether seconds are fixed or sliding it does not say, so the
limit is kept in any second.
"""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

log = logging.getLogger(__name__)

INVALID = (401, 403, 429)  # statuses Discord counts towards a ban of the address (10,000 in ten minutes)
INVALID_WINDOW_SECONDS = 600.0
CLOUDFLARE_SECONDS = 60.0
MAX_PAUSE = 3600.0
POLL_SECONDS = 1.0  # the longest single sleep, so that a close is noticed during a long pause

DISCORD_LIMIT = 50  # requests in any second
CATCH_UP_SECONDS = 0.1  # how far sending may lag behind its schedule and still catch up
# Requests arrive less evenly than they leave: a second of Discord's may hold those of a second and this here.
SPREAD_SECONDS = 0.02
SPREAD_STEP, MAX_SPREAD = 0.01, 0.05  # added after a global 429, up to this ...
SPREAD_RECOVERY = SPREAD_STEP / 30.0  # ... and given up again, each second
REPEATED_SECONDS = 3.0  # a limit lower than the rate refuses again within this
LIMIT_TOLERANCE = 3.0  # requests: a refusal this close to the limit may have come from the spread alone
MAX_CUT = 0.2  # of the limit, at one refusal
LIMIT_RECOVERY = 1.0 / 120.0  # requests a second regained of a limit lower than configured, each second
REMEMBERED_SECONDS = 5.0  # of turns: a refusal is compared with those before it was sent
SLOW_SECONDS = 1.0  # a request that took longer may have reached Discord only just before its answer


class RateLimiterClosedError(Exception):
    """No more requests are to be sent; the bot is stopping."""


class NoLongerWantedError(Exception):
    """The request is not to be sent any more."""


class Suspension(StrEnum):
    """Why all sending is suspended until a single request succeeds."""

    TOKEN = "token_refused"
    QUARANTINE = "quarantined"


class RateLimiter:
    """Grants turns, first come first served, evenly spread: `rate` a second, at most one more in any second.

    Turns follow a schedule, so that a late wake-up does not lower the average: a short delay is
    caught up, as far as the limit over any second permits, a longer one is not. A global 429 has
    one of two causes. Requests arrived closer together than they left: the spread allowed for
    that grows for a while. Or the limit is lower than configured, which shows when it refuses
    again at once: then the limit is what was accepted, and rises again slowly.
    `invalid_budget` is how many refused requests in ten minutes are too many: then no more turns
    are granted until older ones have left the ten minutes, and `exhausted` is true.
    `suspension` is why all sending is suspended, None while it is not. While `closed` is set no turns are granted, and
    whoever waits gets RateLimiterClosedError. `rate_limited` counts the answers of 429 since the start.
    """

    def __init__(
        self,
        rate: float,
        *,
        invalid_budget: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._configured = rate
        self._max_limit = self._limit = max(float(min(int(rate) + 1, DISCORD_LIMIT)), rate)  # requests in any second
        self._spread = SPREAD_SECONDS
        self._recovered_at = self._lowered_at = -math.inf
        self._slot = -math.inf
        self._recent: deque[float] = deque(maxlen=max(1, int(rate * REMEMBERED_SECONDS)))
        self._clock, self._sleep = clock, sleep
        self._budget = invalid_budget
        self._invalid: deque[float] = deque(maxlen=invalid_budget)
        self._paused_until = -math.inf
        self.suspension: Suspension | None = None
        self._suspended_at = -math.inf
        self._trial_sent = False
        self._queue = asyncio.Lock()
        self.closed = False
        self.rate_limited = 0

    async def acquire(self, still_wanted: Callable[[], Awaitable[bool]] | None = None) -> float:
        """Waits for a turn and returns its instant, for `record_response`; the request has to leave at once.

        `still_wanted` is asked when the turn has come. Raises NoLongerWantedError where the answer is no, which
        leaves the turn to the next request, and RateLimiterClosedError when the bot is stopping.
        """
        async with self._queue:
            while True:
                while (wait := self._wait()) > 0 and not self.closed:
                    await self._sleep(min(wait, POLL_SECONDS))
                if not self.closed and still_wanted is not None and not await still_wanted():
                    raise NoLongerWantedError
                if self.closed:
                    raise RateLimiterClosedError
                if self._wait() <= 0:  # no pause began while it was asked
                    break
            self._trial_sent = self.suspension is not None
            return self._take()

    async def acquire_priority(self) -> float:
        """As `acquire`, ahead of all others: for the few requests that a person waits for."""
        while (pause := self._paused_until - self._clock()) > 0:
            await self._sleep(min(pause, POLL_SECONDS))
        return self._take()

    def record_response(
        self,
        status: int,
        headers: Mapping[str, str],
        *,
        sent_at: float | None = None,
        global_limit: bool = False,
        retry_after: float | None = None,
    ) -> None:
        """Adapts the rate to a response. Status 0: there was none. `retry_after`: from the body, with its fractions."""
        now = self._clock()
        sent_at = now if sent_at is None else sent_at
        if now - sent_at > SLOW_SECONDS:
            self._recent.append(now)
        if self.suspension is not None and sent_at >= self._suspended_at:  # not one that was under way before
            self._trial_sent = False
            if 200 <= status < 300:
                log.warning("Discord accepts requests again after %s; sending resumes", self.suspension)
                self.suspension, self._paused_until = None, now
        if status not in INVALID:
            return
        if headers.get("X-RateLimit-Scope", "") != "shared":  # one of a resource that others use too: it does not count
            self._invalid.append(now)
        if self.exhausted:
            log.error("Discord refused %d requests in ten minutes; sending is paused", self._budget)
        if status != 429:
            return
        self.rate_limited += 1
        if global_limit or headers.get("X-RateLimit-Global", "").lower() == "true":
            self._lower_rate(sent_at, now)
            self.pause(1.0 if retry_after is None else retry_after)
        elif "Via" not in headers and "X-RateLimit-Scope" not in headers and "X-RateLimit-Bucket" not in headers:
            # From Cloudflare in front of Discord's API: it blocks this address.
            self.pause(CLOUDFLARE_SECONDS if retry_after is None else retry_after)

    def pause(self, seconds: float) -> None:
        """Grants no turns for that long; a longer pause in effect stays."""
        until = self._clock() + min(seconds, MAX_PAUSE)
        if until > self._paused_until:
            if seconds >= POLL_SECONDS:
                log.warning("sending pauses for %.1f s", seconds)
            self._paused_until = until

    def suspend(self, reason: Suspension, retry_seconds: float) -> None:
        """Stops all sending; one request is let through every `retry_seconds`, until one succeeds."""
        if self.suspension is None:
            self._suspended_at = self._clock()
            log.error(
                "Discord refuses the bot (%s); sending is suspended, next attempt in %.0f s", reason, retry_seconds
            )
        self.suspension, self._trial_sent = reason, False
        self._paused_until = self._clock() + retry_seconds

    @property
    def rate(self) -> float:
        """Requests a second at present."""
        return min(self._configured, self._limit / (1.0 + self._spread))

    @property
    def exhausted(self) -> bool:
        """Whether the budget of refused requests is spent."""
        now = self._clock()
        while self._invalid and self._invalid[0] <= now - INVALID_WINDOW_SECONDS:
            self._invalid.popleft()
        return len(self._invalid) >= self._budget

    def _wait(self) -> float:
        """Seconds until the next turn; recovers from earlier refusals."""
        now = self._clock()
        if self.suspension is not None and self._trial_sent:
            return POLL_SECONDS
        refused = self._invalid[0] + INVALID_WINDOW_SECONDS - now if self.exhausted else 0.0
        passed = max(0.0, now - self._recovered_at)
        self._spread = max(SPREAD_SECONDS, self._spread - passed * SPREAD_RECOVERY)
        self._limit = min(self._max_limit, self._limit + passed * LIMIT_RECOVERY)
        self._recovered_at = now
        most = int(self._limit)
        window = self._recent[-most] + 1.0 + SPREAD_SECONDS - now if len(self._recent) >= most else 0.0
        return max(self._slot - now, window, self._paused_until - now, refused)

    def _take(self) -> float:
        now = self._clock()
        self._recent.append(now)
        on_time = now - self._slot <= CATCH_UP_SECONDS
        self._slot = (self._slot if on_time else now) + 1.0 / self.rate
        return now

    def _lower_rate(self, sent_at: float, now: float) -> None:
        """Lowers the rate after a global 429. Refusals in the second after the last lowering have the same cause."""
        if sent_at <= self._lowered_at + 1.0:
            return
        accepted = float(sum(1 for instant in self._recent if sent_at - 1.0 < instant < sent_at))
        unexplained = accepted < self._limit - LIMIT_TOLERANCE or self._spread + SPREAD_STEP > MAX_SPREAD
        if now <= self._lowered_at + REPEATED_SECONDS and unexplained:
            lower = max(min(accepted, self._limit - 1.0), self._limit * (1.0 - MAX_CUT))
            self._limit = max(lower, min(1.0, self._configured))
        else:
            self._spread = min(MAX_SPREAD, self._spread + SPREAD_STEP)
        self._lowered_at = now
        log.info("global rate limit reached: %.1f requests a second from now on", self.rate)
