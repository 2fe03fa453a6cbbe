"""Writes the results of a poll: articles, identities, holds and the feed's state, in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from bot.durations import DAY, HOUR
from bot.feeds.document import Entry, FeedDocument
from bot.ingest.dedupe import (
    EntryDiff,
    OldText,
    diff_entries,
    find_renamed,
    follow,
    groups_to_store,
    has_gap,
    missing_articles,
)
from bot.ingest.drafts import Edit, changed_draft, edit_of, new_draft
from bot.ingest.page_fetcher import PageAnswer, PageFetcher
from bot.ingest.poll_policy import (
    EntryPlan,
    Limits,
    WatchedFeed,
    after_waiting,
    plan_entries,
    plan_with_pages,
)
from bot.ingest.ports import ArticleEvents, Classify
from bot.models import Article, ArticleState
from bot.store.database import Transaction
from bot.store.feeds import FeedState
from bot.store.identities import Known, KnownIdentity
from bot.store.stores import Stores

log = logging.getLogger(__name__)

PAGE_RETRY_SECONDS = 300.0  # until a page that could not be fetched is tried again
FIRST_CHECK_SECONDS = 300.0  # until a page that was fetched is checked for the first time
MINOR_EDIT_SECONDS = 6 * HOUR  # between two edits of one article that do not change its words
MAX_MINOR_EDITS = 3  # entries that changed only in a date or counter; more in one poll are a rebuilt feed, not edits
MAX_EMPTIED = 100  # bodies read in one poll to find summaries that were emptied
MAX_COMPARED = 20  # articles whose text is compared with that of new entries, in one poll
HOLD_SECONDS = 7 * DAY  # until a hold that nobody decides ends
MAX_PROBES = 5  # old addresses whose redirect is looked up, in one poll

NOT_FETCHED = PageAnswer(None)

Choice = Literal["all", "newest", "none"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of articles that a poll stored, by kind."""

    added: int = 0
    announced: int = 0
    held: int = 0
    waiting: int = 0
    changed: int = 0


@dataclass
class PollWriter:
    """Stores the results of polls. `feeds` are the configured keys: an article follows the feed it belongs to."""

    stores: Stores
    events: ArticleEvents
    classify: Classify
    pages: PageFetcher
    limits: Limits
    feeds: AbstractSet[str]
    clock: Callable[[], float]

    async def save_state(self, before: FeedState, after: FeedState) -> None:
        """Stores only the state of a feed, after a poll without entries to store."""
        async with self.stores.database.transaction() as tx:
            await self._save_state(tx, before, after, self.clock())

    async def apply(self, feed: WatchedFeed, document: FeedDocument, before: FeedState, after: FeedState) -> Counts:
        """Stores new and changed articles, identities, holds and the feed's state, all or nothing."""
        entries = document.entries
        known = await self.stores.identities.known(feed.key, entries)
        diff = await asyncio.to_thread(diff_entries, entries, known)  # 75 ms for 2,000 entries
        left = diff.left if before.initialised else ()
        if diff.new and left:
            asked = left[:MAX_PROBES]
            finals = await asyncio.gather(*(self.pages.final_address(article.url) for article in asked))
            moved = {final: article.id for article, final in zip(asked, finals, strict=True) if final}
            diff = follow(diff, {one.key: moved[one.address_key] for one in diff.new if one.address_key in moved})
        waited = await self.stores.waiting_entries.since(feed.key)
        plan = plan_entries(diff, waited, initialised=before.initialised, limits=self.limits, now=self.clock())
        pages = await self._fetch_pages([entry for entry in diff.new if entry.key in plan.needs_page])
        now = self.clock()
        may_be_renamed = before.initialised and diff.new and diff.unlisted
        if may_be_renamed and (renamed := await self._find_renamed(diff, known, pages)):
            diff = follow(diff, renamed)
            plan = plan_entries(diff, waited, initialised=True, limits=self.limits, now=now)
        plan = plan_with_pages(plan, feed.key, diff, pages, waited, self.limits, now)
        async with self.stores.database.transaction() as tx:
            ids = await self._add(tx, feed, diff, plan, pages, now)
            # Articles known from another feed are announced to subscriptions that want only this one.
            for article_id in [number for entry, number in diff.joined if entry.key in plan.announce]:
                await self.stores.deliveries.plan(tx, article_id, feed.key, now)
            if held := [ids[entry.key] for entry in diff.new if entry.key in plan.hold]:
                for guild_id, many in (await self.stores.held.hold(tx, feed.key, held, now)).items():
                    await self.stores.incidents.start(tx, f"feed_held:{feed.key}", str(many), now, guild_id=guild_id)
            changed = await self._change(tx, feed.key, diff.changed, now) if diff.changed else []
            seen = {*diff.seen, *ids.values()}
            gone = [article.id for article in left if article.id not in seen]
            if changed or gone:
                await self.stores.page_checks.schedule_check(tx, [*changed, *gone], now)
            await self.stores.waiting_entries.replace(tx, feed.key, plan.waiting)
            if entries:
                await self.stores.page_checks.in_feed(tx, feed.key, seen)
            if entries and before.initialised and has_gap(diff, entries, known):
                await self.stores.backfill_queue.reopen(tx, before.url)
                since = datetime.fromtimestamp(before.last_success or now, UTC).strftime("%Y-%m-%d %H:%M UTC")
                await self.stores.incidents.start(tx, f"feed_gap:{feed.key}", since, now)
            elif entries and before.initialised:
                await self.stores.incidents.end(tx, f"feed_gap:{feed.key}", now)
            await self._save_state(tx, before, after_waiting(after, plan.waiting, now), now)
        return Counts(len(ids), len(plan.announce), len(plan.hold), len(plan.waiting), len(changed))

    async def release(self, feed: str, guild_id: int, choice: Choice) -> int:
        """Ends a server's hold of a feed as its moderator chose: those articles are announced there, oldest first.

        Returns how many.
        """
        now = self.clock()
        articles = await self.stores.held.of_guild(feed, guild_id)
        chosen = {"all": articles, "newest": articles[:1], "none": []}[choice]
        async with self.stores.database.transaction() as tx:
            freed = set(await self.stores.held.release(tx, feed, guild_id))
            if freed:
                await self.stores.incidents.end(tx, f"feed_held:{feed}", now, guild_id=guild_id)
            chosen = [article for article in reversed(chosen) if article.id in freed]
            for article in chosen:
                await self.stores.deliveries.plan(tx, article.id, feed, now, guild_id=guild_id)
        return len(chosen)

    async def expire_holds(self) -> int:
        """Ends holds that nobody decided for a week as *None*, and reports that to the server. Returns how many."""
        now = self.clock()
        expired = [hold for hold in await self.stores.held.holds() if hold.since < now - HOLD_SECONDS]
        for hold in expired:
            async with self.stores.database.transaction() as tx:
                if await self.stores.held.release(tx, hold.feed, hold.guild_id):
                    kind, detail = f"feed_held:{hold.feed}", f"expired {hold.articles}"  # the report of the end says so
                    await self.stores.incidents.end(tx, kind, now, guild_id=hold.guild_id, detail=detail)
        return len(expired)

    async def _find_renamed(self, diff: EntryDiff, known: Known, pages: Mapping[str, PageAnswer]) -> dict[str, int]:
        """New entries, by key, that have the text of an article that is no longer in the feed."""
        missing = missing_articles(diff, known)[:MAX_COMPARED]
        if not missing:
            return {}
        stored = await self.stores.articles.stored([article.id for article in missing])
        old = [
            OldText(article, stored[article.id][0].summary, stored[article.id][1].passages)
            for article in missing
            if article.id in stored
        ]
        texts = {key: answer.page.body.passages for key, answer in pages.items() if answer.page}
        return await asyncio.to_thread(find_renamed, diff, known, old, texts)

    async def _fetch_pages(self, entries: list[Entry]) -> dict[str, PageAnswer]:
        """The pages that could be fetched within the wait, by key; the others are tried again later."""
        tasks = {
            entry.key: asyncio.create_task(self.pages.fetch_for_new(entry.url))
            for entry in entries
            if entry.key == entry.address_key  # a page that several entries share belongs to none of them
        }
        if not tasks:
            return {}
        try:
            await asyncio.wait(tasks.values(), timeout=self.limits.page_timeout)
        finally:
            for task in tasks.values():
                task.cancel()
            found = await asyncio.gather(*tasks.values(), return_exceptions=True)
        answers: dict[str, PageAnswer] = {}
        for key, answer in zip(tasks, found, strict=True):
            if isinstance(answer, PageAnswer):
                answers[key] = answer
            elif not isinstance(answer, asyncio.CancelledError):
                log.error("a page could not be read", exc_info=answer)
        return answers

    async def _add(
        self,
        tx: Transaction,
        feed: WatchedFeed,
        diff: EntryDiff,
        plan: EntryPlan,
        pages: Mapping[str, PageAnswer],
        now: float,
    ) -> dict[str, int]:
        """Stores the new entries that do not wait; returns their articles' ids by key."""
        ids: dict[str, int] = {}
        waiting = {entry.identity for entry in plan.waiting}
        for group in groups_to_store(entry for entry in diff.new if entry.identity not in waiting):
            # While pages were fetched, an import may have brought the same articles.
            own = [one.key for one in group if one.key == one.address_key and one.address_key not in diff.taken]
            stored = await self.stores.identities.known_keys(own, tx)
            new = [entry for entry in group if entry.key not in stored]
            keys = await self.stores.identities.free(tx, feed.key, new)
            answers = [pages.get(entry.key, NOT_FETCHED) for entry in new]
            each = (
                new_draft(feed.key, entry, key, answer.page, self.classify, now, feed.language)
                for entry, key, answer in zip(new, keys, answers, strict=True)
            )
            drafts = await asyncio.to_thread(list, each)  # long articles would hold up the event loop
            added = list(zip(await self.stores.articles.add(tx, drafts, now), drafts, strict=True))
            checks: list[tuple[int, str, str, float]] = []
            for entry, answer, (article_id, draft) in zip(new, answers, added, strict=True):
                stored[entry.key] = article_id
                if draft.key == entry.address_key:
                    soon = PAGE_RETRY_SECONDS if entry.key in plan.announce else 0.0
                    later = FIRST_CHECK_SECONDS if answer.page else soon
                    checks.append((article_id, answer.etag, answer.last_modified, now + later))
            await self.stores.page_checks.begin(tx, checks)
            for announce in (True, False):
                some = [one for entry, one in zip(new, added, strict=True) if (entry.key in plan.announce) is announce]
                if some:
                    await self.events.added(tx, some, now, announce=announce)
            await self.stores.identities.record(tx, feed.key, [(entry, stored[entry.key]) for entry in group])
            ids |= stored
        return ids

    async def _change(
        self, tx: Transaction, feed: str, entries: Sequence[tuple[Entry, KnownIdentity]], now: float
    ) -> list[int]:
        """Stores what the entries of known articles say now; returns the ids of the articles that changed."""
        articles = {
            article.id: article
            for article in await self.stores.articles.many([known.article_id for _, known in entries])
        }
        edits: list[tuple[Entry, KnownIdentity, Article]] = []
        settled: list[tuple[Entry, int]] = []
        for entry, known in entries:
            article = articles.get(known.article_id)
            words_it = article is not None and (article.feed == feed or article.feed not in self.feeds)
            if article is None or article.state is not ArticleState.LIVE or not words_it:
                settled.append((entry, known.article_id))
            else:
                edits.append((entry, known, article))
        # A summary that was emptied must not stay; where it was the body's beginning, nothing changes.
        emptied = [article.id for entry, _, article in edits if article.summary and not entry.summary]
        bodies = {
            number: body for number, (_, body) in (await self.stores.articles.stored(emptied[:MAX_EMPTIED])).items()
        }
        kinds = await asyncio.to_thread(
            lambda: [
                edit_of(article, changed_draft(article, entry, known, bodies.get(article.id)))
                for entry, known, article in edits
            ]
        )
        minor = kinds.count(Edit.MINOR)
        redated = sum(known.entry_published != entry.published for entry, known, _ in edits)
        is_rebuilt = max(minor, redated) > MAX_MINOR_EDITS
        changed: list[int] = []
        for (entry, known, article), edit in zip(edits, kinds, strict=True):
            is_minor = edit is Edit.MINOR and not is_rebuilt
            updated = await self.stores.articles.updated(tx, article.id) if is_minor else 0.0
            if is_minor and article.first_seen < updated and now - updated < MINOR_EDIT_SECONDS:
                continue  # still different at the next poll, and applied when it is due
            if edit is Edit.WORDS or is_minor:
                body = await self.stores.articles.body(article.id)
                draft = changed_draft(article, entry, known, body)
                topics = await asyncio.to_thread(self.classify, draft.title, draft.summary, body)
                draft = replace(draft, topics=topics)
                if entry.key == entry.address_key:
                    await self.stores.identities.add_alias(tx, entry.address_key, article.id)
                await self.stores.articles.update(tx, article.id, draft, now)
                await self.events.changed(tx, article.id, replace(draft, body=body), now)
                changed.append(article.id)
            settled.append((entry, article.id))
        await self.stores.identities.record(tx, feed, settled)
        return changed

    async def _save_state(self, tx: Transaction, before: FeedState, after: FeedState, now: float) -> None:
        await self.stores.feeds.save(tx, after)
        # An incident is reported once when it starts and once when it ends, and again when the error is final.
        final = after.gone and not before.gone
        if before.problem_reported and (final or not after.problem_reported):
            await self.stores.incidents.end(tx, f"feed_{before.problem}:{before.key}", now)
        if after.problem_reported and (final or not before.problem_reported):
            await self.stores.incidents.start(tx, f"feed_{after.problem}:{after.key}", after.problem_detail, now)
