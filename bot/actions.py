"""Chooses actions: those in season, and those that fit an article. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.models import Action


def in_season(actions: Iterable[Action], now: float, time_zone: str) -> list[Action]:
    """The actions that may be shown at the instant `now`, a day in the organisation's time zone.

    Both ends of a season belong to it.
    """
    today = datetime.fromtimestamp(now, ZoneInfo(time_zone)).date().isoformat()
    return [one for one in actions if (one.season_from or today) <= today <= (one.season_until or today)]


def fitting(actions: Sequence[Action], topics: Sequence[str], limit: int) -> tuple[Action, ...]:
    """The actions that fit an article's topics best, at most `limit`.

    An action that shares more topics, and earlier ones, comes first; a seasonal one before a permanent
    one; otherwise the order of the configuration decides, so that an article without a fitting action
    still offers something to do.
    """
    closeness = {
        action.key: sum(1 / (position + 1) for position, topic in enumerate(topics) if topic in action.topics)
        for action in actions
    }
    best = sorted(actions, key=lambda one: (-closeness[one.key], not (one.season_from or one.season_until)))
    return tuple(best[:limit])
