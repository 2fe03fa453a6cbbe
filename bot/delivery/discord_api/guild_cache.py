"""Fills the cache of a client that is not connected to the gateway, so that permissions can be judged as usual."""

import logging
from collections.abc import Iterable

import discord

log = logging.getLogger(__name__)


async def cache_guilds(client: discord.Client, guild_ids: Iterable[int]) -> None:
    """Reads roles, channels, active threads and the bot's own membership of these servers by REST.

    A server that cannot be read stays unknown; the requests made there then give the reason.
    """
    if client.user is None:
        return
    for guild_id in guild_ids:
        if client.get_guild(guild_id) is not None:
            continue
        try:
            guild = await client.fetch_guild(guild_id, with_counts=False)
            channels = await guild.fetch_channels()
            member = await guild.fetch_member(client.user.id)
            threads = await guild.active_threads()
        except discord.HTTPException as error:
            log.warning("server %d cannot be read: %s", guild_id, error)
            continue
        # discord.py fills its cache from the gateway alone, so there is no public way.
        guild._add_member(member)  # pyright: ignore[reportPrivateUsage]
        for channel in channels:
            guild._add_channel(channel)  # pyright: ignore[reportPrivateUsage]
        for thread in threads:
            guild._add_thread(thread)  # pyright: ignore[reportPrivateUsage]
        client._connection._add_guild(guild)  # pyright: ignore[reportPrivateUsage]
