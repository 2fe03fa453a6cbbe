"""Identities: recognising the entries of large documents with bounded statements."""

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.feeds.document import Entry
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.identities import MAX_VALUES, Identities
from bot.store.page_checks import PageChecks
from tests.store.samples import draft

ENTRIES = 2 * MAX_VALUES + 50


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "herald.db")
    yield opened
    await opened.close()


def entry(number: int) -> Entry:
    """One whose identity and address are long."""
    key = f"https://example.org/{'a' * 400}/{number}"
    return Entry(
        key,
        f"Title {number}",
        identity=f"guid-{'g' * 400}-{number}",
        other_identities=(f"other-{'o' * 400}-{number}",),
        key=key,
        address_key=key,
        content_hash="hash",
    )


async def test_every_entry_of_a_large_document_is_recognised_by_guid_and_address(database: Database) -> None:
    identities, entries = Identities(database), [entry(number) for number in range(ENTRIES)]
    async with database.transaction() as tx:
        ids = await Articles(database).add(tx, [draft(number) for number in range(ENTRIES)], 0.0)
        await identities.record(tx, "blog", list(zip(entries, ids, strict=True)))
        for article_id, one in zip(ids, entries, strict=True):
            await identities.add_alias(tx, one.address_key, article_id)

    found = await identities.known("blog", entries)

    assert [found.identities[one.identity].article_id for one in entries] == ids
    assert [found.addresses[one.address_key] for one in entries] == ids
    assert sorted(found.articles) == ids
    assert found.articles[ids[-1]].feeds == {"blog"}


async def test_of_several_entries_of_one_article_the_last_is_what_the_feed_says(database: Database) -> None:
    """Of the earlier ones only the identities are kept."""
    identities = Identities(database)
    async with database.transaction() as tx:
        one, other = await Articles(database).add(tx, [draft(1), draft(2)], 0.0)
        await identities.record(tx, "blog", [(entry(1), one), (entry(2), one), (entry(3), other)])

    rows = await database.all("SELECT identity, article, entry_hash FROM identities WHERE identity LIKE 'guid-g%'")

    assert [(row["identity"][-1], row["article"], row["entry_hash"]) for row in rows] == [
        ("1", one, ""),
        ("2", one, "hash"),
        ("3", other, "hash"),
    ]


async def test_no_statement_about_a_large_document_has_all_its_values(database: Database) -> None:
    statements: list[str] = []

    def trace(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await database.read(trace)
    await Identities(database).known("blog", [entry(number) for number in range(ENTRIES)])

    values = len(json.dumps([entry(0).address_key] * MAX_VALUES))
    assert statements
    assert max(map(len, statements)) < 2 * values + 2_000  # one statement has its values twice


async def test_no_statement_of_a_poll_reads_every_article(database: Database) -> None:
    statements: list[str] = []

    def trace(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await database.read(trace)
    await Identities(database).known("blog", [entry(1)])
    async with database.transaction() as tx:
        await tx.connection.set_trace_callback(statements.append)
        await PageChecks(database).in_feed(tx, "blog", [1])
        await tx.connection.set_trace_callback(lambda _: None)

    steps = [row["detail"] for sql in list(statements) for row in await database.all(f"EXPLAIN QUERY PLAN {sql}")]
    assert [step for step in steps if step.startswith("SEARCH articles")]
    assert [step for step in steps if step.startswith("SCAN articles")] == []
