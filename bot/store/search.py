"""The search index in SQLite: read inside `Database.read`, written in the caller's transaction.

Which articles have a term stands in blocks of 256 articles: two bytes an article, its place in
the block and its weight (1 to 255). A common word of 100,000 articles is so 400 small rows, and
one more article is a few bytes at the end of one row for each of its terms.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.models import Article, ArticleBody
from bot.store.articles import ARTICLE_COLUMNS, article_from_row, body_from_json
from bot.store.database import Row, Transaction

BLOCK = 256
VARIABLES = 500  # values in one IN list; SQLite's own limit may be as low as 999

Postings = list[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many articles are indexed, and how many terms their bodies have together."""

    documents: int
    terms: int

    @property
    def average_length(self) -> float:
        """The mean length of a body in terms; 1 for an empty index."""
        return max(1.0, self.terms / self.documents) if self.documents else 1.0


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An analysed article. `*_terms` are terms with one space between; the body has a line a passage."""

    article: int
    analyser: int
    published: float
    year: str
    feed: str
    author: str
    language: str
    title: str
    length: int
    title_terms: str
    heading_terms: str
    author_terms: str
    topic_terms: str
    body_terms: str
    weights: Mapping[str, int]
    words: frozenset[str]
    phrases: frozenset[str]


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """What the ranking needs to know of a candidate."""

    article: int
    published: float
    length: int
    title_terms: str
    heading_terms: str
    author_terms: str
    topic_terms: str
    body_terms: str


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

    def totals(self) -> Totals:
        """The figures behind the averages."""
        row = self._connection.execute("SELECT documents, terms FROM search_totals").fetchone()
        return Totals(row["documents"], row["terms"])

    def term_documents(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many articles each term occurs; unknown terms are left out."""
        rows = self._among("SELECT term, documents FROM search_terms WHERE term IN ({})", sorted(set(terms)))
        return {row[0]: row[1] for row in rows}

    def word_documents(self, words: Iterable[str]) -> dict[str, int]:
        """In how many articles each unstemmed word occurs; unknown words are left out."""
        rows = self._among("SELECT word, documents FROM search_words WHERE word IN ({})", sorted(set(words)))
        return {row[0]: row[1] for row in rows}

    def words_after(self, last: int) -> list[tuple[int, str]]:
        """Words that came after the one with the id `last`, oldest first."""
        rows = self._connection.execute("SELECT id, word FROM search_words WHERE id > ? ORDER BY id", (last,))
        return [(row[0], row[1]) for row in rows]

    def postings(self, term: str) -> Postings:
        """The blocks of a term, oldest articles first."""
        rows = self._connection.execute("SELECT block, entries FROM search_postings WHERE term = ?", (term,))
        return [(row[0], row[1]) for row in rows]

    def documents(self, articles: Sequence[int]) -> list[IndexedDocument]:
        """The analysed texts of some articles, in no order."""
        rows = self._among(
            "SELECT article, published, length, title_terms, heading_terms, author_terms, topic_terms, body_terms"
            " FROM search_documents WHERE article IN ({})",
            articles,
        )
        return [IndexedDocument(*row) for row in rows]

    def allowed(self, restriction: Restriction) -> set[int] | None:
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
        return {row[0] for row in rows}

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
        """Live articles with their bodies."""
        rows = self._among(
            f"SELECT {ARTICLE_COLUMNS}, article.body FROM articles AS article"  # noqa: S608 - column names
            " WHERE article.state = 'live' AND article.id IN ({})",
            ids,
        )
        return {row["id"]: (article_from_row(row), _body(row)) for row in rows}

    def ids_of_keys(self, keys: Sequence[str]) -> set[int]:
        """The live articles that have one of these canonical keys."""
        rows = self._among("SELECT id FROM articles WHERE state = 'live' AND key IN ({})", keys)
        return {row[0] for row in rows}

    def _among(self, sql: str, values: Sequence[Any]) -> Iterator[Row]:
        for start in range(0, len(values), VARIABLES):
            some = values[start : start + VARIABLES]
            yield from self._connection.execute(sql.format(", ".join("?" * len(some))), some)


async def add_entries(tx: Transaction, entries: Sequence[IndexEntry]) -> None:
    """Writes articles that are not in the index yet. Many at once cost less than one by one."""
    await tx.executemany(
        "INSERT INTO search_documents (article, analyser, published, feed, author, language, length, title_terms,"
        " heading_terms, author_terms, topic_terms, body_terms, words, phrases)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_document_row(entry) for entry in entries],
    )
    await tx.executemany(
        "INSERT INTO search_postings (term, block, entries) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB)",
        _new_postings(entries),
    )
    titles = [(entry.article, entry.title) for entry in entries]
    await tx.executemany("INSERT INTO search_titles (rowid, title) VALUES (?, ?)", titles)
    await _count(tx, "term", "search_terms", Counter(term for entry in entries for term in entry.weights))
    await _count(tx, "word", "search_words", Counter(word for entry in entries for word in entry.words))
    await _count(tx, "phrase", "search_phrases", Counter(phrase for entry in entries for phrase in entry.phrases))
    await _count_facets(tx, Counter(facet for entry in entries for facet in _facets(entry)))
    await _change_totals(tx, len(entries), sum(entry.length for entry in entries))


async def remove_entry(tx: Transaction, article: int) -> bool:
    """Takes an article out of the index, every trace of its words; False when it was not in."""
    row = await tx.one("SELECT * FROM search_documents WHERE article = ?", (article,))
    if row is None:
        return False
    await tx.execute("DELETE FROM search_documents WHERE article = ?", (article,))
    await tx.execute("DELETE FROM search_titles WHERE rowid = ?", (article,))
    terms = _terms_of(row)
    await _remove_postings(tx, article, sorted(terms))
    await _uncount(tx, "term", "search_terms", terms)
    await _uncount(tx, "word", "search_words", row["words"].split())
    await _uncount(tx, "phrase", "search_phrases", row["phrases"].splitlines())
    await _uncount_facets(tx, row)
    await _change_totals(tx, -1, -row["length"])
    return True


async def current_totals(tx: Transaction) -> Totals:
    """The totals as an open transaction sees them."""
    row = await tx.one("SELECT documents, terms FROM search_totals")
    return Totals(row["documents"], row["terms"]) if row else Totals(0, 0)


async def stored_body(tx: Transaction, article: int) -> ArticleBody | None:
    """A stored article's body; None when there is none yet."""
    row = await tx.one("SELECT body FROM articles WHERE id = ? AND body IS NOT NULL", (article,))
    return _body(row) if row else None


def _body(row: Row) -> ArticleBody:
    return body_from_json(row["body"]) if row["body"] else ArticleBody()


def _document_row(entry: IndexEntry) -> tuple[object, ...]:
    return (
        entry.article, entry.analyser, entry.published, entry.feed, entry.author, entry.language, entry.length,
        entry.title_terms, entry.heading_terms, entry.author_terms, entry.topic_terms, entry.body_terms,
        " ".join(sorted(entry.words)), "\n".join(sorted(entry.phrases)),
    )  # fmt: skip


def _new_postings(entries: Iterable[IndexEntry]) -> list[tuple[str, int, bytes]]:
    blocks: defaultdict[tuple[str, int], bytearray] = defaultdict(bytearray)
    for entry in entries:
        block, place = divmod(entry.article, BLOCK)
        for term, weight in entry.weights.items():
            blocks[term, block] += bytes((place, weight))
    return [(term, block, bytes(pairs)) for (term, block), pairs in sorted(blocks.items())]


def _terms_of(row: Row) -> set[str]:
    fields = ("title_terms", "heading_terms", "author_terms", "topic_terms", "body_terms")
    return {term for field in fields for term in row[field].split()}


async def _remove_postings(tx: Transaction, article: int, terms: Sequence[str]) -> None:
    block, place = divmod(article, BLOCK)
    for start in range(0, len(terms), VARIABLES):
        some = terms[start : start + VARIABLES]
        rows = await tx.all(
            f"SELECT term, entries FROM search_postings WHERE block = ? AND term IN ({', '.join('?' * len(some))})",  # noqa: S608 - placeholders
            (block, *some),
        )
        left = [(without_place(row["entries"], place), row["term"], block) for row in rows]
        await tx.executemany("UPDATE search_postings SET entries = ? WHERE term = ? AND block = ?", left)
        empty = [(term, block) for entries, term, _ in left if not entries]
        await tx.executemany("DELETE FROM search_postings WHERE term = ? AND block = ?", empty)


def without_place(entries: bytes, place: int) -> bytes:
    """The pairs of a block without those of one article."""
    kept = bytearray()
    for at in range(0, len(entries), 2):
        if entries[at] != place:
            kept += entries[at : at + 2]
    return bytes(kept)


async def _count(tx: Transaction, column: str, table: str, counts: Counter[str]) -> None:
    await tx.executemany(
        f"INSERT INTO {table} ({column}, documents) VALUES (?, ?)"  # noqa: S608 - names from this module
        " ON CONFLICT DO UPDATE SET documents = documents + excluded.documents",
        sorted(counts.items()),
    )


async def _uncount(tx: Transaction, column: str, table: str, values: Iterable[str]) -> None:
    each = [(value,) for value in sorted(values)]
    await tx.executemany(f"UPDATE {table} SET documents = documents - 1 WHERE {column} = ?", each)  # noqa: S608 - names from this module
    await tx.executemany(f"DELETE FROM {table} WHERE {column} = ? AND documents <= 0", each)  # noqa: S608 - names from this module


def _facets(entry: IndexEntry) -> list[tuple[str, str]]:
    facets = (("author", entry.author), ("year", entry.year), ("language", entry.language))
    return [(kind, value) for kind, value in facets if value]


async def _count_facets(tx: Transaction, counts: Counter[tuple[str, str]]) -> None:
    await tx.executemany(
        "INSERT INTO search_facets (kind, value, documents) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET documents = documents + excluded.documents",
        [(kind, value, count) for (kind, value), count in sorted(counts.items())],
    )


async def _uncount_facets(tx: Transaction, row: Row) -> None:
    facets = [("author", row["author"]), ("language", row["language"])]
    await tx.executemany("UPDATE search_facets SET documents = documents - 1 WHERE kind = ? AND value = ?", facets)
    await tx.execute(
        "UPDATE search_facets SET documents = documents - 1"
        " WHERE kind = 'year' AND value = strftime('%Y', ?, 'unixepoch')",
        (row["published"],),
    )
    await tx.execute("DELETE FROM search_facets WHERE documents <= 0")


async def _change_totals(tx: Transaction, documents: int, terms: int) -> None:
    await tx.execute("UPDATE search_totals SET documents = documents + ?, terms = terms + ?", (documents, terms))
