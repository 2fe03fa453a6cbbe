"""What Discord tells of servers, channels and roles: deliveries that waited may go on, or are settled."""

import discord
from discord.ext import commands

from bot.client.bot import HeraldBot


class Channels(commands.Cog):
    """Hands gateway events to the announcer. Needs only the `guilds` intent."""

    def __init__(self, bot: HeraldBot) -> None:
        self._bot = bot
        self._announcer = bot.services.announcer

    @commands.Cog.listener()
    async def on_guild_channel_update(self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel's permissions may have come back."""
        await self._announcer.channel_changed(after.id)
        await self._look_at_cards(after.guild)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Nothing waits for a channel that is gone."""
        await self._announcer.channel_deleted(channel.id)

    @commands.Cog.listener()
    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """A thread may have been unlocked."""
        await self._announcer.channel_changed(after.id)
        await self._look_at_cards(after.guild)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """As for channels."""
        await self._announcer.channel_deleted(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """A role's permissions count in every channel of its server."""
        await self._look_again(after.guild)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """A deleted role stands for no topic any more."""
        await self._bot.services.topic_roles.forget_role(role.guild.id, role.id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """What changed while the bot was away was not told; so every blocked channel is looked at again."""
        await self._look_again(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server that comes back within the time keeps its choices."""
        async with self._bot.services.database.transaction() as tx:
            await self._bot.services.guilds.returned(tx, guild.id)
        await self._look_again(guild)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed: nothing is sent there any more."""
        await self._announcer.guild_removed(guild.id)

    async def _look_at_cards(self, guild: discord.Guild) -> None:
        services = self._bot.services
        await services.cards.retry_blocked(guild.id, services.clock())

    async def _look_again(self, guild: discord.Guild) -> None:
        await self._look_at_cards(guild)
        stuck = await self._bot.services.deliveries.stuck_channels(guild.id)
        for subscription in await self._bot.services.subscriptions.of_guild(guild.id):
            if subscription.blocked_reason or subscription.channel_id in stuck:
                await self._announcer.channel_changed(subscription.channel_id)


async def setup(bot: HeraldBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Channels(bot))
