"""Guids and addresses by which entries are recognised as known articles."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class KnownIdentity:
    """An identity a feed has used before.

    `told` is a digest of what the feed last said under it, empty when it came from elsewhere;
    `told_published` the date it gave.
    """

    article_id: int
    entry_hash: str = ""
    entry_published: float | None = None


_BY_KEYS = "SELECT key, id FROM articles WHERE key IN (SELECT value FROM json_each(?))"


class Identities:
    """Every identity ever seen, kept for ever."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, feed: str, identities: Sequence[str]) -> dict[str, KnownIdentity]:
        """Those of `identities` that this feed has used before."""
        rows = await self._database.all(
            "SELECT identity, article, entry_hash, entry_published FROM identities"
            " WHERE feed = ? AND identity IN (SELECT value FROM json_each(?))",
            (feed, json.dumps(list(identities))),
        )
        return {
            row["identity"]: KnownIdentity(row["article"], row["entry_hash"], row["entry_published"]) for row in rows
        }

    async def known_keys(self, keys: Sequence[str]) -> dict[str, int]:
        """Article ids by canonical key, whichever feed or archive brought them."""
        rows = await self._database.all(_BY_KEYS, (json.dumps(list(keys)),))
        return {row["key"]: row["id"] for row in rows}

    async def ids_by_key(self, tx: Transaction, keys: Sequence[str]) -> dict[str, int]:
        """As `by_keys`, as this transaction sees it."""
        rows = await tx.all(_BY_KEYS, (json.dumps(list(keys)),))
        return {row["key"]: row["id"] for row in rows}

    async def record(self, tx: Transaction, feed: str, identity: str, known: KnownIdentity) -> None:
        """Records an identity of an article and what the feed last said under it."""
        await tx.execute(
            "INSERT INTO identities (feed, identity, article, entry_hash, entry_published) VALUES (?1, ?2, ?3, ?4, ?5)"
            " ON CONFLICT (feed, identity) DO UPDATE SET entry_hash = ?4, entry_published = ?5",
            (feed, identity, known.article_id, known.entry_hash, known.entry_published),
        )
