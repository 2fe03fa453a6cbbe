"""Putting a card into a message of its own, in such an order that no message which shows it is ever unknown.

    a message that names nothing ─> its place is stored ─> the card is put into it ─> noted as there

Whenever the bot stops in between, the message names nothing, or its place is stored and the card is
completed, corrected or taken back after the start.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bot.models import Article
from bot.store.database import Database
from bot.store.shared_cards import MessageRef, SharedCards

PUT_SECONDS = 30.0
# Longer than putting may take: a card that comes late must not cover the notice of a withdrawal.
LEASE_SECONDS = 2 * PUT_SECONDS


class CardPlacement:
    """Puts cards into messages. `wake` is called when something about a card is to be done at once."""

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

        False when the article was withdrawn in the meantime; nothing of it may stay in the message then.
        Raises what `show` raises, and TimeoutError; the card is then put there in a while.
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
