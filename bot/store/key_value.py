"""Small values that the program stores by key."""

from collections.abc import Callable

from bot.store.database import Database


class KeyValueStore:
    """Small texts under names, such as the digest of the commands last sent to Discord."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def get(self, key: str) -> str | None:
        """The text stored under that name, or None."""
        row = await self._database.one("SELECT value FROM key_values WHERE key = ?", (key,))
        return row["value"] if row else None

    async def put(self, key: str, value: str) -> None:
        """Stores a text under a name, replacing an earlier one."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "INSERT INTO key_values (key, value, changed) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (key) DO UPDATE SET value = ?2, changed = ?3",
                (key, value, self._clock()),
            )
