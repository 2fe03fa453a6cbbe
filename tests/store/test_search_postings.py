"""The index of an older version is written again; an article's own postings are removed."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from bot.search.engine import SearchEngine
from bot.search.index import SearchIndex
from bot.store import database as database_module
from bot.store.database import Database, migrations
from bot.store.search.reader import BLOCK, POSTING, SearchReader, index_text
from bot.store.search.writer import IndexBatch, IndexEntry, add_batch, remove_entries

LAST_OF_256 = 32  # the last schema with blocks of 256 articles
OLD_INDEX = (
    "INSERT INTO search_terms (id, term, documents) VALUES (1, 'red', 1)",
    "INSERT INTO search_words (id, word, documents) VALUES (1, 'red', 1)",
    "INSERT INTO search_phrases (id, phrase, documents) VALUES (1, 'red', 1)",
    (
        "INSERT INTO search_documents (article, analyser, published, feed, author, language, length, norm, terms)"
        " VALUES (1, 5, 0, 'blog', '', 'en', 1, 1.0, x'010000000000000000000000')"
    ),
    "INSERT INTO search_article_words (article, words, phrases) VALUES (1, x'', x'')",
    "INSERT INTO search_titles (article, words) VALUES (1, 'red')",
    "INSERT INTO search_title_words (word, article) VALUES ('red', 1)",
    "INSERT INTO search_postings (term, block, entries) VALUES (1, 0, x'0101')",
    "UPDATE search_totals SET documents = 1, terms = 1",
)
RED = 1


async def weights_of(database: Database, term: int) -> list[tuple[int, int]]:
    """The articles of a term with their weights."""
    postings = await database.read(lambda connection: SearchReader(connection).postings([term]))
    return sorted(
        (block * BLOCK + place, weight)
        for _, block, entries in postings
        for place, weight in POSTING.iter_unpack(entries)
    )


async def test_an_older_index_is_dropped_and_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(database_module, "migrations", lambda: [one for one in migrations() if one[0] <= LAST_OF_256])
        database = await Database.open(tmp_path / "h.db")
        async with database.transaction() as tx:
            await tx.execute(
                "INSERT INTO articles (id, feed, url, key, title, published, first_seen, updated)"
                " VALUES (1, 'blog', 'u', 'u', 'Red', 0, 0, 0)"
            )
            for written in OLD_INDEX:
                await tx.execute(written)
        await database.close()

    database = await Database.open(tmp_path / "h.db")
    index, engine = SearchIndex(database, ()), SearchEngine(database, (), lambda: 0.0)
    before, first = await index.verify(), await engine.search("red")
    await index.rebuild()
    after, then = await index.verify(), await engine.search("red")
    await engine.counted()
    await database.close()

    assert (before.indexed, before.missing, before.damaged) == (0, (1,), ())
    assert (after.indexed, after.missing, after.damaged) == (1, (), ())
    assert [(one.incomplete, one.total) for one in (first, then)] == [(True, 0), (False, 1)]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    database = await Database.open(tmp_path / "h.db")
    yield database
    await database.close()


async def write(database: Database, postings: Sequence[tuple[int, int]]) -> None:
    """Indexes articles that have only the word "red", with their weights of it."""
    async with database.transaction() as tx:
        for number, weight in postings:
            await tx.execute(
                "INSERT INTO articles (id, feed, url, key, title, published, first_seen, updated)"
                " VALUES (?1, 'blog', ?2, ?2, '', 0, 0, 0)",
                (number, str(number)),
            )
            text = index_text([[1], [], [], [], []], {}, int)
            entry = IndexEntry(number, 1, 0.0, "blog", "", "en", "", 1, 1.0, text, bytes([weight]), (), ())
            await add_batch(tx, IndexBatch([entry], {"red": 1}))


async def test_postings_are_kept_across_the_borders_of_blocks(database: Database) -> None:
    written = [(1, 1), (255, 255), (256, 3), (4_095, 7), (4_096, 8), (70_000, 9)]

    await write(database, written)

    assert await weights_of(database, RED) == written


async def test_only_an_articles_own_posting_is_removed(database: Database) -> None:
    """Its number may also be read across two other postings."""
    article, other = 0x0900, 5  # written as 00 09, and as 05 00 with a weight of 09
    await write(database, [(other, 9), (article, 50)])

    async with database.transaction() as tx:
        await remove_entries(tx, [article])

    assert await weights_of(database, RED) == [(other, 9)]
