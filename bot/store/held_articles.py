"""New articles that wait for a decision before they are announced."""

from bot.models import Article
from bot.store.articles import ARTICLE_COLUMNS, article_from_row
from bot.store.database import Database, Transaction


class HeldArticles:
    """Articles that wait for a moderator before they are announced."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_feed(self, feed: str) -> list[Article]:
        """The articles held for a feed, newest first."""
        rows = await self._database.all(
            f"SELECT {ARTICLE_COLUMNS} FROM held_articles AS held JOIN articles AS article ON article.id = held.article"  # noqa: S608 - our names
            " WHERE held.feed = ? ORDER BY article.published DESC, article.id DESC",
            (feed,),
        )
        return [article_from_row(row) for row in rows]

    async def hold(self, tx: Transaction, feed: str, article_id: int, now: float) -> None:
        """Keeps an article from being announced until a moderator chooses."""
        await tx.execute(
            "INSERT OR IGNORE INTO held_articles (article, feed, held_at) VALUES (?, ?, ?)", (article_id, feed, now)
        )

    async def release(self, tx: Transaction, feed: str) -> tuple[int, ...]:
        """Ends the hold of a feed and gives the ids it held; empty when somebody was quicker."""
        rows = await tx.all("DELETE FROM held_articles WHERE feed = ? RETURNING article", (feed,))
        return tuple(row["article"] for row in rows)
