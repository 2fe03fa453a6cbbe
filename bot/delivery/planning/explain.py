"""Explains why an article is, or is not, in a channel: one reason and what to do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.delivery.planning.schedule import next_digest
from bot.models import Article, ArticleState, Rhythm, Subscription
from bot.store.deliveries import DeliveryReport, DeliveryState
from bot.store.subscriptions import mismatch

SOON_SECONDS = 30.0


class Reason(StrEnum):
    """Why an article is, or is not, in a channel."""

    POSTED = "posted"
    LISTED = "listed"
    SENDING = "sending"
    TURN = "turn"
    RETRY = "retry"
    DIGEST = "digest"
    QUIET = "quiet"
    PAUSED = "paused"
    PAUSED_BEFORE = "paused_before"
    BLOCKED = "blocked"
    UNVERIFIED = "unverified"
    REJECTED = "rejected"
    DELETED = "deleted"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    HELD = "held"
    OTHER_TOPICS = "other_topics"
    NO_TOPICS = "no_topics"
    OTHER_FEED = "other_feed"
    OTHER_LANGUAGE = "other_language"
    OLDER = "older"
    NOT_ANNOUNCED = "not_announced"


class Help(StrEnum):
    """What a moderator can do about it, as the name of a button."""

    NONE = ""
    SEND_NOW = "send_now"  # ends the waiting of a delivery
    SEND = "send"  # announces the article there, planned or not
    STATUS = "status"
    EDIT = "edit"
    RESUME = "resume"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reason, when it ends or when it happened, the delivery it is about, and the suggested action."""

    reason: Reason
    help: Help
    at: float | None = None
    delivery: DeliveryReport | None = None


HELP = {
    Reason.POSTED: Help.SEND,
    Reason.LISTED: Help.SEND,
    Reason.TURN: Help.SEND_NOW,
    Reason.RETRY: Help.SEND_NOW,
    Reason.DIGEST: Help.SEND_NOW,
    Reason.QUIET: Help.SEND_NOW,
    Reason.PAUSED: Help.RESUME,
    Reason.PAUSED_BEFORE: Help.RESUME,
    Reason.BLOCKED: Help.STATUS,
    Reason.UNVERIFIED: Help.STATUS,
    Reason.REJECTED: Help.SEND_NOW,
    Reason.DELETED: Help.SEND,
    Reason.CANCELLED: Help.SEND,
    Reason.HELD: Help.DECIDE,
    Reason.OTHER_TOPICS: Help.SEND,
    Reason.NO_TOPICS: Help.SEND,
    Reason.OTHER_FEED: Help.SEND,
    Reason.OTHER_LANGUAGE: Help.SEND,
    Reason.OLDER: Help.SEND,
    Reason.NOT_ANNOUNCED: Help.SEND,
}
ENDED = {
    DeliveryState.POSTED: Reason.POSTED,
    DeliveryState.IN_DIGEST: Reason.LISTED,
    DeliveryState.UNVERIFIED: Reason.UNVERIFIED,
    DeliveryState.REJECTED: Reason.REJECTED,
    DeliveryState.DELETED: Reason.DELETED,
    DeliveryState.WITHDRAWN: Reason.WITHDRAWN,
    DeliveryState.CANCELLED: Reason.CANCELLED,
}


def explain(
    article: Article, subscription: Subscription, reports: Sequence[DeliveryReport], now: float, *, held: bool
) -> Explanation:
    """The reason that decides. `reports` are the article's deliveries there, the latest first."""
    latest = reports[0] if reports else None
    reason, at = _reason(article, subscription, latest, now, held=held)
    return Explanation(reason, HELP.get(reason, Help.NONE), at, latest)


def _reason(
    article: Article, subscription: Subscription, latest: DeliveryReport | None, now: float, *, held: bool
) -> tuple[Reason, float | None]:
    if article.state is ArticleState.WITHDRAWN:
        return Reason.WITHDRAWN, None
    if latest is not None:
        return _delivered(latest, subscription, now)
    if held:
        return Reason.HELD, None
    unwanted = mismatch(subscription.options, article.feed, article.topics, article.language)
    if unwanted is not None:
        return Reason(unwanted.value), None
    if article.first_seen < subscription.created_at:
        return Reason.OLDER, None
    return (Reason.PAUSED_BEFORE if subscription.paused else Reason.NOT_ANNOUNCED), None


def _delivered(report: DeliveryReport, subscription: Subscription, now: float) -> tuple[Reason, float | None]:
    if report.state in ENDED and not (report.state is DeliveryState.IN_DIGEST and report.posted_at is None):
        return ENDED[report.state], report.posted_at
    if subscription.blocked_reason or (report.not_before is None and report.problem):
        return Reason.BLOCKED, None
    if subscription.paused:
        return Reason.PAUSED, None
    if report.held_until is not None:
        schedule = subscription.options.schedule
        digest = schedule.rhythm is not Rhythm.AT_ONCE and next_digest(schedule, report.planned_at) > now
        return (Reason.DIGEST if digest else Reason.QUIET), report.held_until
    if report.not_before is not None and report.not_before > now + SOON_SECONDS:
        return Reason.RETRY, report.not_before
    return (Reason.SENDING if report.state is DeliveryState.CLAIMED else Reason.TURN), None
