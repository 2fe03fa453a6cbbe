"""The format of the search index, and what one read sees of it; `writer` writes it.

Terms are stored as integer ids. A posting list is split into blocks of 4,096 articles: three bytes an
article, its place in the block and its weight (1 to 255). A word of 100,000 articles takes at most 25 rows,
and one more article appends a few bytes to one row per term.

An article's text is a string in which each of its distinct terms is one character. Where a term stands is then a
search in a string, which takes a tenth of the time of comparing term ids one by one.
"""

import json
import sqlite3
import struct
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice, pairwise
from typing import Any, NamedTuple, TypeVar

from bot.models import Article, ArticleBody
from bot.store.articles import ARTICLE_COLUMNS, article_from_row, body_from_json
from bot.store.search.filters import Period, SearchFilters, period_of_year
from bot.text_analysis import DEFAULT_LANGUAGE, without_surrogates, word_terms

T = TypeVar("T")

BLOCK = 4_096
POSTING = struct.Struct("<HB")  # an article's place in a block, and its weight

# A term id, a block number, and the postings of the term's articles in that block, in any order.
Posting = tuple[int, int, bytes]

ID_BYTES = 4  # of an id in a list of ids, little-endian
END = "\0"  # after each part of a text
MAX_USES = 255  # of a term that are counted

MAX_WITH_PHRASE = 200  # articles read to see in which of them some words stand next to each other
MAX_ADJACENCY_CHECKS = 60  # articles read to see whether two words stand next to each other in any
COMMON = 1_000  # articles; words of more are not looked up to see whether they stand next to each other

MAX_VARIABLES = 500  # values in one IN list; SQLite's own limit may be as low as 999


@dataclass(frozen=True, slots=True)
class Totals:
    """The number of indexed articles, and the number of terms in their bodies."""

    documents: int
    terms: int

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
class IndexedText:
    """The terms of an article, and their order.

    `terms` are distinct ids, the most used first, `uses` how often the article uses each (one byte each). A term is
    the character `chr(1 + its index in terms)`. The parts are the title, headings, author, topics, then the lines of
    the body (the summary, the passages, captions, footnotes, links to read on, the author's note).
    """

    terms: tuple[int, ...]
    uses: bytes
    characters: str

    def has_run(self, run: Sequence[int]) -> bool:
        """Returns whether some terms, all of them the article's, follow one another in it."""
        return "".join(chr(1 + self.terms.index(term)) for term in run) in self.characters


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


def index_text(parts: Sequence[Sequence[T]], uses: Mapping[T, int], id_of: Callable[[T], int]) -> IndexedText:
    """Returns a text made of terms; a term without uses counts as not used."""
    times = {term: uses.get(term, 0) for term in dict.fromkeys(chain.from_iterable(parts))}
    terms = sorted(times, key=times.__getitem__, reverse=True)
    characters = {term: chr(at) for at, term in enumerate(terms, 1)}
    text = "".join(f"{''.join(map(characters.__getitem__, part))}{END}" for part in parts)
    return IndexedText(tuple(map(id_of, terms)), bytes(map(times.__getitem__, terms)), text)


def text_to_bytes(characters: str) -> bytes:
    """Returns the characters as stored: one byte each for the 127 most used terms, then two."""
    return characters.encode("utf-8", "surrogatepass")


def text_from_bytes(terms: bytes, uses: bytes, characters: bytes) -> IndexedText:
    """Returns a text as stored."""
    return IndexedText(ids_from_bytes(terms), uses, characters.decode("utf-8", "surrogatepass"))


def ids_to_bytes(ids: Sequence[int]) -> bytes:
    """Returns ids as they are stored."""
    return struct.pack(f"<{len(ids)}I", *ids)


def ids_from_bytes(stored: bytes) -> tuple[int, ...]:
    """Returns the ids that `ids_to_bytes` stored."""
    return struct.unpack(f"<{len(stored) // ID_BYTES}I", stored)


def pack_ids(ids: Iterable[int]) -> bytes:
    """Returns ids as compressed differences."""
    return zlib.compress(ids_to_bytes([after - before for before, after in pairwise([0, *sorted(ids)])]), 1)


def unpack_ids(packed: bytes) -> list[int]:
    """Returns the ids that `pack_ids` packed, ascending."""
    return list(accumulate(ids_from_bytes(zlib.decompress(packed))))


class SearchReader:
    """The index within one read. Do not keep it longer than the function passed to `Database.read`.

    `languages` are those of the archive, that of most articles first.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Thousands of small rows are read for one answer: plain tuples are the cheapest row type.
        self._tuples = connection.cursor()
        self._tuples.row_factory = None
        self._looked_up = set[str]()
        self._known = dict[str, Term]()
        self.languages = [language for language, _ in self.facet("language")] or [DEFAULT_LANGUAGE]

    def is_complete(self, analyser: int) -> bool:
        """Returns whether every live article is indexed by a version of the analysis: whether the oldest is.

        The oldest is indexed last. Reads one row, so that every search can say when older articles may be missing.
        """
        oldest = self._connection.execute(
            "SELECT analyser IS ? FROM articles LEFT JOIN search_documents ON search_documents.article = id"
            " WHERE state = 'live' ORDER BY id LIMIT 1",
            (analyser,),
        ).fetchone()
        return oldest is None or bool(oldest[0])

    def totals(self) -> Totals:
        """Returns the figures behind the averages."""
        return Totals(*self._tuples.execute("SELECT documents, terms FROM search_totals").fetchone())

    def terms(self, texts: Iterable[str]) -> Mapping[str, Term]:
        """Returns the terms the index has of some texts, and of those asked for before, by their text.

        They are remembered: spelling looks up first, and ranking mostly the same ones.
        """
        new = set(texts) - self._looked_up
        self._looked_up |= new
        rows = self._among("SELECT term, id, documents FROM search_terms WHERE term IN ({})", sorted(new))
        self._known.update((row[0], Term(*row)) for row in rows)
        return self._known

    def terms_of_ids(self, ids: Iterable[int]) -> list[Term]:
        """Returns the terms of some ids."""
        rows = self._among("SELECT term, id, documents FROM search_terms WHERE id IN ({})", sorted(ids))
        return [Term(*row) for row in rows]

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

    def with_terms(self, terms: Sequence[str]) -> list[int]:
        """Returns the articles that have all of some terms, newest first."""
        known = self.terms(terms)
        if not terms or any(term not in known for term in terms):
            return []
        blocks = [
            {
                block: {place for place, _ in POSTING.iter_unpack(entries)}
                for _, block, entries in self.postings([known[term].id])
            }
            for term in dict.fromkeys(terms)
        ]
        found = [
            block * BLOCK + place
            for block, places in blocks[0].items()
            for place in places.intersection(*(others.get(block, set()) for others in blocks[1:]))
        ]
        return sorted(found, reverse=True)

    def with_phrase(self, phrase: Sequence[str]) -> list[int]:
        """Returns the articles in which some words stand next to each other, of very many the newest."""
        found: list[int] = []
        for language in self.languages:
            terms = [term for word in phrase for term in word_terms(word, language)]
            found += self._with_run(terms, MAX_WITH_PHRASE)
        return found

    def are_adjacent(self, one: str, other: str, *, when_common: bool) -> bool:
        """Returns whether two words stand next to each other in an article (of very many, among the newest).

        For common words, whose postings would cost more than the answer is worth, it is `when_common`.
        """
        for language in self.languages:
            terms = [*word_terms(one, language), *word_terms(other, language)]
            known = self.terms(terms)
            if any(term in known and known[term].documents > COMMON for term in terms):
                return when_common
            if next(self._with_run(terms, MAX_ADJACENCY_CHECKS), None) is not None:
                return True
        return False

    def _with_run(self, terms: Sequence[str], most: int) -> Iterator[int]:
        """The articles in which some terms follow one another, of the newest `most` that have all of them."""
        articles = self.with_terms(terms)[:most]
        run = [self._known[term].id for term in terms] if articles else []
        return (document.article for document in self.documents(articles) if document.text.has_run(run))

    def has_phrase(self, phrase: str) -> bool:
        """Returns whether the archive uses this phrase in a title or heading."""
        row = self._tuples.execute("SELECT 1 FROM search_phrases WHERE phrase = ?", (phrase,)).fetchone()
        return row is not None

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
        used = [
            (condition, without_surrogates(value) if isinstance(value, str) else value)
            for condition, value in conditions
            if value is not None
        ]
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
