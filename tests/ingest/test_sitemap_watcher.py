"""A page whose `lastmod` moved in its site's sitemap is checked before all others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.discovery.robots import RobotsRules
from bot.discovery.sources import read_source
from bot.http.client import Fetched, FetchRequest
from bot.ingest.page_fetcher import PageFailed, PageMissing, PageUnchanged
from bot.ingest.sitemap_watcher import READ_SECONDS, SitemapWatcher
from bot.models import UnreadableDocumentError
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.page_checks import PageChecks
from bot.store.stores import Stores
from bot.worker.pool import ParseFailedError
from tests.store.samples import draft

NOW = 1_800_000_000.0
SITE = "https://www.example.org"
MAP = f"{SITE}/sitemap.xml"


class FakeSite:
    """Sitemaps by address; each is 304 for whoever knows it."""

    def __init__(self) -> None:
        self.maps: dict[str, str] = {}
        self.asked: list[FetchRequest] = []
        self.named: tuple[str, ...] = ()

    def write(self, days: dict[int, int], url: str = MAP) -> None:
        entries = "".join(
            f"<url><loc>{SITE}/{n}</loc><lastmod>2026-01-{day:02}</lastmod></url>" for n, day in days.items()
        )
        self.maps[url] = f"<urlset>{entries}</urlset>"

    async def robots_rules(self, _url: str) -> RobotsRules:
        return RobotsRules(allowed=True, delay=0.0, sitemaps=self.named)

    async def fetch(self, request: FetchRequest) -> Fetched | PageUnchanged | PageMissing | PageFailed:
        self.asked.append(request)
        text = self.maps.get(request.url)
        if text is None:
            return PageMissing(404)
        tag = str(hash(text))
        if request.etag == tag:
            return PageUnchanged()
        return Fetched(text.encode(), "", {"etag": tag}, request.url)

    async def parse_listing(self, body: bytes, headers: dict[str, str], url: str, *, is_list: bool = False) -> object:
        try:
            return read_source(body, headers, url, is_list=is_list)
        except UnreadableDocumentError as error:
            raise ParseFailedError(url, str(error)) from None


class World:
    def __init__(self, database: Database) -> None:
        self.database, self.checks, self.site = database, PageChecks(database), FakeSite()
        self.watcher = SitemapWatcher(Stores(database), self.site, self.site, lambda: NOW)  # pyright: ignore[reportArgumentType] - the fake lists only what is used

    async def store(self, articles: int) -> None:
        async with self.database.transaction() as tx:
            for number in range(1, articles + 1):
                url = f"{SITE}/{number}"
                new = replace(draft(number), url=url, key=f"https://example.org/{number}")
                [article_id] = await Articles(self.database).add(tx, [new], NOW)
                await self.checks.begin(tx, [(article_id, "", "", NOW + 1_000 + number)])

    async def first(self) -> list[int]:
        """The articles whose check has come, in order."""
        return [state.article_id for state in await self.checks.due(NOW, 10)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = await Database.open(tmp_path / "herald.db")
    yield World(database)
    await database.close()


async def test_the_first_reading_only_remembers_and_a_moved_lastmod_is_checked_first(world: World) -> None:
    await world.store(3)
    world.site.write({1: 1, 2: 1, 3: 1})
    assert await world.watcher.read_due() == NOW + READ_SECONDS
    assert await world.first() == []

    world.site.write({1: 1, 2: 9, 3: 1})
    await world.watcher.read_due()

    assert await world.first() == [2]


async def test_an_unchanged_sitemap_costs_a_conditional_request(world: World) -> None:
    await world.store(1)
    world.site.write({1: 1})
    await world.watcher.read_due()
    await world.watcher.read_due()

    assert [bool(request.etag) for request in world.site.asked] == [False, True]


async def test_a_sitemap_that_dates_everything_anew_brings_nothing_forward(world: World) -> None:
    await world.store(30)
    world.site.write(dict.fromkeys(range(1, 31), 1))
    await world.watcher.read_due()
    world.site.write(dict.fromkeys(range(1, 31), 2))
    await world.watcher.read_due()
    assert await world.first() == []

    world.site.write({**dict.fromkeys(range(1, 31), 2), 7: 3})
    await world.watcher.read_due()
    assert await world.first() == [7]


async def test_the_sitemaps_of_an_index_and_of_robots_txt_are_read(world: World) -> None:
    await world.store(2)
    index, posts, broken = f"{SITE}/index.xml", f"{SITE}/post-sitemap.xml", f"{SITE}/broken.xml"
    world.site.named = (index, broken)
    world.site.maps[index] = f"<sitemapindex><sitemap><loc>{posts}</loc></sitemap></sitemapindex>"
    world.site.maps[broken] = "<urlset><url>"
    world.site.write({1: 1, 2: 1}, posts)
    await world.watcher.read_due()
    world.site.write({1: 2, 2: 1}, posts)
    await world.watcher.read_due()

    assert await world.first() == [1]


async def test_a_withdrawn_page_is_not_checked_whatever_its_sitemap_says(world: World) -> None:
    await world.store(2)
    world.site.write({1: 1, 2: 1})
    await world.watcher.read_due()
    async with world.database.transaction() as tx:
        await Articles(world.database).withdraw(tx, 1, NOW)
    world.site.write({1: 2, 2: 1})
    await world.watcher.read_due()

    assert await world.first() == []
