"""The queue of a backfill: the addresses found and their results."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.store.database import Store, Transaction
from bot.store.identities import erased_name


class AddressKind(StrEnum):
    """The kind of a queued address."""

    SOURCE = "source"  # a feed, sitemap or list page, which names others
    ARTICLE = "article"


class SkipReason(StrEnum):
    """Why an address was skipped."""

    ELSEWHERE = "elsewhere"  # not where this site's articles are
    LIST = "list"  # a list of articles, not one
    UNDATED = "undated"  # perhaps no article: its page shows no date
    NO_ARTICLE = "no_article"  # its page has no article's text
    MISSING = "missing"  # 404 or 410
    ROBOTS = "robots"  # robots.txt forbids it
    OTHER_TYPE = "other_type"  # a file, or no web page
    EARLIER = "earlier"  # older than requested
    RECENT = "recent"  # left to the poller, which will announce it


class AddressState(StrEnum):
    """The state of an address."""

    PENDING = "pending"
    READ = "read"  # a source whose addresses were queued
    ADDED = "added"
    KNOWN = "known"
    SKIPPED = "skipped"  # no article, or outside the limits of the import
    FAILED = "failed"  # retried by the next run


@dataclass(frozen=True, slots=True)
class BackfillAddress:
    """One queued address. `modified` is a sitemap's lastmod, `certain`: it is known to be an article."""

    key: str
    url: str
    kind: AddressKind
    certain: bool = True
    modified: float | None = None


@dataclass(frozen=True, slots=True)
class BackfillJob:
    """An import in progress; `new` when this call began it."""

    id: int
    source: str
    feed: str
    new: bool


class BackfillQueue(Store):
    """The tables of imports and their addresses."""

    async def open(self, source: BackfillAddress, feed: str, since: float | None, now: float) -> BackfillJob:
        """Continues the unfinished import of that source, or begins one.

        Failed addresses are pending again, and with another `since` skipped ones too.
        """
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM backfill_jobs WHERE source = ? AND finished NOT NULL", (source.url,))
            cursor = await tx.execute(
                "INSERT INTO backfill_jobs (source, feed, since, started) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (source.url, feed, since, now),
            )
            row = await tx.one("SELECT id, feed, since FROM backfill_jobs WHERE source = ?", (source.url,))
            if row is None:
                raise RuntimeError("SQLite lost the import that was just begun")
            await tx.execute(
                "UPDATE backfill_addresses SET state = 'pending' WHERE job = ?"
                " AND (state = 'failed' OR (state = 'skipped' AND reason != 'elsewhere' AND ?))",
                (row["id"], row["since"] != since),
            )
            await tx.execute("UPDATE backfill_jobs SET since = ? WHERE id = ?", (since, row["id"]))
            await self.enqueue(tx, row["id"], [source])
            return BackfillJob(row["id"], source.url, row["feed"], cursor.rowcount > 0)

    async def pending(self, import_id: int, kind: AddressKind, limit: int) -> list[BackfillAddress]:
        """The next addresses to visit, in the order of finding."""
        rows = await self._database.all(
            "SELECT key, url, kind, certain, modified FROM backfill_addresses"
            " WHERE job = ? AND state = 'pending' AND kind = ? ORDER BY id LIMIT ?",
            (import_id, kind, limit),
        )
        return [
            BackfillAddress(row["key"], row["url"], AddressKind(row["kind"]), bool(row["certain"]), row["modified"])
            for row in rows
        ]

    async def counts(self, import_id: int, kind: AddressKind) -> dict[AddressState, int]:
        """How many addresses are in each state."""
        rows = await self._database.all(
            "SELECT state, count(*) AS n FROM backfill_addresses WHERE job = ? AND kind = ? GROUP BY state",
            (import_id, kind),
        )
        return {AddressState(row["state"]): row["n"] for row in rows}

    async def examples(self, import_id: int, host_prefix: str, limit: int) -> list[str]:
        """Addresses that are known to be articles: some of this import, else stored ones whose key begins like this."""
        rows = await self._database.all(
            "SELECT url FROM backfill_addresses WHERE job = ? AND kind = 'article' AND certain = 1 LIMIT ?",
            (import_id, limit),
        )
        if not rows:
            rows = await self._database.all(
                "SELECT url FROM articles WHERE substr(key, 1, length(?1)) = ?1 LIMIT ?2", (host_prefix, limit)
            )
        return [row["url"] for row in rows]

    async def unknown(self, import_id: int) -> int:
        """How many pending articles are not in the store yet."""
        row = await self._database.one(
            "SELECT count(*) AS n FROM backfill_addresses AS address WHERE job = ? AND kind = 'article'"
            " AND state = 'pending' AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.key = address.key)"
            " AND NOT EXISTS (SELECT 1 FROM article_aliases AS alias WHERE alias.key = address.key)",
            (import_id,),
        )
        return row["n"] if row else 0

    async def enqueue(
        self,
        tx: Transaction,
        import_id: int,
        addresses: Iterable[BackfillAddress],
        passed_over: Iterable[BackfillAddress] = (),
    ) -> None:
        """Queues addresses; those already queued are unchanged, unless they were only skipped.

        Those `passed_over` are recorded as skipped; another source may still name them as articles.
        """
        found = list(addresses)
        erased = await tx.all(
            "SELECT key FROM articles WHERE key IN (SELECT value FROM json_each(?1))"
            " UNION SELECT key FROM article_aliases WHERE key IN (SELECT value FROM json_each(?1))",
            (json.dumps([erased_name(item.key) for item in found]),),
        )
        gone = {row["key"] for row in erased}
        addresses = [item for item in found if erased_name(item.key) not in gone]
        await tx.executemany(
            "INSERT INTO backfill_addresses (job, key, url, kind, certain, modified) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET state = 'pending', reason = '', certain = excluded.certain"
            " WHERE reason = 'elsewhere'",
            [(import_id, item.key, item.url, item.kind, item.certain, item.modified) for item in addresses],
        )
        await tx.executemany(
            "INSERT INTO backfill_addresses (job, key, url, kind, state, reason) VALUES (?, ?, ?, ?, 'skipped', ?)"
            " ON CONFLICT DO NOTHING",
            [(import_id, item.key, item.url, item.kind, SkipReason.ELSEWHERE) for item in passed_over],
        )

    async def skip_reasons(self, import_id: int) -> dict[SkipReason, int]:
        """How many addresses were skipped, by reason."""
        rows = await self._database.all(
            "SELECT reason, count(*) AS n FROM backfill_addresses WHERE job = ? AND state = 'skipped' AND reason != ''"
            " GROUP BY reason ORDER BY n DESC",
            (import_id,),
        )
        return {SkipReason(row["reason"]): row["n"] for row in rows}

    async def settle(
        self, tx: Transaction, import_id: int, results: Iterable[tuple[str, AddressState, SkipReason | None]]
    ) -> None:
        """Records the results for addresses, by key."""
        await tx.executemany(
            "UPDATE backfill_addresses SET state = ?, reason = ? WHERE job = ? AND key = ?",
            [(state, reason or "", import_id, key) for key, state, reason in results],
        )

    async def finish(self, tx: Transaction, import_id: int, now: float) -> None:
        """Ends an import and deletes its queue."""
        await tx.execute("UPDATE backfill_jobs SET finished = ? WHERE id = ?", (now, import_id))
        await tx.execute("DELETE FROM backfill_addresses WHERE job = ?", (import_id,))

    async def delete(self, import_id: int) -> None:
        """Deletes an import."""
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM backfill_jobs WHERE id = ?", (import_id,))

    async def reopen(self, tx: Transaction, source: str) -> None:
        """Makes a completely imported source importable again."""
        await tx.execute("DELETE FROM backfill_jobs WHERE source = ? AND finished NOT NULL", (source,))

    async def is_finished(self, source: str) -> bool:
        """Whether that source was once imported completely."""
        row = await self._database.one("SELECT finished FROM backfill_jobs WHERE source = ?", (source,))
        return row is not None and row["finished"] is not None

    async def stored(
        self, addresses: Sequence[BackfillAddress], feed: str, tx: Transaction | None = None
    ) -> dict[str, tuple[int, bool]]:
        """The ids of the articles at these addresses, by key, and whether nothing of them is missing.

        New addresses are left out. An article of the feed that has an address as its guid is known by that, too.
        """
        names = [(one.key, erased_name(one.key), one.url, erased_name(one.url)) for one in addresses]
        rows = await (tx or self._database).all(
            "SELECT value ->> 0 AS wanted, article.id, body IS NOT NULL OR state = 'withdrawn' AS whole"
            " FROM json_each(?) JOIN articles AS article ON article.id ="
            " coalesce((SELECT id FROM articles WHERE key IN (value ->> 0, value ->> 1)),"
            " (SELECT article FROM article_aliases WHERE key IN (value ->> 0, value ->> 1)),"
            " (SELECT article FROM identities WHERE feed = ? AND identity IN (value ->> 2, value ->> 3)))",
            (json.dumps(names), feed),
        )
        return {row["wanted"]: (row["id"], bool(row["whole"])) for row in rows}
