"""How often members may share: a pause per member, the channel's slow mode, one share of an article at a time.

Kept only in memory: nothing about members is stored.
"""

import math
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

COOLDOWN_SECONDS = 10.0  # between two shares of one member, in whatever channel
MAX_REMEMBERED = 10_000
SLOWMODE_CEILING = 21_600.0  # Discord's longest slow mode


@dataclass
class ShareLimits:
    """Keeps the latest shares of members as long as they count; channel 0 stands for any."""

    steady: Callable[[], float] = time.monotonic
    shared: dict[tuple[int, int], float] = field(default_factory=dict[tuple[int, int], float])  # by member and channel
    under_way: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])  # by article and channel

    def seconds_to_wait(self, user_id: int, channel_id: int, slowmode: float) -> int:
        """How long this member has to wait before the next share there; 0 for no wait."""
        now = self.steady()
        anywhere = self.shared.get((user_id, 0), -SLOWMODE_CEILING) + COOLDOWN_SECONDS - now
        here = self.shared.get((user_id, channel_id), -SLOWMODE_CEILING) + slowmode - now
        return max(0, math.ceil(max(anywhere, here)))

    def record(self, user_id: int, channel_id: int) -> None:
        """Records a share; once there are many, expired ones are dropped."""
        now = self.steady()
        if len(self.shared) >= MAX_REMEMBERED:
            self.shared = {key: at for key, at in self.shared.items() if now - at < SLOWMODE_CEILING}
            if len(self.shared) >= MAX_REMEMBERED:
                self.shared.clear()
        self.shared[user_id, 0] = self.shared[user_id, channel_id] = now

    @contextmanager
    def only_one(self, article_id: int, channel_id: int) -> Generator[bool]:
        """True for the only one sharing the article there; False while somebody else does."""
        key = (article_id, channel_id)
        if key in self.under_way:
            yield False
            return
        self.under_way.add(key)
        try:
            yield True
        finally:
            self.under_way.discard(key)
