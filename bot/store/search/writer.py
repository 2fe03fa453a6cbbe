"""Writes the search index, always in the caller's transaction.

Removal deletes every row an article contributed without reading its text: the rows are found by
the ids stored with the article.
"""

import json
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.store.database import Transaction
from bot.store.search.reader import (
    BLOCK,
    POSTING,
    IndexedText,
    Totals,
    ids_from_bytes,
    ids_to_bytes,
    pack_ids,
    text_to_bytes,
    unpack_ids,
)

STEP = 1_000  # values of one statement: SQLite and Python hold all of them

_YEAR = "strftime('%Y', nullif({}, 0), 'unixepoch')"  # of an instant; NULL when it is unknown or after the year 9999


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An analysed article, its terms, words and phrases as their numbers in the batch.

    `weights` has one byte for each of the text's terms. `words` and `phrases` are distinct.
    """

    article: int
    analyser: int
    published: float
    feed: str
    author: str
    language: str
    title: str
    length: int
    norm: float
    text: IndexedText
    weights: bytes
    words: Sequence[int]
    phrases: Sequence[int]


@dataclass(frozen=True, slots=True)
class IndexBatch:
    """Analysed articles, and the numbers, from 1, of their terms, words and phrases, in the order of these.

    In order, so that each page of the index is written once. Numbers, because each entry would hold nearly all
    its words as texts of its own; the same ones for all three, because most words are terms too.
    """

    entries: Sequence[IndexEntry]
    numbers: Mapping[str, int]


async def add_batch(tx: Transaction, batch: IndexBatch) -> None:
    """Writes articles that are not in the index yet. A batch costs less than one by one."""
    entries = batch.entries
    if not entries:
        return
    numbers = batch.numbers
    term_ids = await _increment(tx, "term", "search_terms", numbers, (entry.text.terms for entry in entries))
    word_ids = await _increment(tx, "word", "search_words", numbers, (entry.words for entry in entries))
    phrase_ids = await _increment(tx, "phrase", "search_phrases", numbers, (entry.phrases for entry in entries))
    del batch, numbers  # its texts take more memory than the rows
    # The rows are made as they are written, on the writer's thread: those of a batch would hold up the event loop.
    await tx.executemany(
        "INSERT INTO search_documents"
        " (article, analyser, published, feed, author, language, length, norm, terms, uses, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                entry.article, entry.analyser, entry.published, entry.feed, entry.author, entry.language,
                entry.length, entry.norm, ids_to_bytes([term_ids[number] for number in entry.text.terms]),
                entry.text.uses, text_to_bytes(entry.text.characters),
            )
            for entry in entries
        ),
    )  # fmt: skip
    await tx.executemany(
        "INSERT INTO search_article_words (article, words, phrases) VALUES (?, ?, ?)",
        (
            (
                entry.article,
                pack_ids(word_ids[number] for number in entry.words),
                pack_ids(phrase_ids[number] for number in entry.phrases),
            )
            for entry in entries
        ),
    )
    await tx.executemany(
        "INSERT INTO search_postings (term, block, entries) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB)",
        _postings(entries, term_ids),
    )
    titles = [(entry.article, entry.title) for entry in entries]
    await tx.executemany("INSERT INTO search_titles (article, words) VALUES (?, ?)", titles)
    title_words = sorted({(word, article) for article, title in titles for word in title.split()})
    await tx.executemany("INSERT INTO search_title_words (word, article) VALUES (?, ?)", title_words)
    await tx.executemany(
        "INSERT INTO search_facets (kind, value, documents) VALUES (?, ?, 1)"
        " ON CONFLICT DO UPDATE SET documents = documents + 1",
        [
            (kind, value)
            for entry in entries
            for kind, value in (("author", entry.author), ("language", entry.language))
            if value
        ],
    )
    await tx.executemany(
        "INSERT INTO search_facets (kind, value, documents)"
        f" SELECT 'year', year, 1 FROM (SELECT {_YEAR.format('?')} AS year) WHERE year NOT NULL"
        " ON CONFLICT DO UPDATE SET documents = documents + 1",
        [(entry.published,) for entry in entries],
    )
    await tx.execute(
        "UPDATE search_totals SET documents = documents + ?, terms = terms + ?",
        (len(entries), sum(entry.length for entry in entries)),
    )


async def remove_entries(tx: Transaction, articles: Sequence[int]) -> None:
    """Removes every row that only these articles contributed; those that are not in the index are skipped."""
    rows = await tx.all(
        "SELECT document.article, document.terms, document.length, document.author, document.language,"
        f" {_YEAR.format('document.published')} AS year,"
        " vocabulary.words, vocabulary.phrases, title.words AS title_words FROM search_documents AS document"
        " JOIN search_article_words AS vocabulary USING (article) JOIN search_titles AS title USING (article)"
        " WHERE document.article IN (SELECT value FROM json_each(?))",
        (json.dumps(articles),),
    )
    for row in rows:
        article = row["article"]
        for table in ("search_documents", "search_article_words", "search_titles"):
            await tx.execute(f"DELETE FROM {table} WHERE article = ?", (article,))
        title_words = [(word, article) for word in set(row["title_words"].split())]
        await tx.executemany("DELETE FROM search_title_words WHERE word = ? AND article = ?", title_words)
        numbers = ids_from_bytes(row["terms"])
        await _remove_postings(tx, article, numbers)
        await _decrement(tx, "search_terms", numbers)
        await _decrement(tx, "search_words", unpack_ids(row["words"]))
        phrases = unpack_ids(row["phrases"])
        # A counted search is kept only as long as it is a phrase of the archive.
        await tx.execute(
            "DELETE FROM search_asked WHERE kind = 'query' AND value IN (SELECT phrase FROM search_phrases"
            " WHERE documents <= 1 AND id IN (SELECT value FROM json_each(?)))",
            (json.dumps(phrases),),
        )
        await _decrement(tx, "search_phrases", phrases)
        await tx.executemany(
            "UPDATE search_facets SET documents = documents - 1 WHERE kind = ? AND value = ?",
            [(kind, row[kind]) for kind in ("author", "year", "language")],
        )
        await tx.execute("DELETE FROM search_facets WHERE documents <= 0")
        await tx.execute("UPDATE search_totals SET documents = documents - 1, terms = terms - ?", (row["length"],))


async def forget_asked(tx: Transaction, article: int) -> None:
    """Deletes how often an article was opened."""
    await tx.execute("DELETE FROM search_asked WHERE kind = 'article' AND value = ?", (str(article),))


async def current_totals(tx: Transaction) -> Totals:
    """The totals as an open transaction sees them."""
    row = await tx.one("SELECT documents, terms FROM search_totals")
    return Totals(row["documents"], row["terms"]) if row else Totals(0, 0)


async def _increment(
    tx: Transaction, column: str, table: str, numbers: Mapping[str, int], used: Iterable[Iterable[int]]
) -> Sequence[int]:
    """Counts one more article for each use of a value; returns the values' ids by their numbers.

    `numbers` are in the order of the values; `used` holds those of the distinct values of each article.
    """
    times, ids = array("I", bytes(4 * (len(numbers) + 1))), array("I", bytes(4 * (len(numbers) + 1)))
    for number in chain.from_iterable(used):
        times[number] += 1
    values = [value for value, number in numbers.items() if times[number]]
    for start in range(0, len(values), STEP):
        counts = {value: times[numbers[value]] for value in values[start : start + STEP]}
        rows = await tx.all(
            f"INSERT INTO {table} ({column}, documents) SELECT key, value FROM json_each(?) WHERE true"
            f" ON CONFLICT ({column}) DO UPDATE SET documents = documents + excluded.documents RETURNING {column}, id",
            (json.dumps(counts, ensure_ascii=False),),
        )
        for value, found in rows:
            ids[numbers[value]] = found
    return ids


def _postings(entries: Sequence[IndexEntry], term_ids: Sequence[int]) -> Iterator[tuple[int, int, bytes]]:
    """The postings that some entries add, by block and term, so that each page of the index is written once."""
    blocks: defaultdict[int, defaultdict[int, bytes]] = defaultdict(lambda: defaultdict(bytes))
    for entry in entries:
        block, place = divmod(entry.article, BLOCK)
        posting_of = {weight: POSTING.pack(place, weight) for weight in set(entry.weights)}
        postings = blocks[block]
        for number, weight in zip(entry.text.terms, entry.weights, strict=True):
            postings[term_ids[number]] += posting_of[weight]
    for block, terms in blocks.items():
        for term, posting in sorted(terms.items()):
            yield term, block, posting


async def _remove_postings(tx: Transaction, article: int, numbers: Sequence[int]) -> None:
    block, place = divmod(article, BLOCK)
    rows = await tx.all(
        "SELECT term, entries FROM search_postings WHERE block = ? AND term IN (SELECT value FROM json_each(?))",
        (block, json.dumps(numbers)),
    )
    written = struct.pack("<H", place)
    left: list[tuple[bytes, int, int]] = []
    for row in rows:
        entries: bytes = row["entries"]
        at = entries.index(written)
        while at % POSTING.size:  # inside a posting
            at = entries.index(written, at + 1)
        left.append((entries[:at] + entries[at + POSTING.size :], row["term"], block))
    await tx.executemany("UPDATE search_postings SET entries = ? WHERE term = ? AND block = ?", left)
    empty = [(number, block) for entries, number, _ in left if not entries]
    await tx.executemany("DELETE FROM search_postings WHERE term = ? AND block = ?", empty)


async def _decrement(tx: Transaction, table: str, ids: Sequence[int]) -> None:
    listed = (json.dumps(ids),)
    among = "id IN (SELECT value FROM json_each(?))"
    await tx.execute(f"UPDATE {table} SET documents = documents - 1 WHERE {among}", listed)
    await tx.execute(f"DELETE FROM {table} WHERE {among} AND documents <= 0", listed)
