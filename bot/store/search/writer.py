"""The search index in SQLite, as it is written: always in the caller's transaction."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.models import ArticleBody
from bot.store.database import Row, Transaction
from bot.store.search.reader import BLOCK, VARIABLES, Totals, body_of

NUMBER = np.dtype("<u4")  # a term's number as it stands in the file
NONE = 0  # the number that is no term's: ends a part


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An analysed article. `parts` are terms: title, headings, author, topics, then the body line by line."""

    article: int
    analyser: int
    published: float
    year: str
    feed: str
    author: str
    language: str
    title: str
    length: int
    norm: float
    parts: tuple[tuple[str, ...], ...]
    weights: Mapping[str, int]
    words: frozenset[str]
    phrases: frozenset[str]


async def add_entries(tx: Transaction, entries: Sequence[IndexEntry]) -> None:
    """Writes articles that are not in the index yet. Many at once cost less than one by one.

    What is computed for it is computed on another thread: a batch would hold up the event loop.
    """
    used = await asyncio.to_thread(_uses, entries)
    await _count(tx, "term", "search_terms", used.terms)
    await _count(tx, "word", "search_words", used.words)
    await _count(tx, "phrase", "search_phrases", used.phrases)
    await _count_facets(tx, used.facets)
    numbers = await _numbers(tx, [term for term, _ in used.terms])
    documents = await asyncio.to_thread(lambda: [_document_row(entry, numbers) for entry in entries])
    await tx.executemany(
        "INSERT INTO search_documents (article, analyser, published, feed, author, language, length, norm, terms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        documents,
    )
    await tx.executemany(
        "INSERT INTO search_spellings (article, words, phrases) VALUES (?, ?, ?)",
        [(entry.article, " ".join(sorted(entry.words)), "\n".join(sorted(entry.phrases))) for entry in entries],
    )
    await tx.executemany(
        "INSERT INTO search_postings (term, block, entries) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB)",
        await asyncio.to_thread(_new_postings, entries, numbers),
    )
    titles = [(entry.article, entry.title) for entry in entries]
    await tx.executemany("INSERT INTO search_titles (rowid, title) VALUES (?, ?)", titles)
    await _change_totals(tx, len(entries), sum(entry.length for entry in entries))


async def remove_entry(tx: Transaction, article: int) -> bool:
    """Takes an article out of the index, every trace of its words; False when it was not in."""
    row = await tx.one(
        "SELECT * FROM search_documents JOIN search_spellings USING (article) WHERE article = ?", (article,)
    )
    if row is None:
        return False
    for table, key in (("documents", "article"), ("spellings", "article"), ("titles", "rowid")):
        await tx.execute(f"DELETE FROM search_{table} WHERE {key} = ?", (article,))  # noqa: S608 - names from this line
    numbers = term_numbers(row["terms"])
    await _remove_postings(tx, article, numbers)
    await _uncount(tx, "id", "search_terms", numbers)
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
    return body_of(row) if row else None


def term_numbers(terms: bytes) -> list[int]:
    """The distinct numbers in an article's terms, in order."""
    return [int(number) for number in np.unique(np.frombuffer(terms, NUMBER)) if number != NONE]


@dataclass(frozen=True, slots=True)
class _Uses:
    """In how many of some entries each thing occurs, in the order in which it is written."""

    terms: list[tuple[str, int]]
    words: list[tuple[str, int]]
    phrases: list[tuple[str, int]]
    facets: list[tuple[str, str, int]]


def _uses(entries: Sequence[IndexEntry]) -> _Uses:
    facets = Counter(facet for entry in entries for facet in _facets(entry))
    return _Uses(
        sorted(Counter(term for entry in entries for term in entry.weights).items()),
        sorted(Counter(word for entry in entries for word in entry.words).items()),
        sorted(Counter(phrase for entry in entries for phrase in entry.phrases).items()),
        [(kind, value, count) for (kind, value), count in sorted(facets.items())],
    )


async def _numbers(tx: Transaction, terms: Sequence[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for start in range(0, len(terms), VARIABLES):
        some = terms[start : start + VARIABLES]
        rows = await tx.all(f"SELECT term, id FROM search_terms WHERE term IN ({', '.join('?' * len(some))})", some)  # noqa: S608 - placeholders
        numbers.update((row[0], row[1]) for row in rows)
    return numbers


def _document_row(entry: IndexEntry, numbers: Mapping[str, int]) -> tuple[object, ...]:
    terms = [number for part in entry.parts for number in (*(numbers[term] for term in part), NONE)]
    return (
        entry.article, entry.analyser, entry.published, entry.feed, entry.author, entry.language, entry.length,
        entry.norm, np.array(terms, NUMBER).tobytes(),
    )  # fmt: skip


def _new_postings(entries: Iterable[IndexEntry], numbers: Mapping[str, int]) -> list[tuple[int, int, bytes]]:
    blocks: defaultdict[tuple[int, int], bytearray] = defaultdict(bytearray)
    for entry in entries:
        block, place = divmod(entry.article, BLOCK)
        for term, weight in entry.weights.items():
            blocks[numbers[term], block] += bytes((place, weight))
    return [(number, block, bytes(pairs)) for (number, block), pairs in sorted(blocks.items())]


async def _remove_postings(tx: Transaction, article: int, numbers: Sequence[int]) -> None:
    block, place = divmod(article, BLOCK)
    for start in range(0, len(numbers), VARIABLES):
        some = numbers[start : start + VARIABLES]
        rows = await tx.all(
            f"SELECT term, entries FROM search_postings WHERE block = ? AND term IN ({', '.join('?' * len(some))})",  # noqa: S608 - placeholders
            (block, *some),
        )
        left = [(without_place(row["entries"], place), row["term"], block) for row in rows]
        await tx.executemany("UPDATE search_postings SET entries = ? WHERE term = ? AND block = ?", left)
        empty = [(number, block) for entries, number, _ in left if not entries]
        await tx.executemany("DELETE FROM search_postings WHERE term = ? AND block = ?", empty)


def without_place(entries: bytes, place: int) -> bytes:
    """The pairs of a block without those of one article."""
    pairs = np.frombuffer(entries, np.uint8).reshape(-1, 2)
    return pairs[pairs[:, 0] != place].tobytes()


async def _count(tx: Transaction, column: str, table: str, counts: Iterable[tuple[str, int]]) -> None:
    await tx.executemany(
        f"INSERT INTO {table} ({column}, documents) VALUES (?, ?)"  # noqa: S608 - names from this module
        f" ON CONFLICT ({column}) DO UPDATE SET documents = documents + excluded.documents",
        counts,
    )


async def _uncount(tx: Transaction, column: str, table: str, values: Iterable[str] | Iterable[int]) -> None:
    each = [(value,) for value in values]
    await tx.executemany(f"UPDATE {table} SET documents = documents - 1 WHERE {column} = ?", each)  # noqa: S608 - names from this module
    await tx.executemany(f"DELETE FROM {table} WHERE {column} = ? AND documents <= 0", each)  # noqa: S608 - names from this module


def _facets(entry: IndexEntry) -> list[tuple[str, str]]:
    facets = (("author", entry.author), ("year", entry.year), ("language", entry.language))
    return [(kind, value) for kind, value in facets if value]


async def _count_facets(tx: Transaction, counts: Iterable[tuple[str, str, int]]) -> None:
    await tx.executemany(
        "INSERT INTO search_facets (kind, value, documents) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET documents = documents + excluded.documents",
        counts,
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
