"""Entries that are not announced yet: dated in the future, without their page, or a future broadcast."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from bot.store.database import Store, Transaction


class WaitReason(StrEnum):
    """What an entry waits for."""

    FUTURE = "future"  # its date
    MISSING = "missing"  # its page, which answers 404
    BROADCAST = "broadcast"  # the start of a premiere or live stream


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry that waits; `until` is when it is due, None when that is unknown."""

    feed: str
    identity: str
    title: str
    url: str
    reason: WaitReason
    since: float
    until: float | None = None


class WaitingEntries(Store):
    """The table of waiting entries."""

    async def since(self, feed: str) -> dict[str, float]:
        """Since when each entry of a feed has waited, by identity."""
        rows = await self._database.all("SELECT identity, since FROM waiting_entries WHERE feed = ?", (feed,))
        return {row["identity"]: row["since"] for row in rows}

    async def replace(self, tx: Transaction, feed: str, entries: Iterable[WaitingEntry]) -> None:
        """Replaces the waiting entries of a feed with those of the latest poll."""
        await tx.execute("DELETE FROM waiting_entries WHERE feed = ?", (feed,))
        await tx.executemany(
            "INSERT OR REPLACE INTO waiting_entries (feed, identity, title, url, reason, since, until)"
            " VALUES (:feed, :identity, :title, :url, :reason, :since, :until)",
            [asdict(entry) for entry in entries],
        )
