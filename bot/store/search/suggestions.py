"""Reads the data behind autocomplete: titles, phrases, and how often they were chosen."""

import sqlite3
from collections.abc import Sequence

from bot.models import Article
from bot.store.articles import ARTICLE_COLUMNS, article_from_row
from bot.store.database import Transaction

AFTER_ALL_LETTERS = "\U0010ffff"  # ends a range of prefixes
MAX_ASKED = 2_000
MAX_PHRASES_READ = 1_000
MAX_TITLE_WORDS_READ = 600
MAX_TITLES_READ = 200

_ARTICLES = f"SELECT {ARTICLE_COLUMNS} FROM articles AS article"
_SHARED_PHRASES = "SELECT phrase, documents FROM search_phrases WHERE documents > 1"
_OTHER_PHRASES = "SELECT phrase FROM search_phrases WHERE documents = 1"


class SuggestionReader:
    """Suggestions within one read. Do not keep it longer than the function passed to `Database.read`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tuples = connection.cursor()  # for many small rows
        self._tuples.row_factory = None

    def titles(self, words: Sequence[str], limit: int) -> list[Article]:
        """Returns articles whose title has all the words, the last one perhaps unfinished; newest first."""
        *whole, prefix = words
        if whole:
            longest = max(whole, key=len)
            rows = self._tuples.execute(
                "SELECT article FROM search_title_words WHERE word = ? ORDER BY article DESC LIMIT ?",
                (longest, MAX_TITLE_WORDS_READ),
            )
        else:
            rows = self._tuples.execute(
                "SELECT article FROM search_title_words WHERE word >= ? AND word < ? LIMIT ?",
                (prefix, prefix + AFTER_ALL_LETTERS, MAX_TITLE_WORDS_READ),
            )
        found = sorted({row[0] for row in rows}, reverse=True)[:MAX_TITLES_READ]
        if whole:
            titles = self._connection.execute(
                f"SELECT article, words FROM search_titles WHERE article IN ({', '.join('?' * len(found))})"
                " ORDER BY article DESC",
                found,
            )
            split = [(row[0], row[1].split()) for row in titles]
            found = [
                article
                for article, said in split
                if set(whole) <= set(said) and any(word.startswith(prefix) for word in said)
            ]
        rows = self._connection.execute(
            f"{_ARTICLES} WHERE article.state = 'live' AND article.id IN ({', '.join('?' * len(found[:limit]))})",
            found[:limit],
        )
        return sorted((article_from_row(row) for row in rows), key=lambda one: (-one.published, -one.id))

    def newest(self, limit: int) -> list[Article]:
        """Returns the newest articles."""
        rows = self._connection.execute(
            f"{_ARTICLES} WHERE article.state = 'live' ORDER BY article.published DESC, article.id DESC LIMIT ?",
            (limit,),
        )
        return [article_from_row(row) for row in rows]

    def most_asked_articles(self, limit: int) -> list[Article]:
        """Returns the articles opened most often."""
        rows = self._connection.execute(
            # In this order: few articles were opened of all there are.
            f"SELECT {ARTICLE_COLUMNS} FROM search_asked CROSS JOIN articles AS article"
            " ON article.id = CAST(value AS INTEGER) WHERE kind = 'article' AND article.state = 'live'"
            " ORDER BY times DESC, day DESC LIMIT ?",
            (limit,),
        )
        return [article_from_row(row) for row in rows]

    def times_asked(self, articles: Sequence[int]) -> dict[int, int]:
        """Returns how often each of some articles was opened."""
        marks = ", ".join("?" * len(articles))
        rows = self._connection.execute(
            f"SELECT value, times FROM search_asked WHERE kind = 'article' AND value IN ({marks})",
            [str(article) for article in articles],
        )
        return {int(row["value"]): row["times"] for row in rows}

    def most_asked_phrases(self, limit: int) -> list[str]:
        """Returns the phrases of the archive searched for most often."""
        rows = self._connection.execute(
            "SELECT value FROM search_asked JOIN search_phrases ON phrase = value WHERE kind = 'query'"
            " ORDER BY times DESC, day DESC LIMIT ?",
            (limit,),
        )
        return [row["value"] for row in rows]

    def frequent_phrases(self, limit: int) -> list[str]:
        """Returns the phrases most titles and headings share."""
        rows = self._tuples.execute(
            f"SELECT phrase FROM ({_SHARED_PHRASES} ORDER BY documents DESC, phrase LIMIT ?1)"
            f" UNION ALL SELECT phrase FROM ({_OTHER_PHRASES} ORDER BY phrase LIMIT ?1) LIMIT ?1",
            (limit,),
        )
        return [row[0] for row in rows.fetchall()]

    def phrases(self, prefix: str, limit: int) -> list[str]:
        """Returns phrases with a prefix, the most frequent first, among the first ones that have it."""
        inside = "AND phrase >= ?1 AND phrase < ?2"
        rows = self._tuples.execute(
            f"SELECT phrase FROM (SELECT phrase, documents FROM ({_SHARED_PHRASES} {inside} LIMIT ?3)"
            " ORDER BY documents DESC, phrase LIMIT ?4)"
            f" UNION ALL SELECT phrase FROM ({_OTHER_PHRASES} {inside} ORDER BY phrase LIMIT ?4) LIMIT ?4",
            (prefix, prefix + AFTER_ALL_LETTERS, MAX_PHRASES_READ, limit),
        )
        return [row[0] for row in rows.fetchall()]

    def words(self, prefix: str, limit: int) -> list[str]:
        """Returns words of articles with a prefix, the most frequent first, among the first ones that have it."""
        rows = self._connection.execute(
            "SELECT word FROM (SELECT word, documents FROM search_words WHERE word >= ? AND word < ?"
            " AND documents > 0 ORDER BY word LIMIT ?) ORDER BY documents DESC, word LIMIT ?",
            (prefix, prefix + AFTER_ALL_LETTERS, MAX_PHRASES_READ, limit),
        )
        return [row["word"] for row in rows]

    def article(self, article_id: int) -> Article | None:
        """Returns a live article by its id."""
        row = self._connection.execute(
            f"{_ARTICLES} WHERE article.id = ? AND article.state = 'live'", (article_id,)
        ).fetchone()
        return article_from_row(row) if row else None


async def count_asked(tx: Transaction, kind: str, value: str, day: int, times: int = 1) -> None:
    """Counts how often an article was opened or a phrase searched for. Keeps the most recent ones only.

    What has left the archive since it was asked for is not counted: none of its words may stay in the file.
    """
    await tx.execute(
        "INSERT INTO search_asked (kind, value, times, day) SELECT ?1, ?2, ?4, ?3 WHERE"
        " CASE ?1 WHEN 'query' THEN EXISTS (SELECT 1 FROM search_phrases WHERE phrase = ?2)"
        " ELSE EXISTS (SELECT 1 FROM search_documents WHERE article = CAST(?2 AS INTEGER)) END"
        " ON CONFLICT DO UPDATE SET times = times + ?4, day = ?3",
        (kind, value, day, times),
    )
    await tx.execute(
        "DELETE FROM search_asked WHERE kind = ?1 AND value IN (SELECT value FROM search_asked WHERE kind = ?1"
        " ORDER BY day DESC, times DESC LIMIT -1 OFFSET ?2)",
        (kind, MAX_ASKED),
    )
