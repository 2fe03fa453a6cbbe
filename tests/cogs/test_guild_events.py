"""What Discord tells of a server makes what waited for it go on."""

import discord

from bot.config.settings import Settings
from tests.cogs.moderation import Server, open_server


async def change_a_role(server: Server) -> None:
    """Somebody gives everybody, the bot among them, other permissions."""
    cached = server.bot.get_guild(server.guild.id)
    assert cached is not None
    role = next(role for role in cached.roles if not role.is_default() and not role.managed)
    await role.edit(permissions=discord.Permissions(view_channel=True))
    await server.env.settle()


async def test_a_withdrawal_that_was_not_permitted_is_looked_at_when_a_role_changes(settings: Settings) -> None:
    """Though its channel is not blocked: nothing new had to be posted there."""
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        await server.plan(1)
        await server.set_delivery(1, state="posted", due=None, desired_hash=2, posted_hash=1, problem="missing_access")

        await change_a_role(server)

        assert server.channel.id in server.announcer.changed


async def test_channels_where_all_is_well_are_left_alone(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        await server.plan(1)
        await server.set_delivery(1, state="posted", due=None, desired_hash=1, posted_hash=1)

        await change_a_role(server)

        assert server.announcer.changed == []
