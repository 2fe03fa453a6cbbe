"""Where reports are posted: never where members read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import discord
import simcord
from discord.ext import commands

from bot.delivery.discord_api.sender import DiscordSender
from bot.delivery.rate_limiter import RateLimiter

SENTENCE = "A hidden channel is blocked."


@asynccontextmanager
async def open_server() -> AsyncIterator[tuple[simcord.Env, simcord.GuildHandle, DiscordSender]]:
    """Opened inside each test: simcord's clock belongs to the task that opens it."""
    client = commands.Bot(command_prefix=commands.when_mentioned, intents=discord.Intents(guilds=True))
    async with simcord.run(client) as env:
        limiter = RateLimiter(1_000.0, invalid_budget=1_000, clock=lambda: 0.0)
        sender = DiscordSender(lambda: client, cast("Any", None), limiter, clock=lambda: 0.0, timeout_seconds=30.0)
        yield env, env.create_guild("Server"), sender


async def test_without_a_log_channel_nothing_is_posted_where_members_read() -> None:
    async with open_server() as (_, guild, sender):
        members = guild.create_text_channel("general")

        assert not await sender.notify(guild.id, (), SENTENCE, "nonce-1")
        assert members.history() == []


async def test_the_log_channel_gets_the_report() -> None:
    async with open_server() as (_, guild, sender):
        chosen = guild.create_text_channel("log")

        assert await sender.notify(guild.id, (chosen.id,), SENTENCE, "nonce-1")
        assert [message.content for message in chosen.history()] == [SENTENCE]


async def test_a_private_community_updates_channel_gets_the_report_where_no_log_channel_was_chosen() -> None:
    async with open_server() as (env, guild, sender):
        members = guild.create_text_channel("general")
        unseen = {guild.default_role: discord.PermissionOverwrite(view_channel=False)}
        me = guild.me
        assert me is not None
        updates = guild.create_text_channel(
            "moderators", overwrites={**unseen, me: discord.PermissionOverwrite(view_channel=True)}
        )
        env.backend.edit_guild(guild.id, {"features": ["COMMUNITY"], "public_updates_channel_id": updates.id})
        await env.settle()

        assert await sender.notify(guild.id, (), SENTENCE, "nonce-1")
        assert [message.content for message in updates.history()] == [SENTENCE]
        assert members.history() == []


async def test_a_community_updates_channel_that_members_read_gets_no_report() -> None:
    async with open_server() as (env, guild, sender):
        updates = guild.create_text_channel("updates")
        env.backend.edit_guild(guild.id, {"features": ["COMMUNITY"], "public_updates_channel_id": updates.id})
        await env.settle()

        assert not await sender.notify(guild.id, (), SENTENCE, "nonce-1")
        assert updates.history() == []
