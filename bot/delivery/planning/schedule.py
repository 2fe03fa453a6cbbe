"""When a channel's posts may be sent: digests and quiet hours, in the server's own time zone. Pure.

What they hold back is released as single posts, or as one digest per channel.

Hours are local wall-clock hours. Where daylight saving skips an hour, what is set for it happens
at the first instant after the gap; where an hour occurs twice, it happens at the first of the two.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.models import Rhythm, Schedule
from bot.store.outbox import DueDelivery, HeldDelivery, Release

HOURS_A_DAY = 24
DAYS_A_WEEK = 7
MAX_HOLD_SECONDS = 8 * 86_400.0  # a weekly digest that quiet hours postpone


def held_until(work: DueDelivery, now: float) -> float | None:
    """Until when the schedule holds a planned post back; None when it may be sent now."""
    delivery, schedule = work.delivery, work.subscription.options.schedule
    if delivery.at_once:
        return None
    if schedule.rhythm is Rhythm.AT_ONCE or delivery.digest_period is not None:
        until = quiet_end(schedule, now)
        return until if until > now else None
    # Nothing is sent singly there: even a delivery due at once is collected into a digest first.
    return release_at(schedule, min(delivery.planned_at, now), now)


def plan_release(held: Sequence[HeldDelivery], now: float) -> list[Release]:
    """Decides about deliveries whose hold is over, channel by channel.

    A channel gets one digest a period: what is collected after it waits for the next one.
    """
    by_channel: dict[int, list[HeldDelivery]] = {}
    for one in held:
        by_channel.setdefault(one.channel_id, []).append(one)
    releases: list[Release] = []
    for channel_id, waiting in by_channel.items():
        ids = tuple(one.id for one in sorted(waiting, key=lambda one: (one.published, one.id), reverse=True))
        schedule = waiting[0].schedule
        # A hold that seems too long was set by a wrong clock, and is decided again.
        if schedule.rhythm is Rhythm.AT_ONCE or any(one.release_at > now for one in waiting):
            releases.append(Release(ids, channel_id))
            continue
        period = last_digest(schedule, now)
        if waiting[0].last_period is not None and waiting[0].last_period >= period:
            releases.append(Release(ids, channel_id, postponed_until=next_digest(schedule, now)))
        else:
            releases.append(Release(ids, channel_id, period))
    return releases


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
