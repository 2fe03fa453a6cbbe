"""Judges and stores what an archive import read."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.ingest.page_drafts import archived_draft, revised_draft
from bot.ingest.page_fetcher import PageFailed, PageMissing, PageOutcome, PageRead
from bot.ingest.ports import ArticleEvents, Classify
from bot.ingest.rechecker import JITTER, interval
from bot.store.articles import Articles
from bot.store.backfill import AddressState, BackfillAddress, BackfillJob, BackfillQueue
from bot.store.database import Database, Transaction

FRESH = 172_800.0  # seconds; what is younger is the feed's to tell, so that it gets announced


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an address; `read` is what to store, for those to be added."""

    state: AddressState
    read: PageRead | None = None


class ArchiveWriter:
    """Stores batches of articles, each batch with its list and its events in one transaction."""

    def __init__(
        self,
        database: Database,
        articles: Articles,
        events: ArticleEvents,
        classify: Classify,
        *,
        clock: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self._database, self._articles, self._events, self._classify = database, articles, events, classify
        self._queue = BackfillQueue(database)
        self._clock, self._rng = clock, rng

    def judge(self, address: BackfillAddress, outcome: PageOutcome, since: float | None) -> Verdict:
        """Whether a page is an article that was asked for."""
        if isinstance(outcome, PageMissing):
            return Verdict(AddressState.SKIPPED)
        if isinstance(outcome, PageFailed):
            final = outcome.kind in ("robots", "not_html", "no_article", "address")
            return Verdict(AddressState.SKIPPED if final else AddressState.FAILED)
        if not isinstance(outcome, PageRead):
            return Verdict(AddressState.FAILED)
        published = outcome.page.published
        undated = published is None and not address.certain
        early = since is not None and published is not None and published < since
        return Verdict(AddressState.SKIPPED) if undated or early else Verdict(AddressState.ADDED, outcome)

    async def store(self, job: BackfillJob, batch: Sequence[tuple[BackfillAddress, Verdict]]) -> None:
        """Stores what was read and settles every address of the batch."""
        async with self._database.transaction() as tx:
            for address, verdict in batch:
                state = verdict.state
                if verdict.read is not None:
                    state = await self._keep(tx, job, address, verdict.read)
                await self._queue.settle(tx, job.id, address.key, state)

    async def _keep(self, tx: Transaction, job: BackfillJob, address: BackfillAddress, read: PageRead) -> AddressState:
        """Adds an article, or gives a known one the body it lacks."""
        now = self._clock()
        stored = await self._queue.stored(tx, address.key)
        if stored is not None:
            return await self._complete(tx, stored, read, now)
        if self._is_fresh(read, now) and await self._queue.is_polled(tx, job.feed):
            return AddressState.SKIPPED
        draft = await asyncio.to_thread(archived_draft, job.feed, address.url, read.page, self._classify, now)
        if read.page.published is None and address.modified is not None:
            draft = replace(draft, published=min(address.modified, now))
        article_id = await self._articles.add(tx, draft, now)
        await self._queue.mark_outside_feed(tx, article_id)
        await self._look_later(tx, article_id, read, draft.published, now)
        await self._events.added(tx, article_id, draft, announce=False, now=now)
        return AddressState.ADDED

    async def _complete(self, tx: Transaction, stored: tuple[int, bool], read: PageRead, now: float) -> AddressState:
        article_id, whole = stored
        article = None if whole else await self._queue.article(tx, article_id)
        if article is None:
            return AddressState.KNOWN
        draft = await asyncio.to_thread(revised_draft, article, read.page, self._classify, keep_title=True, first=True)
        await self._articles.update(tx, article_id, draft, now)
        await self._look_later(tx, article_id, read, article.published, now)
        await self._events.changed(tx, article_id, draft, now)
        return AddressState.ADDED

    async def _look_later(self, tx: Transaction, article_id: int, read: PageRead, published: float, now: float) -> None:
        pause = interval(now - published) * (1 + self._rng.uniform(0, JITTER))
        await self._queue.record_fetch(tx, article_id, (read.etag, read.last_modified), now + pause)

    def _is_fresh(self, read: PageRead, now: float) -> bool:
        return read.page.published is not None and now - read.page.published < FRESH
