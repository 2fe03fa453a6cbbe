"""Whether a person may use a command's controls now, as the server's Integrations page decides it.

Discord itself checks this when a slash command is used. A button of an older answer is not checked
by Discord, so Herald reads the same settings with its own token, and decides by the same rules.

Source: Discord's developer documentation, "Application Commands" and "Updates to Command Permissions".
"""

import logging
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from bot.client.bot import HeraldBot

log = logging.getLogger(__name__)

CACHE_SECONDS = 600.0  # Discord announces changes; this bounds how long a missed one goes unnoticed
MAX_GUILDS = 1_000
MODERATORS_COMMANDS = ("announcements", "settings")


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


ReadOverrides = Callable[[int, str], Awaitable[Overrides]]


class CommandAccess:
    """Decides who may use a command in a server; caches the settings for a while."""

    def __init__(self, read: ReadOverrides, steady: Callable[[], float] = time.monotonic) -> None:
        self._read, self._steady = read, steady
        self._cached: dict[tuple[int, str], tuple[Overrides, float]] = {}  # with the instant of reading

    async def may_use(self, interaction: discord.Interaction[Any], command: str) -> bool:
        """Whether the person who pressed a control may use the top-level command that it belongs to."""
        person = _person(interaction)
        if person is None:
            return False
        return may_use_command(person, await self._overrides(person.guild_id, command))

    async def named_roles(self, guild_id: int) -> frozenset[int]:
        """The roles for which the server's settings of a moderators' command, or of the application, have a line."""
        found = [await self._overrides(guild_id, command) for command in MODERATORS_COMMANDS]
        lines = (line for overrides in found for line in (*overrides.command, *overrides.application))
        return frozenset(line.target_id for line in lines if line.kind is TargetKind.ROLE)

    def forget(self, guild_id: int) -> None:
        """Drops the cached settings of a server, so that the next press reads them again."""
        for key in [key for key in self._cached if key[0] == guild_id]:
            del self._cached[key]

    async def _overrides(self, guild_id: int, command: str) -> Overrides:
        key, now = (guild_id, command), self._steady()
        overrides, read_at = self._cached.get(key, (Overrides(), -math.inf))
        if now - read_at < CACHE_SECONDS:
            return overrides
        try:
            overrides = await self._read(guild_id, command)
        except (discord.DiscordException, OSError, TimeoutError) as error:
            log.warning("server %d: command permissions cannot be read, using the defaults: %s", guild_id, error)
            return Overrides()
        if len(self._cached) >= MAX_GUILDS:
            self._cached.clear()
        self._cached[key] = overrides, now
        return overrides


async def read_overrides(bot: "HeraldBot", guild_id: int, command: str) -> Overrides:
    """The settings of a command, and of the whole application, read from Discord."""
    application_id, command_id = bot.application_id, bot.registration.ids.get(command)
    if application_id is None or command_id is None:
        return Overrides()
    return Overrides(
        command=await _lines(bot, application_id, guild_id, command_id),
        application=await _lines(bot, application_id, guild_id, application_id),
    )


async def _lines(bot: "HeraldBot", application_id: int, guild_id: int, target_id: int) -> tuple[Override, ...]:
    try:
        found = await bot.http.get_application_command_permissions(application_id, guild_id, target_id)
    except discord.NotFound:
        return ()  # the server has no settings of its own
    return tuple(
        Override(int(line["id"]), TargetKind(line["type"]), bool(line["permission"])) for line in found["permissions"]
    )


def _person(interaction: discord.Interaction[Any]) -> Person | None:
    guild, channel = interaction.guild, interaction.channel
    if guild is None or channel is None:
        return None
    parent = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
    roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
    return Person(
        user_id=interaction.user.id,
        guild_id=guild.id,
        channel_id=parent,
        role_ids=frozenset(role.id for role in roles) | {guild.id},
        administrator=interaction.permissions.administrator,
        by_default=interaction.permissions.manage_guild,
    )


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
