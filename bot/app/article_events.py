"""Propagates article changes to the search index and the outbox, in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models import NewArticle
from bot.search.index import SearchIndex
from bot.store.database import Transaction
from bot.store.stores import Stores


@dataclass
class ArticleEventHandler:
    """An `ArticleEvents`: keeps index and outbox in step with the articles, whoever changes them."""

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
