from datetime import date

import pytest

from bot.actions import day, fitting, in_season
from bot.models import Action

TODAY = date(2026, 11, 23)


def make(key: str, *topics: str, season: tuple[str, str] = ("", "")) -> Action:
    return Action(key, key, key, f"https://example.org/{key}", "other", topics, *season)


@pytest.mark.parametrize(
    ("season", "expected"),
    [
        (("", ""), True),
        (("2026-11-23", "2026-11-23"), True),
        (("2026-11-24", ""), False),
        (("", "2026-11-22"), False),
        (("2026-11-01", "2026-12-31"), True),
    ],
)
def test_both_ends_of_a_season_belong_to_it(season: tuple[str, str], expected: bool) -> None:  # noqa: FBT001 - a table
    assert in_season(make("a", season=season), TODAY) is expected


def test_a_day_begins_where_the_organisation_is() -> None:
    instant = 1_800_000_000.0  # 2027-01-15 08:00 UTC

    assert day(instant, "UTC") == date(2027, 1, 15)
    assert day(1_799_974_800.0, "America/Los_Angeles") == date(2027, 1, 14)


def test_the_best_topic_counts_most() -> None:
    actions = [make("general"), make("second", "women"), make("first", "markets"), make("both", "markets", "women")]

    found = fitting(actions, ("markets", "women"), TODAY, 3)

    assert [action.key for action in found] == ["both", "first", "second"]


def test_a_seasonal_action_goes_before_a_permanent_one() -> None:
    actions = [make("always"), make("campaign", season=("2026-11-01", "2026-11-30"))]

    assert [action.key for action in fitting(actions, (), TODAY, 2)] == ["campaign", "always"]


def test_something_is_always_offered() -> None:
    """An article without a topic shows the first actions of the configuration; one out of season never shows."""
    actions = [make("over", "women", season=("", "2026-01-01")), make("one", "women"), make("two", "history")]

    assert [action.key for action in fitting(actions, (), TODAY, 2)] == ["one", "two"]
