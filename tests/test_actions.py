import pytest

from bot.actions import fitting, in_season
from bot.models import Action

NOW = 1_795_435_200.0  # 2026-11-23 12:00 UTC


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
    assert bool(in_season([make("a", season=season)], NOW, "UTC")) is expected


def test_a_day_begins_where_the_organisation_is() -> None:
    begun, night = make("a", season=("2026-11-23", "")), NOW - 10 * 3_600.0  # 02:00 UTC, the evening before there

    assert in_season([begun], night, "UTC") == [begun]
    assert in_season([begun], night, "America/Los_Angeles") == []


def test_the_best_topic_counts_most() -> None:
    actions = [make("general"), make("second", "women"), make("first", "markets"), make("both", "markets", "women")]

    found = fitting(actions, ("markets", "women"), 3)

    assert [action.key for action in found] == ["both", "first", "second"]


def test_a_seasonal_action_goes_before_a_permanent_one() -> None:
    actions = [make("always"), make("campaign", season=("2026-11-01", "2026-11-30"))]

    assert [action.key for action in fitting(actions, (), 2)] == ["campaign", "always"]


def test_something_is_always_offered() -> None:
    """An article without a topic shows the first actions of the configuration."""
    actions = [make("one", "women"), make("two", "history"), make("three")]

    assert [action.key for action in fitting(actions, (), 2)] == ["one", "two"]
