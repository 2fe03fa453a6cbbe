"""Chooses actions: those that fit an article, and those in season. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.models import Action


def day(now: float, time_zone: str) -> date:
    """The day at the instant `now` in the organisation's time zone."""
    return datetime.fromtimestamp(now, ZoneInfo(time_zone)).date()


def in_season(action: Action, today: date) -> bool:
    """Whether the action may be shown that day; both ends of a season belong to it."""
    text = today.isoformat()
    return (action.season_from or text) <= text <= (action.season_until or text)


def fitting(actions: Sequence[Action], topics: Sequence[str], today: date, limit: int) -> tuple[Action, ...]:
    """The actions in season that fit an article's topics best, at most `limit`.

    An action that shares more topics, and earlier ones, comes first; a seasonal one before a permanent
    one; otherwise the order of the configuration decides, so that an article without a fitting action
    still offers something to do.
    """
    candidates = [action for action in actions if in_season(action, today)]
    closeness = {
        action.key: sum(1 / (position + 1) for position, topic in enumerate(topics) if topic in action.topics)
        for action in candidates
    }
    candidates.sort(key=lambda action: (-closeness[action.key], not (action.season_from or action.season_until)))
    return tuple(candidates[:limit])
