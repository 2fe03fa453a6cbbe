"""Propagates article changes to the search index and the outbox, in the same transaction."""

from collections.abc import Sequence

from bot.models import NewArticle
from bot.search import SearchIndex
from bot.store.database import Transaction
from bot.store.stores import Stores


class ArticleEventHandler:
    """An `ArticleEvents`: keeps index and outbox in step with the articles, whoever changes them."""

    def __init__(self, index: SearchIndex, stores: Stores, reinstate_servers: Sequence[int] = ()) -> None:
        self._index, self._stores, self._reinstate_servers = index, stores, reinstate_servers

    async def added(
        self, tx: Transaction, articles: Sequence[tuple[int, NewArticle]], now: float, *, announce: bool
    ) -> None:
        """Indexes new articles and, with `announce`, plans their deliveries; one batch costs less than many calls."""
        await self._index.add(tx, *articles)
        for article_id, draft in articles if announce else ():
            await self._stores.deliveries.plan(tx, article_id, draft.feed, draft.topics, now)

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
