"""The filters of a search."""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Limits on the articles that may be found; None: no limit. `topic` and `feed` are keys."""

    topic: str | None = None
    year: int | None = None
    feed: str | None = None
    author: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time, from `since` until before `before`, in unix seconds; None leaves a side open."""

    since: float | None = None
    before: float | None = None


def period_of_year(year: int) -> Period:
    """A year in UTC; a period without instants for a year that no calendar has."""
    if not MINYEAR <= year < MAXYEAR:
        return Period(0.0, 0.0)
    return Period(datetime(year, 1, 1, tzinfo=UTC).timestamp(), datetime(year + 1, 1, 1, tzinfo=UTC).timestamp())
