"""The index: written and removed with the article, rebuilt while searches run."""

import logging
import sqlite3
from dataclasses import replace

import pytest

from bot.models import UNKNOWN_DATE, ArticleBody, Passage
from bot.search import index
from bot.search.index import index_batch
from bot.search.results import IndexProgress
from bot.store.search.reader import BLOCK, SearchReader, Totals
from bot.text_analysis import ANALYSER_VERSION
from tests.search.archive import NOW, Archive, draft

TABLES = (
    "documents", "article_words", "postings", "terms", "words", "phrases", "titles", "title_words", "facets", "asked",
)  # fmt: skip
RICE = draft(
    "Rice prices", "Rice became cheap.", ("Later", "Corn became dear."), author="Jane Doe", topics=("markets",)
)


async def left_over(archive: Archive) -> dict[str, int]:
    counts = {table: await archive.database.one(f"SELECT count(*) FROM search_{table}") for table in TABLES}  # noqa: S608
    return {table: row[0] for table, row in counts.items() if row}


async def test_removing_an_article_removes_its_words_from_the_index(archive: Archive) -> None:
    [rice] = await archive.add(RICE)
    await archive.search.search("rice prices")  # counted as a frequent search
    await archive.search.resolve_title("Rice prices")
    await archive.search.counted()
    async with archive.database.transaction() as tx:
        await tx.execute("UPDATE articles SET title = '', summary = '', body = NULL")  # the text is not needed
        await archive.index.remove(tx, rice)

    assert await left_over(archive) == dict.fromkeys(TABLES, 0)


async def test_removing_one_article_leaves_the_others_as_they_were(archive: Archive) -> None:
    ids = await archive.add(RICE, draft("More rice", "Rice and corn again."))
    async with archive.database.transaction() as tx:
        await archive.index.remove(tx, ids[0])
        await archive.articles.withdraw(tx, ids[0], NOW)

    assert await archive.titles("rice") == ["More rice"]
    assert (await archive.index.verify()).is_consistent


async def test_removing_an_article_without_a_date_leaves_the_number_of_each_year(archive: Archive) -> None:
    undated, _ = await archive.add(replace(RICE, published=UNKNOWN_DATE), draft("More rice", published=1.0))
    async with archive.database.transaction() as tx:
        await archive.index.remove(tx, undated)

    years = await archive.database.all("SELECT value, documents FROM search_facets WHERE kind = 'year'")
    assert [tuple(year) for year in years] == [("1970", 1)]


async def test_indexing_again_replaces_the_old_entries(archive: Archive) -> None:
    [rice] = await archive.add(RICE)
    changed = replace(RICE, title="Bread prices", body=ArticleBody((Passage(0, "", "Bread became cheap."),)))
    async with archive.database.transaction() as tx:
        await archive.articles.update(tx, rice, changed, NOW)
        await archive.index.add(tx, (rice, changed))

    assert await archive.titles("bread") == ["Bread prices"]
    assert await archive.titles("rice", literal=True) == []
    assert (await archive.index.verify()).is_consistent


async def test_a_draft_without_a_body_keeps_the_stored_one_findable(archive: Archive) -> None:
    """A feed that changes a title does not affect the stored body."""
    [rice] = await archive.add(RICE)
    retitled = replace(RICE, title="Grain prices", body=None)
    async with archive.database.transaction() as tx:
        await archive.articles.update(tx, rice, retitled, NOW)
        await archive.index.add(tx, (rice, retitled))

    assert await archive.titles("corn") == ["Grain prices"]


async def test_a_rolled_back_transaction_leaves_the_index_alone(archive: Archive) -> None:
    async def fail_at_the_end() -> None:
        async with archive.database.transaction() as tx:
            [article] = await archive.articles.add(tx, [RICE], NOW)
            await archive.index.add(tx, (article, RICE))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_at_the_end()

    assert await archive.titles("rice") == []
    assert (await archive.index.verify()).is_consistent


async def test_an_older_analysis_is_replaced_in_batches_with_progress_in_the_log(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await archive.add(*(draft(f"Report {number}", "Rice and corn.") for number in range(5)))
    monkeypatch.setattr(index, "ANALYSER_VERSION", index.ANALYSER_VERSION + 1)
    monkeypatch.setattr(index, "BATCH", 2)
    monkeypatch.setattr(index, "LOG_STEP", 4)

    before = await archive.index.verify()
    with caplog.at_level(logging.INFO):
        written = await archive.index.rebuild()

    assert (len(before.outdated), before.is_consistent, written) == (5, False, 5)
    assert [record.message.removeprefix("search index: ") for record in caplog.records] == [
        "5 articles to index, newest first",
        "4 of 5 articles",
        "5 of 5 articles",
    ]
    assert (await archive.index.verify()).is_consistent
    assert len(await archive.titles("rice", limit=9)) == 5
    assert await archive.index.rebuild() == 0


async def test_a_search_says_that_articles_may_be_missing_until_the_oldest_is_indexed_again(archive: Archive) -> None:
    """As after an update that dropped the index, which is then written newest first."""
    ids = await archive.add(*(draft(f"Report {number}", "Rice and corn.") for number in range(3)))
    async with archive.database.transaction() as tx:
        for article in ids:
            await archive.index.remove(tx, article)

    said: list[bool] = [(await archive.search.search("rice")).incomplete]
    progress = [await archive.search.indexing()]
    for article in reversed(ids):
        async with archive.database.transaction() as tx:
            await archive.index.reindex(tx, article)
        said += [(await archive.search.search(words)).incomplete for words in ("rice", "xylophone zeppelin")]
        progress.append(await archive.search.indexing())

    assert said == [True, True, True, True, True, False, False]
    assert progress == [IndexProgress(0, 3), IndexProgress(1, 3), IndexProgress(2, 3), None]


async def test_a_new_article_that_waits_to_be_indexed_is_not_an_incomplete_index(archive: Archive) -> None:
    await archive.add(RICE)
    async with archive.database.transaction() as tx:
        await archive.articles.add(tx, [draft("More rice", "Rice.")], NOW)

    assert not (await archive.search.search("rice")).incomplete
    assert await archive.search.indexing() is None


async def test_an_empty_archive_and_a_withdrawn_oldest_article_leave_the_index_complete(archive: Archive) -> None:
    assert await archive.search.indexing() is None
    oldest, _ = await archive.add(RICE, draft("More rice", "Rice."))
    async with archive.database.transaction() as tx:
        await archive.index.remove(tx, oldest)
        await archive.articles.withdraw(tx, oldest, NOW)

    assert await archive.search.indexing() is None


async def test_whether_the_index_is_complete_costs_the_same_in_a_larger_archive(archive: Archive) -> None:
    """Every search asks: it reads one row, whatever the number of articles."""

    def steps(connection: sqlite3.Connection) -> int:
        counted: list[None] = []
        reader = SearchReader(connection)
        assert reader.is_complete(ANALYSER_VERSION)  # with the schema, which is read once
        connection.set_progress_handler(lambda: counted.append(None), 1)  # every instruction of SQLite's machine
        assert reader.is_complete(ANALYSER_VERSION)
        connection.set_progress_handler(None, 0)
        return len(counted)

    await archive.add(RICE)
    alone = await archive.database.read(steps)
    await archive.add(*(draft(f"Report {number}", "Rice.") for number in range(100)))

    assert await archive.database.read(steps) == alone > 0


async def test_missing_and_orphaned_entries_are_reported_and_repaired(archive: Archive) -> None:
    ids = await archive.add(RICE, draft("Left", "Corn."))
    async with archive.database.transaction() as tx:
        await archive.index.remove(tx, ids[0])
        await archive.articles.withdraw(tx, ids[1], NOW)

    report = await archive.index.verify()
    await archive.index.rebuild()

    assert (report.missing, report.orphaned) == ((ids[0],), (ids[1],))
    assert (await archive.index.verify()).is_consistent


async def test_an_inconsistent_index_is_reported(archive: Archive) -> None:
    await archive.add(RICE)
    async with archive.database.transaction() as tx:
        await tx.execute("DELETE FROM search_postings WHERE term = (SELECT id FROM search_terms WHERE term = 'rice')")
        await tx.execute("UPDATE search_totals SET documents = 7")

    report = await archive.index.verify()

    assert len(report.damaged) == 2
    assert not report.is_consistent


async def test_articles_share_blocks_without_mixing(archive: Archive) -> None:
    """Each keeps its own weights, also on both sides of a border between blocks."""
    async with archive.database.transaction() as tx:  # articles are numbered after the newest
        await tx.execute(
            "INSERT INTO articles (id, feed, url, key, title, published, first_seen, updated)"
            " VALUES (?, 'blog', 'u', 'u', 'Red', 0, 0, 0)",
            (BLOCK - 4,),
        )
    ids = await archive.add(*(draft(f"Day {number}", f"Rice and word{number}.") for number in range(6)))

    assert {article // BLOCK for article in ids} == {0, 1}
    assert len(await archive.titles("rice", limit=9)) == 6
    for number in range(6):
        assert await archive.titles(f"word{number}", literal=True) == [f"Day {number}"]


async def test_a_search_counted_after_its_article_was_removed_leaves_nothing(archive: Archive) -> None:
    [rice] = await archive.add(RICE)
    await archive.search.search("rice prices")
    async with archive.database.transaction() as tx:
        await archive.index.remove(tx, rice)

    await archive.search.counted()

    assert (await left_over(archive))["asked"] == 0


def test_the_first_articles_of_an_archive_weigh_as_much_as_later_ones() -> None:
    long = draft("Rice prices", "Rice became cheap. " * 100)
    [first] = index_batch([(1, long)], {}, Totals(0, 0)).entries
    [later] = index_batch([(1, long)], {}, Totals(999, 999 * first.length)).entries

    assert first.weights == later.weights
