"""When posts may go out: digests and quiet hours across time zones and daylight-saving changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.planning.schedule import MAX_HOLD_SECONDS, last_digest, next_digest, quiet_end, release_at, time_zone
from bot.models import Rhythm, Schedule

DAY = 86_400.0
ZONES = ("UTC", "Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu")


def instant(zone: str, *fields: int) -> float:
    """A local time as an instant."""
    return datetime(*fields, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[arg-type,misc]


def local(zone: str, seconds: float) -> str:
    """An instant as the server's clock shows it."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        (Schedule(Rhythm.DAILY, 9, time_zone="UTC"), (2026, 3, 1, 8, 59), "Sun 2026-03-01 09:00"),
        (Schedule(Rhythm.DAILY, 9, time_zone="UTC"), (2026, 3, 1, 9, 0), "Mon 2026-03-02 09:00"),
        (Schedule(Rhythm.DAILY, 0, time_zone="Asia/Seoul"), (2026, 3, 1, 0, 1), "Mon 2026-03-02 00:00"),
        (Schedule(Rhythm.WEEKLY, 18, 4, time_zone="UTC"), (2026, 3, 6, 18, 0), "Fri 2026-03-13 18:00"),
        (Schedule(Rhythm.WEEKLY, 18, 4, time_zone="UTC"), (2026, 3, 6, 17, 0), "Fri 2026-03-06 18:00"),
        # The hour from 2 to 3 does not exist that night; the digest comes when it would have been over.
        (Schedule(Rhythm.DAILY, 2, time_zone="Europe/Berlin"), (2026, 3, 28, 12, 0), "Sun 2026-03-29 03:00"),
        # The hour from 1 to 2 occurs twice that night; the digest comes once.
        (Schedule(Rhythm.DAILY, 1, time_zone="America/New_York"), (2026, 10, 31, 12, 0), "Sun 2026-11-01 01:00"),
    ],
)
def test_the_next_digest_comes_at_the_local_hour(schedule: Schedule, after: tuple[int, ...], expected: str) -> None:
    zone = schedule.time_zone
    assert local(zone, next_digest(schedule, instant(zone, *after))) == expected


def test_a_repeated_hour_has_one_digest() -> None:
    schedule = Schedule(Rhythm.DAILY, 1, time_zone="America/New_York")
    first = next_digest(schedule, instant(schedule.time_zone, 2026, 10, 31, 12, 0))
    assert next_digest(schedule, first) - first == DAY + 3_600


@pytest.mark.parametrize(
    ("start", "end", "at", "expected"),
    [
        (22, 7, (2026, 3, 1, 21, 59), "21:59"),
        (22, 7, (2026, 3, 1, 22, 0), "07:00"),
        (22, 7, (2026, 3, 2, 6, 59), "07:00"),
        (22, 7, (2026, 3, 2, 7, 0), "07:00"),
        (9, 17, (2026, 3, 2, 12, 0), "17:00"),
        (9, 17, (2026, 3, 2, 8, 0), "08:00"),
        (0, 0, (2026, 3, 2, 8, 0), "08:00"),
        (None, 7, (2026, 3, 2, 3, 0), "03:00"),
        # Quiet until 2 in the night that skips 2 to 3.
        (22, 2, (2026, 3, 29, 1, 30), "03:00"),
        # Quiet until 3 in the night in which 2 to 3 occurs twice.
        (22, 3, (2026, 10, 25, 2, 30), "03:00"),
    ],
)
def test_quiet_hours_end_at_the_local_hour(
    start: int | None, end: int | None, at: tuple[int, ...], expected: str
) -> None:
    zone = "Europe/Berlin"
    schedule = Schedule(quiet_from=start, quiet_until=end, time_zone=zone)
    assert local(zone, quiet_end(schedule, instant(zone, *at)))[-5:] == expected


def test_a_digest_in_quiet_hours_waits_for_their_end() -> None:
    schedule = Schedule(Rhythm.DAILY, 6, quiet_from=22, quiet_until=8, time_zone="Asia/Seoul")
    planned = instant("Asia/Seoul", 2026, 5, 1, 12, 0)
    assert local("Asia/Seoul", release_at(schedule, planned, planned)) == "Sat 2026-05-02 08:00"


def test_a_digest_missed_while_the_bot_was_off_is_due_at_once() -> None:
    schedule = Schedule(Rhythm.DAILY, 6, time_zone="UTC")
    planned = instant("UTC", 2026, 5, 1, 12, 0)
    late = planned + 3 * DAY
    assert release_at(schedule, planned, late) == late


def test_a_channel_without_a_schedule_is_due_at_once() -> None:
    assert release_at(Schedule(), 5.0, 10.0) == 10.0


def test_a_zone_this_machine_does_not_know_counts_as_utc() -> None:
    assert datetime.fromtimestamp(0, time_zone("Nowhere/Land")) == datetime.fromtimestamp(0, UTC)
    assert datetime.fromtimestamp(0, time_zone("../etc/passwd")) == datetime.fromtimestamp(0, UTC)


schedules = st.builds(
    Schedule,
    rhythm=st.sampled_from(Rhythm),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    quiet_from=st.none() | st.integers(0, 23),
    quiet_until=st.none() | st.integers(0, 23),
    time_zone=st.sampled_from(ZONES),
)
instants = st.floats(min_value=1.6e9, max_value=2.0e9).map(round).map(float)


@given(schedules, instants, st.floats(min_value=0, max_value=20 * DAY))
def test_nothing_is_released_in_quiet_hours_or_held_for_ever(schedule: Schedule, planned: float, later: float) -> None:
    now = planned + later
    released = release_at(schedule, planned, now)
    assert now <= released <= now + MAX_HOLD_SECONDS
    assert quiet_end(schedule, released) == released
    # What is released stays released: asking again at that instant does not postpone it.
    assert release_at(schedule, planned, released) == released


@given(schedules.filter(lambda one: one.rhythm is not Rhythm.AT_ONCE), instants)
def test_digests_neither_overlap_nor_leave_a_gap(schedule: Schedule, at: float) -> None:
    following = next_digest(schedule, at)
    assert following > at
    assert last_digest(schedule, following) == following
    assert last_digest(schedule, following - 1) <= at or last_digest(schedule, following - 1) == last_digest(
        schedule, at
    )
    assert next_digest(schedule, last_digest(schedule, at)) == following
