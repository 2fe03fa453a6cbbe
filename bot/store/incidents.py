"""Incidents: problems of a channel, a feed or the whole bot, reported at their start and end."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.database import Row, Store, Transaction

_SELECT = (
    "SELECT id, guild_id, channel_id, kind, detail, started_at, ended_at, start_reported, end_reported FROM incidents"
)


@dataclass(frozen=True, slots=True)
class Incident:
    """A problem that exists or existed.

    `kind` is the name of a sentence in the catalogue `incidents`; `detail` names the permission
    or other cause. A guild or channel of 0 means that it concerns no single one.
    """

    id: int
    guild_id: int
    channel_id: int
    kind: str
    detail: str
    started_at: float
    ended_at: float | None
    start_reported: bool
    is_notice: bool = False

    @property
    def over(self) -> bool:
        """Whether the incident has ended."""
        return self.ended_at is not None


class Incidents(Store):
    """The table of incidents."""

    async def start(
        self, tx: Transaction, kind: str, detail: str, now: float, *, guild_id: int = 0, channel_id: int = 0
    ) -> None:
        """Opens an incident; does nothing where the same one is open."""
        await tx.execute(
            "INSERT INTO incidents (guild_id, channel_id, kind, detail, started_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (guild_id, channel_id, kind, detail, now),
        )

    async def note(
        self, tx: Transaction, kind: str, detail: str, now: float, *, guild_id: int = 0, channel_id: int = 0
    ) -> None:
        """Records an event that is reported once and has no end, such as a deleted role."""
        await tx.execute(
            "INSERT INTO incidents (guild_id, channel_id, kind, detail, started_at, ended_at, end_reported)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1)",
            (guild_id, channel_id, kind, detail, now),
        )

    async def end(
        self,
        tx: Transaction,
        kind: str,
        now: float,
        *,
        guild_id: int = 0,
        channel_id: int = 0,
        detail: str | None = None,
    ) -> None:
        """Ends an incident, `detail` says how; does nothing where none of the kind is open."""
        await tx.execute(
            "UPDATE incidents SET ended_at = ?, detail = coalesce(?, detail)"
            " WHERE guild_id = ? AND channel_id = ? AND kind = ? AND ended_at IS NULL",
            (now, detail, guild_id, channel_id, kind),
        )

    async def drop(self, tx: Transaction, channel_id: int) -> None:
        """Deletes the incidents of a deleted channel without a report."""
        await tx.execute("DELETE FROM incidents WHERE channel_id = ?", (channel_id,))

    async def unreported(self, limit: int = 500) -> list[Incident]:
        """Starts and ends that were not reported, oldest first."""
        rows = await self._database.all(
            f"{_SELECT} WHERE start_reported = 0 OR (ended_at IS NOT NULL AND end_reported = 0) ORDER BY id LIMIT ?",
            (limit,),
        )
        return [_from_row(row) for row in rows]

    async def open(
        self, kinds: Sequence[str] = (), *, guild_id: int | None = None, tx: Transaction | None = None
    ) -> list[Incident]:
        """Incidents that have not ended, oldest first: of all or these kinds, of all servers or one."""
        rows = await (tx or self._database).all(
            f"{_SELECT} WHERE ended_at IS NULL AND (?1 = '[]' OR kind IN (SELECT value FROM json_each(?1)))"
            " AND (?2 IS NULL OR guild_id = ?2) ORDER BY id",
            (json.dumps(list(kinds)), guild_id),
        )
        return [_from_row(row) for row in rows]

    async def mark_reported(self, tx: Transaction, incident: Incident) -> None:
        """Marks an incident as reported; one that ended, reported or not, needs no further report."""
        await tx.execute(
            "UPDATE incidents SET start_reported = 1, end_reported = max(end_reported, ?) WHERE id = ?",
            (incident.over, incident.id),
        )


def _from_row(row: Row) -> Incident:
    return Incident(
        id=row["id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        kind=row["kind"],
        detail=row["detail"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        start_reported=bool(row["start_reported"]),
        is_notice=not row["start_reported"] and bool(row["end_reported"]),
    )
