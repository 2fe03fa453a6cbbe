"""Small values that the program stores by key."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class KeyValueStore:
    """Small texts under names, such as the digest of the commands last sent to Discord."""

    database: Database
    clock: Callable[[], float]

    async def get(self, key: str) -> str | None:
        """The text stored under that name, or None."""
        row = await self.database.one("SELECT value FROM key_values WHERE key = ?", (key,))
        return row["value"] if row else None

    async def put(self, key: str, value: str) -> None:
        """Stores a text under a name, replacing an earlier one."""
        async with self.database.transaction() as tx:
            await tx.execute(
                "INSERT INTO key_values (key, value, changed) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (key) DO UPDATE SET value = ?2, changed = ?3",
                (key, value, self.clock()),
            )
