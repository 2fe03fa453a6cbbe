"""Update hints that a feed gives about its own schedule, validated and converted to seconds. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.durations import DAY, HOUR, MINUTE

LONGEST = DAY
LONGEST_SKIP = 3 * DAY  # a weekend and a holiday; a feed that skips more than that is ignored
SHORTEST_BACKOFF = MINUTE
JITTER = 0.1
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "yearly": 365 * DAY}


@dataclass(frozen=True, slots=True)
class FeedHints:
    """A feed's update hints: `ttl` in seconds, hours 0-23 and weekdays 0-6 to skip, in UTC."""

    ttl: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


def hints_from(schedule: Mapping[str, Any]) -> FeedHints:
    """The hints stored with a feed's state."""
    return FeedHints(
        schedule.get("ttl", 0.0), tuple(schedule.get("skip_hours", ())), tuple(schedule.get("skip_days", ()))
    )


def ttl_from(minutes: object) -> float:
    """An RSS `ttl` (minutes) in seconds; 0 for an invalid value."""
    try:
        value = float(str(minutes)) * MINUTE
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and value > 0 else 0.0


def period_from(period: str, frequency: object) -> float:
    """RSS 1.0's `updatePeriod` divided by `updateFrequency`, in seconds; 0 for invalid values."""
    times = ttl_from(frequency) / MINUTE or 1.0
    return PERIODS.get(period.strip().lower(), 0.0) / max(times, 1.0)


def skip_hours_from(values: list[str]) -> tuple[int, ...]:
    """The hours of `skipHours`; 24 means midnight, as the specification's first version had it."""
    hours = {int(value) % 24 for value in values if value.isascii() and value.isdigit() and len(value) <= 2}  # noqa: PLR2004 - two digits
    return tuple(sorted(hours))


def skip_days_from(values: list[str]) -> tuple[int, ...]:
    """The weekdays of `skipDays`, Monday is 0."""
    return tuple(sorted({WEEKDAYS.index(value.lower()) for value in values if value.lower() in WEEKDAYS}))
