"""Takes a parsed feed into the store: pages are fetched first, then everything in one transaction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from bot.feeds.document import FeedDocument, FeedEntry
from bot.ingest.dedupe import Sorted, sort_entries
from bot.ingest.feed_drafts import changed_draft, new_draft
from bot.ingest.poll_policy import Limits, WatchedFeed, choose_announcements
from bot.ingest.ports import ArticleEvents, Classify, FeedProblems, PageAnswer, PageSource
from bot.models import Article, ArticleState
from bot.store.articles import Articles, draft_of
from bot.store.database import Database, Transaction
from bot.store.feeds import FeedState
from bot.store.held_articles import HeldArticles
from bot.store.identities import Identities, KnownIdentity
from bot.store.page_checks import PageChecks

_log = logging.getLogger(__name__)

PAGE_AGAIN = 300.0  # seconds until a page that could not be had is tried again
PAGE_CHECK = 3_600.0  # until a page that was had is looked at again

HELD = "held"  # the kind under which the end of a hold is told

SaveState = Callable[[Transaction, FeedState, FeedState], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a poll did to the store."""

    added: int = 0
    announced: int = 0
    held: int = 0
    changed: int = 0


class WatchStore:
    """Stores what feeds say. Nothing here asks a feed."""

    def __init__(
        self,
        database: Database,
        events: ArticleEvents,
        classify: Classify,
        pages: PageSource,
        problems: FeedProblems,
        limits: Limits,
    ) -> None:
        self._database = database
        self._articles, self._identities = Articles(database), Identities(database)
        self._checks, self.held = PageChecks(database), HeldArticles(database)
        self._events, self._classify, self._pages = events, classify, pages
        self._problems, self._limits = problems, limits

    async def take_in(
        self,
        feed: WatchedFeed,
        document: FeedDocument,
        before: FeedState,
        after: FeedState,
        save: SaveState,
        clock: Callable[[], float],
    ) -> Counts:
        """Stores new and changed articles, identities, holds and the feed's state, all or nothing."""
        entries = await self._sort(feed.key, document)
        announce, hold = choose_announcements(entries.new, primed=before.initialised, limits=self._limits, now=clock())
        pages = await self._have_pages([entry for entry in entries.new if entry.key in announce])
        now = clock()
        async with self._database.transaction() as tx:
            added = await self._add(tx, feed, entries, announce, pages, now)
            await self._hold(tx, feed.key, [added[entry.key] for entry in entries.new if entry.key in hold], now)
            changed = await self._change(tx, feed.key, entries, now)
            if document.entries:
                await self._checks.in_feed(tx, feed.key, [*entries.seen, *added.values()])
            await save(tx, before, after)
        return Counts(len(added), len(announce), len(hold), changed)

    async def release(self, feed: str, choice: Literal["all", "newest", "none"], now: float) -> int:
        """Announces what a moderator chose of the held articles, oldest first, and forgets the hold."""
        articles = [article for article in await self.held.of_feed(feed) if article.state is ArticleState.LIVE]
        chosen = {"all": articles, "newest": articles[:1], "none": []}[choice]
        bodies = {article.id: await self._articles.body(article.id) for article in chosen}
        async with self._database.transaction() as tx:
            freed = set(await self.held.release(tx, feed))
            if freed:
                await self._problems.ended(tx, feed, HELD, now)
            chosen = [article for article in reversed(chosen) if article.id in freed]
            for article in chosen:
                draft = draft_of(article, bodies[article.id])
                await self._events.added(tx, article.id, draft, announce=True, now=now)
        return len(chosen)

    async def _sort(self, feed: str, document: FeedDocument) -> Sorted:
        identities = await self._identities.known(feed, [entry.entry.identity for entry in document.entries])
        keys = await self._identities.known_keys([entry.key for entry in document.entries])
        return sort_entries(document.entries, identities, keys)

    async def _have_pages(self, entries: list[FeedEntry]) -> dict[str, PageAnswer]:
        """The pages that could be had within the wait, by key; the others are tried again later."""
        tasks = {entry.key: asyncio.create_task(self._pages.fetch_for_new(entry.entry.url)) for entry in entries}
        if not tasks:
            return {}
        try:
            await asyncio.wait(tasks.values(), timeout=self._limits.page_wait)
        finally:
            for task in tasks.values():
                task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        return {key: answer for key, task in tasks.items() if (answer := _answer_of(task))}

    async def _add(
        self,
        tx: Transaction,
        feed: WatchedFeed,
        entries: Sorted,
        announce: frozenset[str],
        pages: dict[str, PageAnswer],
        now: float,
    ) -> dict[str, int]:
        added: dict[str, int] = {}
        # While pages were fetched, an import may have brought the same article.
        known = await self._identities.ids_by_key(tx, [entry.key for entry in entries.new])
        for entry in entries.new:
            if entry.key in known:
                added[entry.key] = known[entry.key]
                await self._tell(tx, feed.key, entry, known[entry.key])
            else:
                page = pages.get(entry.key, PageAnswer(None))
                added[entry.key] = await self._add_one(tx, feed, entry, page, announce=entry.key in announce, now=now)
        for echo in entries.echoes:
            await self._tell(tx, feed.key, echo, added[echo.key])
        return added

    async def _add_one(
        self, tx: Transaction, feed: WatchedFeed, entry: FeedEntry, page: PageAnswer, *, announce: bool, now: float
    ) -> int:
        draft = await asyncio.to_thread(
            new_draft, feed.key, entry.entry, entry.key, page.page, self._classify, now, feed.language
        )
        article_id = await self._articles.add(tx, draft, now)
        await self._tell(tx, feed.key, entry, article_id)
        later = PAGE_CHECK if page.page else PAGE_AGAIN if announce else 0.0
        await self._checks.begin(tx, article_id, page.etag, page.last_modified, now + later)
        await self._events.added(tx, article_id, draft, announce=announce, now=now)
        return article_id

    async def _hold(self, tx: Transaction, feed: str, ids: list[int], now: float) -> None:
        for article_id in ids:
            await self.held.hold(tx, feed, article_id, now)
        if ids:
            await self._problems.held(tx, feed, tuple(reversed(ids)), now)

    async def _change(self, tx: Transaction, feed: str, entries: Sorted, now: float) -> int:
        articles = {
            article.id: article
            for article in await self._articles.many([known.article_id for _, known in entries.told])
        }
        changed: list[int] = []
        for entry, known in entries.told:
            article = articles.get(known.article_id)
            if (
                article
                and article.state is ArticleState.LIVE
                and await self._change_one(tx, article, entry, known, now)
            ):
                changed.append(article.id)
            await self._tell(tx, feed, entry, known.article_id)
        await self._checks.schedule_check(tx, changed, now)
        return len(changed)

    async def _change_one(
        self, tx: Transaction, article: Article, entry: FeedEntry, known: KnownIdentity, now: float
    ) -> bool:
        body = await self._articles.body(article.id)
        draft = await asyncio.to_thread(changed_draft, article, body, entry.entry, known, self._classify)
        if draft == replace(draft_of(article, identity=draft.identity), topics=draft.topics):
            return False
        await self._articles.update(tx, article.id, draft, now)
        await self._events.changed(tx, article.id, replace(draft, body=body), now)
        return True

    async def _tell(self, tx: Transaction, feed: str, entry: FeedEntry, article_id: int) -> None:
        known = KnownIdentity(article_id, entry.told, entry.entry.published)
        await self._identities.record(tx, feed, entry.entry.identity, known)


def _answer_of(task: "asyncio.Task[PageAnswer]") -> PageAnswer | None:
    if task.cancelled():
        return None
    if error := task.exception():
        _log.error("a page could not be read", exc_info=error)
        return None
    return task.result()
