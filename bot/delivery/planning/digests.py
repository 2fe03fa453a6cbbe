"""Releases deliveries that a schedule held back: as single posts, or as one digest per channel. Pure."""

from collections.abc import Sequence

from bot.delivery.planning.schedule import last_digest, next_digest, quiet_end, release_at
from bot.models import Rhythm
from bot.store.outbox import DueDelivery, HeldDelivery, Release


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
