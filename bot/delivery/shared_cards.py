"""Publishes shared cards and keeps them in sync: edited at a correction, replaced or deleted at a withdrawal.

    a message without content ─> its ids are stored ─> the card is put into it ─> confirmed
    due cards ─> next_step ─> Sender.take_card ─> apply_result, stored

Wherever the bot stops in between, the message names nothing, or its ids are stored and the card is
completed, corrected or withdrawn after the next start. So every step of a published card may be repeated
safely, and none has to be claimed first. The announcer's loop starts them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from random import Random

from bot.delivery.ports import Done, MessageDeleted, PermissionMissing, Rejected, RetryLater, Sender, Step, StepResult
from bot.delivery.state_machine import REFUSED, retry_at
from bot.models import Article, ArticleState
from bot.store.database import Database, Transaction, WriteBatcher
from bot.store.incidents import Incidents
from bot.store.shared_cards import NOTICE, DueCard, MessageRef, SharedCard, SharedCards

log = logging.getLogger(__name__)

INCIDENT = "shared"
PUT_SECONDS = 30.0
# Longer than publishing may take: a late card must not replace the notice of a withdrawal.
LEASE_SECONDS = 2 * PUT_SECONDS
AGAIN_SECONDS = 3_600.0  # until an unreachable card is tried again when no event reports a change


async def place_card(
    cards: SharedCards,
    article: Article,
    place: MessageRef,
    show: Callable[[], Awaitable[object]],
    *,
    clock: Callable[[], float],
    wake: Callable[[], None],
    shared_at: float | None = None,
) -> bool:
    """Records the message, then calls `show`, which puts the card of `article` into it.

    `wake` is called when the card has a step that is due at once. False when the article was withdrawn
    while it was published; the message must then show nothing of it. Raises what `show` raises, and
    TimeoutError; the card is then completed later.
    """
    card = await cards.reserve(article.id, place, clock() + LEASE_SECONDS, shared_at)
    if card is None:
        return False
    async with asyncio.timeout(PUT_SECONDS):
        await show()
    late = await cards.confirm(card, article, clock())
    if late:
        wake()
    return late is not None


def next_step(work: DueCard, *, delete: bool) -> Step | None:
    """The next step for a card; None when it is up to date."""
    if work.article.state is ArticleState.WITHDRAWN:
        return Step.DELETE if delete else Step.REPLACE
    return Step.EDIT if work.card.posted_hash != work.card.desired_hash else None


def apply_result(card: SharedCard, step: Step | None, answer: StepResult, now: float, rng: Random) -> SharedCard | None:
    """The card after a result; None when the message cannot show anything of the article any more."""
    match answer:
        case RetryLater():
            return replace(card, due=retry_at(answer, card.attempts, now, rng), attempts=card.attempts + 1)
        case MessageDeleted():
            return None
        case PermissionMissing(reason=reason):
            return replace(card, due=now + AGAIN_SECONDS, attempts=0, blocked_reason=reason)
        case Rejected():
            return replace(card, due=now + AGAIN_SECONDS, attempts=0, blocked_reason=REFUSED)
        case _ if step in (Step.REPLACE, Step.DELETE):
            return None
        case _:
            return replace(card, posted_hash=card.desired_hash, due=None, attempts=0, blocked_reason="")


class SharedCardUpdater:
    """Performs the steps of shared cards."""

    def __init__(
        self, database: Database, sender: Sender, *, delete: bool, rng: Random, only_article: int | None = None
    ) -> None:
        self.cards, self._incidents = SharedCards(database, only_article), Incidents(database)
        self._batcher = WriteBatcher(database)
        self._sender, self._delete, self._rng = sender, delete, rng

    async def update(self, work: DueCard, clock: Callable[[], float]) -> None:
        """Performs the step that is due for a card, and stores the result."""
        card, place = work.card, work.card.place
        step = next_step(work, delete=self._delete)
        answer = await self._sender.take_card(step, work) if step else Done()
        if isinstance(answer, RetryLater | PermissionMissing | Rejected):
            log.warning("shared card %d, channel %d: %s -> %s", card.id, place.channel_id, step, answer)
        now = clock()
        updated = apply_result(card, step, answer, now, self._rng)
        await self._batcher.write(partial(self._store, step, card, updated, now))

    async def _store(
        self, step: Step | None, card: SharedCard, updated: SharedCard | None, now: float, tx: Transaction
    ) -> None:
        guild_id, channel_id = card.place.guild_id, card.place.channel_id
        if updated is None and step is Step.REPLACE and await self.cards.is_changed(tx, card):
            updated = replace(card, posted_hash=NOTICE)  # reinstated during the request: the card comes back
        if updated is None:
            await self.cards.forget(tx, card_id=card.id)
        else:
            await self.cards.save(tx, updated, now)
        if updated and updated.blocked_reason:
            await self._incidents.start(
                tx, INCIDENT, updated.blocked_reason, now, guild_id=guild_id, channel_id=channel_id
            )
        elif (updated is None or updated.due is None) and not await self.cards.unreachable(
            channel_id=channel_id, tx=tx
        ):
            await self._incidents.end(tx, INCIDENT, now, guild_id=guild_id, channel_id=channel_id)
