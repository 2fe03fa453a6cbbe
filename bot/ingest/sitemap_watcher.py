"""Reads the sitemaps of the sites whose pages are checked: a page whose `lastmod` moved is checked first.

A sitemap costs one conditional request an hour. A sitemap in which many `lastmod` move at once does not
reflect changes, and its pages wait for their regular check.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.discovery.contents import SourceKind
from bot.durations import HOUR
from bot.http.client import Fetched, FetchRequest
from bot.ingest.backfill.planner import site_maps
from bot.ingest.page_fetcher import PageFailed, PageFetcher
from bot.store.stores import Stores
from bot.urls import origin
from bot.worker.pool import ParseFailedError, ParseWorker

log = logging.getLogger(__name__)

READ_SECONDS = HOUR
MAX_SITES, MAX_SITEMAPS = 10, 20  # sites, and sitemaps of one site
MAX_MOVED, MAX_MOVED_SHARE = 20, 0.05  # of a sitemap's known pages between two readings
ACCEPT = "application/xml, text/xml;q=0.9, */*;q=0.1"


@dataclass
class SitemapWatcher:
    """Schedules checks of the pages that a sitemap says have changed."""

    stores: Stores
    pages: PageFetcher
    worker: ParseWorker
    clock: Callable[[], float]
    validators: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])  # by address

    async def read_due(self) -> float:
        """Reads the sitemaps of every site and returns the instant when to read them again."""
        for url in await self.stores.page_checks.sites(MAX_SITES):
            waiting = [source.url for source in site_maps(await self.pages.robots_rules(url), url)]
            seen: set[str] = set()
            while waiting and len(seen) < MAX_SITEMAPS:
                sitemap = waiting.pop(0)
                if sitemap not in seen:
                    seen.add(sitemap)
                    waiting += await self._read(sitemap)
        return self.clock() + READ_SECONDS

    async def _read(self, url: str) -> tuple[str, ...]:
        """Records the contents of a sitemap and returns the sitemaps it names, none for an unchanged index."""
        etag, modified = self.validators.get(url, ("", ""))
        answer = await self.pages.fetch(FetchRequest(url, etag, modified, ACCEPT))
        if not isinstance(answer, Fetched):
            if isinstance(answer, PageFailed):
                log.info("a sitemap of %s: not read, %s", origin(url)[0], answer.kind)
            return ()
        try:
            found = await self.worker.parse_listing(answer.body, answer.headers, answer.final_url)
        except ParseFailedError as error:
            log.info("a sitemap of %s: not read, %s", origin(url)[0], error.kind)
            return ()
        if found.kind is not SourceKind.SITEMAP:
            return ()
        if not found.sources:  # an index is unchanged while the sitemaps it names are not
            self.validators[url] = (answer.etag, answer.last_modified)
        dated = {article.key: article.modified for article in found.articles if article.modified is not None}
        async with self.stores.database.transaction() as tx:
            known, moved = await self.stores.page_checks.compare_modified(tx, dated)
            trusted = len(moved) <= max(MAX_MOVED, MAX_MOVED_SHARE * known)
            await self.stores.page_checks.record_modified(tx, dated, check=moved if trusted else ())
        if moved:
            hint = "" if trusted else ", too many to check at once"
            log.info("a sitemap of %s: %d pages moved%s", origin(url)[0], len(moved), hint)
        return found.sources
