"""The core: the store and everything that reads and writes it; no Discord, no network.

Commands that need neither, such as `herald search`, open only this.
"""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.models import NewArticle
from bot.search.index import SearchIndex
from bot.store.database import CACHE_KILOBYTES, Database, Transaction
from bot.store.stores import Stores
from bot.topics import Classifier
from bot.urls import canonical_key

if TYPE_CHECKING:
    from bot.search.engine import SearchEngine

log = logging.getLogger(__name__)

Clock = Callable[[], float]


@dataclass
class ArticleEventHandler:
    """An `ArticleEvents`: keeps index and outbox in step with the articles, in the transaction that changes them."""

    index: SearchIndex
    stores: Stores
    reinstate_servers: Sequence[int] = ()

    async def added(
        self, tx: Transaction, articles: Sequence[tuple[int, NewArticle]], now: float, *, announce: bool
    ) -> None:
        """Indexes new articles and, with `announce`, plans their deliveries; one batch costs less than many calls."""
        await self.index.add(tx, *articles)
        for article_id, draft in articles if announce else ():
            await self.stores.deliveries.plan(tx, article_id, draft.feed, now)

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Updates the index, the posts and the shared cards."""
        await self.index.add(tx, (article_id, draft))
        await self.stores.deliveries.changed(tx, article_id, now)
        await self.stores.cards.changed(tx, article_id, now)

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """Removes an article from the index and from every channel; notifies the servers that may reinstate it."""
        await self.index.remove(tx, article_id)
        for guild_id in self.reinstate_servers:
            await self.stores.incidents.note(tx, "withdrawn", "", now, guild_id=guild_id)
        await self.stores.deliveries.withdrawn(tx, article_id, now)
        await self.stores.cards.changed(tx, article_id, now)

    async def reinstated(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Indexes a withdrawn article again and restores its posts."""
        await self.index.add(tx, (article_id, draft))
        await self.stores.deliveries.reinstated(tx, article_id, now)
        await self.stores.cards.changed(tx, article_id, now)


class Core(Stores):
    """The store and everything that reads and writes it."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        super().__init__(database)
        self.settings, self.clock = settings, clock
        self.index = SearchIndex(database, settings.topics)
        self.classifier = Classifier(settings.topics)
        self.events = ArticleEventHandler(self.index, self, settings.delivery.reinstate_servers)

    @cached_property
    def search(self) -> "SearchEngine":
        """The search engine, loaded when it is first asked for: most commands do not search."""
        from bot.search.engine import SearchEngine

        reader = self.database.with_own_reader("search")
        return SearchEngine(reader, self.settings.topics, self.clock, key_of=canonical_key)

    async def withdraw(self, article_id: int) -> None:
        """Withdraws an article; repeating it retries the posts that could not be reached before."""
        async with self.database.transaction() as tx:
            await self.articles.withdraw(tx, article_id, self.clock())
            await self.events.withdrawn(tx, article_id, self.clock())

    async def reinstate(self, article_id: int) -> bool:
        """Brings a withdrawn article back: search, posts and lists. False when its words are erased already."""
        async with self.database.transaction() as tx:
            if not await self.articles.reinstate(tx, article_id, self.clock()):
                return False
            [(article, body)] = (await self.articles.stored([article_id], tx)).values()
            await self.events.reinstated(tx, article_id, NewArticle.of(article, body), self.clock())
        return True

    async def erase(self, article_ids: Sequence[int]) -> bool:
        """Erases the words of withdrawn articles; False where the file has to be cleaned later."""
        if article_ids:
            await self.withdrawals.erase(article_ids, self.clock())
        clean = await self.withdrawals.scrub()
        if clean is None:
            return True
        if clean:
            log.info("erased withdrawn articles %s from the database file", list(article_ids))
        else:
            log.warning("the database file is in use; withdrawn words are erased from it at the next attempt")
        return clean


@asynccontextmanager
async def open_core(
    settings: Settings, *, clock: Clock, cache_kilobytes: int = CACHE_KILOBYTES
) -> AsyncGenerator[Core]:
    """Opens the core on the configured database. Raises DatabaseTooNewError or sqlite3.Error."""
    database = await Database.open(settings.database, cache_kilobytes=cache_kilobytes)
    try:
        core = Core(database, settings, clock)
        await core.feeds.sync({feed.key: feed.url for feed in settings.feeds})
        try:
            yield core
        finally:
            if "search" in vars(core):  # a command searched
                await core.search.counted()
    finally:
        await database.close()
