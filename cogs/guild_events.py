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
    async def channel_changed(self, *states: discord.abc.GuildChannel | discord.Thread) -> None:
        """A channel's permissions or kind may have changed, or a thread is active again; the last state is current."""
        await self._retry(states[-1].guild.id, states[-1].id)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """A thread may have been unlocked, also one that the cache had dropped when it was archived."""
        await self._retry(payload.guild_id, payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Ends the subscription of a deleted channel."""
        await self._announcer.follow(Change.CHANNEL_DELETED, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """As for channels."""
        await self._announcer.follow(Change.CHANNEL_DELETED, payload.thread_id)

    @commands.Cog.listener("on_guild_role_update")
    @commands.Cog.listener("on_guild_role_delete")
    async def role_changed(self, *states: discord.Role) -> None:
        """A role's permissions count in every channel of its server; a deleted one is mentioned no longer."""
        await self._announcer.follow(Change.SERVER, states[-1].guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """The bot itself was given or lost a role."""
        if after == after.guild.me:
            await self._announcer.follow(Change.SERVER, after.guild.id)

    @commands.Cog.listener("on_guild_available")
    @commands.Cog.listener("on_guild_join")
    async def server_appeared(self, guild: discord.Guild) -> None:
        """Compares the whole server: changes made without a session have no events.

        A server that is joined again in time keeps its settings.
        """
        await self._announcer.follow(Change.SERVER, guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed: stops sending there."""
        await self._announcer.follow(Change.BOT_REMOVED, guild.id)

    async def _retry(self, guild_id: int, channel_id: int) -> None:
        """Tries again what waits for a channel that may have changed."""
        await self._announcer.follow(Change.CHANNEL, channel_id)
        await self._announcer.follow(Change.CARDS, guild_id)


async def setup(bot: HeraldBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(GuildEvents(bot))
