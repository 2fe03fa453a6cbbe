"""Index maintenance: written and removed with the article, rebuilt while searches run."""

from dataclasses import replace

import pytest

from bot.models import UNKNOWN_DATE, ArticleBody, Passage
from bot.search.index import maintenance
from bot.search.index.documents import index_batch
from bot.store.search.reader import Totals
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
            article = await archive.articles.add(tx, RICE, NOW)
            await archive.index.add(tx, (article, RICE))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_at_the_end()

    assert await archive.titles("rice") == []
    assert (await archive.index.verify()).is_consistent


async def test_an_older_analysis_is_replaced_in_batches_with_progress(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches find the articles before, between and after."""
    await archive.add(*(draft(f"Report {number}", "Rice and corn.") for number in range(5)))
    monkeypatch.setattr(maintenance, "ANALYSER_VERSION", maintenance.ANALYSER_VERSION + 1)
    monkeypatch.setattr("bot.search.index.documents.ANALYSER_VERSION", maintenance.ANALYSER_VERSION)
    monkeypatch.setattr(maintenance, "BATCH", 2)
    progress: list[tuple[int, int]] = []

    before = await archive.index.verify()
    written = await archive.index.rebuild(lambda done, total: progress.append((done, total)))

    assert (len(before.outdated), before.is_consistent) == (5, False)
    assert (written, progress) == (5, [(2, 5), (4, 5), (5, 5)])
    assert (await archive.index.verify()).is_consistent
    assert len(await archive.titles("rice", limit=9)) == 5
    assert await archive.index.rebuild(None) == 0


async def test_missing_and_orphaned_entries_are_reported_and_repaired(archive: Archive) -> None:
    ids = await archive.add(RICE, draft("Left", "Corn."))
    async with archive.database.transaction() as tx:
        await archive.index.remove(tx, ids[0])
        await archive.articles.withdraw(tx, ids[1], NOW)

    report = await archive.index.verify()
    await archive.index.rebuild(None)

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


async def test_many_articles_share_blocks_without_mixing(archive: Archive) -> None:
    """Each article of a block keeps its own weights, also across block boundaries."""
    await archive.add(*(draft(f"Day {number}", f"Rice and word{number}.") for number in range(259)))

    for number in (0, 1, 254, 255, 256, 258):
        assert await archive.titles(f"word{number}", literal=True) == [f"Day {number}"]


async def test_searches_are_counted_together_when_somebody_waits_for_the_counts(archive: Archive) -> None:
    """Each alone would cost a transaction."""
    await archive.add(RICE)
    for _ in range(2):
        await archive.search.search("rice prices")
    before = await archive.database.all("SELECT value, times FROM search_asked")

    await archive.search.counted()

    assert before == []
    assert [tuple(row) for row in await archive.database.all("SELECT value, times FROM search_asked")] == [
        ("rice prices", 2)
    ]


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
