"""A backfill imports everything once, announces nothing, and may be stopped anywhere."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ingest.backfill.runner import BackfillProgress
from bot.models import ChannelKind, NewArticle
from bot.store.database import Transaction
from bot.store.feeds import HeldArticles
from bot.store.subscriptions import NewSubscription, Subscriptions
from tests.ingest.backfill_world import ArchiveSite, BackfillEvents, BackfillWorld, reading, serving
from tests.worker.workers import parse_worker

COUNT = 23


async def titles(world: BackfillWorld) -> list[str]:
    return sorted([article.title async for article in world.articles.stream()])


def expected(count: int = COUNT) -> list[str]:
    return sorted(f"Story Number {number}" for number in range(count))


@pytest.mark.parametrize("path", ["/rss.xml", "/sitemap.xml", "/blog", "/index.xml"])
async def test_feed_sitemap_and_list_import_the_whole_archive(tmp_path: Path, path: str) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        index = f"<sitemapindex><sitemap><loc>{site.base}/sitemap.xml</loc></sitemap></sitemapindex>"
        site.answers["/index.xml"] = (200, "application/xml", index.encode())

        report = await world.backfill.run(site.base + path)

        assert report.complete
        assert report.problem == ""
        assert report.progress.added == COUNT
        assert await titles(world) == expected()
        assert sorted(world.events.imported_ids) == [article + 1 for article in range(COUNT)]


async def test_the_real_worker_reads_sources_and_pages(tmp_path: Path) -> None:
    worker = parse_worker(seconds=30)
    try:
        async with serving(ArchiveSite(3)) as site, reading(site, tmp_path / "h.db", worker=worker) as world:
            await world.backfill.run(f"{site.base}/rss.xml")

            assert await titles(world) == expected(3)
    finally:
        await worker.close()


async def test_a_single_article_is_imported_alone(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        report = await world.backfill.run(f"{site.base}/blog/story-7")

        assert report.complete
        assert await titles(world) == ["Story Number 7"]


async def test_a_feed_without_sitemap_falls_back_on_the_list(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        site.answers["/sitemap.xml"] = (404, "text/html", b"no")

        await world.backfill.run(f"{site.base}/rss.xml")

        assert await titles(world) == expected()


async def test_only_pages_beside_known_articles_are_fetched(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        await world.backfill.run(f"{site.base}/rss.xml")

        assert not {"/about", "/donate"}.intersection(site.asked)


class StoppedError(Exception):
    """Interrupts an import."""


class Stopping(BackfillEvents):
    """Fails when that many articles are reported, as a power cut would."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    async def added(
        self, tx: Transaction, articles: Sequence[tuple[int, NewArticle]], now: float, *, announce: bool
    ) -> None:
        await super().added(tx, articles, now, announce=announce)
        if len(self.imported_ids) >= self.at:
            raise StoppedError


@pytest.mark.parametrize("at", [1, 8, 9, 20])
async def test_an_import_stopped_inside_a_batch_continues_without_loss_or_repetition(tmp_path: Path, at: int) -> None:
    async with serving(ArchiveSite(COUNT)) as site:
        async with reading(site, tmp_path / "h.db") as world:
            world.backfill.writer.events = Stopping(at)
            with pytest.raises(StoppedError):
                await world.backfill.run(f"{site.base}/sitemap.xml")
            before = len(await titles(world))
        async with reading(site, tmp_path / "h.db") as world:
            site.asked.clear()
            report = await world.backfill.run(f"{site.base}/sitemap.xml")

            assert report.complete
            assert await titles(world) == expected()
            assert len(world.events.imported_ids) == COUNT - before
            assert "/sitemap.xml" not in site.asked


async def test_an_import_cancelled_between_batches_continues(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:

        def watch(reported: BackfillProgress) -> None:
            if reported.visited >= 8:
                job.cancel()

        job = asyncio.ensure_future(world.backfill.run(f"{site.base}/blog", progress=watch))
        with pytest.raises(asyncio.CancelledError):
            await job
        assert 8 <= len(await titles(world)) < COUNT

        assert (await world.backfill.run(f"{site.base}/blog")).complete
        assert await titles(world) == expected()


async def test_a_second_run_stores_nothing_again(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        await world.backfill.run(f"{site.base}/sitemap.xml")
        site.asked.clear()

        report = await world.backfill.run(f"{site.base}/sitemap.xml")

        assert (report.progress.added, report.progress.known) == (0, COUNT)
        assert not [path for path in site.asked if path.startswith("/blog/story")]


async def test_limit_and_since_bound_an_import(tmp_path: Path) -> None:
    since = datetime(2019, 1, 1, tzinfo=UTC).timestamp()
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        await world.backfill.run(f"{site.base}/blog", limit=5)
        assert len(await titles(world)) == 5

        await world.backfill.run(f"{site.base}/sitemap.xml", since=since)
        later = [number for number in range(COUNT) if number >= 5 and 2010 + number % 12 >= 2019]
        assert len(await titles(world)) == 5 + len(later)


async def test_a_dry_run_counts_and_stores_nothing(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        await world.backfill.run(f"{site.base}/blog", limit=3)

        report = await world.backfill.run(f"{site.base}/sitemap.xml", dry_run=True)

        assert report.progress.added == COUNT - 3
        assert len(await titles(world)) == 3


async def test_failed_pages_are_counted_and_retried_by_the_next_run(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        site.answers["/blog/story-4"] = (500, "text/html", b"")
        first = await world.backfill.run(f"{site.base}/blog")
        assert (first.complete, first.progress.failed) == (False, 1)

        del site.answers["/blog/story-4"]
        second = await world.backfill.run(f"{site.base}/blog")

        assert second.complete
        assert await titles(world) == expected()


async def test_an_unreadable_source_says_why(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        report = await world.backfill.run(f"{site.base}/nowhere")

        assert not report.complete
        assert report.problem == "status 404"


async def test_robots_txt_is_fetched_first_and_obeyed(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        site.answers["/robots.txt"] = (200, "text/plain", b"User-agent: herald\nDisallow: /blog/story-1")

        await world.backfill.run(f"{site.base}/blog")

        assert site.asked[0] == "/robots.txt"
        assert site.asked.count("/robots.txt") == 1
        assert await titles(world) == sorted(f"Story Number {n}" for n in range(COUNT) if not str(n).startswith("1"))


async def polled(world: BackfillWorld) -> None:
    """Records a first successful poll of the feed."""
    async with world.database.transaction() as tx:
        await tx.execute("INSERT INTO feeds (key, url, address, initialised) VALUES ('feed0', '', '', 1)")


async def test_a_new_installation_requests_its_feed_once(tmp_path: Path) -> None:
    """The poller has the feed already, with validators; its articles' pages are fetched by the rechecker."""
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        early = await world.backfill.run_configured()
        waits = await world.backfill.awaits_first_poll()
        asked_early = list(site.asked)
        await world.backfill.run(f"{site.base}/blog/story-3")
        async with world.database.transaction() as tx:
            await tx.execute("UPDATE articles SET body = NULL")
        await polled(world)
        site.asked.clear()
        await world.backfill.run_configured()

        assert (early, waits, asked_early) == ((), True, [])
        assert not await world.backfill.awaits_first_poll()
        assert "/rss.xml" not in site.asked
        assert "/blog/story-3" not in site.asked
        assert await titles(world) == expected()


async def test_a_new_installation_imports_every_feed_once(tmp_path: Path) -> None:
    async with serving(ArchiveSite(COUNT)) as site, reading(site, tmp_path / "h.db") as world:
        await world.backfill.run(f"{site.base}/blog/story-0")
        await polled(world)
        reported: list[BackfillProgress] = []
        reports = await world.backfill.run_configured(reported.append)
        again = await world.backfill.run_configured()

        assert [report.complete for report in reports] == [True]
        assert again == ()
        assert reported[-1].visited == reported[-1].found == COUNT
        assert await titles(world) == expected()


async def test_recent_articles_of_a_polled_feed_are_left_to_the_poller(tmp_path: Path) -> None:
    fresh = datetime(2012, 5, 3, 18, tzinfo=UTC).timestamp()  # the day of story 2
    async with serving(ArchiveSite(3)) as site, reading(site, tmp_path / "h.db", clock=lambda: fresh) as world:
        await polled(world)

        await world.backfill.run(f"{site.base}/blog")

        assert await titles(world) == ["Story Number 0", "Story Number 1"]


async def test_recent_articles_that_a_poll_missed_are_held(tmp_path: Path) -> None:
    fresh = datetime(2012, 5, 3, 18, tzinfo=UTC).timestamp()  # the day of story 2
    async with serving(ArchiveSite(3)) as site, reading(site, tmp_path / "h.db", clock=lambda: fresh) as world:
        await polled(world)
        await Subscriptions(world.database).create(NewSubscription(5, 50, ChannelKind.TEXT))
        async with world.database.transaction() as tx:
            await tx.execute("UPDATE feeds SET last_success = ?", (fresh,))

        await world.backfill.run(f"{site.base}/blog")

        held = await HeldArticles(world.database).of_guild("feed0", 5)
        assert [article.title for article in held] == ["Story Number 2"]
        assert len(await titles(world)) == 3
        assert world.events.problems == [("held", "feed0", "1 in 5")]


async def test_an_address_that_is_the_guid_of_an_article_is_that_article(tmp_path: Path) -> None:
    """Its feed has kept the guid, and lists have kept the address, from before it moved."""
    async with serving(ArchiveSite(3)) as site, reading(site, tmp_path / "h.db") as world:
        await world.backfill.run(f"{site.base}/blog/story-0")
        async with world.database.transaction() as tx:
            guid = f"{site.base}/blog/story-1"
            await tx.execute("INSERT INTO identities (feed, identity, article) VALUES ('feed0', ?, 1)", (guid,))

        report = await world.backfill.run(f"{site.base}/blog")

        assert report.complete
        assert await titles(world) == ["Story Number 0", "Story Number 2"]


async def test_imported_articles_belong_to_their_feed_and_are_checked_again(tmp_path: Path) -> None:
    async with serving(ArchiveSite(3)) as site, reading(site, tmp_path / "h.db") as world:
        await world.backfill.run(f"{site.base}/blog")

        rows = await world.database.all("SELECT feed, in_feed, page_next_check, first_seen FROM articles")
        assert {(row["feed"], row["in_feed"]) for row in rows} == {("feed0", 0)}
        assert all(row["page_next_check"] > row["first_seen"] for row in rows)
