"""Works through the outbox: reads due deliveries, stores each step before and after it, decides nothing.

    due rows ─> next_action ─> claim, stored for the whole batch ─> Sender.perform ─> apply_result, stored

Never two steps in flight for one channel; the oldest article first; a bounded number in flight,
so that a channel that hangs delays no other channel. Shared cards that are due are started by the
same loop.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from random import Random
from types import MappingProxyType

from bot.config.settings import DeliverySettings
from bot.delivery import state_machine
from bot.delivery.channel_health import ChannelHealth, KnownKeys
from bot.delivery.incidents import IncidentNotifier
from bot.delivery.planning.schedule import MAX_HOLD_SECONDS, plan_release
from bot.delivery.ports import (
    NOT_READY,
    PermissionMissing,
    Rejected,
    RetryLater,
    Sender,
    Step,
    StepResult,
    Unverifiable,
)
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.shared_cards import SharedCardUpdater
from bot.delivery.state_machine import SETTLE_SECONDS, Perform, Policy, Save
from bot.durations import backoff
from bot.i18n import DEFAULT_LANGUAGE, Catalogue
from bot.store.backup import RestoredDatabase
from bot.store.database import Database, Transaction, WriteBatcher
from bot.store.deliveries import DeliveryState, FollowUp
from bot.store.outbox import Delivery, DueDelivery, Outbox
from bot.store.shared_cards import DueCard
from bot.store.stores import Stores

log = logging.getLogger(__name__)

MAX_IN_FLIGHT = 100
MAX_CARDS_IN_FLIGHT = 16
BATCH_SIZE = 32
IDLE_SECONDS = 30.0
GATHER_SECONDS = 0.02
MAX_EVENTS_IN_FLIGHT = 4  # comparisons after events of the gateway
STOP_SECONDS = 10.0
JUMP_SECONDS = 2.0
RETRY_SECONDS = 2.0
MAX_LOOKUPS = 20  # channels that are read at a start, to learn whether the database is a backup
NOT_READY_SECONDS = 15.0  # until the shard of a server is checked again
FAILURE_THRESHOLD = 20  # failures in a row, over all channels, that are taken for an outage
FIRST_PAUSE, MAX_PAUSE = 2.0, 60.0
NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Change(Enum):
    """What changed on Discord, in a channel or a server, and what follows."""

    CHANNEL = "channel"  # it, or the bot's permissions there: its waiting deliveries are tried again
    CHANNEL_DELETED = "channel_deleted"  # its subscription and pending deliveries end
    CARDS = "cards"  # something in a server: its shared cards that could not be reached are tried again
    SERVER = "server"  # it is compared with what Discord says now
    BOT_REMOVED = "bot_removed"  # from a server: pending deliveries end; subscriptions are kept for a while


async def set_or_late(event: asyncio.Event, seconds: float) -> None:
    """Waits until an event is set, at most for that many seconds."""
    # Not wait_for: before Python 3.12 that loses a cancellation which meets the event.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


@dataclass(frozen=True, slots=True)
class Clocks:
    """`now` is the time of day, which may jump; `steady` only ever grows; `sleep` and `wait` wait. Seconds."""

    now: Callable[[], float]
    steady: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    wait: Callable[[asyncio.Event, float], Awaitable[None]] = set_or_late


@dataclass(slots=True)
class CircuitBreaker:
    """Pauses all requests after many failures in a row, longer each time, until something succeeds.

    During an outage of Discord they wait then, instead of failing one by one.
    """

    limiter: RateLimiter
    failures: int = 0

    def record(self, answer: StepResult) -> None:
        """Records one result."""
        if not isinstance(answer, RetryLater):
            self.failures = 0
            return
        if not answer.maybe_sent and not answer.reason.endswith("Error"):
            return  # rate-limited, which is no outage
        self.failures += 1
        bouts, rest = divmod(self.failures, FAILURE_THRESHOLD)
        if bouts and not rest:
            self.limiter.pause(backoff(bouts, FIRST_PAUSE, MAX_PAUSE))


class Announcer:
    """Carries out deliveries while `run` runs.

    `feed_names` are the feeds' names by key, `known_keys` what the configuration has; `settle_seconds`: see
    `Policy.settle`. With `only_article` it performs the steps of that article alone and leaves everything else.
    `active_until` is when the database was last active before this start.
    """

    def __init__(
        self,
        database: Database,
        sender: Sender,
        limiter: RateLimiter,
        settings: DeliverySettings,
        *,
        clocks: Clocks,
        rng: Random,
        feed_names: Mapping[str, str] = NO_NAMES,
        known_keys: KnownKeys | None = None,
        language: str = DEFAULT_LANGUAGE,
        catalogue: Callable[[str], Catalogue] = Catalogue.of,
        settle_seconds: float = SETTLE_SECONDS,
        only_article: int | None = None,
        active_until: float | None = None,
    ) -> None:
        self._sender, self._limiter, self._clocks, self._rng = sender, limiter, clocks, rng
        delete, stores = settings.withdrawn_posts == "delete", Stores(database)
        notifier = IncidentNotifier(stores, sender, feed_names, language, catalogue, settings.incident_delay)
        self._health = ChannelHealth(stores, sender, settings, clocks.now, notifier, known_keys)
        self._card_updater = SharedCardUpdater(database, sender, delete=delete, rng=rng, only_article=only_article)
        self._policy = Policy(settings.nonce_window, settle_seconds, delete)
        self._outbox = Outbox(database, settings.publishes_per_hour, settings.edits_per_hour, only_article)
        self._batcher, self._restored = WriteBatcher(database), RestoredDatabase(database)
        self._breaker = CircuitBreaker(limiter)
        self._tasks: dict[int, asyncio.Task[None]] = {}  # by channel
        self._card_tasks: dict[int, asyncio.Task[None]] = {}  # by shared card
        self._events: set[asyncio.Task[None]] = set()
        self._waiting_events: dict[tuple[Change, int], asyncio.Future[None]] = {}
        self._followers: dict[Change, Callable[[int], Awaitable[None]]] = {
            Change.CHANNEL: self._health.changed,
            Change.CHANNEL_DELETED: self._health.deleted,
            Change.CARDS: self._health.retry_cards,
            Change.SERVER: self._health.reconcile_server,
            Change.BOT_REMOVED: self._health.guild_removed,
        }
        self._wake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._look: asyncio.Task[None] | None = None
        self._stopping = False
        self._only_article, self._active_until = only_article, active_until
        self._offset = 0.0

    async def run(self) -> None:
        """Delivers until cancelled or stopped; then finishes the steps in progress and requeues the rest."""
        self._running, self._stopping = asyncio.current_task(), False
        self._offset = self._clocks.now() - self._clocks.steady()
        self._limiter.closed = False
        recovered = False
        try:
            while not self._stopping:
                self._wake.clear()
                try:
                    if not recovered and self._only_article is None:
                        await self._compare_with_discord()
                    if not recovered and (claimed := await self._outbox.mark_interrupted(self._now())):
                        log.info("%d deliveries were interrupted; each is verified before it is repeated", claimed)
                    recovered = True
                    pause = await self._round()
                except sqlite3.OperationalError as error:
                    log.error("the database cannot be used now, sending resumes when it can: %s", error)  # noqa: TRY400 - the sentence says all
                    pause = RETRY_SECONDS
                except Exception:
                    log.exception("unexpected error in the send loop; continuing")
                    pause = RETRY_SECONDS
                if self._tasks:
                    await self._clocks.sleep(GATHER_SECONDS)  # steps that end together start one batch
                if pause > 0:
                    await self._clocks.wait(self._wake, pause)
        finally:
            self._stopping = True
            self._limiter.closed = True
            await self._finish()
            self._running = None

    async def _finish(self) -> None:
        """Waits a while for the steps in progress, and ends what takes longer."""
        tasks = [*self._tasks.values(), *self._card_tasks.values(), *self._events]
        if tasks := [*tasks, *([self._look] if self._look else [])]:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()  # a delivery stays claimed: the next start verifies it
            await asyncio.gather(*late, return_exceptions=True)
        for done in self._waiting_events.values():
            done.cancel()
        self._waiting_events.clear()

    async def _compare_with_discord(self) -> None:
        """Marks the database as restored where Discord shows posts that it does not know.

        Somebody copied a backup over it without `herald restore`: the proof is a post of ours that is
        younger than all that the database remembers from before this start.
        """
        since, lookups = self._active_until, 0
        if since is None:
            return
        for subscription in await self._restored.uncompared(self._now()):
            found = await self._sender.own_posts_since(subscription, since)
            for message_id, component_id in found or ():
                if not await self._restored.knows_post(subscription.channel_id, message_id, component_id):
                    await self._restored.mark(since, self._now())
                    log.warning(
                        "the database is older than message %d in channel %d: it seems to be a backup; every channel"
                        " is looked up before anything is posted there",
                        message_id,
                        subscription.channel_id,
                    )
                    return
            lookups += found is not None
            if lookups >= MAX_LOOKUPS:
                return

    async def stop(self) -> None:
        """Ends `run` and returns when it has ended."""
        running = self._running
        self._stopping = True
        self._limiter.closed = True
        self._wake.set()
        if running is not None and running is not asyncio.current_task():
            await asyncio.wait([running])

    @property
    def suspension(self) -> str:
        """Why nothing is sent at all, as the name of a reason; empty while the bot sends."""
        return self._limiter.suspension or ""

    def wake(self) -> None:
        """Checks the outbox again: there may be something to do."""
        self._wake.set()

    async def follow(self, change: Change, number: int) -> None:
        """Follows a change of the channel or server with that id: a few at a time, each once for all who wait for it.

        A server can cause hundreds of events a second, and a resumed session brings thousands at once; what is
        due reads through the same connection.
        """
        if self._stopping:
            return
        done = self._waiting_events.get((change, number))
        if done is None:
            done = self._waiting_events[change, number] = asyncio.get_running_loop().create_future()
            if len(self._events) < MAX_EVENTS_IN_FLIGHT:
                task = asyncio.create_task(self._follow_waiting())
                self._events.add(task)
                task.add_done_callback(self._events.discard)
        await asyncio.shield(done)
        self.wake()

    async def _follow_waiting(self) -> None:
        """Follows the events that wait; `run` ends after those in progress.

        None is begun while stopping: the database is closed then, and the next start compares everything.
        """
        while self._waiting_events:
            change, number = next(iter(self._waiting_events))
            done = self._waiting_events.pop((change, number))
            try:
                if not self._stopping:
                    await self._followers[change](number)
                done.set_result(None)
            except Exception as error:  # noqa: BLE001 - handed to everybody who waits
                done.set_exception(error)
            finally:
                done.cancel()  # where `run` ended this task: nobody waits for ever

    async def _round(self) -> float:
        """Starts the steps that can start; returns the seconds until more may be due."""
        await self._follow_clock_jump()
        sweep_due = self._health.sweep_due or self._health.suspension != self.suspension
        if self._only_article is None and sweep_due and (self._look is None or self._look.done()):
            self._look = asyncio.create_task(self._sweep())
        now = self._now()
        return min(await self._start_deliveries(now), await self._start_cards(now))

    async def _start_deliveries(self, now: float) -> float:
        room = min(MAX_IN_FLIGHT - len(self._tasks), BATCH_SIZE)
        if room <= 0:
            return IDLE_SECONDS
        if self._only_article is None:
            releases = plan_release(await self._outbox.held_over(now, MAX_HOLD_SECONDS), now)
            if releases:  # whose schedule has come, as single posts or digests
                await self._batcher.write(partial(self._outbox.release, releases=releases, now=now))
        # A step in flight may end while the outbox is read; its row is then out of date.
        works = await self._outbox.due(now, room, frozenset(self._tasks))
        if not works:
            return _pause_until(await self._outbox.next_due(now), now)
        first_of_channel: dict[int, DueDelivery] = {}
        for work in works:
            first_of_channel.setdefault(work.delivery.channel_id, work)
        await self._begin(list(first_of_channel.values()), now)
        return 0.0

    async def _start_cards(self, now: float) -> float:
        room = MAX_CARDS_IN_FLIGHT - len(self._card_tasks)
        if room <= 0:
            return IDLE_SECONDS
        cards = self._card_updater.cards
        works = await cards.due(now, room, frozenset(self._card_tasks))
        for work in works:
            self._card_tasks[work.card.id] = asyncio.create_task(self._update_card(work))
        return 0.0 if works else _pause_until(await cards.next_due(now), now)

    async def _begin(self, works: list[DueDelivery], now: float) -> None:
        """Claims the steps in one transaction, then performs them."""
        claimed: list[tuple[Perform, DueDelivery]] = []
        settled: list[Delivery] = []
        hourly: list[tuple[int, str]] = []
        for work in works:
            decision = state_machine.next_action(work, now, self._policy)
            if isinstance(decision, Save):
                settled.append(decision.delivery)
            elif decision.step is Step.POST and (reason := self._sender.preflight_problem(work.subscription)):
                if reason == NOT_READY:
                    settled.append(replace(work.delivery, due=now + NOT_READY_SECONDS, problem=NOT_READY))
                else:
                    await self._health.block(work.subscription, reason)
            else:
                begun = state_machine.claim(work, decision.step, now)
                claimed.append((decision, replace(work, delivery=begun)))
                if decision.step is Step.PUBLISH:
                    hourly.append((begun.channel_id, "publish"))
                elif decision.step in (Step.EDIT, Step.REPLACE) and begun.publish is FollowUp.DONE:
                    hourly.append((begun.channel_id, "edit"))
        rows = [*settled, *(work.delivery for _, work in claimed)]
        await self._batcher.write(partial(self._outbox.save, deliveries=rows, now=now, hourly=hourly))
        for action, work in claimed:
            self._tasks[work.delivery.channel_id] = asyncio.create_task(self._carry_out(action, work))

    async def _carry_out(self, action: Perform, work: DueDelivery) -> None:
        step, delivery = action.step, work.delivery
        try:
            try:
                still_wanted = partial(self._outbox.is_wanted, delivery.id)
                answer = await self._sender.perform(step, work, action.deadline, still_wanted)
            except Exception:
                log.exception("delivery %d failed at %s: unexpected error", delivery.id, step.value)
                answer = RetryLater("internal_error", maybe_sent=True)
            self._breaker.record(answer)
            failed = isinstance(answer, RetryLater | PermissionMissing | Rejected | Unverifiable)
            level = logging.WARNING if failed else logging.DEBUG
            log.log(level, "delivery %d, channel %d: %s -> %s", delivery.id, delivery.channel_id, step.value, answer)
            settled = state_machine.apply_result(work, step, answer, self._now(), self._rng)

            async def store(tx: Transaction) -> None:
                is_answered, is_reinstated = await self._outbox.changed_during(tx, delivery)
                if is_answered and settled.state is not DeliveryState.POSTED:
                    return  # only a post that was found is better evidence than a moderator's answer
                final = state_machine.reinstated(settled, self._now()) if is_reinstated else settled
                await self._outbox.save(tx, [final], self._now())
                await self._health.record_result(tx, step, work, answer)

            await self._batcher.write(store)
        except Exception:
            log.exception("delivery %d: unexpected error; it will be retried", delivery.id)
        finally:
            del self._tasks[delivery.channel_id]
            self._wake.set()

    async def _update_card(self, work: DueCard) -> None:
        try:
            await self._card_updater.update(work, self._now)
        except Exception:
            log.exception("shared card %d: unexpected error; it will be retried", work.card.id)
            await self._clocks.sleep(RETRY_SECONDS)
        finally:
            del self._card_tasks[work.card.id]
            self._wake.set()

    def _now(self) -> float:
        """The time of day that the delivery table uses: after a clock jump it changes once the table was shifted."""
        return self._clocks.steady() + self._offset

    async def _sweep(self) -> None:
        """Runs channel housekeeping in a task of its own, because reporting takes requests too."""
        try:
            await self._health.sweep(exhausted=self._limiter.exhausted, suspension=self.suspension)
        except sqlite3.OperationalError as error:
            log.warning("channel housekeeping postponed: %s", error)
        except Exception:
            log.exception("channel housekeeping failed; it will be retried")
        self._wake.set()

    async def _follow_clock_jump(self) -> None:
        """Shifts stored instants after a jump of the clock, when nothing is in flight."""
        if abs(self._clocks.now() - self._now()) <= JUMP_SECONDS:
            return
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()))
        jump = self._clocks.now() - self._now()
        log.warning("the clock jumped by %.0f s; stored delays and claims are shifted", jump)
        await self._outbox.shift_clock(jump)
        self._offset += jump


def _pause_until(due: float | None, now: float) -> float:
    """Seconds until the next look at a table whose next row is due then."""
    return IDLE_SECONDS if due is None else min(max(due - now, 0.01), IDLE_SECONDS)
