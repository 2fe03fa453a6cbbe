"""States of controls too long for a button, such as long searches, kept for thirty days under a short key."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from bot.store.database import Database

KEEP_SEARCHES_SECONDS = 30 * 86_400.0
KEY_LENGTH = 16


@dataclass(frozen=True, slots=True)
class SavedSearches:
    """Searches and drafts whose state does not fit into a button; kept for thirty days after their last use."""

    database: Database
    clock: Callable[[], float]

    async def keep(self, state: str, length: int = KEY_LENGTH) -> str:
        """Stores a state and returns its short key; deletes expired ones."""
        key = hashlib.sha256(state.encode()).hexdigest()[:length]
        now = self.clock()
        async with self.database.transaction() as tx:
            await tx.execute("DELETE FROM saved_searches WHERE used < ?", (now - KEEP_SEARCHES_SECONDS,))
            await tx.execute(
                "INSERT INTO saved_searches (key, state, used) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (key) DO UPDATE SET used = ?3",
                (key, state, now),
            )
        return key

    async def delete_expired(self) -> None:
        """Deletes searches that nobody has used for thirty days."""
        async with self.database.transaction() as tx:
            await tx.execute("DELETE FROM saved_searches WHERE used < ?", (self.clock() - KEEP_SEARCHES_SECONDS,))

    async def find(self, key: str) -> str | None:
        """The state stored under a key, or None when it has expired."""
        since = self.clock() - KEEP_SEARCHES_SECONDS
        row = await self.database.one("SELECT state FROM saved_searches WHERE key = ? AND used >= ?", (key, since))
        return row["state"] if row else None
