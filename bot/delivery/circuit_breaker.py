"""When Discord as a whole is in trouble, everything waits together instead of each delivery failing by itself."""

from bot.delivery.ports import Answer, Later
from bot.delivery.rate_limiter import Pacer

PATIENCE = 20  # failures in a row, over all channels
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0


class Weather:
    """Pauses the pacer after many failures in a row, longer each time, until something succeeds."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._failures = 0

    def note(self, answer: Answer) -> None:
        """Learns from one answer."""
        if not isinstance(answer, Later):
            self._failures = 0
            return
        if not answer.doubt and not answer.reason.endswith("Error"):
            return  # Discord answered, and asked for patience
        self._failures += 1
        bouts, rest = divmod(self._failures, PATIENCE)
        if bouts and not rest:
            self._pacer.pause(min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (bouts - 1)))
