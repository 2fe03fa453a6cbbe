"""What keeps channels from working: blocking, coming back with what was missed, and telling people once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.config.settings import DeliverySettings
from bot.delivery.incident_notifier import IncidentNotifier
from bot.delivery.ports import PermissionMissing, Sender, Step, StepResult, Unverifiable
from bot.delivery.state_machine import blocks_channel
from bot.models import Subscription
from bot.store.database import Database, Transaction
from bot.store.guilds import Guilds
from bot.store.incidents import Incidents
from bot.store.outbox import Outbox
from bot.store.shared_cards import SharedCards
from bot.store.subscriptions import GUILD_LEFT, Subscriptions

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
KINDS = {
    Step.POST: "blocked",
    Step.VERIFY: "blocked",
    Step.OPEN_THREAD: "thread",
    Step.PUBLISH: "publish",
    Step.EDIT: "edit",
    Step.REPLACE: "withdraw",
    Step.DELETE: "withdraw",
}
UNPROVED = "unproved"
BUDGET = "invalid_budget"


@dataclass(frozen=True, slots=True)
class Repositories:
    """The tables that change together when a channel is blocked or comes back."""

    database: Database
    subscriptions: Subscriptions
    incidents: Incidents
    guilds: Guilds


class Channels:
    """Knows which channels are blocked, and sees to it that people are told."""

    def __init__(
        self,
        repositories: Repositories,
        sender: Sender,
        settings: DeliverySettings,
        clock: Callable[[], float],
        teller: IncidentNotifier,
    ) -> None:
        self._repositories, self._sender, self._settings = repositories, sender, settings
        self._clock, self._teller = clock, teller
        self._outbox = Outbox(repositories.database, settings.publishes_per_hour, settings.edits_per_hour)
        self._cards = SharedCards(repositories.database)
        self._last_look = 0.0
        self._news = True

    async def record_result(self, tx: Transaction, step: Step, subscription: Subscription, answer: StepResult) -> None:
        """Draws the consequences of an answer for its channel, in the transaction that stores it."""
        if isinstance(answer, Unverifiable):
            await self._report(tx, UNPROVED, subscription, answer.reason)
        elif isinstance(answer, PermissionMissing):
            if blocks_channel(step, answer):
                await self._repositories.subscriptions.set_blocked(tx, subscription.id, answer.reason)
            await self._report(tx, KINDS[step], subscription, answer.reason)

    async def block(self, subscription: Subscription, reason: str) -> None:
        """As far as is known here nothing can be posted: the channel waits without asking Discord."""
        if reason == GUILD_LEFT:
            await self.guild_removed(subscription.guild_id)
            return
        async with self._repositories.database.transaction() as tx:
            await self._repositories.subscriptions.set_blocked(tx, subscription.id, reason)
            await self._report(tx, KINDS[Step.POST], subscription, reason)

    async def changed(self, channel_id: int) -> None:
        """Looks whether what kept a channel from working is gone."""
        subscription = await self._repositories.subscriptions.get(channel_id)
        if subscription is None or self._sender.preflight_problem(subscription):
            return
        if not subscription.blocked_reason and not await self._outbox.has_blocked(channel_id):
            return
        log.info("channel %d works again", channel_id)
        now, settings = self._clock(), self._settings
        async with self._repositories.database.transaction() as tx:
            if subscription.blocked_reason:
                await self._outbox.unblock(tx, channel_id, now, settings.catch_up_articles, settings.catch_up_age)
            await self._outbox.retry_blocked(tx, channel_id, now, settings.catch_up_age)
            for kind in {*KINDS.values(), UNPROVED}:
                await self._repositories.incidents.end(
                    tx, kind, now, guild_id=subscription.guild_id, channel_id=subscription.channel_id
                )
        self._news = True

    async def deleted(self, channel_id: int) -> None:
        """The channel is gone for good; who deleted it knows."""
        subscription = await self._repositories.subscriptions.get(channel_id)
        async with self._repositories.database.transaction() as tx:
            if subscription is not None:
                await self._repositories.subscriptions.end(tx, subscription.id)
            await self._cards.forget_channel(tx, channel_id)
            await self._repositories.incidents.drop(tx, channel_id)

    async def guild_removed(self, guild_id: int) -> None:
        """The bot is no longer in a server."""
        async with self._repositories.database.transaction() as tx:
            await self._repositories.guilds.left(tx, guild_id, self._clock())
            await self._repositories.subscriptions.guild_left(tx, guild_id)
            await self._repositories.incidents.drop_guild(tx, guild_id)

    @property
    def sweep_due(self) -> bool:
        """Whether there is news to tell, or the last look was a while ago."""
        return self._news or abs(self._clock() - self._last_look) >= LOOK_SECONDS

    async def sweep(self, *, exhausted: bool) -> None:
        """Sees what works again, tells what is to be told, forgets servers that were left long ago."""
        now = self._clock()
        self._news, self._last_look = False, now
        await self._tell_of_budget(now, exhausted=exhausted)
        for subscription in await self._repositories.subscriptions.blocked():
            # Only what was read from the bot's own permissions can be seen to be gone; the rest is told by events.
            if "_messages" in subscription.blocked_reason or "view_channel" in subscription.blocked_reason:
                await self.changed(subscription.channel_id)
        await self._teller.tell()
        async with self._repositories.database.transaction() as tx:
            for guild_id in await self._repositories.guilds.forget_left(tx, now - self._settings.keep_left_servers):
                await self._repositories.subscriptions.forget_guild(tx, guild_id)

    async def _tell_of_budget(self, now: float, *, exhausted: bool) -> None:
        async with self._repositories.database.transaction() as tx:
            if exhausted:
                await self._repositories.incidents.start(tx, BUDGET, "", now)
            else:
                await self._repositories.incidents.end(tx, BUDGET, now)

    async def _report(self, tx: Transaction, kind: str, subscription: Subscription, reason: str) -> None:
        await self._repositories.incidents.start(
            tx, kind, reason, self._clock(), guild_id=subscription.guild_id, channel_id=subscription.channel_id
        )
        self._news = True
