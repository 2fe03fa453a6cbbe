"""Withdrawn articles: their words are kept for a while for a reinstatement, then erased from the file."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from bot.store.database import Row, Store, Transaction
from bot.store.identities import ERASED, erased_name

SEQUENCE = 4  # consecutive words that must not remain
SCRUB_PENDING = "scrub_pending"

_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class WithdrawnArticle:
    """A withdrawn article whose words are still kept."""

    id: int
    title: str
    withdrawn_at: float


class Withdrawals(Store):
    """The table of withdrawn articles."""

    async def kept(self, before: float | None = None) -> list[WithdrawnArticle]:
        """Articles whose words are still kept, the latest withdrawal first; withdrawn until then, where it is given."""
        rows = await self._database.all(
            "SELECT article, content ->> 'title' AS title, withdrawn_at FROM withdrawn_articles"
            " WHERE content IS NOT NULL AND (?1 IS NULL OR withdrawn_at <= ?1)"
            " ORDER BY withdrawn_at DESC, article DESC",
            (before,),
        )
        return [WithdrawnArticle(row["article"], row["title"], row["withdrawn_at"]) for row in rows]

    async def kept_of_guild(self, guild_id: int) -> int:
        """How many of those a server was sent, or had shared by a member."""
        row = await self._database.one(
            "SELECT count(*) FROM withdrawn_articles WHERE content IS NOT NULL AND (article IN"
            " (SELECT delivery.article FROM deliveries AS delivery"
            " JOIN subscriptions AS subscription ON subscription.id = delivery.subscription"
            " WHERE subscription.guild_id = ?1)"
            " OR article IN (SELECT article FROM shared_cards WHERE guild_id = ?1))",
            (guild_id,),
        )
        return row[0] if row else 0

    async def erase(self, article_ids: Iterable[int], now: float) -> frozenset[str]:
        """Removes the words of withdrawn articles from the tables; returns the words that no other article has.

        `scrub` then removes their remains between the rows.
        """
        unique: set[str] = set()
        async with self._database.transaction() as tx:
            for article_id in article_ids:
                row = await tx.one("SELECT * FROM articles WHERE id = ? AND state = 'withdrawn'", (article_id,))
                if row is None:
                    continue
                kept = await tx.one("SELECT content FROM withdrawn_articles WHERE article = ?", (article_id,))
                content: object = json.loads(kept["content"]) if kept and kept["content"] else {}
                names = await _erase_names(tx, row)
                words = _tokens(" ".join(_texts(content)))
                found = await tx.all(
                    "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT word FROM search_words)",
                    (json.dumps(sorted({*words, *_tokens(" ".join(names))})),),
                )
                own = {one["value"] for one in found}  # no other indexed article has these words
                await _erase_queries(tx, own, _sequences(words))
                await tx.execute("DELETE FROM search_asked WHERE kind = 'article' AND value = ?", (str(article_id),))
                await tx.execute("UPDATE withdrawn_articles SET content = NULL WHERE article = ?", (article_id,))
                unique |= own
            await tx.execute(
                "INSERT INTO key_values (key, value, changed) VALUES (?1, '', ?2) ON CONFLICT DO NOTHING",
                (SCRUB_PENDING, now),
            )
        return frozenset(unique)

    async def scrub(self) -> bool | None:
        """Rewrites the file and empties its write-ahead log; False while a reader prevents that.

        None where nothing was erased since the last time. SQLite overwrites deleted content, but neither
        remains of content moved within a page nor the log.
        """
        if await self._database.one("SELECT 1 FROM key_values WHERE key = ?", (SCRUB_PENDING,)) is None:
            return None
        await self._database.maintain("VACUUM")
        busy, *_ = await self._database.maintain(_EMPTY_LOG)
        if busy:
            return False
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM key_values WHERE key = ?", (SCRUB_PENDING,))
        busy, *_ = await self._database.maintain(_EMPTY_LOG)
        return not busy


async def _erase_names(tx: Transaction, row: Row) -> list[str]:
    """Replaces key, aliases and guids by their hashes and returns the originals."""
    names = [row["url"], row["key"]]
    await tx.execute("UPDATE articles SET url = '', key = ? WHERE id = ?", (erased_name(row["key"]), row["id"]))
    for table, column in (("article_aliases", "key"), ("identities", "identity")):
        found = await tx.all(f"SELECT * FROM {table} WHERE article = ?", (row["id"],))
        for one in found:
            names.append(one[column])
            await tx.execute(
                f"UPDATE OR REPLACE {table} SET {column} = ? WHERE article = ? AND {column} = ?",
                (erased_name(one[column]), row["id"], one[column]),
            )
    await tx.execute(
        "DELETE FROM backfill_addresses WHERE key IN (SELECT value FROM json_each(?1))"
        " OR url IN (SELECT value FROM json_each(?1))",
        (json.dumps(names),),
    )
    return [name for name in names if not name.startswith(ERASED)]


async def _erase_queries(tx: Transaction, unique: set[str], sequences: set[str]) -> None:
    """Deletes counted and saved searches that repeat the article's own words."""
    for table, column in (("search_asked", "value"), ("saved_searches", "state")):
        for row in await tx.all(f"SELECT DISTINCT {column} FROM {table}"):
            words = _tokens(row[0])
            if not unique.isdisjoint(words) or not sequences.isdisjoint(_sequences(words)):
                await tx.execute(f"DELETE FROM {table} WHERE {column} = ?", (row[0],))


def _sequences(words: Sequence[str]) -> set[str]:
    return {" ".join(words[at : at + SEQUENCE]) for at in range(len(words) - SEQUENCE + 1)}


def _tokens(text: str) -> list[str]:
    return _WORDS.findall(text.lower())


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, including JSON that is stored as text."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            yield str(value)
            return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in cast("dict[str, object]", value).values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in cast("list[object]", value):
            yield from _texts(part)
