"""Postings: what an older version wrote is read as before, and an article's own are removed."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from bot.store import database as database_module
from bot.store.database import Database, migrations
from bot.store.search.indexed_text import index_text
from bot.store.search.reader import BLOCK, POSTING, SearchReader
from bot.store.search.writer import IndexBatch, IndexEntry, add_batch, remove_entry

LAST_OF_256 = 32  # the last schema with blocks of 256 articles
RED, FOX = 1, 2


async def weights_of(database: Database, term: int) -> list[tuple[int, int]]:
    """The articles of a term with their weights."""
    postings = await database.read(lambda connection: SearchReader(connection).postings([term]))
    return sorted(
        (block * BLOCK + place, weight)
        for _, block, entries in postings
        for place, weight in POSTING.iter_unpack(entries)
    )


async def test_an_older_database_keeps_its_postings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {RED: [(1, 1), (255, 255), (256, 10), (4_095, 13), (4_096, 200), (70_000, 39)], FOX: [(256, 128)]}
    with monkeypatch.context() as patch:
        patch.setattr(database_module, "migrations", lambda: [one for one in migrations() if one[0] <= LAST_OF_256])
        database = await Database.open(tmp_path / "h.db")
        async with database.transaction() as tx:
            for term, postings in written.items():
                for article, weight in postings:
                    await tx.execute(
                        "INSERT INTO search_postings (term, block, entries) VALUES (?, ?, ?)"
                        " ON CONFLICT DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB)",
                        (term, article // 256, bytes((article % 256, weight))),
                    )
        await database.close()

    database = await Database.open(tmp_path / "h.db")
    kept = {term: await weights_of(database, term) for term in written}
    await database.close()

    assert kept == written


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
            text = index_text([[1], [], [], [], []], {})
            entry = IndexEntry(number, 1, 0.0, "", "blog", "", "en", "", 1, 1.0, text, bytes([weight]), (), ())
            await add_batch(tx, IndexBatch([entry], {"red": 1}, {}, {}))


async def test_postings_are_kept_across_the_borders_of_blocks(database: Database) -> None:
    written = [(1, 1), (255, 255), (256, 3), (4_095, 7), (4_096, 8), (70_000, 9)]

    await write(database, written)

    assert await weights_of(database, RED) == written


async def test_only_an_articles_own_posting_is_removed(database: Database) -> None:
    """Its number may also be read across two other postings."""
    article, other = 0x0900, 5  # written as 00 09, and as 05 00 with a weight of 09
    await write(database, [(other, 9), (article, 50)])

    async with database.transaction() as tx:
        await remove_entry(tx, article)

    assert await weights_of(database, RED) == [(other, 9)]
