"""The figures of the database that monitoring needs: counts, ages, and whether it can be written."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.database import Store

SECONDS_OF_LATENCY = 86_400.0
MAX_LATENCIES = 10_000
_PROBE = "monitoring.probe"
# A due time further away than this means that the delivery waits for a change.
_HORIZON_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class OpenIncidents:
    """How many incidents of a kind have not ended."""

    kind: str
    count: int


class HealthReader(Store):
    """Reads the figures; `probe` writes a value to test whether the file is writable."""

    async def probe(self, now: float) -> None:
        """Writes the time. Raises sqlite3.Error when the database cannot be written."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "INSERT INTO key_values (key, value, changed) VALUES (?1, '', ?2)"
                " ON CONFLICT (key) DO UPDATE SET changed = ?2",
                (_PROBE, now),
            )

    async def waiting_since(self, now: float) -> float | None:
        """Since when the oldest delivery waits that depends only on the bot; None without any."""
        row = await self._database.one(
            "SELECT min(CASE WHEN state IN ('planned', 'claimed') THEN planned_at ELSE due END) AS since"
            " FROM deliveries WHERE due <= ?",
            (now + _HORIZON_SECONDS,),
        )
        return row["since"] if row else None

    async def open_incidents(self) -> list[OpenIncidents]:
        """Incidents that have not ended, by kind."""
        rows = await self._database.all(
            "SELECT kind, count(*) AS count FROM incidents WHERE ended_at IS NULL GROUP BY kind ORDER BY kind"
        )
        return [OpenIncidents(row["kind"], row["count"]) for row in rows]

    async def posting_seconds(self, now: float) -> Sequence[float]:
        """How long the posts of the last day took, from storing the article to Discord's confirmation."""
        rows = await self._database.all(
            "SELECT posted_at - planned_at AS seconds FROM deliveries WHERE posted_at > ? LIMIT ?",
            (now - SECONDS_OF_LATENCY, MAX_LATENCIES),
        )
        return [max(0.0, row["seconds"]) for row in rows]
