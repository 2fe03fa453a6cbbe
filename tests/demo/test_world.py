import asyncio
import json

import aiohttp
import discord
import pytest
from discord.ext import commands

from bot.demo import world as worlds
from tests.demo.visitor import Visitor

START = 1_900_000_000.0


class Talker(commands.AutoShardedBot):
    """A bot that can only send."""

    def __init__(self) -> None:
        super().__init__("!", help_command=None, intents=discord.Intents(guilds=True), chunk_guilds_at_startup=False)

    async def say(self, channel_id: int, words: str) -> None:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send(words)


async def test_messages_carry_the_time_of_the_clock_passed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "TICK_SECONDS", 0.0)
    now = START
    bot = Talker()
    async with worlds.opened(bot, lambda: now) as world:
        now += 90.0
        async with asyncio.timeout(20):
            while world.env.now().timestamp() < now:  # noqa: ASYNC110 - the clock ticks by itself
                await asyncio.sleep(0)
        await bot.say(world.announcements.id, "hello")
        message = world.announcements.last_message

    assert message is not None
    assert abs(message.created_at.timestamp() - now) < 1


async def test_the_page_shows_what_the_bot_writes_by_itself() -> None:
    """Nobody asks the page to refresh; it publishes anew when the bot has written."""
    bot = Talker()
    async with worlds.opened(bot, lambda: START) as world, aiohttp.ClientSession() as session:
        page = worlds.preview(world, world.announcements, {})
        async with page, asyncio.timeout(20):
            keeping = asyncio.create_task(worlds.keep_up(world, page))
            origin, _, capability = page.url.partition("/#")
            visitor = Visitor(session, origin, capability)
            shown = await visitor.open()
            assert "good news" not in json.dumps(shown["messages"])
            await bot.say(world.announcements.id, "good news")
            while "good news" not in json.dumps(shown["messages"]):
                shown = await visitor.state(shown)
            keeping.cancel()


async def test_the_bot_may_not_look_into_the_closed_channel() -> None:
    """So that the sandbox can show how missing permissions are named."""
    bot = Talker()
    async with worlds.opened(bot, lambda: START) as world:
        closed, here = bot.get_channel(world.closed_channel.id), bot.get_channel(world.announcements.id)

        assert isinstance(closed, discord.TextChannel)
        assert isinstance(here, discord.TextChannel)
        assert not closed.permissions_for(closed.guild.me).view_channel
        assert here.permissions_for(here.guild.me).send_messages
