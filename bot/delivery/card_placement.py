"""Publishes a shared card; its message is recorded before the card is put into it.

    a message without content ─> its ids are stored ─> the card is put into it ─> confirmed

Wherever the bot stops in between, the message names nothing, or its ids are stored and the card is
completed, corrected or withdrawn after the next start.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bot.models import Article
from bot.store.database import Database
from bot.store.shared_cards import MessageRef, SharedCards

PUT_SECONDS = 30.0
# Longer than publishing may take: a late card must not replace the notice of a withdrawal.
LEASE_SECONDS = 2 * PUT_SECONDS


class CardPlacement:
    """Publishes cards. `wake` is called when a card has a step that is due at once."""

    def __init__(self, database: Database, clock: Callable[[], float], wake: Callable[[], None]) -> None:
        self._cards, self._clock, self._wake = SharedCards(database), clock, wake

    async def put(
        self,
        article: Article,
        place: MessageRef,
        show: Callable[[], Awaitable[object]],
        *,
        shared_at: float | None = None,
    ) -> bool:
        """Calls `show`, which puts the card of `article` into the message.

        False when the article was withdrawn while it was published; the message must then show nothing of it.
        Raises what `show` raises, and TimeoutError; the card is then completed later.
        """
        card = await self._cards.reserve(article.id, place, self._clock() + LEASE_SECONDS, shared_at)
        if card is None:
            return False
        async with asyncio.timeout(PUT_SECONDS):
            await show()
        late = await self._cards.confirm(card, article, self._clock())
        if late:
            self._wake()
        return late is not None
