"""Gateway events about servers, channels, threads and roles reach the announcer."""

import discord

from bot.config.settings import Settings
from bot.delivery.announcer import Change
from tests.cogs.moderation import Server, open_server


def cached(server: Server) -> discord.Guild:
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    return guild


async def test_a_start_compares_every_server(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.env.settle()
        assert server.guild.id in server.announcer.followed[Change.SERVER]


async def test_a_changed_or_deleted_role_compares_its_server(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.env.settle()
        server.announcer.followed[Change.SERVER].clear()
        role = await cached(server).create_role(name="Readers")
        await server.env.settle()
        server.announcer.followed[Change.SERVER].clear()

        await role.edit(permissions=discord.Permissions(view_channel=True))
        await server.env.settle()
        assert set(server.announcer.followed[Change.SERVER]) == {server.guild.id}
        server.announcer.followed[Change.SERVER].clear()

        await role.delete()
        await server.env.settle()
        assert server.guild.id in server.announcer.followed[Change.SERVER]


async def test_a_changed_or_deleted_channel_is_compared(settings: Settings) -> None:
    async with open_server(settings) as server:
        channel = cached(server).get_channel(server.channel.id)
        assert isinstance(channel, discord.TextChannel)

        await channel.edit(topic="News")
        await server.env.settle()
        assert server.channel.id in server.announcer.followed[Change.CHANNEL]

        await channel.delete()
        await server.env.settle()
        assert server.announcer.followed[Change.CHANNEL_DELETED] == [server.channel.id]


async def test_a_thread_that_was_archived_and_unlocked_is_compared(settings: Settings) -> None:
    """discord.py drops archived threads from its cache: their updates arrive as raw events only."""
    async with open_server(settings) as server:
        channel = cached(server).get_channel(server.channel.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="Talk", type=discord.ChannelType.public_thread)
        await thread.edit(archived=True, locked=True)
        await server.env.settle()
        server.announcer.followed[Change.CHANNEL].clear()

        await thread.edit(archived=False, locked=False)
        await server.env.settle()
        assert thread.id in server.announcer.followed[Change.CHANNEL]
