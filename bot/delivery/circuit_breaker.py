"""When Discord as a whole is in trouble, everything waits together instead of each delivery failing by itself."""

from bot.delivery.ports import RetryLater, StepResult
from bot.delivery.rate_limiter import RateLimiter

FAILURE_THRESHOLD = 20  # failures in a row, over all channels
FIRST_PAUSE = 2.0
MAX_PAUSE = 60.0


class CircuitBreaker:
    """Pauses the limiter after many failures in a row, longer each time, until something succeeds."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter
        self._failures = 0

    def record(self, answer: StepResult) -> None:
        """Learns from one answer."""
        if not isinstance(answer, RetryLater):
            self._failures = 0
            return
        if not answer.maybe_sent and not answer.reason.endswith("Error"):
            return  # Discord answered, and asked for patience
        self._failures += 1
        bouts, rest = divmod(self._failures, FAILURE_THRESHOLD)
        if bouts and not rest:
            self._limiter.pause(min(MAX_PAUSE, FIRST_PAUSE * 2.0 ** (bouts - 1)))
