"""One delivery in words: its state, what it waits for, and what a moderator can do about it."""

import discord

from bot.delivery.incidents import reason_sentence
from bot.delivery.permissions import Permission, name_of
from bot.i18n import Catalogue, messages
from bot.interactions.controls import ModeratorAction, button
from bot.layouts.announcements.permission_check import permission_name
from bot.layouts.components import Part, stamp, text_display
from bot.layouts.markdown import link, plain
from bot.models import ChannelKind, Subscription
from bot.plain_text import clean_line
from bot.store.deliveries import DeliveryReport, DeliveryState, FollowUp

TITLE = 100
LONGEST_LINK = 150  # many deliveries share Discord's limit of text
SOON_SECONDS = 30.0  # a step that is due sooner needs no time and no button
PERMISSIONS = {name_of(permission) for permission in Permission}
WAITING = (DeliveryState.PLANNED, DeliveryState.CLAIMED)
NEEDS_A_LOOK = (DeliveryState.UNVERIFIED, DeliveryState.REJECTED)
ENDINGS = {
    DeliveryState.CLAIMED: "claimed",
    DeliveryState.UNVERIFIED: "unproved",
    DeliveryState.DELETED: "deleted",
    DeliveryState.WITHDRAWN: "withdrawn",
    DeliveryState.IN_DIGEST: "folded",
    DeliveryState.CANCELLED: "dropped",
    DeliveryState.REJECTED: "failed",
}


def delivery_parts(report: DeliveryReport, subscription: Subscription, text: Catalogue, now: float) -> list[Part]:
    """The delivery's line, and a row of buttons where a moderator can decide something."""
    parts: list[Part] = [text_display(delivery_line(report, subscription, text, now))]
    place = (subscription.channel_id, report.id)
    waits = report.state in WAITING and (_is_later(report, now) or report.held_until is not None)
    if report.state is DeliveryState.UNVERIFIED:
        there = button(text("announcements.status.there"), ModeratorAction.SETTLE, *place, 1)
        parts.append(
            discord.ui.ActionRow(there, button(text("announcements.status.send"), ModeratorAction.SETTLE, *place, 0))
        )
    elif waits or report.state is DeliveryState.REJECTED:
        send = button(text("announcements.status.send_now"), ModeratorAction.SEND_NOW, *place)
        parts.append(discord.ui.ActionRow(send))
    return parts


def delivery_line(report: DeliveryReport, subscription: Subscription, text: Catalogue, now: float) -> str:
    """The state of the delivery, in one line."""
    name = report.title if clean_line(report.title) else text("announcements.delivery.withdrawn_title")
    title = f"**{short_link(name, jump_url(report, subscription) or report.url)}**"
    if report.state is DeliveryState.POSTED:
        when = stamp(report.posted_at if report.posted_at is not None else report.planned_at)
        return " · ".join((text("announcements.delivery.posted", title=title, when=when), *_extras(report, text, now)))
    if report.held_until is not None and not subscription.paused and not subscription.blocked_reason:
        return text("announcements.delivery.later", title=title, when=stamp(report.held_until))
    if report.state is DeliveryState.PLANNED and report.not_before is None:
        return _held_up(report, subscription, title, text)
    if report.state in WAITING and _is_later(report, now):
        return text("announcements.delivery.later", title=title, when=stamp(report.not_before or now))
    return text(f"announcements.delivery.{ENDINGS.get(report.state, 'planned')}", title=title)


def short_link(title: str, url: str) -> str:
    """A title as a link; only the title where the address is too long."""
    return link(title, url, TITLE) if len(url) <= LONGEST_LINK else plain(title, TITLE)


def jump_url(report: DeliveryReport, subscription: Subscription) -> str:
    """The address of the post; empty when no post is known. A forum's post is a thread with its message's id."""
    if report.message_id is None:
        return ""
    place = f"https://discord.com/channels/{subscription.guild_id}"
    if subscription.kind is ChannelKind.FORUM:
        return f"{place}/{report.message_id}"
    return f"{place}/{subscription.channel_id}/{report.message_id}"


def due_stamp(due: float | None, text: Catalogue, now: float) -> str:
    """When something is due, as Discord shows it to each reader; "soon" where that is past by the time it is read."""
    return text("announcements.status.soon") if due is None or due <= now + SOON_SECONDS else stamp(due)


def _held_up(report: DeliveryReport, subscription: Subscription, title: str, text: Catalogue) -> str:
    """Why the delivery has no due time: a missing permission, a pause, or another reason."""
    reasons = [name for name in (subscription.blocked_reason or report.problem).split(",") if name in PERMISSIONS]
    if reasons:
        names = ", ".join(f"**{permission_name(name, subscription.kind, text)}**" for name in reasons)
        return text("announcements.delivery.blocked", title=title, permissions=names)
    if subscription.paused:
        return text("announcements.delivery.paused", title=title)
    key = f"incidents.reason.{subscription.blocked_reason or report.problem}"
    if key not in messages(text.language):
        return text("announcements.delivery.blocked_else", title=title)
    return text("announcements.delivery.blocked_why", title=title, reason=text(key))


def _extras(report: DeliveryReport, text: Catalogue, now: float) -> list[str]:
    found: list[str] = []
    if report.publish is FollowUp.DONE:
        found.append(text("announcements.delivery.published"))
    elif report.publish is FollowUp.WANTED and _is_later(report, now):
        found.append(text("announcements.delivery.publishing_later", when=stamp(report.not_before or now)))
    elif report.publish is FollowUp.WANTED:
        found.append(text("announcements.delivery.publishing"))
    elif report.publish is FollowUp.BLOCKED:
        found.append(text("announcements.delivery.publish_blocked"))
    if report.thread is FollowUp.DONE:
        found.append(text("announcements.delivery.threaded"))
    elif report.thread is FollowUp.BLOCKED:
        found.append(text("announcements.delivery.thread_blocked"))
    if report.problem and _is_later(report, now):  # a correction, thread or publishing that Discord put off
        when, reason = stamp(report.not_before or now), reason_sentence(report.problem, text)
        found.append(text("announcements.delivery.unfinished", when=when, reason=reason))
    return found


def _is_later(report: DeliveryReport, now: float) -> bool:
    return report.not_before is not None and report.not_before > now + SOON_SECONDS
