"""Collects the facts about a Discord role that the rules for topic roles need."""

from collections.abc import Collection

import discord

from bot.delivery.planning.topic_roles import RoleFacts


def role_facts(
    role: discord.Role | None, commands: Collection[int], person: discord.Member | None = None
) -> RoleFacts | None:
    """The current facts about a role; with `person`, whether that person may assign it. None for a deleted role.

    `commands` are the roles that the server's Integrations page names for moderators' commands.
    """
    if role is None or role.guild.get_role(role.id) is None:
        return None
    guild = role.guild
    linked = role.tags is not None and role.tags.is_guild_connection()
    return RoleFacts(
        is_everyone=role.is_default(),
        is_managed=role.managed or linked,
        permissions=role.permissions.value,
        everyone_permissions=guild.default_role.permissions.value,
        has_overwrites=any(
            not channel.overwrites[role].is_empty() for channel in guild.channels if role in channel.overwrites
        ),
        has_commands=role.id in commands,
        below_bot=guild.me.top_role > role,
        below_person=person is None or person.id == guild.owner_id or person.top_role > role,
    )
