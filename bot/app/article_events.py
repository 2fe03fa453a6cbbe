"""Propagates article changes to the search index and the outbox, in the same transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.models import NewArticle
from bot.search import SearchEngine
from bot.store.database import Transaction
from bot.store.deliveries import Deliveries
from bot.store.incidents import Incidents
from bot.store.shared_cards import SharedCards

MINUTES = "%Y-%m-%d %H:%M UTC"


class ArticleEventHandler:
    """An `ArticleEvents`: keeps index and outbox in step with the articles, whoever changes them."""

    def __init__(
        self,
        search: SearchEngine,
        deliveries: Deliveries,
        cards: SharedCards,
        incidents: Incidents,
        reinstate_servers: Sequence[int] = (),
    ) -> None:
        self._search, self._deliveries, self._cards = search, deliveries, cards
        self._incidents, self._reinstate_servers = incidents, reinstate_servers

    async def added(self, tx: Transaction, article_id: int, draft: NewArticle, *, announce: bool, now: float) -> None:
        """Makes a new article findable, and plans its deliveries where it is to be announced."""
        await self._search.index(tx, article_id, draft)
        if announce:
            await self._deliveries.plan(tx, article_id, draft.feed, draft.topics, now)

    async def imported(self, tx: Transaction, drafts: Sequence[tuple[int, NewArticle]]) -> None:
        """Makes new articles findable without announcing them; many at once cost less than one by one."""
        await self._search.index_many(tx, drafts)

    async def wanted(
        self,
        tx: Transaction,
        article_id: int,
        feed: str,
        topics: tuple[str, ...],
        now: float,
        *,
        guild_id: int | None = None,
    ) -> None:
        """Plans the deliveries of a stored article where another feed, or a server's decision, makes it wanted."""
        await self._deliveries.plan(tx, article_id, feed, topics, now, guild_id=guild_id)

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Brings the index, the posts and the shared cards up to date."""
        await self._search.index(tx, article_id, draft)
        await self._deliveries.changed(tx, article_id, now)
        await self._cards.changed(tx, article_id, now)

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """Takes an article out of the index and out of every channel; notifies the servers that may bring it back."""
        await self._search.remove(tx, article_id)
        for guild_id in self._reinstate_servers:
            await self._incidents.note(tx, "withdrawn", "", now, guild_id=guild_id)
        await self._deliveries.withdrawn(tx, article_id, now)
        await self._cards.withdrawn(tx, article_id, now)

    async def reinstated(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Makes a withdrawn article findable again and brings its posts back."""
        await self._search.index(tx, article_id, draft)
        await self._deliveries.reinstated(tx, article_id, now)
        await self._cards.changed(tx, article_id, now)


class FeedIncidents:
    """A `FeedProblems`: every problem becomes an incident, reported once when it starts and once when it ends."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    async def started(self, tx: Transaction, feed: str, kind: str, detail: str, now: float) -> None:
        """A feed fails."""
        await self._incidents.start(tx, f"feed_{kind}:{feed}", detail, now)

    async def ended(self, tx: Transaction, feed: str, kind: str, now: float) -> None:
        """The failure is over."""
        await self._incidents.end(tx, f"feed_{kind}:{feed}", now)

    async def held(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """Articles wait for a moderator of that server."""
        await self._incidents.start(tx, f"feed_held:{feed}", str(articles), now, guild_id=guild_id)

    async def hold_ended(self, tx: Transaction, feed: str, guild_id: int, now: float) -> None:
        """A moderator has chosen."""
        await self._incidents.end(tx, f"feed_held:{feed}", now, guild_id=guild_id)

    async def hold_expired(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """Nobody has chosen in time: the hold ends, and its end says so."""
        await self._incidents.end(tx, f"feed_held:{feed}", now, guild_id=guild_id, detail=f"expired {articles}")

    async def gap(self, tx: Transaction, feed: str, since: float, now: float) -> None:
        """Entries may have been missed between two polls."""
        await self._incidents.start(tx, f"feed_gap:{feed}", datetime.fromtimestamp(since, UTC).strftime(MINUTES), now)

    async def gap_closed(self, tx: Transaction, feed: str, now: float) -> None:
        """The latest poll overlaps with the one before."""
        await self._incidents.end(tx, f"feed_gap:{feed}", now)

    async def withdrawals_suspended(self, tx: Transaction, host: str, missing: int, now: float) -> None:
        """Too many pages of a host are missing to withdraw any."""
        await self._incidents.start(tx, f"withdrawals_suspended:{host}", str(missing), now)

    async def suspension_ended(self, tx: Transaction, host: str, now: float) -> None:
        """The pages are there again."""
        await self._incidents.end(tx, f"withdrawals_suspended:{host}", now)
