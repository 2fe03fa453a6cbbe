"""When to poll next, from server, feed and operator, as tables."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.durations import DAY, HOUR, MINUTE
from bot.feeds.document import FeedHints
from bot.feeds.rss_atom import read_xml_feed
from bot.http.caching import freshness, retry_after_seconds
from bot.ingest.poll_policy import next_check, next_try
from tests.feeds.documents import item, rss

NOW = datetime(2026, 3, 7, 12, 30, tzinfo=UTC).timestamp()  # a Saturday
DATE = "Sat, 07 Mar 2026 12:30:00 GMT"


class NoChance(random.Random):
    def random(self) -> float:
        return 0.0


def wait(every: float, fresh: float = 0.0, hints: FeedHints = FeedHints()) -> float:  # noqa: B008 - frozen
    return next_check(NOW, every, replace(hints, fresh=fresh), NoChance()) - NOW


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0.0),
        ({"cache-control": "public, max-age=3600"}, 3_600.0),
        ({"cache-control": 'MAX-AGE="60"'}, 60.0),
        ({"cache-control": "max-age=3600", "age": "600"}, 3_000.0),
        ({"cache-control": "no-cache, max-age=3600"}, 0.0),
        ({"cache-control": "max-age=-5"}, 0.0),
        ({"cache-control": "max-age=soon"}, 0.0),
        ({"cache-control": "max-age=" + "9" * 400}, 999_999_999_999.0),
        ({"expires": "Sat, 07 Mar 2026 13:30:00 GMT", "date": DATE}, 3_600.0),
        ({"expires": "Sat, 07 Mar 2026 13:30:00 GMT"}, 3_600.0),
        ({"expires": "0"}, 0.0),
        ({"expires": "Fri, 06 Mar 2026 13:30:00 GMT"}, 0.0),
    ],
)
def test_freshness_follows_the_response_headers(headers: dict[str, str], expected: float) -> None:
    assert freshness(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "Sat, 07 Mar 2026 12:40:00 GMT", "date": DATE}, 600.0),
        ({"retry-after": "Sat, 07 Mar 2026 12:40:00 GMT"}, 600.0),
        ({"retry-after": "Sat, 07 Mar 2026 12:00:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "Sat, 99 Mar 2026"}, None),
    ],
)
def test_retry_after_comes_in_two_forms(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_seconds(headers, NOW) == expected


@pytest.mark.parametrize(
    ("every", "fresh", "ttl", "expected"),
    [(1_800, 0, 0, 1_800), (1_800, 3_600, 0, 3_600), (1_800, 60, 7_200, 7_200),
     (1, 0, 0, 1), (60, 9e9, 0, DAY), (2 * DAY, 60, 0, 2 * DAY)],
)  # fmt: skip
def test_the_longest_wins_up_to_a_day(every: float, fresh: float, ttl: float, expected: float) -> None:
    assert wait(every, fresh, FeedHints(ttl=ttl)) == expected


def test_hours_and_days_to_skip_are_skipped() -> None:
    assert wait(HOUR, hints=FeedHints(skip_hours=(13, 14))) == 2.5 * HOUR
    assert wait(HOUR, hints=FeedHints(skip_days=(5, 6))) == 35.5 * HOUR


def test_skip_hints_that_skip_everything_are_ignored() -> None:
    assert wait(HOUR, hints=FeedHints(skip_hours=tuple(range(24)))) == HOUR
    assert wait(HOUR, hints=FeedHints(skip_days=tuple(range(7)))) == HOUR


@pytest.mark.parametrize(
    ("errors", "retry_after", "expected"),
    [(1, None, 1_800), (2, None, 3_600), (3, None, 7_200),
     (50, None, DAY), (1, 7_200, 7_200), (1, 9e9, DAY), (1, 0, 1_800)],
)  # fmt: skip
def test_failures_back_off_and_retry_after_is_obeyed(errors: int, retry_after: float | None, expected: float) -> None:
    assert next_try(NOW, 1_800, errors, retry_after, NoChance()) - NOW == expected


def test_the_first_retry_waits_a_minute_however_short_the_poll_interval() -> None:
    assert next_try(NOW, 1, 1, None, NoChance()) - NOW == MINUTE
    assert next_try(NOW, 1, 1, 5.0, NoChance()) - NOW == MINUTE


@given(st.floats(1, 3 * DAY), st.floats(0, 1e12), st.floats(0, 1e12), st.integers(0, 10**6))
def test_polls_are_never_too_early_nor_a_day_late(every: float, fresh: float, ttl: float, seed: int) -> None:
    at = next_check(NOW, every, FeedHints(ttl=ttl, fresh=fresh), random.Random(seed)) - NOW

    assert at >= min(max(every, fresh, ttl), max(DAY, every)) - 0.001
    assert at <= max(DAY, every) + 0.001


def hints_of(channel: str) -> FeedHints:
    """The hints of a feed with these elements."""
    return read_xml_feed(rss(item(1), channel=channel).encode(), {}, "https://blog.example.org/rss.xml").hints


def period(name: str, times: str) -> float:
    """The seconds that RSS 1.0's elements ask for."""
    syndication = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    named = f"<sy:updatePeriod {syndication}>{name}</sy:updatePeriod>"
    return hints_of(f"{named}<sy:updateFrequency {syndication}>{times}</sy:updateFrequency>").ttl


def test_update_hints_are_parsed_or_ignored() -> None:
    ttls = [hints_of(f"<ttl>{value}</ttl>").ttl for value in ("60", "0", "-5", "nan", "inf", "1e308", "x", "")]
    assert ttls == [3_600.0, 0, 0, 0, 0, 0, 0, 0]
    assert [period("hourly", "2"), period("daily", "0"), period("never", "1")] == [1_800.0, DAY, 0.0]
    hours = "".join(f"<hour>{value}</hour>" for value in ("24", "7", "x", "07", "²", "123"))
    days = "".join(f"<day>{value}</day>" for value in ("Sunday", "saturday", "Someday"))
    hints = hints_of(f"<skipHours>{hours}</skipHours><skipDays>{days}</skipDays>")
    assert (hints.skip_hours, hints.skip_days) == ((0, 7), (5, 6))
