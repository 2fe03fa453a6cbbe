"""Why nothing arrives in a channel, and what was last confirmed there, from stored facts. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Subscription
from bot.store.deliveries import DeliveryReport, DeliveryState


class Silence(StrEnum):
    """The reasons why nothing arrives, most severe first; each has its own sentence."""

    SUSPENDED = "suspended"  # Discord refuses the whole bot
    PAUSED = "paused"
    BLOCKED = "blocked"
    NO_TOPIC_LEFT = "no_topic_left"  # all its topics were renamed or removed in the configuration
    NO_FEED_LEFT = "no_feed_left"
    WAITING = "waiting"  # the next step failed, or is held back, and is tried again


WAITING_STATES = (DeliveryState.PLANNED, DeliveryState.CLAIMED)


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """`silence` is None while articles arrive. `reasons` are names of reasons, separated by commas.

    `missing` are the topics and feeds the subscription names and the configuration does not have,
    `until` when the next attempt is made, `confirmed_at` when Discord last confirmed a post here.
    """

    silence: Silence | None = None
    reasons: str = ""
    missing: tuple[str, ...] = ()
    until: float | None = None
    confirmed_at: float | None = None


NO_FACTS = ChannelFacts()


def channel_facts(
    subscription: Subscription,
    deliveries: Sequence[DeliveryReport],
    topics: Collection[str],
    feeds: Collection[str],
    suspension: str = "",
) -> ChannelFacts:
    """Facts about a channel. `topics` and `feeds` are the configured keys, `suspension` why the bot sends nothing."""
    options = subscription.options
    lost_topics = tuple(key for key in options.topics if key not in topics)
    lost_feeds = tuple(key for key in options.feeds if key not in feeds)
    confirmed = [report.confirmed_at for report in deliveries if report.confirmed_at is not None]
    waiting = [report for report in deliveries if report.state in WAITING_STATES and report.problem]
    silence, reasons, until = _silence(subscription, suspension, waiting)
    if silence in (None, Silence.WAITING):
        if options.topics and len(lost_topics) == len(options.topics):
            silence, reasons, until = Silence.NO_TOPIC_LEFT, "", None
        elif options.feeds and len(lost_feeds) == len(options.feeds):
            silence, reasons, until = Silence.NO_FEED_LEFT, "", None
    return ChannelFacts(silence, reasons, (*lost_topics, *lost_feeds), until, max(confirmed, default=None))


def _silence(
    subscription: Subscription, suspension: str, waiting: Sequence[DeliveryReport]
) -> tuple[Silence | None, str, float | None]:
    if suspension:
        return Silence.SUSPENDED, suspension, None
    if subscription.paused:
        return Silence.PAUSED, "", None
    if subscription.blocked_reason:
        probes = [report.not_before for report in waiting if report.not_before is not None]
        return Silence.BLOCKED, subscription.blocked_reason, min(probes, default=None)
    if waiting:
        oldest = min(waiting, key=lambda report: (report.planned_at, report.id))
        return Silence.WAITING, oldest.problem, oldest.not_before
    return None, "", None
