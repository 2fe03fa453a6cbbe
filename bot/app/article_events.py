"""What happens to articles, told to the search index and to the outbox in the transaction that makes it."""

from bot.models import NewArticle
from bot.search import SearchEngine
from bot.store.database import Transaction
from bot.store.deliveries import Deliveries
from bot.store.incidents import Incidents
from bot.store.shared_cards import SharedCards


class ArticleEventHandler:
    """An `ArticleEvents`: keeps index and outbox in step with the articles, whoever changes them."""

    def __init__(self, search: SearchEngine, deliveries: Deliveries, cards: SharedCards) -> None:
        self._search, self._deliveries, self._cards = search, deliveries, cards

    async def added(self, tx: Transaction, article_id: int, draft: NewArticle, *, announce: bool, now: float) -> None:
        """Makes a new article findable, and plans its deliveries where it is to be announced."""
        await self._search.index(tx, article_id, draft)
        if announce:
            await self._deliveries.plan(tx, article_id, draft.feed, draft.topics, now)

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Brings the index, the posts and the shared cards up to date."""
        await self._search.index(tx, article_id, draft)
        await self._deliveries.changed(tx, article_id, now)
        await self._cards.changed(tx, article_id, now)

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """Takes an article out of the index and out of every channel."""
        await self._search.remove(tx, article_id)
        await self._deliveries.withdrawn(tx, article_id, now)
        await self._cards.withdrawn(tx, article_id, now)


class FeedIncidents:
    """A `FeedProblems`: what is wrong with a feed becomes an incident, told once and ended once."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    async def started(self, tx: Transaction, feed: str, kind: str, detail: str, now: float) -> None:
        """A feed is in trouble."""
        await self._incidents.start(tx, f"feed_{kind}:{feed}", detail, now)

    async def ended(self, tx: Transaction, feed: str, kind: str, now: float) -> None:
        """The trouble is over."""
        await self._incidents.end(tx, f"feed_{kind}:{feed}", now)

    async def held(self, tx: Transaction, feed: str, article_ids: tuple[int, ...], now: float) -> None:
        """These articles wait for a moderator's choice."""
        await self._incidents.start(tx, f"feed_held:{feed}", str(len(article_ids)), now)
