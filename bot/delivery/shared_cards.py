"""Keeps shared cards in sync: edited when their article changes, replaced or deleted when it is withdrawn.

    due cards ─> next_step ─> Sender.take_card ─> apply_result, stored

A card is never posted from here: it is published already, or was being published when the bot
stopped. So every step may be repeated safely, and none has to be claimed first.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from random import Random

from bot.delivery.group_commit import WriteBatcher
from bot.delivery.ports import Done, MessageDeleted, PermissionMissing, Rejected, RetryLater, Sender, Step, StepResult
from bot.delivery.state_machine import MAX_ASKED_WAIT, REFUSED, backoff
from bot.models import ArticleState
from bot.store.database import Database, Transaction
from bot.store.incidents import Incidents
from bot.store.shared_cards import DueCard, SharedCard, SharedCards

log = logging.getLogger(__name__)

INCIDENT = "shared"
AT_ONCE = 16
IDLE_SECONDS = 30.0
AGAIN_SECONDS = 3_600.0  # until an unreachable card is tried again when no event reports a change
RETRY_SECONDS = 2.0
STOP_SECONDS = 5.0


def next_step(work: DueCard, *, delete: bool) -> Step | None:
    """The next step for a card; None when it is up to date."""
    if work.article.state is ArticleState.WITHDRAWN:
        return Step.DELETE if delete else Step.REPLACE
    return Step.EDIT if work.card.posted_hash != work.card.desired_hash else None


def apply_result(card: SharedCard, step: Step | None, answer: StepResult, now: float, rng: Random) -> SharedCard | None:
    """The card after a result; None when the message cannot show anything of the article any more."""
    match answer:
        case RetryLater(wait=wait):
            pause = backoff(card.attempts, rng) if wait is None else min(wait, MAX_ASKED_WAIT)
            return replace(card, due=now + pause, attempts=card.attempts + 1)
        case MessageDeleted():
            return None
        case PermissionMissing(reason=reason):
            return replace(card, due=now + AGAIN_SECONDS, attempts=0, blocked_reason=reason)
        case Rejected() if step is not Step.EDIT:
            return replace(card, due=now + AGAIN_SECONDS, attempts=0, blocked_reason=REFUSED)
        case _ if step in (Step.REPLACE, Step.DELETE):
            return None
        case _:
            return replace(card, posted_hash=card.desired_hash, due=None, attempts=0, blocked_reason="")


class SharedCardUpdater:
    """Updates shared cards while `run` runs."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        *,
        delete: bool,
        clock: Callable[[], float],
        rng: Random,
        only_article: int | None = None,
    ) -> None:
        self._cards, self._incidents = SharedCards(database, only_article), Incidents(database)
        self._batcher = WriteBatcher(database)
        self._sender, self._delete, self._clock, self._rng = sender, delete, clock, rng
        self._tasks: dict[int, asyncio.Task[None]] = {}  # by card
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Checks the table again: there may be something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Works until cancelled; then waits for the steps in progress."""
        try:
            while True:
                self._wake.clear()
                try:
                    pause = await self._round()
                except Exception:  # the boundary of a loop that must not end; the cause is in the log
                    log.exception("updating shared cards failed and continues")
                    pause = RETRY_SECONDS
                if pause > 0:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._wake.wait()
        finally:
            await self._finish()

    async def _finish(self) -> None:
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()  # each step may be repeated
            await asyncio.gather(*late, return_exceptions=True)

    async def _round(self) -> float:
        """Starts the steps that can start; returns the seconds until more may be due."""
        room = AT_ONCE - len(self._tasks)
        if room <= 0:
            return IDLE_SECONDS
        now = self._clock()
        # A step in progress may end while the table is read; its row is then out of date.
        works = await self._cards.due(now, room, frozenset(self._tasks))
        for work in works:
            self._tasks[work.card.id] = asyncio.create_task(self._look_at(work))
        if works:
            return 0.0
        following = await self._cards.next_due(now)
        return IDLE_SECONDS if following is None else min(max(following - now, 0.01), IDLE_SECONDS)

    async def _look_at(self, work: DueCard) -> None:
        card = work.card
        try:
            step = next_step(work, delete=self._delete)
            answer = await self._answer(step, work)
            looked = apply_result(card, step, answer, self._clock(), self._rng)
            if isinstance(answer, RetryLater | PermissionMissing):
                log.warning("shared card %d, channel %d: %s -> %s", card.id, card.place.channel_id, step, answer)
            await self._batcher.write(partial(self._store, card, looked))
        except Exception:
            log.exception("shared card %d: unexpected error; it will be retried", card.id)
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            del self._tasks[card.id]
            self._wake.set()

    async def _answer(self, step: Step | None, work: DueCard) -> StepResult:
        if step is None:
            return Done()
        if reason := self._sender.card_preflight_problem(work.card.place):
            return PermissionMissing(reason)
        return await self._sender.take_card(step, work)

    async def _store(self, card: SharedCard, looked: SharedCard | None, tx: Transaction) -> None:
        now, place = self._clock(), card.place
        if looked is None:
            await self._cards.forget(tx, card.id)
        else:
            await self._cards.save(tx, looked, now)
        guild_id, channel_id = place.guild_id, place.channel_id
        if looked and looked.blocked_reason:
            await self._incidents.start(
                tx, INCIDENT, looked.blocked_reason, now, guild_id=guild_id, channel_id=channel_id
            )
        elif (looked is None or looked.due is None) and not await self._cards.is_blocked(tx, channel_id):
            await self._incidents.end(tx, INCIDENT, now, guild_id=guild_id, channel_id=channel_id)
