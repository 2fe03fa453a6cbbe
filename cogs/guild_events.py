"""Passes gateway events about servers, channels and roles to the announcer."""

import discord
from discord.ext import commands

from bot.client.bot import HeraldBot
from bot.delivery.announcer import Change


class GuildEvents(commands.Cog):
    """Passes gateway events to the announcer. Needs only the `guilds` intent."""

    def __init__(self, bot: HeraldBot) -> None:
        self._announcer = bot.services.announcer

    @commands.Cog.listener("on_guild_channel_update")
    @commands.Cog.listener("on_thread_update")
    @commands.Cog.listener("on_thread_join")
    @commands.Cog.listener("on_raw_thread_update")  # also of a thread that the cache had dropped when it was archived
    async def channel_changed(
        self, *states: discord.abc.GuildChannel | discord.Thread | discord.RawThreadUpdateEvent
    ) -> None:
        """Retries what waits for a channel: its permissions or kind may have changed, or a thread is active again."""
        current = states[-1]
        if isinstance(current, discord.RawThreadUpdateEvent):
            guild_id, channel_id = current.guild_id, current.thread_id
        else:
            guild_id, channel_id = current.guild.id, current.id
        await self._announcer.follow(Change.CHANNEL, channel_id)
        await self._announcer.follow(Change.CARDS, guild_id)

    @commands.Cog.listener("on_guild_channel_delete")
    @commands.Cog.listener("on_raw_thread_delete")
    async def channel_deleted(self, gone: discord.abc.GuildChannel | discord.RawThreadDeleteEvent) -> None:
        """Ends the subscription of a deleted channel or thread."""
        is_thread = isinstance(gone, discord.RawThreadDeleteEvent)
        await self._announcer.follow(Change.CHANNEL_DELETED, gone.thread_id if is_thread else gone.id)

    @commands.Cog.listener("on_guild_role_update")
    @commands.Cog.listener("on_guild_role_delete")
    @commands.Cog.listener("on_guild_available")
    @commands.Cog.listener("on_guild_join")
    async def server_changed(self, *states: discord.Role | discord.Guild) -> None:
        """Compares every channel of a server.

        A role's permissions count in all of them. A server that appears may have changed without events while there
        was no session. At a start it is compared while discord.py waits for more of them, not with the first sweep:
        posting begins beside that. One that is joined again in time keeps its settings.
        """
        current = states[-1]
        guild = current if isinstance(current, discord.Guild) else current.guild
        await self._announcer.follow(Change.SERVER, guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """The bot itself was given or lost a role."""
        if after == after.guild.me:
            await self._announcer.follow(Change.SERVER, after.guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed: stops sending there."""
        await self._announcer.follow(Change.BOT_REMOVED, guild.id)


async def setup(bot: HeraldBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(GuildEvents(bot))
