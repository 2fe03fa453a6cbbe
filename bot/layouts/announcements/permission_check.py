"""The permission check of a channel: held and missing permissions, and how to grant them."""

from dataclasses import dataclass

from bot.delivery.permissions import (
    PROOF,
    Permission,
    Wants,
    holds,
    missing,
    name_of,
    needed,
)
from bot.i18n import Catalogue
from bot.models import ChannelKind


@dataclass(frozen=True, slots=True)
class Check:
    """A channel's kind, the bot's permission bits there, and what the subscription needs.

    `tags_missing` is a forum that demands a tag and has none the bot may use.
    """

    channel_id: int
    kind: ChannelKind
    granted: int
    wants: Wants
    role_id: int | None = None
    tags_missing: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the permissions without which it cannot work."""
        return missing(self.kind, self.granted, self.wants)

    @property
    def blocks_posting(self) -> bool:
        """Whether no post can be made there at all, as opposed to one without its thread or mention."""
        return bool(missing(self.kind, self.granted, Wants(locked=self.wants.locked))) or self.tags_missing

    @property
    def passed(self) -> bool:
        """Whether the bot can announce there."""
        return not self.missing and not self.tags_missing


def permission_name(name: str, kind: ChannelKind | None, text: Catalogue) -> str:
    """A permission's name as Discord's settings show it; a forum calls sending a message otherwise."""
    if kind is ChannelKind.FORUM and name == "send_messages":
        return text("announcements.permission.post_in_forum")
    return text(f"announcements.permission.{name}")


def checklist(check: Check, text: Catalogue, *, only_missing: bool = False) -> str:
    """Every permission, or `only_missing`, with why each is needed, and how to grant the missing ones."""
    lines: list[str] = []
    for permission in needed(check.kind, check.wants):
        name = permission_name(name_of(permission), check.kind, text)
        if not holds(check.granted, permission):
            why = text(f"announcements.why.{name_of(permission)}", role=f"<@&{check.role_id}>")
            lines.append(text("announcements.check.missing", permission=name, why=why))
        elif not only_missing:
            lines.append(text("announcements.check.held", permission=name))
    if not only_missing and not holds(check.granted, PROOF):
        name, why = permission_name(name_of(PROOF), check.kind, text), text(f"announcements.why.{name_of(PROOF)}")
        lines.append(text("announcements.check.advised", permission=name, why=why))
    channel = f"<#{check.channel_id}>"
    if check.tags_missing:
        lines.append(f"❌ {text('announcements.refused.forum_tags', channel=channel)}")
    if check.missing:
        lines += ["", text("announcements.give.title"), text("announcements.give.channel", channel=channel)]
    if name_of(Permission.MENTION_EVERYONE) in check.missing:
        lines.append(text("announcements.give.role", role=f"<@&{check.role_id}>"))
    return "\n".join(lines)
