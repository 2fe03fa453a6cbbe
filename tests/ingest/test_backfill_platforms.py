"""The older articles of every platform are imported completely, and nothing else."""

import gzip
from pathlib import Path

import pytest

from bot.discovery.contents import TRUNCATED
from bot.store.backfill import SkipReason
from tests.ingest.backfill_world import ArchiveSite, BackfillWorld, reading, serving
from tests.ingest.platform_sites import PER_PAGE, SHAPES, Blog, build, listing, sitemap


def fill(site: ArchiveSite, blog: Blog) -> None:
    site.answers |= {path: (200, kind, body.encode()) for path, (kind, body) in blog.pages.items()}
    site.answers.setdefault("/robots.txt", (404, "text/plain", b""))


async def titles(world: BackfillWorld) -> list[str]:
    return sorted(found.title for found in await world.articles.latest(limit=500))


@pytest.mark.parametrize("count", [1, 2, PER_PAGE, 11])
@pytest.mark.parametrize("name", SHAPES)
async def test_the_list_of_a_platform_is_imported_whole_and_no_list_becomes_an_article(
    tmp_path: Path, name: str, count: int
) -> None:
    async with serving(ArchiveSite(0)) as site:
        blog = build(name, count, site.base)
        fill(site, blog)
        async with reading(site, tmp_path / "h.db") as world:
            await world.backfill.run(site.base + blog.start)
            if blog.pages.get("/robots.txt", ("", ""))[1].count("Disallow: /search") and count > PER_PAGE:
                await world.backfill.run(f"{site.base}/sitemap.xml")  # its older pages may not be fetched

            assert await titles(world) == sorted(post.title for post in blog.posts)
            published = {found.title: found.published for found in await world.articles.latest(limit=500)}
            assert published == {post.title: post.date.timestamp() for post in blog.posts}


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.sitemaps])
async def test_the_sitemap_of_a_platform_is_imported_whole(tmp_path: Path, name: str) -> None:
    async with serving(ArchiveSite(0)) as site:
        blog = build(name, 11, site.base)
        fill(site, blog)
        async with reading(site, tmp_path / "h.db") as world:
            report = await world.backfill.run(f"{site.base}/sitemap.xml")

            assert await titles(world) == sorted(post.title for post in blog.posts)
            assert report.complete


async def test_the_report_counts_skipped_pages_with_the_reason(tmp_path: Path) -> None:
    async with serving(ArchiveSite(0)) as site:
        blog = build("wordpress, older theme without sitemap", 6, site.base)
        kind, body = blog.pages[blog.start]
        blog.pages[blog.start] = (kind, body.replace("</main>", "<h2><a href='/shop/tea'>Tea</a></h2></main>"))
        blog.pages[blog.paths[1]] = ("text/html", "")
        del blog.pages[blog.paths[2]]
        fill(site, blog)
        async with reading(site, tmp_path / "h.db") as world:
            report = await world.backfill.run(site.base + blog.start)

        assert report.progress.added == 4
        assert report.skipped == {SkipReason.ELSEWHERE: 1, SkipReason.MISSING: 1, SkipReason.NO_ARTICLE: 1}


async def test_a_skipped_page_is_an_article_where_another_source_names_it(tmp_path: Path) -> None:
    async with serving(ArchiveSite(0)) as site:
        blog = build("hugo", 5, site.base)
        kind, body = blog.pages[blog.start]
        extra = "<h2><a href='/notes/9/a-bridge-of-planks-5'>Note</a></h2>"
        blog.pages[blog.start] = (kind, body.replace("</main>", f"{extra}</main>"))
        fill(site, blog)
        async with reading(site, tmp_path / "h.db") as world:
            report = await world.backfill.run(site.base + blog.start)

        assert report.skipped == {SkipReason.ELSEWHERE: 1}


async def test_an_archive_that_lists_months_is_imported_with_the_lists_of_all_months(tmp_path: Path) -> None:
    async with serving(ArchiveSite(0)) as site:
        blog = build("wordpress", 11, site.base)
        months: dict[str, list[str]] = {}
        for path in blog.urls():
            months.setdefault(path.rpartition("/a-")[0] + "/", []).append(path)
        blog.pages |= {
            month: ("text/html", listing("".join(f'<h2><a href="{path}">A</a></h2>' for path in paths), ""))
            for month, paths in months.items()
        }
        links = "".join(f'<li><a href="{month}">{month}</a></li>' for month in months)
        blog.pages["/archive/"] = ("text/html", listing(f"<ul>{links}</ul>", ""))
        fill(site, blog)
        async with reading(site, tmp_path / "h.db") as world:
            await world.backfill.run(f"{site.base}/archive/")

            assert await titles(world) == sorted(post.title for post in blog.posts)


@pytest.mark.parametrize("compressed", [False, True])
async def test_a_sitemap_that_breaks_off_is_reported_and_read_again(tmp_path: Path, *, compressed: bool) -> None:
    async with serving(ArchiveSite(0)) as site:
        blog = build("hugo", 11, site.base)
        fill(site, blog)
        whole = sitemap(site.base, blog.urls()).encode()
        cut = gzip.compress(whole)[:-20] if compressed else whole[: len(whole) // 2]
        site.answers["/sitemap.xml"] = (200, "application/xml", cut)
        async with reading(site, tmp_path / "h.db") as world:
            first = await world.backfill.run(f"{site.base}/sitemap.xml")
            site.answers["/sitemap.xml"] = (200, "application/xml", whole)
            second = await world.backfill.run(f"{site.base}/sitemap.xml")

            assert (first.complete, first.problem) == (False, TRUNCATED)
            assert (second.complete, second.problem) == (True, "")
            assert await titles(world) == sorted(post.title for post in blog.posts)
