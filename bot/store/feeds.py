"""The state of every feed between two polls, its entries that wait, and its articles held until a moderator decides."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.feeds.document import FeedHints
from bot.models import Article
from bot.store.articles import ARTICLE_COLUMNS, article_from_row
from bot.store.database import Row, Store, Transaction


@dataclass(frozen=True, slots=True)
class FeedState:
    """The state of a feed. Instants are unix seconds; None: never.

    `url` is as configured, `address` where it is fetched now, `final_url` where redirects led
    last. `etag` and `last_modified` are verbatim and belong to `final_url`; `last_read` is when the
    last answer with a body came.
    `problem` names the kind of error, empty when there is none. `gone_answers` counts 410s since
    `gone_since` and the latest success; `gone`: they are confirmed.
    """

    key: str
    url: str
    address: str
    final_url: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_check: float = 0.0
    last_check: float | None = None
    last_success: float | None = None
    errors: int = 0
    problem: str = ""
    problem_detail: str = ""
    problem_since: float | None = None
    problem_reported: bool = False
    moved_to: str = ""
    moved_count: int = 0
    hints: FeedHints = field(default_factory=FeedHints)
    initialised: bool = False
    gone: bool = False
    last_read: float | None = None
    gone_answers: int = 0
    gone_since: float | None = None


class WaitReason(StrEnum):
    """What an entry waits for that is not announced yet."""

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


@dataclass(frozen=True, slots=True)
class Hold:
    """The articles of one feed that wait for one server's decision; `since` is when the oldest of them was held."""

    feed: str
    guild_id: int
    articles: int
    since: float


class Feeds(Store):
    """The table of feeds."""

    async def sync(self, configured: Mapping[str, str]) -> None:
        """Makes a row for every configured feed; a feed whose address changed starts over.

        Rows of feeds that are no longer configured are kept, so that a feed configured again is not new.
        """
        async with self._database.transaction() as tx:
            for key, url in configured.items():
                row = await tx.one("SELECT url FROM feeds WHERE key = ?", (key,))
                if row is None or row["url"] != url:
                    await self.save(tx, FeedState(key, url, url))

    async def all(self) -> list[FeedState]:
        """Every feed with a row, by key."""
        return [_from_row(row) for row in await self._database.all("SELECT * FROM feeds ORDER BY key")]

    async def get(self, key: str, tx: Transaction | None = None) -> FeedState | None:
        """One feed, None when it was never configured; as `tx` sees it, where it is given."""
        row = await (tx or self._database).one("SELECT * FROM feeds WHERE key = ?", (key,))
        return _from_row(row) if row else None

    async def schedule_check(self, tx: Transaction, key: str, now: float) -> None:
        """Makes a feed due at once."""
        await tx.execute("UPDATE feeds SET next_check = min(next_check, ?) WHERE key = ? AND gone = 0", (now, key))

    async def save(self, tx: Transaction, state: FeedState) -> None:
        """Stores the whole state, new or not."""
        row = asdict(state)
        row["schedule"] = json.dumps(row.pop("hints"), separators=(",", ":"))
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        await tx.execute(f"INSERT OR REPLACE INTO feeds ({names}) VALUES ({values})", row)


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


class HeldArticles(Store):
    """The table of held articles, each held for every server that wants its feed."""

    async def of_guild(self, feed: str, guild_id: int) -> list[Article]:
        """The articles of a feed held for a server, newest first."""
        rows = await self._database.all(
            f"SELECT DISTINCT {ARTICLE_COLUMNS} FROM held_articles AS held"
            " JOIN articles AS article ON article.id = held.article WHERE article.state = 'live'"
            " AND held.feed = ? AND held.guild_id = ? ORDER BY article.published DESC, article.id DESC",
            (feed, guild_id),
        )
        return [article_from_row(row) for row in rows]

    async def holds(self) -> list[Hold]:
        """What waits, by feed and server."""
        rows = await self._database.all(
            "SELECT feed, guild_id, count(*) AS n, min(held_at) AS since FROM held_articles"
            " GROUP BY feed, guild_id ORDER BY since"
        )
        return [Hold(row["feed"], row["guild_id"], row["n"], row["since"]) for row in rows]

    async def hold(self, tx: Transaction, feed: str, article_ids: Iterable[int], now: float) -> dict[int, int]:
        """Holds articles for every server that wants the feed; returns how many now wait, by server."""
        ids = json.dumps(list(article_ids))
        await tx.execute(
            "INSERT OR IGNORE INTO held_articles (article, feed, guild_id, held_at)"
            " SELECT DISTINCT wanted.value, ?2, guild_id, ?3 FROM json_each(?1) AS wanted, subscriptions"
            " WHERE NOT removed AND (feeds = '[]' OR ?2 IN (SELECT value FROM json_each(feeds)))",
            (ids, feed, now),
        )
        rows = await tx.all(
            "SELECT guild_id, count(*) AS n FROM held_articles WHERE feed = ?1 AND guild_id IN"
            " (SELECT guild_id FROM held_articles WHERE article IN (SELECT value FROM json_each(?2)))"
            " GROUP BY guild_id",
            (feed, ids),
        )
        return {row["guild_id"]: row["n"] for row in rows}

    async def release(self, tx: Transaction, feed: str, guild_id: int) -> tuple[int, ...]:
        """Ends a server's hold of a feed and returns the held ids; empty when it was ended already."""
        rows = await tx.all(
            "DELETE FROM held_articles WHERE feed = ? AND guild_id = ? RETURNING article", (feed, guild_id)
        )
        return tuple(row["article"] for row in rows)


def _from_row(row: Row) -> FeedState:
    values: dict[str, Any] = dict(row)
    flags: dict[str, Any] = {name: bool(row[name]) for name in ("problem_reported", "initialised", "gone")}
    values |= flags
    said = json.loads(values.pop("schedule"))
    hints = FeedHints(
        said.get("ttl", 0.0),
        tuple(said.get("skip_hours", ())),
        tuple(said.get("skip_days", ())),
        said.get("fresh", 0.0),
    )
    return FeedState(**values, hints=hints)
