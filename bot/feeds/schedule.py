"""When to look at a feed again: pure decisions from what its server and the feed itself said.

Never earlier than the operator's interval or what the server asked for; spread by a little
chance on the later side, so that many feeds do not fall due together.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
LONGEST = DAY
LONGEST_SKIP = 3 * DAY  # a week-end and a holiday; a feed that forbids more than that is not believed
SHORTEST_BACKOFF = MINUTE
JITTER = 0.1
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "yearly": 365 * DAY}


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What a feed says about its own rhythm: `ttl` in seconds, hours 0-23 and weekdays 0-6 in UTC."""

    ttl: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


def hints_from(schedule: Mapping[str, Any]) -> FeedHints:
    """The hints stored with a feed's state."""
    return FeedHints(
        schedule.get("ttl", 0.0), tuple(schedule.get("skip_hours", ())), tuple(schedule.get("skip_days", ()))
    )


def stored_schedule(hints: FeedHints, fresh: float) -> dict[str, Any]:
    """The form in which hints and the server's freshness (seconds) are kept with a feed's state."""
    return {**asdict(hints), "fresh": fresh}


def freshness(headers: Mapping[str, str], now: float) -> float:
    """For how many seconds the server says that its answer stays true; 0 when it does not say."""
    directives = [part.strip().partition("=") for part in headers.get("cache-control", "").lower().split(",")]
    names = {name.strip(): value.strip(' "') for name, _, value in directives}
    if "no-store" in names or "no-cache" in names:
        return 0.0
    if "max-age" in names:
        return max(0.0, _seconds(names["max-age"]) - _seconds(headers.get("age", "")))
    expires, sent = _http_date(headers.get("expires", "")), _http_date(headers.get("date", ""))
    return max(0.0, expires - (sent if sent is not None else now)) if expires is not None else 0.0


def retry_after_seconds(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """`Retry-After` in seconds from either of its forms; None when absent or unreadable.

    A date is measured against the answer's own `Date`, else against `now`.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(_seconds(value), 365 * DAY)
    at = _http_date(value)
    sent = _http_date(headers.get("date", ""))
    since = sent if sent is not None else now
    return None if at is None or since is None else max(0.0, at - since)


def next_check(now: float, every: float, fresh: float, hints: FeedHints, chance: random.Random) -> float:
    """The instant of the next look after a good answer.

    The longest of the operator's interval, the server's freshness and the feed's ttl, at most a
    day (or the interval, when that is longer), then moved out of hours and days it asks to skip.
    """
    longest = max(LONGEST, every)
    wait = min(max(every, fresh, hints.ttl), longest)
    return _outside_skipped(now + _later(wait, longest, chance), hints, chance)


def next_try(now: float, every: float, errors: int, retry_after: float | None, chance: random.Random) -> float:
    """The instant of the next look after `errors` failures in a row.

    A server that named a time is obeyed between a minute and a day; otherwise the wait doubles
    from one failure to the next, up to a day.
    """
    if retry_after is not None:
        wait = max(every, min(max(retry_after, MINUTE), DAY))
    else:
        wait = max(every, SHORTEST_BACKOFF) * 2.0 ** min(errors - 1, 30)
    longest = max(LONGEST, every)
    return now + _later(min(wait, longest), longest, chance)


def _later(wait: float, longest: float, chance: random.Random) -> float:
    return min(wait * (1 + JITTER * chance.random()), longest)


def _outside_skipped(at: float, hints: FeedHints, chance: random.Random) -> float:
    moment = datetime.fromtimestamp(at, UTC)
    if not _is_skipped(moment, hints):
        return at
    hour = moment.replace(minute=0, second=0, microsecond=0)
    for _ in range(int(LONGEST_SKIP / HOUR)):
        hour += timedelta(hours=1)
        if not _is_skipped(hour, hints):
            return hour.timestamp() + 10 * MINUTE * chance.random()
    return at


def _is_skipped(moment: datetime, hints: FeedHints) -> bool:
    return moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days


def _seconds(text: str) -> float:
    value = text.strip()
    return float(value[:12]) if value.isascii() and value.isdigit() else 0.0


def _http_date(text: str) -> float | None:
    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def ttl_from(minutes: object) -> float:
    """An RSS `ttl` (minutes) in seconds; 0 for anything that is no sensible number."""
    try:
        value = float(str(minutes)) * MINUTE
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and value > 0 else 0.0


def period_from(period: str, frequency: object) -> float:
    """RSS 1.0's `updatePeriod` divided by `updateFrequency`, in seconds; 0 when it says nothing sensible."""
    times = ttl_from(frequency) / MINUTE or 1.0
    return PERIODS.get(period.strip().lower(), 0.0) / max(times, 1.0)


def skip_hours_from(values: list[str]) -> tuple[int, ...]:
    """The hours of `skipHours`; 24 means midnight, as the specification's first version had it."""
    hours = {int(value) % 24 for value in values if value.isascii() and value.isdigit() and len(value) <= 2}  # noqa: PLR2004 - two digits
    return tuple(sorted(hours))


def skip_days_from(values: list[str]) -> tuple[int, ...]:
    """The weekdays of `skipDays`, Monday is 0."""
    return tuple(sorted({WEEKDAYS.index(value.lower()) for value in values if value.lower() in WEEKDAYS}))
