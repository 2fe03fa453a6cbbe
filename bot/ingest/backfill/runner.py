"""Imports older articles from a feed, a sitemap, a list page with its following pages, or one article.

The addresses to visit are queued in the database, so that an import may be stopped anywhere and
continues there. Imported articles are never announced.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.discovery.contents import TRUNCATED, SourceContents, SourceKind
from bot.http.client import Fetched, FetchRequest
from bot.ingest.backfill.planner import fitting, list_pages, site_maps, source_address
from bot.ingest.backfill.writer import BackfillWriter, Decision
from bot.ingest.page_fetcher import ACCEPT, PageFailed, PageFetcher, PageMissing
from bot.store.backfill import AddressKind, AddressState, BackfillAddress, BackfillJob, SkipReason
from bot.store.stores import Stores
from bot.urls import canonical_key, is_web_url, origin, without_credentials
from bot.worker.pool import ParseFailedError, ParseWorker

log = logging.getLogger(__name__)

SOURCE_TYPES = "application/rss+xml, application/atom+xml, application/xml, text/xml, text/html, */*;q=0.1"
BATCH_SIZE = 8  # pages read concurrently and stored together
MAX_SOURCES = 2_000  # sitemaps and list pages of one import
SAMPLE_SIZE = 200  # articles from which the path of a site's articles is learnt


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """The progress of an import, in articles: visited, found so far, and the results."""

    visited: int
    found: int
    added: int
    known: int
    skipped: int
    failed: int


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """The result of an import. `complete`: nothing is pending; `problem`: why not all sources could be read.

    `skipped` counts the skipped links, by reason. In a dry run `added` are the
    articles that would be read.
    """

    progress: BackfillProgress
    complete: bool
    problem: str = ""
    skipped: Mapping[SkipReason, int] = field(default_factory=dict[SkipReason, int])


Progress = Callable[[BackfillProgress], None]


@dataclass(frozen=True, slots=True)
class BackfillFeed:
    """A configured feed, to which imported articles belong."""

    key: str
    url: str


@dataclass
class Backfill:
    """Runs imports, one at a time. `feeds` are the configured feeds, at least one."""

    stores: Stores
    pages: PageFetcher
    worker: ParseWorker
    writer: BackfillWriter
    feeds: Sequence[BackfillFeed]
    clock: Callable[[], float]

    async def run(
        self,
        url: str,
        since: float | None = None,
        limit: int | None = None,
        progress: Progress | None = None,
        *,
        dry_run: bool = False,
        polled: bool = False,
    ) -> BackfillReport:
        """Imports from an address that an operator gave: articles from `since` on, at most `limit` new ones.

        `polled`: the source is a feed that the poller keeps polling and has stored. Called again with the
        same address, an interrupted import continues and a finished one looks for new articles. Raises
        ValueError for what is no web address.
        """
        if not is_web_url(url):
            raise ValueError(f"not a web address: {without_credentials(url[:100])!r}")
        source = source_address(url)
        self.pages.allow_private(source.url)
        host = urlsplit(canonical_key(source.url)).netloc
        of_host = [feed.key for feed in self.feeds if urlsplit(canonical_key(feed.url)).netloc == host]
        feed = (of_host or [self.feeds[0].key])[0]
        job = await self.stores.backfill_queue.open(source, feed, since, self.clock())
        problem = await self._read_sources(job, polled=polled)
        if dry_run:
            return await self._dry_run_report(job, problem)
        await self._read_articles(job, since, limit, progress, polled=polled)
        return await self._close(job, limit, problem)

    async def run_configured(self, progress: Progress | None = None) -> tuple[BackfillReport, ...]:
        """For a new installation: imports the older articles of every configured feed, once.

        A feed waits for its first successful poll and is not fetched again here: its entries are stored.
        """
        ready: list[str] = []
        for feed in self.feeds:
            state, source = await self.stores.feeds.get(feed.key), source_address(feed.url).url
            if state and state.initialised and not await self.stores.backfill_queue.is_finished(source):
                ready.append(feed.url)
        return tuple([await self.run(url, progress=progress, polled=True) for url in ready])

    async def awaits_first_poll(self) -> bool:
        """Whether some feed has had no successful poll yet, so that its import is still pending."""
        states = [await self.stores.feeds.get(feed.key) for feed in self.feeds]
        return any(state is None or not (state.initialised or state.gone) for state in states)

    async def _read_sources(self, job: BackfillJob, *, polled: bool) -> str:
        """Visits feeds, sitemaps and list pages until none is pending; returns why not all could be read."""
        problem = ""
        for _ in range(MAX_SOURCES):
            waiting = await self.stores.backfill_queue.pending(job.id, AddressKind.SOURCE, 1)
            if not waiting:
                return problem
            is_start = waiting[0].url == job.source
            if polled and is_start:
                contents, error = POLLED, ""
            else:
                contents, error = await self._read_source(waiting[0].url, is_list=not is_start)
            await self._enqueue_found(job, waiting[0], contents)
            problem = error if is_start else problem
            if contents is not None and contents.truncated:
                problem = problem or TRUNCATED
        return problem or "too many lists"

    async def _read_source(self, url: str, *, is_list: bool) -> tuple[SourceContents | None, str]:
        answer = await self.pages.fetch(FetchRequest(url, accept=SOURCE_TYPES))
        if not isinstance(answer, Fetched):
            match answer:
                case PageFailed():
                    return None, f"{answer.kind} {answer.detail}".strip()
                case PageMissing():
                    return None, f"status {answer.status}"
                case _:
                    return None, "not modified"
        try:
            return await self.worker.parse_listing(answer.body, answer.headers, answer.final_url, is_list=is_list), ""
        except ParseFailedError as error:
            log.warning("a backfill source of %s could not be read: %s", origin(url)[0], error.kind)
            return None, str(error)

    async def _enqueue_found(self, job: BackfillJob, source: BackfillAddress, contents: SourceContents | None) -> None:
        """Queues the contents of a source and settles the source, in one transaction."""
        # Addresses that are certainly articles: others are recognised by their path.
        host = urlsplit(canonical_key(job.source)).netloc
        known = await self.stores.backfill_queue.examples(job.id, f"https://{host}/", SAMPLE_SIZE)
        # One that breaks off is read again by the next run.
        state = AddressState.FAILED if contents is None or contents.truncated else AddressState.READ
        found = await asyncio.to_thread(fitting, contents, known) if contents else []
        if contents is not None and contents.kind is SourceKind.FEED and source.url == job.source:
            found += site_maps(await self.pages.robots_rules(source.url), source.url)
        if contents is None and source.url != job.source:
            found = list_pages(source.url, known)
        others = [
            BackfillAddress(item.key, item.url, AddressKind.ARTICLE, certain=False, modified=item.modified)
            for item in (contents.passed_over if contents else ())
        ]
        async with self.stores.database.transaction() as tx:
            await self.stores.backfill_queue.enqueue(tx, job.id, found, others)
            await self.stores.backfill_queue.settle(tx, job.id, [(source.key, state, None)])

    async def _read_articles(
        self, job: BackfillJob, since: float | None, limit: int | None, progress: Progress | None, *, polled: bool
    ) -> None:
        while True:
            so_far = await self._progress(job)
            if progress:
                progress(so_far)
            room = BATCH_SIZE if limit is None else min(BATCH_SIZE, limit - so_far.added)
            batch = await self.stores.backfill_queue.pending(job.id, AddressKind.ARTICLE, room) if room > 0 else []
            if not batch:
                return
            stored = await self.stores.backfill_queue.stored(batch, job.feed)
            # The pages of what the poller stored are fetched by the rechecker.
            known = {key for key, (_, whole) in stored.items() if polled or whole}
            decisions = await asyncio.gather(*(self._process(address, since, known) for address in batch))
            await self.writer.store(job, list(zip(batch, decisions, strict=True)))

    async def _process(self, address: BackfillAddress, since: float | None, known: Collection[str]) -> Decision:
        if since is not None and address.modified is not None and address.modified < since:
            return Decision(AddressState.SKIPPED, SkipReason.EARLIER)
        if address.key in known:
            return Decision(AddressState.KNOWN)
        answer = await self.pages.fetch(FetchRequest(address.url, accept=ACCEPT))
        if not isinstance(answer, Fetched):
            return self.writer.decide(address, answer, since)
        outcome = await self.pages.parse(answer, unless_list=not address.certain)
        return self.writer.decide(address, outcome, since)

    async def _dry_run_report(self, job: BackfillJob, problem: str) -> BackfillReport:
        """The report of a dry run; a queue that was opened for it is deleted."""
        so_far = await self._progress(job)
        wanted = await self.stores.backfill_queue.unknown(job.id)
        skipped = await self.stores.backfill_queue.skip_reasons(job.id)
        if job.new:
            await self.stores.backfill_queue.delete(job.id)
        would = BackfillProgress(0, so_far.found, wanted, so_far.found - wanted, 0, 0)
        return BackfillReport(would, complete=not problem, problem=problem, skipped=skipped)

    async def _close(self, job: BackfillJob, limit: int | None, problem: str) -> BackfillReport:
        done = await self._progress(job)
        ended = done.visited == done.found or (limit is not None and done.added >= limit)
        complete = ended and not problem and not done.failed
        skipped = await self.stores.backfill_queue.skip_reasons(job.id)
        if complete:
            async with self.stores.database.transaction() as tx:
                await self.stores.backfill_queue.finish(tx, job.id, self.clock())
        return BackfillReport(done, complete, problem, skipped)

    async def _progress(self, job: BackfillJob) -> BackfillProgress:
        counts = await self.stores.backfill_queue.counts(job.id, AddressKind.ARTICLE)
        ended = [counts.get(state, 0) for state in ENDED]
        return BackfillProgress(sum(ended), sum(counts.values()), *ended)


POLLED = SourceContents(SourceKind.FEED)
ENDED = (AddressState.ADDED, AddressState.KNOWN, AddressState.SKIPPED, AddressState.FAILED)
