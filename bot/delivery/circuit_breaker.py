"""Circuit breaker: during an outage of Discord all requests pause instead of failing one by one."""

from dataclasses import dataclass

from bot.delivery.ports import RetryLater, StepResult
from bot.delivery.rate_limiter import RateLimiter
from bot.durations import backoff

FAILURE_THRESHOLD = 20  # failures in a row, over all channels
FIRST_PAUSE = 2.0
MAX_PAUSE = 60.0


@dataclass(slots=True)
class CircuitBreaker:
    """Pauses the limiter after many failures in a row, longer each time, until something succeeds."""

    limiter: RateLimiter
    failures: int = 0

    def record(self, answer: StepResult) -> None:
        """Records one result."""
        if not isinstance(answer, RetryLater):
            self.failures = 0
            return
        if not answer.maybe_sent and not answer.reason.endswith("Error"):
            return  # rate-limited, which is no outage
        self.failures += 1
        bouts, rest = divmod(self.failures, FAILURE_THRESHOLD)
        if bouts and not rest:
            self.limiter.pause(backoff(bouts, FIRST_PAUSE, MAX_PAUSE))
