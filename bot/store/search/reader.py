"""Reads the search index; `writer` writes it.

Terms are stored as integer ids. A posting list is split into blocks of 4,096 articles: three bytes an
article, its place in the block and its weight (1 to 255). A word of 100,000 articles takes at most 25 rows,
and one more article appends a few bytes to one row per term.
"""

import json
import sqlite3
import struct
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from bot.models import Article, ArticleBody
from bot.store.articles import ARTICLE_COLUMNS, article_from_row, body_from_json
from bot.store.search.filters import Period, SearchFilters, period_of_year
from bot.store.search.indexed_text import IndexedText, text_from_bytes

BLOCK = 4_096
POSTING = struct.Struct("<HB")  # an article's place in a block, and its weight

# A term id, a block number, and the postings of the term's articles in that block, in any order.
Posting = tuple[int, int, bytes]

MAX_VARIABLES = 500  # values in one IN list; SQLite's own limit may be as low as 999


@dataclass(frozen=True, slots=True)
class Totals:
    """The number of indexed articles, the number of terms in their bodies, and the highest article id."""

    documents: int
    terms: int
    last: int = 0

    @property
    def average_length(self) -> float:
        """The mean length of a body in terms; 1 for an empty index."""
        return max(1.0, self.terms / self.documents) if self.documents else 1.0


class Term(NamedTuple):
    """A term of the index, its id, and its document frequency."""

    text: str
    id: int
    documents: int


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """The data of a candidate that the ranking needs.

    `length` is that of its body in terms, `norm` the length of the vector of its uses of terms (without stop words).
    """

    article: int
    length: int
    norm: float
    text: IndexedText
    language: str = ""


class SearchReader:
    """The index within one read. Do not keep it longer than the function passed to `Database.read`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Thousands of small rows are read for one answer: plain tuples are the cheapest row type.
        self._tuples = connection.cursor()
        self._tuples.row_factory = None

    def totals(self) -> Totals:
        """Returns the figures behind the averages."""
        row = self._connection.execute(
            "SELECT documents, terms, (SELECT max(article) FROM search_documents) AS last FROM search_totals"
        ).fetchone()
        return Totals(row["documents"], row["terms"], row["last"] or 0)

    def terms(self, texts: Iterable[str] = (), ids: Iterable[int] = ()) -> dict[str, Term]:
        """Returns the terms the index has of some texts or ids, by their text."""
        select = "SELECT term, id, documents FROM search_terms WHERE"
        rows = [
            *self._among(f"{select} term IN ({{}})", sorted(set(texts))),
            *self._among(f"{select} id IN ({{}})", sorted(set(ids))),
        ]
        return {row[0]: Term(*row) for row in rows}

    def term_counts(self) -> "array[int]":
        """Returns the document frequencies of all terms, by term id."""
        last = self._tuples.execute("SELECT max(id) FROM search_terms").fetchone()[0] or 0
        counts = array("I", bytes((last + 1) * array("I").itemsize))
        for term, documents in self._tuples.execute("SELECT id, documents FROM search_terms"):
            counts[term] = documents
        return counts

    def word_documents(self, words: Iterable[str]) -> dict[str, int]:
        """Returns the document frequency of unstemmed words; unknown words are left out."""
        rows = self._among("SELECT word, documents FROM search_words WHERE word IN ({})", sorted(set(words)))
        return dict(rows)

    def has_word_with_prefix(self, prefix: str) -> bool:
        """Returns whether the archive has a word with that prefix."""
        row = self._tuples.execute(
            "SELECT word FROM search_words WHERE word >= ? ORDER BY word LIMIT 1", (prefix,)
        ).fetchone()
        return row is not None and row[0].startswith(prefix)

    def words_after(self, last: int) -> list[tuple[int, str]]:
        """Returns the words added after the one with the id `last`, oldest first."""
        rows = self._tuples.execute("SELECT id, word FROM search_words WHERE id > ? ORDER BY id", (last,))
        return list(rows)

    def postings(self, ids: Sequence[int]) -> list[Posting]:
        """Returns the posting blocks of some terms."""
        return list(self._among("SELECT term, block, entries FROM search_postings WHERE term IN ({})", ids))

    def documents(self, articles: Sequence[int]) -> list[IndexedDocument]:
        """Returns the analysed texts of some articles, in no order."""
        rows = self._among(
            "SELECT article, length, norm, terms, uses, text, language FROM search_documents WHERE article IN ({})",
            articles,
        )
        return [
            IndexedDocument(article, length, norm, text_from_bytes(*text), language)
            for article, length, norm, *text, language in rows
        ]

    def topics_of(self, articles: Collection[int], topics: Collection[str]) -> Mapping[int, Collection[str]]:
        """Returns which of some topics each of some articles has, without those that have none."""
        if not topics:
            return {}
        rows = self._tuples.execute(
            "SELECT article, topic FROM article_topics WHERE topic IN (SELECT value FROM json_each(?))"
            " AND article IN (SELECT value FROM json_each(?))",
            (json.dumps(list(topics)), json.dumps(list(articles))),
        )
        found = defaultdict[int, set[str]](set)
        for article, topic in rows:
            found[article].add(topic)
        return found

    def matching(self, filters: SearchFilters) -> list[int] | None:
        """Returns the articles inside the filters; None when they leave everything open."""
        year = period_of_year(filters.year) if filters.year is not None else Period()
        conditions: list[tuple[str, Any]] = [
            ("article IN (SELECT article FROM article_topics WHERE topic = ?)", filters.topic),
            ("published >= ?", year.since),
            ("published <> 0 AND published < ?", year.before),
            ("feed = ?", filters.feed),
            ("author = ?", filters.author),
            ("(language = ? OR language LIKE ? || '-%')", filters.language),
        ]
        used = [(condition, value) for condition, value in conditions if value is not None]
        if not used:
            return None
        where = " AND ".join(condition for condition, _ in used)
        values = [value for condition, value in used for _ in range(condition.count("?"))]
        rows = self._connection.execute(f"SELECT article FROM search_documents WHERE {where}", values)
        return [row[0] for row in rows]

    def published_in(self, period: Period) -> list[int]:
        """Returns the articles published in a period."""
        rows = self._tuples.execute(
            "SELECT article FROM search_documents WHERE published <> 0 AND published >= ? AND published < ?",
            (float("-inf") if period.since is None else period.since, period.before or float("inf")),
        )
        return [row[0] for row in rows]

    def newest(self, articles: Sequence[int] | None, limit: int, *, oldest_first: bool = False) -> list[int]:
        """Returns the newest of some articles, or of all; newest first. With `oldest_first` the other way round."""
        order = "published, article" if oldest_first else "published DESC, article DESC"
        rows = self._tuples.execute(f"SELECT article FROM search_documents ORDER BY {order}")
        inside = None if articles is None else set(articles)
        return list(islice((row[0] for row in rows if inside is None or row[0] in inside), limit))

    def facet(self, kind: str) -> list[tuple[str, int]]:
        """Returns the values of `author`, `year` or `language` with the number of their articles."""
        rows = self._connection.execute(
            "SELECT value, documents FROM search_facets WHERE kind = ? ORDER BY documents DESC, value", (kind,)
        )
        return [(row[0], row[1]) for row in rows]

    def articles(self, ids: Sequence[int]) -> dict[int, tuple[Article, ArticleBody]]:
        """Returns live articles with their bodies."""
        rows = self._connection.execute(
            f"SELECT {ARTICLE_COLUMNS}, article.body FROM articles AS article"
            f" WHERE article.state = 'live' AND article.id IN ({', '.join('?' * len(ids))})",
            ids,
        )
        return {row["id"]: (article_from_row(row), body_from_json(row["body"])) for row in rows}

    def ids_of_keys(self, keys: Sequence[str]) -> set[int]:
        """Returns the live articles that have one of these canonical keys."""
        rows = self._among("SELECT id FROM articles WHERE state = 'live' AND key IN ({})", keys)
        return {row[0] for row in rows}

    def _among(self, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        """Yields the rows, as tuples, that have one of the values."""
        for start in range(0, len(values), MAX_VARIABLES):
            some = values[start : start + MAX_VARIABLES]
            yield from self._tuples.execute(sql.format(", ".join("?" * len(some))), some).fetchall()
