"""The search index in SQLite, as a search reads it. `search_index` writes it.

Terms go by their numbers. Which articles have a term stands in blocks of 256 articles: two bytes
an article, its place in the block and its weight (1 to 255). A common word of 100,000 articles is
so 400 small rows, and one more article is a few bytes at the end of one row for each of its terms.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.models import Article, ArticleBody
from bot.store.articles import ARTICLE_COLUMNS, article_from_row, body_from_json
from bot.store.database import Row

BLOCK = 256

# A term's number, a block's, and pairs of bytes: an article's place in the block and the weight.
Posting = tuple[int, int, bytes]

VARIABLES = 500  # values in one IN list; SQLite's own limit may be as low as 999


@dataclass(frozen=True, slots=True)
class Totals:
    """How many articles are indexed, how many terms their bodies have together, and the newest one's id."""

    documents: int
    terms: int
    last: int = 0

    @property
    def average_length(self) -> float:
        """The mean length of a body in terms; 1 for an empty index."""
        return max(1.0, self.terms / self.documents) if self.documents else 1.0


class Term(NamedTuple):
    """A term of the index, its number, and how many articles have it."""

    text: str
    number: int
    documents: int


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """What the ranking needs to know of a candidate.

    `terms` are term numbers of four bytes, low byte first, with a 0 after each part: title,
    headings, author, topics, then the lines of the body (the summary, the passages, the rest).
    """

    article: int
    length: int
    norm: float
    terms: bytes


@dataclass(frozen=True, slots=True)
class Restriction:
    """Limits on what may be found; None leaves a side open. Instants are unix seconds."""

    topic: str | None = None
    since: float | None = None
    before: float | None = None
    feed: str | None = None
    author: str | None = None
    language: str | None = None


class SearchReader:
    """The index as one read sees it. Not kept longer than the function given to `Database.read`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Thousands of small rows are read for one answer: plain tuples are had soonest.
        self._tuples = connection.cursor()
        self._tuples.row_factory = None

    def totals(self) -> Totals:
        """The figures behind the averages."""
        row = self._connection.execute(
            "SELECT documents, terms, (SELECT max(article) FROM search_documents) AS last FROM search_totals"
        ).fetchone()
        return Totals(row["documents"], row["terms"], row["last"] or 0)

    def terms(self, texts: Iterable[str]) -> dict[str, Term]:
        """The terms the index has, by their text."""
        rows = self._among("SELECT term, id, documents FROM search_terms WHERE term IN ({})", sorted(set(texts)))
        return {row[0]: Term(*row) for row in rows}

    def numbered_terms(self, numbers: Iterable[int]) -> list[Term]:
        """The terms of some numbers."""
        rows = self._among("SELECT term, id, documents FROM search_terms WHERE id IN ({})", sorted(set(numbers)))
        return [Term(*row) for row in rows]

    def term_counts(self) -> list[tuple[int, int]]:
        """Every term's number, and in how many articles it occurs."""
        return self._tuples.execute("SELECT id, documents FROM search_terms").fetchall()

    def word_documents(self, words: Iterable[str]) -> dict[str, int]:
        """In how many articles each unstemmed word occurs; unknown words are left out."""
        rows = self._among("SELECT word, documents FROM search_words WHERE word IN ({})", sorted(set(words)))
        return dict(rows)

    def words_after(self, last: int) -> list[tuple[int, str]]:
        """Words that came after the one with the id `last`, oldest first."""
        rows = self._tuples.execute("SELECT id, word FROM search_words WHERE id > ? ORDER BY id", (last,))
        return list(rows)

    def postings(self, numbers: Sequence[int]) -> list[Posting]:
        """The blocks of some terms: which articles of a block have a term, and how much."""
        return list(self._among("SELECT term, block, entries FROM search_postings WHERE term IN ({})", numbers))

    def documents(self, articles: Sequence[int]) -> list[IndexedDocument]:
        """The analysed texts of some articles, in no order."""
        rows = self._among("SELECT article, length, norm, terms FROM search_documents WHERE article IN ({})", articles)
        return [IndexedDocument(*row) for row in rows]

    def allowed(self, restriction: Restriction) -> list[int] | None:
        """The articles inside the restriction; None when it leaves everything open."""
        conditions: list[tuple[str, Any]] = [
            ("article IN (SELECT article FROM article_topics WHERE topic = ?)", restriction.topic),
            ("published >= ?", restriction.since),
            ("published < ?", restriction.before),
            ("feed = ?", restriction.feed),
            ("author = ?", restriction.author),
            ("(language = ? OR language LIKE ? || '-%')", restriction.language),
        ]
        used = [(condition, value) for condition, value in conditions if value is not None]
        if not used:
            return None
        where = " AND ".join(condition for condition, _ in used)
        values = [value for condition, value in used for _ in range(condition.count("?"))]
        rows = self._connection.execute(f"SELECT article FROM search_documents WHERE {where}", values)  # noqa: S608 - fixed conditions
        return [row[0] for row in rows]

    def languages(self) -> list[str]:
        """The languages of the indexed articles, most used first."""
        return [value for value, _ in self.facet("language")]

    def facet(self, kind: str) -> list[tuple[str, int]]:
        """The values of `author`, `year` or `language` with the number of their articles."""
        rows = self._connection.execute(
            "SELECT value, documents FROM search_facets WHERE kind = ? ORDER BY documents DESC, value", (kind,)
        )
        return [(row[0], row[1]) for row in rows]

    def articles(self, ids: Sequence[int]) -> dict[int, tuple[Article, ArticleBody]]:
        """A page of live articles with their bodies."""
        rows = self._connection.execute(
            f"SELECT {ARTICLE_COLUMNS}, article.body FROM articles AS article"  # noqa: S608 - names, placeholders
            f" WHERE article.state = 'live' AND article.id IN ({', '.join('?' * len(ids))})",
            ids,
        )
        return {row["id"]: (article_from_row(row), body_of(row)) for row in rows}

    def ids_of_keys(self, keys: Sequence[str]) -> set[int]:
        """The live articles that have one of these canonical keys."""
        rows = self._among("SELECT id FROM articles WHERE state = 'live' AND key IN ({})", keys)
        return {row[0] for row in rows}

    def _among(self, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        """Rows, as tuples, that have one of the values."""
        for start in range(0, len(values), VARIABLES):
            some = values[start : start + VARIABLES]
            yield from self._tuples.execute(sql.format(", ".join("?" * len(some))), some).fetchall()


def body_of(row: Row) -> ArticleBody:
    """The stored body of an article's row; an empty one when its page was not had yet."""
    return body_from_json(row["body"]) if row["body"] else ArticleBody()
