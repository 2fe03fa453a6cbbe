"""Digests and quiet hours over weeks with a change of clocks: every article once, never in quiet hours."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.config.settings import DeliverySettings
from bot.delivery.planning.schedule import last_digest, quiet_end
from bot.models import Rhythm, Schedule
from bot.store.database import Database
from tests.delivery.delivery_world import DeliveryWorld
from tests.delivery.fakes import Post

HOUR, DAY = 3_600.0, 86_400.0
# Zones with their changes of clocks in 2026 and 2027: by an hour, by half an hour (Lord Howe), negative (Casablanca
# during Ramadan), and offsets of 30 and 45 minutes.
CHANGES = {
    "Europe/Berlin": ("2026-10-25", "2027-03-28"),
    "America/New_York": ("2026-11-01", "2027-03-14"),
    "America/St_Johns": ("2026-11-01", "2027-03-14"),
    "Australia/Lord_Howe": ("2026-10-04", "2027-04-04"),
    "Pacific/Chatham": ("2026-09-27", "2027-04-04"),
    "Africa/Casablanca": ("2027-02-07", "2027-03-14"),
    "Asia/Kathmandu": ("2026-10-25",),
}


@dataclass(frozen=True, slots=True)
class Event:
    """After `wait` seconds an article appears, and then the bot is off for `off` seconds, or its clock jumps."""

    wait: float
    off: float = 0.0
    jump: float = 0.0


def change_days() -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from([(zone, day) for zone, days in CHANGES.items() for day in days])


hours = st.integers(0, 23)
events = st.lists(
    st.builds(
        Event,
        wait=st.integers(0, 40).map(lambda hours: hours * HOUR + 600),
        off=st.just(0.0) | st.integers(1, 60).map(lambda hours: hours * HOUR),
        jump=st.just(0.0) | st.sampled_from([-2 * HOUR, -HOUR, -26 * HOUR, HOUR, 30 * HOUR]),
    ),
    min_size=1,
    max_size=6,
)


async def posts_of(folder: Path, schedule: Schedule, begin: float, happens: list[Event]) -> list[Post]:
    """What a channel with that schedule gets."""
    database = await Database.open(folder / "herald.db")
    world = DeliveryWorld(database, DeliverySettings())
    world.now = begin
    world.announcer = world.start()
    await world.subscribe(1, schedule=schedule)
    for number, event in enumerate(happens):
        await world.settle(event.wait)
        await world.publish(number)
        await world.settle(60)
        world.now += event.off + event.jump
        world.announcer = world.start()
    await world.settle(16 * DAY)
    await database.close()
    return world.discord.posts


@given(
    change_days(),
    st.sampled_from(Rhythm),
    hours,
    st.integers(0, 6),
    st.none() | st.tuples(hours, hours),
    st.integers(-2, 1),
    events,
)
@example(("Europe/Berlin", "2027-03-28"), Rhythm.DAILY, 2, 0, (22, 3), -1, [Event(60), Event(HOUR, off=20 * HOUR)])
@example(("America/New_York", "2026-11-01"), Rhythm.WEEKLY, 1, 6, (0, 1), -1, [Event(60), Event(30 * HOUR, jump=-HOUR)])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_article_appears_once_and_never_in_quiet_hours(
    change: tuple[str, str],
    rhythm: Rhythm,
    hour: int,
    weekday: int,
    quiet: tuple[int, int] | None,
    days_before: int,
    happens: list[Event],
) -> None:
    zone, day = change
    start, end = quiet or (None, None)
    schedule = Schedule(rhythm, hour, weekday, start, end, zone)
    begin = (datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) + timedelta(days=days_before)).timestamp()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        posts = asyncio.run(posts_of(Path(folder), schedule, begin, happens))

    shown = [title for post in posts for title in post.shows]
    assert sorted(shown) == [f"Article {number}" for number in range(len(happens))]
    assert [post.made_at for post in posts if quiet_end(schedule, post.made_at - 1) > post.made_at] == []
    if rhythm is not Rhythm.AT_ONCE and not any(event.jump for event in happens):
        periods = [last_digest(schedule, post.made_at) for post in posts]
        assert len(set(periods)) == len(periods), "two digests of one period"
