"""Discord's rate limits: requests a second over all routes, and for each route and channel.

The global limit is kept over *any* second, which is the strictest reading of "50 a second";
a bucket is kept over a window that opens with its first request.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tests.fake_discord.plan import Plan

HOUR = 3600.0
BAN_WINDOW = 600.0
INVALID = frozenset({401, 403, 429})
EXEMPT = frozenset({"interaction", "followup", "edit_response", "delete_response", "get_response", "gateway"})


@dataclass(frozen=True, slots=True)
class Limit:
    """`requests` within `seconds`, for one value of the route's main parameter."""

    requests: int
    seconds: float


@dataclass(slots=True)
class Bucket:
    """The usage of a limit."""

    limit: Limit
    used: int
    resets_at: float

    @property
    def remaining(self) -> int:
        """Requests still allowed before the reset."""
        return max(0, self.limit.requests - self.used)


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A request above the limit."""

    retry_after: float
    everywhere: bool


class Limits:
    """Counts requests. `clock` is monotonic."""

    def __init__(self, plan: Plan, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._global_limit = plan.global_limit
        self._recent: deque[float] = deque()
        self._invalid: deque[float] = deque()
        self._ban_after = plan.ban_after
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._limits = {
            "create_message": Limit(5, 5.0),
            "edit_message": Limit(5, 5.0),
            "edit_published": Limit(plan.edits_per_hour, HOUR),
            "delete_message": Limit(5, 1.0),
            "publish": Limit(plan.publishes_per_hour, HOUR),
            "open_thread": Limit(50, 300.0),
            "list_messages": Limit(5, 5.0),
            "get_message": Limit(50, 1.0),
            "archived_threads": Limit(10, 10.0),
            "active_threads": Limit(10, 10.0),
        }

    def take(self, route: str, major: str) -> Exceeded | Bucket | None:
        """Counts a request: its bucket if it has one, or how long to wait."""
        now = self._clock()
        if route not in EXEMPT and (wait := self._take_global(now)) > 0:
            return Exceeded(wait, everywhere=True)
        limit = self._limits.get(route)
        if limit is None:
            return None
        bucket = self._buckets.get((route, major))
        if bucket is None or now >= bucket.resets_at:
            bucket = self._buckets[route, major] = Bucket(limit, 0, now + limit.seconds)
        if not bucket.remaining:
            return Exceeded(bucket.resets_at - now, everywhere=False)
        bucket.used += 1
        return bucket

    def count_answer(self, status: int) -> None:
        """Counts answers that lead to a ban."""
        if status in INVALID:
            self._invalid.append(self._clock())

    @property
    def banned(self) -> bool:
        """Whether there were too many invalid requests in the last ten minutes."""
        while self._invalid and self._invalid[0] <= self._clock() - BAN_WINDOW:
            self._invalid.popleft()
        return len(self._invalid) >= self._ban_after

    def seconds_left(self, bucket: Bucket) -> float:
        """Until the bucket is full again."""
        return max(0.0, bucket.resets_at - self._clock())

    def _take_global(self, now: float) -> float:
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        if len(self._recent) >= self._global_limit:
            return self._recent[0] + 1.0 - now
        self._recent.append(now)
        return 0.0
