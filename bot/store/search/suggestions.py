"""What autocompletion reads: titles, phrases, words, and how often something was asked for."""

import sqlite3
from collections.abc import Sequence

from bot.models import Article
from bot.store.articles import ARTICLE_COLUMNS, article_from_row
from bot.store.database import Transaction

BEYOND = "\U0010ffff"  # sorts after every letter: the end of a range of beginnings
ASKED_KEPT = 2_000
PHRASES_LOOKED_AT = 2_000

_ARTICLES = f"SELECT {ARTICLE_COLUMNS} FROM articles AS article"  # noqa: S608 - column names


class SuggestionReader:
    """Choices as one read sees them. Not kept longer than the function given to `Database.read`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def titles(self, words: Sequence[str], limit: int) -> list[Article]:
        """Articles whose title has all the words, the last one perhaps unfinished; newest first."""
        match = " ".join(f'"{word}"' for word in words[:-1]) + f' "{words[-1]}"*'
        rows = self._connection.execute(
            f"{_ARTICLES} JOIN (SELECT rowid FROM search_titles WHERE search_titles MATCH ?"  # noqa: S608 - names
            " ORDER BY rowid DESC LIMIT ?) AS found ON found.rowid = article.id WHERE article.state = 'live'",
            (match, limit),
        )
        return sorted((article_from_row(row) for row in rows), key=lambda one: (-one.published, -one.id))

    def newest(self, limit: int) -> list[Article]:
        """The newest articles."""
        rows = self._connection.execute(
            f"{_ARTICLES} WHERE article.state = 'live' ORDER BY article.published DESC, article.id DESC LIMIT ?",
            (limit,),
        )
        return [article_from_row(row) for row in rows]

    def most_asked_articles(self, limit: int) -> list[Article]:
        """The articles opened most often."""
        rows = self._connection.execute(
            f"{_ARTICLES} JOIN search_asked ON kind = 'article' AND value = CAST(article.id AS TEXT)"
            " WHERE article.state = 'live' ORDER BY times DESC, day DESC LIMIT ?",
            (limit,),
        )
        return [article_from_row(row) for row in rows]

    def times_asked(self, articles: Sequence[int]) -> dict[int, int]:
        """How often each of some articles was opened."""
        marks = ", ".join("?" * len(articles))
        rows = self._connection.execute(
            f"SELECT value, times FROM search_asked WHERE kind = 'article' AND value IN ({marks})",  # noqa: S608 - placeholders
            [str(article) for article in articles],
        )
        return {int(row["value"]): row["times"] for row in rows}

    def most_asked_phrases(self, limit: int) -> list[str]:
        """The phrases of the archive searched for most often."""
        rows = self._connection.execute(
            "SELECT value FROM search_asked JOIN search_phrases ON phrase = value WHERE kind = 'query'"
            " ORDER BY times DESC, day DESC LIMIT ?",
            (limit,),
        )
        return [row["value"] for row in rows]

    def frequent_phrases(self, limit: int) -> list[str]:
        """The phrases most titles and headings share."""
        rows = self._connection.execute("SELECT phrase FROM search_phrases ORDER BY documents DESC LIMIT ?", (limit,))
        return [row["phrase"] for row in rows]

    def phrases(self, beginning: str, limit: int) -> list[str]:
        """Phrases that begin so, the most frequent first; of very many that do, only some are looked at."""
        rows = self._connection.execute(
            "SELECT phrase FROM (SELECT phrase, documents FROM search_phrases WHERE phrase >= ? AND phrase < ? LIMIT ?)"
            " ORDER BY documents DESC, phrase LIMIT ?",
            (beginning, beginning + BEYOND, PHRASES_LOOKED_AT, limit),
        )
        return [row["phrase"] for row in rows]

    def has_phrase(self, phrase: str) -> bool:
        """Whether the archive itself uses this phrase in a title or heading."""
        row = self._connection.execute("SELECT 1 FROM search_phrases WHERE phrase = ?", (phrase,)).fetchone()
        return row is not None

    def article(self, article_id: int) -> Article | None:
        """A live article by its id."""
        row = self._connection.execute(
            f"{_ARTICLES} WHERE article.id = ? AND article.state = 'live'", (article_id,)
        ).fetchone()
        return article_from_row(row) if row else None


async def count_asked(tx: Transaction, kind: str, value: str, day: int) -> None:
    """Counts that an article was opened or a phrase searched for. Keeps the most recent figures only."""
    await tx.execute(
        "INSERT INTO search_asked (kind, value, times, day) VALUES (?1, ?2, 1, ?3)"
        " ON CONFLICT DO UPDATE SET times = times + 1, day = ?3",
        (kind, value, day),
    )
    await tx.execute(
        "DELETE FROM search_asked WHERE kind = ?1 AND value IN (SELECT value FROM search_asked WHERE kind = ?1"
        " ORDER BY day DESC, times DESC LIMIT -1 OFFSET ?2)",
        (kind, ASKED_KEPT),
    )
