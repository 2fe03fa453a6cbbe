"""Maps Discord's channels to our channel kinds, and checks what the bot may do there."""

from collections.abc import Mapping

import discord

from bot.delivery.permissions import Wants
from bot.interactions.draft import Draft
from bot.layouts.announcements.permission_check import Check
from bot.models import ChannelKind

Channel = discord.TextChannel | discord.ForumChannel | discord.Thread


def kind_of(channel: Channel) -> ChannelKind:
    """Which of the kinds that carry announcements this channel is."""
    if isinstance(channel, discord.Thread):
        return ChannelKind.THREAD
    if isinstance(channel, discord.ForumChannel):
        return ChannelKind.FORUM
    return ChannelKind.ANNOUNCEMENT if channel.is_news() else ChannelKind.TEXT


def find(guild: discord.Guild, channel_id: int) -> Channel | None:
    """The channel if the bot knows it and it can carry announcements."""
    channel = guild.get_channel_or_thread(channel_id)
    if not isinstance(channel, Channel):
        return None
    is_gallery = isinstance(channel, discord.ForumChannel) and channel.is_media()
    return None if is_gallery else channel


def inspect(channel: Channel, draft: Draft, topic_roles: Mapping[str, int], who: discord.Member | None = None) -> Check:
    """What the draft needs in that channel, and what the bot, or `who`, is granted there now.

    `topic_roles` are the server's role ids by topic.
    """
    options = draft.options
    mentioned = list(topic_roles.values()) if options.topic_roles else [options.role_id or 0]
    roles = [role for role_id in mentioned if (role := channel.guild.get_role(role_id)) is not None]
    locked = next((role for role in roles if not role.mentionable), None)
    tags_missing = False
    if isinstance(channel, discord.ForumChannel):
        tags_missing = channel.flags.require_tag and all(tag.moderated for tag in channel.available_tags)
    return Check(
        channel_id=channel.id,
        kind=kind_of(channel),
        granted=channel.permissions_for(who or channel.guild.me).value,
        wants=Wants(
            open_thread=options.open_thread,
            mention_locked_role=locked is not None,
            locked=isinstance(channel, discord.Thread) and channel.locked,
        ),
        role_id=locked.id if locked else options.role_id,
        tags_missing=tags_missing,
    )
