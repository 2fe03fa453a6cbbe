"""Configuration of a fake Discord: channels, limits, latency. Passed as JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Plan:
    """Durations in seconds. Channels get the `kinds` in turn; `threads` are opened in the first one."""

    channels: int = 40
    guilds: int = 4
    threads: int = 0
    kinds: tuple[str, ...] = ("text", "announcement", "forum")
    seed: int = 1
    shards: int = 1
    nonce_window: float = 180.0
    latency: float = 0.0
    jitter: float = 0.0  # added to the latency, uniform from 0 to this
    replies: bool = False  # a member writes in the channel after each message of the bot
    global_limit: int = 50  # requests in any second
    publishes_per_hour: int = 10
    edits_per_hour: int = 3  # of a published message
    still: bool = False  # the clock of the limits stands still: none ends, however slow the machine is
    ban_after: int = 10_000  # answers of 401, 403 and 429 within ten minutes

    def to_json(self) -> str:
        """One line, for a command's argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`. Raises TypeError for an unknown key."""
        fields = json.loads(text)
        if "kinds" in fields:
            fields["kinds"] = tuple(fields["kinds"])
        return cls(**fields)
