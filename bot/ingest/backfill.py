"""Brings in an archive: a feed, a sitemap, a list page with its following pages, or one article.

The list of what is to be visited stands in the database, so that an import may be stopped
anywhere and goes on where it was. Nothing it brings in is announced.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.discovery.contents import SourceContents, SourceKind
from bot.http.client import Fetched, FetchRequest
from bot.ingest.backfill_planner import fitting, list_pages, site_maps, source_address
from bot.ingest.backfill_writer import ArchiveWriter, Verdict
from bot.ingest.page_fetcher import PageFailed, PageFetcher, PageMissing
from bot.ingest.ports import Extracting
from bot.store.backfill import AddressKind, AddressState, BackfillAddress, BackfillJob, BackfillQueue
from bot.store.database import Database
from bot.store.feeds import Feeds
from bot.store.identities import Identities
from bot.urls import canonical_key, is_web_url
from bot.worker.pool import ParseFailedError

log = logging.getLogger(__name__)

SOURCE_TYPES = "application/rss+xml, application/atom+xml, application/xml, text/xml, text/html, */*;q=0.1"
BATCH = 8  # pages read beside one another and stored together
MAX_SOURCES = 2_000  # sitemaps and list pages of one import
SAMPLE = 200  # articles looked at to learn where a site keeps them


@dataclass(frozen=True, slots=True)
class ArchiveProgress:
    """How far an import is, in articles: visited, found so far, and what became of them."""

    visited: int
    found: int
    added: int
    known: int
    skipped: int
    failed: int


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """How an import ended. `complete`: nothing is left; `problem` says what kept the source from being read.

    In a dry run `added` are the articles that would be looked at.
    """

    progress: ArchiveProgress
    complete: bool
    problem: str = ""


Progress = Callable[[ArchiveProgress], None]


@dataclass(frozen=True, slots=True)
class ArchiveFeed:
    """A configured feed: what an archive's articles are filed under."""

    key: str
    url: str


class Archive:
    """Imports, one at a time. `feeds` are the configured feeds, of which there is at least one."""

    def __init__(
        self,
        database: Database,
        pages: PageFetcher,
        worker: Extracting,
        writer: ArchiveWriter,
        feeds: Sequence[ArchiveFeed],
        *,
        clock: Callable[[], float],
    ) -> None:
        self._database, self._pages, self._worker, self._writer = database, pages, worker, writer
        self._queue, self._feeds, self._clock = BackfillQueue(database), tuple(feeds), clock
        self._states, self._identities = Feeds(database), Identities(database)

    async def bring_in(
        self,
        url: str,
        since: float | None = None,
        limit: int | None = None,
        dry_run: bool = False,  # noqa: FBT001, FBT002 - the command line's own option
        progress: Progress | None = None,
    ) -> ArchiveReport:
        """Brings in what `url` names, which an operator wrote: articles from `since` on, at most `limit` new ones.

        Stopped and called again with the same address it goes on; called after its end it looks
        for what is new. Raises ValueError for what is no web address.
        """
        return await self._bring_in(url, since, limit, progress, dry_run=dry_run)

    async def _bring_in(
        self,
        url: str,
        since: float | None = None,
        limit: int | None = None,
        progress: Progress | None = None,
        *,
        dry_run: bool = False,
        polled: bool = False,
    ) -> ArchiveReport:
        """As `bring_in`; `polled`: the source is a feed that the watcher has stored and goes on watching."""
        if not is_web_url(url):
            raise ValueError(f"not a web address: {url[:100]!r}")
        source = source_address(url)
        self._pages.allow_private(source.url)
        job = await self._queue.open(source, self._feed_of(source.url), since, self._clock())
        problem = await self._read_sources(job, polled=polled)
        if dry_run:
            return await self._survey(job, problem)
        await self._read_articles(job, since, limit, progress, polled=polled)
        return await self._close(job, limit, problem)

    async def bring_in_feeds(self, progress: Progress | None = None) -> tuple[ArchiveReport, ...]:
        """For a new installation: brings in the archive of every configured feed, each to its end once.

        A feed waits for its first good poll and is not asked for again here: what it says is stored.
        """
        ready = [feed.url for feed in self._feeds if await self._is_ready(feed)]
        return tuple([await self._bring_in(url, progress=progress, polled=True) for url in ready])

    async def are_feeds_waiting(self) -> bool:
        """Whether some feed has had no good poll yet, so that its archive is still to come."""
        states = [await self._states.get(feed.key) for feed in self._feeds]
        return any(state is None or not (state.initialised or state.gone) for state in states)

    async def _is_ready(self, feed: ArchiveFeed) -> bool:
        state = await self._states.get(feed.key)
        return (
            state is not None and state.initialised and not await self._queue.is_finished(source_address(feed.url).url)
        )

    async def _read_sources(self, job: BackfillJob, *, polled: bool) -> str:
        """Visits feeds, sitemaps and list pages until none is left; gives why the first could not be read."""
        problem = ""
        for _ in range(MAX_SOURCES):
            waiting = await self._queue.pending(job.id, AddressKind.SOURCE, 1)
            if not waiting:
                return problem
            known = polled and waiting[0].url == job.source
            contents, trouble = (POLLED, "") if known else await self._source(waiting[0].url)
            await self._put_down(job, waiting[0], contents)
            problem = trouble if waiting[0].url == job.source else problem
        return problem or "too many lists"

    async def _source(self, url: str) -> tuple[SourceContents | None, str]:
        answer = await self._pages.fetch(FetchRequest(url, accept=SOURCE_TYPES))
        if not isinstance(answer, Fetched):
            return None, _why(answer)
        try:
            return await self._worker.parse_listing(answer.body, answer.headers, answer.final_url), ""
        except ParseFailedError as error:
            log.warning("archive source %s could not be read: %s", url, error)
            return None, str(error)

    async def _put_down(self, job: BackfillJob, source: BackfillAddress, contents: SourceContents | None) -> None:
        """Puts what a source names on the list, and the source aside, in one transaction."""
        known = await self._parents(job)
        state = AddressState.FAILED if contents is None else AddressState.READ
        found = await asyncio.to_thread(fitting, contents, known) if contents else []
        if contents is not None and contents.kind is SourceKind.FEED and source.url == job.source:
            found += site_maps(await self._pages.robots_rules(source.url), source.url)
        if contents is None and source.url != job.source:
            found = list_pages(source.url, known)
        async with self._database.transaction() as tx:
            await self._queue.enqueue(tx, job.id, found)
            await self._queue.settle(tx, job.id, source.key, state)

    async def _parents(self, job: BackfillJob) -> list[str]:
        """Addresses that surely are articles, for telling others by their path."""
        certain = await self._queue.certain_urls(job.id, SAMPLE)
        host = urlsplit(canonical_key(job.source)).netloc
        return certain or await self._queue.known_urls(f"https://{host}/", SAMPLE)

    async def _read_articles(
        self, job: BackfillJob, since: float | None, limit: int | None, progress: Progress | None, *, polled: bool
    ) -> None:
        while True:
            so_far = await self._progress(job)
            if progress:
                progress(so_far)
            room = BATCH if limit is None else min(BATCH, limit - so_far.added)
            batch = await self._queue.pending(job.id, AddressKind.ARTICLE, room) if room > 0 else []
            if not batch:
                return
            verdicts = await asyncio.gather(*(self._look(address, since, polled=polled) for address in batch))
            await self._writer.store(job, list(zip(batch, verdicts, strict=True)))

    async def _look(self, address: BackfillAddress, since: float | None, *, polled: bool) -> Verdict:
        if since is not None and address.modified is not None and address.modified < since:
            return Verdict(AddressState.SKIPPED)
        # The pages of what the watcher stored are looked at by the re-checker, which asks for them by itself.
        stored = self._identities.known_keys if polled else self._queue.keys_with_body
        if await stored([address.key]):
            return Verdict(AddressState.KNOWN)
        return self._writer.judge(address, await self._pages.read(address.url), since)

    async def _survey(self, job: BackfillJob, problem: str) -> ArchiveReport:
        """What a dry run found; a list that was begun for it is forgotten again."""
        so_far = await self._progress(job)
        wanted = await self._queue.unknown(job.id)
        if job.new:
            await self._queue.delete(job.id)
        told = ArchiveProgress(0, so_far.found, wanted, so_far.found - wanted, 0, 0)
        return ArchiveReport(told, complete=not problem, problem=problem)

    async def _close(self, job: BackfillJob, limit: int | None, problem: str) -> ArchiveReport:
        done = await self._progress(job)
        ended = done.visited == done.found or (limit is not None and done.added >= limit)
        complete = ended and not problem and not done.failed
        if complete:
            async with self._database.transaction() as tx:
                await self._queue.finish(tx, job.id, self._clock())
        return ArchiveReport(done, complete, problem)

    async def _progress(self, job: BackfillJob) -> ArchiveProgress:
        counts = await self._queue.counts(job.id, AddressKind.ARTICLE)
        ended = [counts.get(state, 0) for state in ENDED]
        return ArchiveProgress(sum(ended), sum(counts.values()), *ended)

    def _feed_of(self, url: str) -> str:
        """The configured feed of the same host, else the first."""
        host = urlsplit(canonical_key(url)).netloc
        same = [feed.key for feed in self._feeds if urlsplit(canonical_key(feed.url)).netloc == host]
        return (same or [self._feeds[0].key])[0]


POLLED = SourceContents(SourceKind.FEED)
ENDED = (AddressState.ADDED, AddressState.KNOWN, AddressState.SKIPPED, AddressState.FAILED)


def _why(answer: object) -> str:
    if isinstance(answer, PageFailed):
        return f"{answer.kind} {answer.detail}".strip()
    return f"status {answer.status}" if isinstance(answer, PageMissing) else "not modified"
