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
        """Indexes a new article for search and, with `announce`, plans its deliveries."""
        await self._search.index(tx, article_id, draft)
        if announce:
            await self._deliveries.plan(tx, article_id, draft.feed, draft.topics, now)

    async def imported(self, tx: Transaction, drafts: Sequence[tuple[int, NewArticle]]) -> None:
        """Indexes new articles without announcing them; one batch costs less than one call each."""
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
        """Plans the deliveries of a stored article after another feed listed it or a server released it."""
        await self._deliveries.plan(tx, article_id, feed, topics, now, guild_id=guild_id)

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Updates the index, the posts and the shared cards."""
        await self._search.index(tx, article_id, draft)
        await self._deliveries.changed(tx, article_id, now)
        await self._cards.changed(tx, article_id, now)

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """Removes an article from the index and from every channel; notifies the servers that may reinstate it."""
        await self._search.remove(tx, article_id)
        for guild_id in self._reinstate_servers:
            await self._incidents.note(tx, "withdrawn", "", now, guild_id=guild_id)
        await self._deliveries.withdrawn(tx, article_id, now)
        await self._cards.withdrawn(tx, article_id, now)

    async def reinstated(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Indexes a withdrawn article again and restores its posts."""
        await self._search.index(tx, article_id, draft)
        await self._deliveries.reinstated(tx, article_id, now)
        await self._cards.changed(tx, article_id, now)


class FeedIncidents:
    """A `FeedProblems`: every problem becomes an incident, reported once when it starts and once when it ends."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    async def started(self, tx: Transaction, feed: str, kind: str, detail: str, now: float) -> None:
        """Opens the incident of a failing feed."""
        await self._incidents.start(tx, f"feed_{kind}:{feed}", detail, now)

    async def ended(self, tx: Transaction, feed: str, kind: str, now: float) -> None:
        """Ends the incident of a feed."""
        await self._incidents.end(tx, f"feed_{kind}:{feed}", now)

    async def held(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """Opens the incident of articles that wait for a moderator of that server."""
        await self._incidents.start(tx, f"feed_held:{feed}", str(articles), now, guild_id=guild_id)

    async def hold_ended(self, tx: Transaction, feed: str, guild_id: int, now: float) -> None:
        """Ends the hold: a moderator has decided."""
        await self._incidents.end(tx, f"feed_held:{feed}", now, guild_id=guild_id)

    async def hold_expired(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """Ends a hold that nobody decided in time; the report of its end says so."""
        await self._incidents.end(tx, f"feed_held:{feed}", now, guild_id=guild_id, detail=f"expired {articles}")

    async def gap(self, tx: Transaction, feed: str, since: float, now: float) -> None:
        """Opens an incident: entries may have been missed between two polls."""
        await self._incidents.start(tx, f"feed_gap:{feed}", datetime.fromtimestamp(since, UTC).strftime(MINUTES), now)

    async def gap_closed(self, tx: Transaction, feed: str, now: float) -> None:
        """Ends it: the latest poll overlaps with the previous one."""
        await self._incidents.end(tx, f"feed_gap:{feed}", now)

    async def withdrawals_suspended(self, tx: Transaction, host: str, missing: int, now: float) -> None:
        """Opens an incident: too many pages of a host are missing, so none is withdrawn."""
        await self._incidents.start(tx, f"withdrawals_suspended:{host}", str(missing), now)

    async def suspension_ended(self, tx: Transaction, host: str, now: float) -> None:
        """Ends it: the pages are available again."""
        await self._incidents.end(tx, f"withdrawals_suspended:{host}", now)
