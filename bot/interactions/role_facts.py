"""Collects the facts about a Discord role that the rules for topic roles need."""

import discord

from bot.delivery.planning.topic_roles import ChannelOverwrite, RoleFacts


def role_facts(role: discord.Role | None, person: discord.Member | None = None) -> RoleFacts | None:
    """The current facts about a role; with `person`, whether that person may assign it. None for no role."""
    if role is None:
        return None
    guild = role.guild
    linked = role.tags is not None and role.tags.is_guild_connection()
    return RoleFacts(
        is_everyone=role.is_default(),
        is_managed=role.managed or linked,
        permissions=role.permissions.value,
        everyone_permissions=guild.default_role.permissions.value,
        overwrites=tuple(
            ChannelOverwrite(allow.value, deny.value, channel.permissions_for(guild.default_role).value)
            for channel in guild.channels
            if role in channel.overwrites
            for allow, deny in [channel.overwrites[role].pair()]
        ),
        below_bot=guild.me.top_role > role,
        below_person=person is None or person.id == guild.owner_id or person.top_role > role,
    )


def may_manage_roles(member: discord.Member) -> bool:
    """Whether the member may manage roles in the whole server; a channel's own permission is not enough."""
    return member.guild_permissions.manage_roles
