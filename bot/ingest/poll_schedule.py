"""When to poll a feed next. Pure."""

import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.durations import DAY, HOUR, MINUTE
from bot.feeds.schedule import JITTER, LONGEST, LONGEST_SKIP, SHORTEST_BACKOFF, FeedHints


def stored_schedule(hints: FeedHints, fresh: float) -> dict[str, Any]:
    """The form in which hints and the server's freshness (seconds) are kept with a feed's state."""
    return {**asdict(hints), "fresh": fresh}


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
