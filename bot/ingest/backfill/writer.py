"""Decides about the pages that a backfill read, and stores the articles."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.durations import DAY, HOUR
from bot.http.client import Fetched
from bot.ingest.drafts import archived_draft, revised_draft
from bot.ingest.page_fetcher import PageFailed, PageMissing, PageOutcome, PageRead
from bot.ingest.ports import ArticleEvents, Classify
from bot.ingest.rechecker import JITTER, interval
from bot.models import NO_BODY, NewArticle
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
        added: list[tuple[int, NewArticle]] = []
        async with self.stores.database.transaction() as tx:
            for address, decision in batch:
                settled = decision
                if decision.read is not None:
                    settled = await self._keep(tx, job, address, decision.read, added)
                await self.stores.backfill_queue.settle(tx, job.id, address.key, settled.state, settled.reason)
            await self.events.added(tx, added, self.clock(), announce=False)

    async def _keep(
        self,
        tx: Transaction,
        job: BackfillJob,
        address: BackfillAddress,
        read: PageRead,
        added: list[tuple[int, NewArticle]],
    ) -> Decision:
        """Stores an article and appends it to `added`, or stores the missing body of a known one."""
        now = self.clock()
        stored = await self.stores.backfill_queue.stored(address.key, tx)
        if stored is not None:
            return await self._complete(tx, stored, read, now)
        polled = await self.stores.feeds.get(job.feed, tx)
        published = read.page.published
        is_recent = published is not None and now - published < LEAVE_TO_FEED_SECONDS
        missed = is_recent and polled is not None and (polled.last_success or 0.0) > (published or now) + MISSED_SECONDS
        if is_recent and polled is not None and polled.initialised and not missed:
            return Decision(AddressState.SKIPPED, SkipReason.RECENT)
        draft = await asyncio.to_thread(archived_draft, job.feed, address.url, read.page, self.classify, now)
        [article_id] = await self.stores.articles.add(tx, [draft], now, in_feed=False)
        await self._schedule_check(tx, article_id, read, draft.published, now)
        added.append((article_id, draft))
        if missed:
            for guild_id, waiting in (await self.stores.held.hold(tx, job.feed, [article_id], now)).items():
                await self.stores.incidents.start(tx, f"feed_held:{job.feed}", str(waiting), now, guild_id=guild_id)
        return Decision(AddressState.ADDED)

    async def _complete(self, tx: Transaction, stored: tuple[int, bool], read: PageRead, now: float) -> Decision:
        article_id, whole = stored
        article = None if whole else await self.stores.articles.get(article_id, tx)
        if article is None:
            return Decision(AddressState.KNOWN)
        draft = await asyncio.to_thread(
            revised_draft, article, NO_BODY, read.page, self.classify, keep_title=True, first=True
        )
        await self.stores.articles.update(tx, article_id, draft, now)
        await self._schedule_check(tx, article_id, read, article.published, now)
        await self.events.changed(tx, article_id, draft, now)
        return Decision(AddressState.ADDED)

    async def _schedule_check(
        self, tx: Transaction, article_id: int, read: PageRead, published: float | None, now: float
    ) -> None:
        pause = interval(now - (published or 0.0)) * (1 + self.rng.uniform(0, JITTER))
        await self.stores.page_checks.begin(tx, [(article_id, read.etag, read.last_modified, now + pause)])
