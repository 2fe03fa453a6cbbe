"""The permissions that the bot needs in a channel, from permission bits alone. Pure.

Source: Discord's developer documentation, "Permissions" and "Create Message" (August 2026).
The bits are those of Discord's API, so `discord.Permissions.value` can be passed as it is.
"""

from dataclasses import dataclass
from enum import IntFlag

from bot.models import ChannelKind


class Permission(IntFlag):
    """The permissions Herald ever needs, with Discord's bits."""

    ADMINISTRATOR = 1 << 3
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


@dataclass(frozen=True, slots=True)
class Wants:
    """What a subscription requires beyond posting.

    `mention_locked_role` is a role that not everyone may mention; `locked` is a thread that a
    moderator closed for members. Publishing the bot's own posts needs no further permission.
    """

    open_thread: bool = False
    mention_locked_role: bool = False
    locked: bool = False


POST_ONLY = Wants()

# Where posts can be published to servers that follow the channel, and where a thread can be opened on a post.
KINDS_WITH_PUBLISHING = frozenset({ChannelKind.ANNOUNCEMENT})
KINDS_WITH_THREADS = frozenset({ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT})  # forum posts are threads already

# Posting works without it, but after a crash the bot could not see whether its post arrived.
PROOF = Permission.READ_MESSAGE_HISTORY


def needed(kind: ChannelKind, wants: Wants = POST_ONLY) -> tuple[Permission, ...]:
    """All permissions it needs, the most basic first."""
    send = Permission.SEND_MESSAGES_IN_THREADS if kind is ChannelKind.THREAD else Permission.SEND_MESSAGES
    permissions = [Permission.VIEW_CHANNEL, send]
    if kind is ChannelKind.THREAD and wants.locked:
        permissions.append(Permission.MANAGE_THREADS)
    if kind in KINDS_WITH_THREADS and wants.open_thread:
        permissions.append(Permission.CREATE_PUBLIC_THREADS)
    if wants.mention_locked_role:
        permissions.append(Permission.MENTION_EVERYONE)
    return tuple(permissions)


def holds(granted: int, permission: Permission) -> bool:
    """Whether the bits include the permission; an administrator has them all."""
    return bool(granted & (permission | Permission.ADMINISTRATOR))


def missing(kind: ChannelKind, granted: int, wants: Wants = POST_ONLY) -> tuple[str, ...]:
    """Names of the missing permissions, such as `send_messages`; empty when none is."""
    return tuple(name_of(permission) for permission in needed(kind, wants) if not holds(granted, permission))


def name_of(permission: Permission) -> str:
    """The permission's name as `discord.Permissions` and the catalogues know it."""
    return str(permission.name).lower()
