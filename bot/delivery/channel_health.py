"""Tracks which channels cannot be posted to and when they work again.

State that somebody else can change (joined servers, channels, their kind, roles) is compared with
Discord at start, after events and periodically; see `reconcile_server`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.config.settings import DeliverySettings
from bot.delivery.incidents import IncidentNotifier
from bot.delivery.permissions import KINDS_WITH_PUBLISHING
from bot.delivery.ports import (
    ChannelState,
    Done,
    PermissionMissing,
    Rejected,
    RetryLater,
    Sender,
    Step,
    StepResult,
    Unverifiable,
)
from bot.models import Subscription
from bot.store.database import Transaction
from bot.store.deliveries import DeliveryState
from bot.store.outbox import DueDelivery, Outbox
from bot.store.stores import Stores
from bot.store.subscriptions import GUILD_LEFT

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
RECONCILE_SECONDS = 3_600.0  # of all servers, with or without an event
FIRST_PROBE_SECONDS = 10.0  # before an incident is reported, which takes `delivery.incident_delay`
MAX_PROBE_SECONDS = 3_600.0
DELAYED_ATTEMPTS = 8  # failures in a row after which they are reported: about ten minutes
KINDS = {
    Step.POST: "blocked",
    Step.VERIFY: "blocked",
    Step.OPEN_THREAD: "thread",
    Step.PUBLISH: "publish",
    Step.EDIT: "edit",
    Step.RENAME: "edit",
    Step.REPLACE: "withdraw",
    Step.DELETE: "withdraw",
    Step.HIDE_NAME: "withdraw",
    Step.DELETE_THREAD: "withdraw",
}
UNVERIFIED = "unproved"
DELAYED = "delayed"
BUDGET = "invalid_budget"
ENDED_BY_RECOVERY = (*dict.fromkeys(KINDS.values()), UNVERIFIED, DELAYED)
ROLE_GONE = "role_gone"
TOPIC_ROLE_GONE = "topic_role_gone"
PART_REFUSED = "part_refused"
NOT_ANNOUNCEMENT = "not_announcement"
CHANNEL_DELETED = "channel_deleted"
UNKNOWN_TOPICS = "unknown_topics"
UNKNOWN_FEEDS = "unknown_feeds"


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """The topics and feeds of the configuration; None where they are not checked."""

    topics: frozenset[str]
    feeds: frozenset[str]


def missing_keys(subscription: Subscription, known: KnownKeys) -> dict[str, str]:
    """The subscription's topics and feeds that the configuration does not have, by kind of incident."""
    options = subscription.options
    return {
        UNKNOWN_TOPICS: ", ".join(key for key in options.topics if key not in known.topics),
        UNKNOWN_FEEDS: ", ".join(key for key in options.feeds if key not in known.feeds),
    }


def probe_pause(blocked_for: float) -> float:
    """Seconds until a channel that Discord refused is tried again, although the cache shows no obstacle."""
    return min(max(blocked_for, FIRST_PROBE_SECONDS), MAX_PROBE_SECONDS)


def _known_from_cache(reason: str) -> bool:
    """Whether the reason was read from the bot's own permissions, so that the cache also shows its end."""
    return "_messages" in reason or "view_channel" in reason or reason == GUILD_LEFT


class ChannelHealth:
    """Blocks and unblocks channels, compares them with Discord, and opens and ends their incidents."""

    def __init__(
        self,
        stores: Stores,
        sender: Sender,
        settings: DeliverySettings,
        clock: Callable[[], float],
        notifier: IncidentNotifier,
        known_keys: KnownKeys | None = None,
    ) -> None:
        self._stores, self._sender, self._settings = stores, sender, settings
        self._clock, self._notifier, self._known_keys = clock, notifier, known_keys
        self._outbox = Outbox(stores.database, settings.publishes_per_hour, settings.edits_per_hour)
        self._last_sweep = self._last_reconcile = 0.0
        self._news = True
        self.suspension = ""  # as of the last sweep
        self._keys_checked = known_keys is None

    async def record_result(self, tx: Transaction, step: Step, work: DueDelivery, result: StepResult) -> None:
        """Updates the channel's state from a step's result, in the transaction that stores it."""
        subscription = work.subscription
        if isinstance(result, Unverifiable):
            # A post that a moderator confirmed is not asked about again: only its change cannot be made.
            change = KINDS[Step.EDIT if work.articles else Step.DELETE]
            kind = change if work.delivery.state is DeliveryState.POSTED else UNVERIFIED
            await self._open(tx, kind, subscription, result.reason)
        elif step is Step.RENAME and isinstance(result, PermissionMissing | Rejected):
            await self._note(tx, "rename", subscription, result.reason)
        elif isinstance(result, PermissionMissing):
            await self._open(tx, KINDS[step], subscription, result.reason)
            if step in (Step.POST, Step.VERIFY):  # all deliveries of the channel have to wait
                await self._stores.subscriptions.set_blocked(tx, subscription.id, result.reason)
                await self._schedule_probe(tx, subscription)
        elif isinstance(result, Rejected):
            await self._note(tx, f"rejected_{step.value}", subscription, result.reason)
        elif isinstance(result, RetryLater):
            if work.delivery.attempts + 1 == DELAYED_ATTEMPTS:
                await self._open(tx, DELAYED, subscription, result.reason)
        elif isinstance(result, Done) and result.reduced:
            await self._note(tx, PART_REFUSED, subscription, "")
        if isinstance(result, Done) and (subscription.blocked_reason or work.delivery.attempts >= DELAYED_ATTEMPTS):
            await self._recover(tx, subscription)

    async def block(self, subscription: Subscription, reason: str) -> None:
        """Blocks the channels of a server to which, according to the cache, nothing can be posted."""
        if reason == GUILD_LEFT:
            await self.guild_removed(subscription.guild_id)
            return
        async with self._stores.database.transaction() as tx:
            for other in await self._stores.subscriptions.of_guild(subscription.guild_id):
                problem = reason if other.id == subscription.id else self._sender.preflight_problem(other)
                if problem and not other.blocked_reason:
                    await self._stores.subscriptions.set_blocked(tx, other.id, problem)
                    await self._open(tx, KINDS[Step.POST], other, problem)

    async def changed(self, channel_id: int) -> None:
        """Compares a channel with Discord, and unblocks it where nothing prevents posting any more."""
        subscription = await self._stores.subscriptions.get(channel_id)
        if subscription is not None:
            stuck = await self._outbox.has_blocked(channel_id)
            await self._reconcile(subscription, stuck=stuck, probe=True)

    async def retry_cards(self, guild_id: int) -> None:
        """Tries the shared cards of a server again that could not be reached."""
        await self._stores.cards.retry_blocked(guild_id, self._clock())

    async def deleted(self, channel_id: int) -> None:
        """The channel was deleted; no report, since somebody deleted it on purpose."""
        subscription = await self._stores.subscriptions.get(channel_id)
        async with self._stores.database.transaction() as tx:
            if subscription is not None:
                await self._stores.subscriptions.end(tx, subscription.id)
            await self._stores.cards.forget(tx, channel_id=channel_id)
            await self._stores.incidents.drop(tx, channel_id)

    async def guild_removed(self, guild_id: int) -> None:
        """The bot is no longer in a server."""
        async with self._stores.database.transaction() as tx:
            await self._stores.guilds.left(tx, guild_id, self._clock())

    async def reconcile_server(self, guild_id: int, *, probe: bool = True) -> None:
        """Compares what is stored about a server with Discord: membership, channels, their kinds, roles.

        `probe`: something changed there, so blocked channels are tried at once.
        """
        member = self._sender.is_member(guild_id)
        if member is None:
            return
        stored = await self._stores.guilds.known(guild_id)
        if not stored:  # thousands of servers can appear at a start
            return
        [(_, left)] = stored
        if not member:
            if not left:
                log.info("server %d: the bot was removed", guild_id)
                await self.guild_removed(guild_id)
            return
        if left:
            log.info("server %d: the bot was added again", guild_id)
            async with self._stores.database.transaction() as tx:
                await self._stores.guilds.returned(tx, guild_id)
        await self.retry_cards(guild_id)
        await self._forget_deleted_roles(guild_id)
        if subscriptions := await self._stores.subscriptions.of_guild(guild_id):
            stuck = await self._stores.deliveries.stuck_channels(guild_id)
            for subscription in subscriptions:
                await self._reconcile(subscription, stuck=subscription.channel_id in stuck, probe=probe)

    async def _forget_deleted_roles(self, guild_id: int) -> None:
        """Forgets topic roles that were deleted; reported once."""
        roles = await self._stores.topic_roles.of_guild(guild_id)
        gone = self._sender.missing_roles(guild_id, roles.values())
        if topics := [topic for topic, role_id in roles.items() if role_id in gone]:
            log.warning("server %d: the roles of topics %s were deleted", guild_id, ", ".join(topics))
            async with self._stores.database.transaction() as tx:
                await self._stores.topic_roles.forget(tx, guild_id, gone)
                await self._stores.incidents.note(
                    tx, TOPIC_ROLE_GONE, ", ".join(topics), self._clock(), guild_id=guild_id
                )
            self._news = True

    @property
    def sweep_due(self) -> bool:
        """Whether incidents wait for their report, or the last sweep was a while ago."""
        since = abs(self._clock() - self._last_sweep)
        return self._news or since >= (self._notifier.pause if self._notifier.pending else SWEEP_SECONDS)

    async def sweep(self, *, exhausted: bool, suspension: str = "") -> None:
        """Unblocks channels, compares servers with Discord, reports incidents, deletes data of old servers."""
        now = self._clock()
        self._news, self._last_sweep, self.suspension = False, now, suspension
        await self._check_keys(now)
        async with self._stores.database.transaction() as tx:
            for kind, going_on in (
                (BUDGET, exhausted),
                ("token_refused", suspension == "token_refused"),
                ("quarantined", suspension == "quarantined"),
            ):
                if going_on:
                    await self._stores.incidents.start(tx, kind, "", now)
                else:
                    await self._stores.incidents.end(tx, kind, now)
        await self._reconcile_servers(now)
        for subscription in await self._stores.subscriptions.blocked():
            if not self._sender.preflight_problem(subscription):
                # Only reasons read from the bot's own permissions are known to be over; the others are probed.
                if _known_from_cache(subscription.blocked_reason):
                    await self.changed(subscription.channel_id)
                    continue
                async with self._stores.database.transaction() as tx:
                    await self._schedule_probe(tx, subscription)
        await self._notifier.notify_pending(now)
        async with self._stores.database.transaction() as tx:
            for guild_id in await self._stores.guilds.left_before(tx, now - self._settings.keep_left_servers):
                if self._sender.is_member(guild_id) is False:  # not one that the bot was added to again
                    await self._stores.guilds.delete(tx, guild_id)

    async def _reconcile_servers(self, now: float) -> None:
        """Membership at every sweep, which only reads the cache; everything else once an hour."""
        everything = abs(now - self._last_reconcile) >= RECONCILE_SECONDS
        complete = True
        for guild_id, left in await self._stores.guilds.known():
            member = self._sender.is_member(guild_id)
            complete &= member is not None
            if member is not None and (everything or member is left):
                await self.reconcile_server(guild_id, probe=member is left)  # others keep their own intervals
        if everything and complete:
            self._last_reconcile = now

    async def _reconcile(self, subscription: Subscription, *, stuck: bool, probe: bool) -> None:
        """`stuck`: a correction or withdrawal there waits for a permission."""
        state = self._sender.channel_state(subscription)
        if state is None:
            return
        if state.missing and await self._sender.is_deleted(subscription.channel_id):  # which is for good
            log.info("channel %d was deleted: its subscription ends", subscription.channel_id)
            await self.deleted(subscription.channel_id)
            async with self._stores.database.transaction() as tx:
                await self._note(tx, CHANNEL_DELETED, subscription, "")
            return
        await self._follow_changes(subscription, state)
        if not (subscription.blocked_reason or stuck) or self._sender.preflight_problem(subscription):
            return
        async with self._stores.database.transaction() as tx:
            if stuck or _known_from_cache(subscription.blocked_reason):
                log.info("channel %d works again", subscription.channel_id)
                await self._recover(tx, subscription)
            elif probe:
                await self._outbox.schedule_probe(tx, subscription.id, self._clock())

    async def _follow_changes(self, subscription: Subscription, state: ChannelState) -> None:
        """Stores, and reports once, that a channel was converted or its role deleted."""
        kind = state.kind or subscription.kind
        if kind is subscription.kind and not state.role_missing:
            return
        published = subscription.options.publish and subscription.kind in KINDS_WITH_PUBLISHING
        unpublish = published and kind is not subscription.kind
        async with self._stores.database.transaction() as tx:
            await self._stores.subscriptions.follow_channel(
                tx, subscription.id, kind, role_gone=state.role_missing, unpublish=unpublish
            )
            if unpublish:
                await self._note(tx, NOT_ANNOUNCEMENT, subscription, "")
            if state.role_missing:
                await self._note(tx, ROLE_GONE, subscription, "")

    async def _recover(self, tx: Transaction, subscription: Subscription) -> None:
        now, settings = self._clock(), self._settings
        await self._outbox.recover(tx, subscription, now, settings.catch_up_articles, settings.catch_up_age)
        for kind in ENDED_BY_RECOVERY:
            await self._end(tx, kind, subscription, now)

    async def _schedule_probe(self, tx: Transaction, subscription: Subscription) -> None:
        """Schedules one waiting delivery, with growing intervals, where the cache shows no obstacle."""
        if self._sender.preflight_problem(subscription):
            return
        now = self._clock()
        blocked = await self._stores.incidents.open([KINDS[Step.POST]], guild_id=subscription.guild_id, tx=tx)
        here = (incident.started_at for incident in blocked if incident.channel_id == subscription.channel_id)
        await self._outbox.schedule_probe(tx, subscription.id, now + probe_pause(now - min(here, default=now)))

    async def _check_keys(self, now: float) -> None:
        """Subscriptions whose topics or feeds were renamed or removed have an incident; checked after a start."""
        if self._known_keys is None or self._keys_checked:
            return
        incidents = self._stores.incidents
        known_before = {
            (incident.channel_id, incident.kind) for incident in await incidents.open([UNKNOWN_TOPICS, UNKNOWN_FEEDS])
        }
        changes: list[tuple[Subscription, str, str]] = []
        async for subscription in self._stores.subscriptions.stream():
            for kind, missing in missing_keys(subscription, self._known_keys).items():
                if bool(missing) is not ((subscription.channel_id, kind) in known_before):
                    changes.append((subscription, kind, missing))
        if changes:
            async with self._stores.database.transaction() as tx:
                for subscription, kind, missing in changes:
                    if missing:
                        await self._open(tx, kind, subscription, missing)
                    else:
                        await self._end(tx, kind, subscription, now)
        self._keys_checked = True

    async def _end(self, tx: Transaction, kind: str, subscription: Subscription, now: float) -> None:
        await self._stores.incidents.end(
            tx, kind, now, guild_id=subscription.guild_id, channel_id=subscription.channel_id
        )
        self._news = True

    async def _open(self, tx: Transaction, kind: str, subscription: Subscription, reason: str) -> None:
        await self._stores.incidents.start(
            tx, kind, reason, self._clock(), guild_id=subscription.guild_id, channel_id=subscription.channel_id
        )
        self._news = True

    async def _note(self, tx: Transaction, kind: str, subscription: Subscription, detail: str) -> None:
        """Records an incident that ends as soon as it is reported."""
        log.warning("channel %d: %s %s", subscription.channel_id, kind, detail)
        await self._stores.incidents.note(
            tx, kind, detail, self._clock(), guild_id=subscription.guild_id, channel_id=subscription.channel_id
        )
        self._news = True
