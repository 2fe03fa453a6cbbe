"""The core: the store and everything that reads and writes it; no Discord, no network.

Commands that need neither, such as `herald search`, open only this.
"""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from bot.config.settings import Settings
from bot.models import NewArticle
from bot.search import SearchEngine, SearchIndex
from bot.store.articles import draft_of
from bot.store.database import Database, Transaction
from bot.store.stores import Stores
from bot.topics import Classifier
from bot.urls import canonical_key

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class ArticleEventHandler:
    """An `ArticleEvents`: keeps index and outbox in step with the articles, whoever changes them."""

    def __init__(self, index: SearchIndex, stores: Stores, reinstate_servers: Sequence[int] = ()) -> None:
        self._index, self._stores, self._reinstate_servers = index, stores, reinstate_servers

    async def added(self, tx: Transaction, article_id: int, draft: NewArticle, *, announce: bool, now: float) -> None:
        """Indexes a new article for search and, with `announce`, plans its deliveries."""
        await self._index.add(tx, (article_id, draft))
        if announce:
            await self._stores.deliveries.plan(tx, article_id, draft.feed, draft.topics, now)

    async def imported(self, tx: Transaction, drafts: Sequence[tuple[int, NewArticle]]) -> None:
        """Indexes new articles without announcing them; one batch costs less than one call each."""
        await self._index.add(tx, *drafts)

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Updates the index, the posts and the shared cards."""
        await self._index.add(tx, (article_id, draft))
        await self._stores.deliveries.changed(tx, article_id, now)
        await self._stores.cards.changed(tx, article_id, now)

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """Removes an article from the index and from every channel; notifies the servers that may reinstate it."""
        await self._index.remove(tx, article_id)
        for guild_id in self._reinstate_servers:
            await self._stores.incidents.note(tx, "withdrawn", "", now, guild_id=guild_id)
        await self._stores.deliveries.withdrawn(tx, article_id, now)
        await self._stores.cards.changed(tx, article_id, now)

    async def reinstated(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Indexes a withdrawn article again and restores its posts."""
        await self._index.add(tx, (article_id, draft))
        await self._stores.deliveries.reinstated(tx, article_id, now)
        await self._stores.cards.changed(tx, article_id, now)


class Core(Stores):
    """The store and everything that reads and writes it."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        super().__init__(database)
        self.settings, self.clock = settings, clock
        self.search = SearchEngine(database.with_own_reader("search"), settings.topics, clock, key_of=canonical_key)
        self.index = SearchIndex(database, settings.topics)
        self.classifier = Classifier(settings.topics)
        self.events = ArticleEventHandler(self.index, self, settings.delivery.reinstate_servers)

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
            stored = await self.articles.stored(tx, article_id)
            if stored is None:
                return False
            await self.events.reinstated(tx, article_id, draft_of(*stored), self.clock())
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
async def open_core(settings: Settings, *, clock: Clock) -> AsyncGenerator[Core]:
    """Opens the core on the configured database. Raises DatabaseTooNewError or sqlite3.Error."""
    database = await Database.open(settings.database)
    try:
        core = Core(database, settings, clock)
        await core.feeds.sync({feed.key: feed.url for feed in settings.feeds})
        try:
            yield core
        finally:
            await core.search.counted()
    finally:
        await database.close()
