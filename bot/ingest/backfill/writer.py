"""Decides about the pages that a backfill read, and stores the articles."""

import asyncio
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bot.durations import DAY, HOUR
from bot.http.client import Fetched
from bot.ingest.drafts import archived_draft, revised_draft
from bot.ingest.page_fetcher import PageFailed, PageMissing, PageOutcome, PageRead
from bot.ingest.ports import ArticleEvents, Classify
from bot.ingest.rechecker import JITTER, interval
from bot.models import NO_BODY
from bot.store.backfill import AddressState, BackfillAddress, BackfillJob, SkipReason
from bot.store.database import Transaction
from bot.store.stores import Stores

LEAVE_TO_FEED_SECONDS = 2 * DAY  # younger articles are left to the poller, so that they get announced
MISSED_SECONDS = HOUR  # a polled feed that still does not list it has missed it
FINAL_FAILURES = {
    "robots": SkipReason.ROBOTS,
    "not_html": SkipReason.OTHER_TYPE,
    "no_article": SkipReason.NO_ARTICLE,
    "list": SkipReason.LIST,
    "address": SkipReason.OTHER_TYPE,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about an address; `read` is the page to store, for those to be added."""

    state: AddressState
    reason: SkipReason | None = None
    read: PageRead | None = None


@dataclass
class BackfillWriter:
    """Stores batches of articles, each batch with its queue and its events in one transaction."""

    stores: Stores
    events: ArticleEvents
    classify: Classify
    clock: Callable[[], float]
    rng: random.Random

    def decide(self, address: BackfillAddress, outcome: PageOutcome | Fetched, since: float | None) -> Decision:
        """Whether a page is an article within the limits of the import."""
        if isinstance(outcome, PageMissing):
            return Decision(AddressState.SKIPPED, SkipReason.MISSING)
        if isinstance(outcome, PageFailed):
            reason = FINAL_FAILURES.get(outcome.kind)
            return Decision(AddressState.SKIPPED, reason) if reason else Decision(AddressState.FAILED)
        if not isinstance(outcome, PageRead):
            return Decision(AddressState.FAILED)
        published = outcome.page.published
        if published is None and not address.certain:
            return Decision(AddressState.SKIPPED, SkipReason.UNDATED)
        if since is not None and published is not None and published < since:
            return Decision(AddressState.SKIPPED, SkipReason.EARLIER)
        return Decision(AddressState.ADDED, read=outcome)

    async def store(self, job: BackfillJob, batch: Sequence[tuple[BackfillAddress, Decision]]) -> None:
        """Stores the articles and settles every address of the batch."""
        now = self.clock()
        new: list[tuple[BackfillAddress, PageRead]] = []
        missed: set[str] = set()
        results: list[tuple[str, AddressState, SkipReason | None]] = []
        async with self.stores.database.transaction() as tx:
            addresses = [address for address, _ in batch]
            stored = await self.stores.backfill_queue.stored(addresses, job.feed, tx)
            feed = await self.stores.feeds.get(job.feed, tx)
            last_success = (feed.last_success if feed else None) or 0.0
            for address, decision in batch:
                result = decision
                if decision.read is not None and address.key in stored:
                    result = await self._complete(tx, stored[address.key], decision.read, now)
                elif decision.read is not None:
                    published = decision.read.page.published or 0.0
                    is_recent = now - published < LEAVE_TO_FEED_SECONDS
                    if is_recent and last_success > published + MISSED_SECONDS:
                        missed.add(address.key)
                    if is_recent and feed and feed.initialised and address.key not in missed:
                        result = Decision(AddressState.SKIPPED, SkipReason.RECENT)
                    else:
                        new.append((address, decision.read))
                results.append((address.key, result.state, result.reason))
            await self.stores.backfill_queue.settle(tx, job.id, results)
            if new:
                await self._add(tx, job, new, missed, now)

    async def _add(
        self,
        tx: Transaction,
        job: BackfillJob,
        pages: Sequence[tuple[BackfillAddress, PageRead]],
        missed: Collection[str],
        now: float,
    ) -> None:
        """Stores the articles of new pages; those that polls `missed`, by key, are held."""
        drafts = await asyncio.to_thread(
            lambda: [archived_draft(job.feed, address.url, read.page, self.classify, now) for address, read in pages]
        )
        ids = await self.stores.articles.add(tx, drafts, now, in_feed=False)
        await self.stores.page_checks.begin(
            tx,
            [
                (article_id, read.etag, read.last_modified, self._next_check(draft.published, now))
                for article_id, draft, (_, read) in zip(ids, drafts, pages, strict=True)
            ],
        )
        if held := [article_id for article_id, (address, _) in zip(ids, pages, strict=True) if address.key in missed]:
            for guild_id, waiting in (await self.stores.held.hold(tx, job.feed, held, now)).items():
                await self.stores.incidents.start(tx, f"feed_held:{job.feed}", str(waiting), now, guild_id=guild_id)
        await self.events.added(tx, list(zip(ids, drafts, strict=True)), now, announce=False)

    async def _complete(self, tx: Transaction, stored: tuple[int, bool], read: PageRead, now: float) -> Decision:
        """Stores the missing body of a known article."""
        article_id, whole = stored
        article = None if whole else await self.stores.articles.get(article_id, tx)
        if article is None:
            return Decision(AddressState.KNOWN)
        draft = await asyncio.to_thread(
            revised_draft, article, NO_BODY, read.page, self.classify, keep_title=True, first=True
        )
        await self.stores.articles.update(tx, article_id, draft, now)
        check = (article_id, read.etag, read.last_modified, self._next_check(article.published, now))
        await self.stores.page_checks.begin(tx, [check])
        await self.events.changed(tx, article_id, draft, now)
        return Decision(AddressState.ADDED)

    def _next_check(self, published: float, now: float) -> float:
        return now + interval(now - published) * (1 + self.rng.uniform(0, JITTER))
