"""When a channel's posts may be sent: digests and quiet hours, in the server's own time zone. Pure.

Hours are local wall-clock hours. Where daylight saving skips an hour, what is set for it happens
at the first instant after the gap; where an hour occurs twice, it happens at the first of the two.
"""

from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.models import Rhythm, Schedule

HOURS_A_DAY = 24
DAYS_A_WEEK = 7
MAX_HOLD_SECONDS = 8 * 86_400.0  # a weekly digest that quiet hours postpone


def release_at(schedule: Schedule, planned_at: float, now: float) -> float:
    """The earliest instant, not before `now`, at which a post planned at `planned_at` may be sent."""
    if schedule.rhythm is not Rhythm.AT_ONCE:
        now = max(now, next_digest(schedule, planned_at))
    return quiet_end(schedule, now)


def next_digest(schedule: Schedule, after: float) -> float:
    """The first digest strictly after an instant."""
    return _digests(schedule, after, step=1)


def last_digest(schedule: Schedule, until: float) -> float:
    """The latest digest not after an instant: the period that a digest sent then belongs to."""
    return _digests(schedule, until, step=-1)


def quiet_end(schedule: Schedule, now: float) -> float:
    """When the quiet hours that include `now` end; `now` outside of them."""
    start, end = schedule.quiet_from, schedule.quiet_until
    if start is None or end is None or start == end:
        return now
    zone = time_zone(schedule.time_zone)
    local = datetime.fromtimestamp(now, zone)
    quiet = start <= local.hour < end if start < end else local.hour >= start or local.hour < end
    if not quiet:
        return now
    ends = (_instant(local, days, end, zone) for days in (0, 1))
    return next((instant for instant in ends if instant > now), now)


def time_zone(name: str) -> tzinfo:
    """The zone of that name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _digests(schedule: Schedule, instant: float, step: int) -> float:
    """The digest next to an instant: strictly after it with step 1, not after it with step -1."""
    zone = time_zone(schedule.time_zone)
    local = datetime.fromtimestamp(instant, zone)
    for days in range(DAYS_A_WEEK + 2):
        day = local + timedelta(days=days * step)
        if schedule.rhythm is Rhythm.WEEKLY and day.weekday() != schedule.weekday:
            continue
        slot = _instant(local, days * step, schedule.hour, zone)
        if slot > instant if step > 0 else slot <= instant:
            return slot
    raise AssertionError("every week has a digest")


def _instant(local: datetime, days: int, hour: int, zone: tzinfo) -> float:
    """That hour of the day `days` after the local one."""
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, time(hour % HOURS_A_DAY), zone).timestamp()
