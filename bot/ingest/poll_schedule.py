"""When to poll a feed next. Pure."""

import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.durations import DAY, HOUR, MINUTE, backoff
from bot.feeds.schedule import JITTER, LONGEST, LONGEST_SKIP, SHORTEST_BACKOFF, FeedHints


def stored_schedule(hints: FeedHints, fresh: float) -> dict[str, Any]:
    """The form in which hints and the server's freshness (seconds) are kept with a feed's state."""
    return {**asdict(hints), "fresh": fresh}


def next_check(now: float, every: float, fresh: float, hints: FeedHints, rng: random.Random) -> float:
    """The instant of the next poll after a success.

    The longest of the operator's interval, the server's freshness and the feed's ttl, at most a
    day (or the interval, when that is longer), then moved out of the hours and days to skip.
    """
    longest = max(LONGEST, every)
    wait = min(max(every, fresh, hints.ttl), longest)
    return _outside_skipped(now + _later(wait, longest, rng), hints, rng)


def next_try(now: float, every: float, errors: int, retry_after: float | None, rng: random.Random) -> float:
    """The instant of the next poll after `errors` failures in a row.

    `Retry-After` is obeyed between a minute and a day; otherwise the delay doubles with each failure,
    up to a day.
    """
    longest = max(LONGEST, every)
    if retry_after is not None:
        wait = max(every, min(max(retry_after, MINUTE), DAY))
    else:
        wait = backoff(errors, max(every, SHORTEST_BACKOFF), longest)
    return now + _later(min(wait, longest), longest, rng)


def _later(wait: float, longest: float, rng: random.Random) -> float:
    return min(wait * (1 + JITTER * rng.random()), longest)


def _outside_skipped(at: float, hints: FeedHints, rng: random.Random) -> float:
    moment = datetime.fromtimestamp(at, UTC)
    if not _is_skipped(moment, hints):
        return at
    hour = moment.replace(minute=0, second=0, microsecond=0)
    for _ in range(int(LONGEST_SKIP / HOUR)):
        hour += timedelta(hours=1)
        if not _is_skipped(hour, hints):
            return hour.timestamp() + 10 * MINUTE * rng.random()
    return at


def _is_skipped(moment: datetime, hints: FeedHints) -> bool:
    return moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days
