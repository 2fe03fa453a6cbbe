"""Articles held until a moderator decides, separately for each server."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from bot.models import Article
from bot.store.articles import ARTICLE_COLUMNS, article_from_row
from bot.store.database import Store, Transaction


@dataclass(frozen=True, slots=True)
class Hold:
    """The articles of one feed that wait for one server's decision; `since` is when the oldest of them was held."""

    feed: str
    guild_id: int
    articles: int
    since: float


class HeldArticles(Store):
    """The table of held articles."""

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
