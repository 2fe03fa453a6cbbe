"""Decides who may use a command in a server, from the settings of Discord's Integrations page. Pure.

Source: Discord's developer documentation, "Application Commands" and "Updates to Command Permissions".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class TargetKind(IntEnum):
    """What an override applies to, with Discord's numbers."""

    ROLE = 1
    MEMBER = 2
    CHANNEL = 3


@dataclass(frozen=True, slots=True)
class Override:
    """One line of a server's settings for a command or for the whole application."""

    target_id: int
    kind: TargetKind
    allowed: bool


@dataclass(frozen=True, slots=True)
class Overrides:
    """A server's settings for one command, and those for the application that the command inherits."""

    command: tuple[Override, ...] = ()
    application: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, and where.

    `channel_id` is the parent channel in a thread; `by_default`: has the command's default permissions.
    """

    user_id: int
    guild_id: int
    channel_id: int
    role_ids: frozenset[int]
    administrator: bool = False
    by_default: bool = False


def may_use_command(person: Person, overrides: Overrides) -> bool:
    """Whether Discord would let this person use the command there.

    The command's settings take precedence over the application's. Only the command's own "allowed"
    overrides the default permissions, as in Discord itself.
    """
    if person.administrator:
        return True
    if _channel_setting(person, overrides) is False:
        return False
    own = _member_setting(person, overrides.command)
    if own is not None:
        return own
    return _member_setting(person, overrides.application) is not False and person.by_default


def _channel_setting(person: Person, overrides: Overrides) -> bool | None:
    every_channel = person.guild_id - 1  # Discord's own id for "all channels"
    for lines in (overrides.command, overrides.application):
        for channel_id in (person.channel_id, every_channel):
            found = _setting(lines, TargetKind.CHANNEL, (channel_id,))
            if found is not None:
                return found
    return None


def _member_setting(person: Person, lines: Sequence[Override]) -> bool | None:
    """The member's own line, else those of its roles (one "allowed" is enough), else the line of everyone."""
    own = _setting(lines, TargetKind.MEMBER, (person.user_id,))
    if own is not None:
        return own
    roles = _setting(lines, TargetKind.ROLE, person.role_ids - {person.guild_id})
    return roles if roles is not None else _setting(lines, TargetKind.ROLE, (person.guild_id,))


def _setting(lines: Sequence[Override], kind: TargetKind, targets: Iterable[int]) -> bool | None:
    wanted = frozenset(targets)
    found = [line.allowed for line in lines if line.kind is kind and line.target_id in wanted]
    return any(found) if found else None
