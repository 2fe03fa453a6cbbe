"""The figures of the database that monitoring needs: counts, ages, and whether it can be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.store.database import Store
from bot.text_analysis import ANALYSER_VERSION

SECONDS_OF_LATENCY = 86_400.0
MAX_LATENCIES = 10_000
# A due time further away than this means that the delivery waits for a change.
_HORIZON_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class StoredFigures:
    """Figures of the database at one instant.

    `waiting_since`: since when the oldest delivery waits that depends only on the bot, None without any;
    `open_incidents` by kind, `ended_incidents` with pruned ones; `posting_seconds`: how long the posts of
    the last day took, from storing the article to Discord's confirmation; `indexed`: how many of the live
    `articles` search finds as the current version indexes them.
    """

    waiting_since: float | None = None
    open_incidents: Mapping[str, int] = field(default_factory=dict[str, int])
    ended_incidents: int = 0
    posting_seconds: Sequence[float] = ()
    articles: int = 0
    indexed: int = 0


class HealthReader(Store):
    """Reads the figures."""

    async def figures(self, now: float) -> StoredFigures:
        """Reads the figures."""
        waiting = await self._database.one(
            "SELECT min(CASE WHEN state IN ('planned', 'claimed') THEN planned_at ELSE due END) AS since"
            " FROM deliveries WHERE due <= ?",
            (now + _HORIZON_SECONDS,),
        )
        incidents = await self._database.all(
            "SELECT kind, count(*) AS count FROM incidents WHERE ended_at IS NULL GROUP BY kind ORDER BY kind"
        )
        ended = await self._database.one(
            "SELECT (SELECT count(*) FROM incidents WHERE ended_at IS NOT NULL)"
            " + (SELECT coalesce(sum(count), 0) FROM pruned_incidents)"
        )
        posted = await self._database.all(
            "SELECT posted_at - planned_at AS seconds FROM deliveries WHERE posted_at > ? LIMIT ?",
            (now - SECONDS_OF_LATENCY, MAX_LATENCIES),
        )
        searched = await self._database.one(
            "SELECT (SELECT count(*) FROM articles WHERE state = 'live') AS articles,"
            " (SELECT count(*) FROM search_documents WHERE analyser = ?) AS indexed",
            (ANALYSER_VERSION,),
        )
        return StoredFigures(
            waiting_since=waiting["since"] if waiting else None,
            open_incidents={row["kind"]: row["count"] for row in incidents},
            ended_incidents=ended[0] if ended else 0,
            posting_seconds=[max(0.0, row["seconds"]) for row in posted],
            articles=searched["articles"] if searched else 0,
            indexed=searched["indexed"] if searched else 0,
        )
