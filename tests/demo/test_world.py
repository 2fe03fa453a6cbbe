import asyncio

import discord
import pytest
from discord.ext import commands

from bot.demo import world as worlds
from bot.demo.projection import visible_channels
from tests.limits import HANG_SECONDS

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
        async with asyncio.timeout(HANG_SECONDS):
            while world.env.now().timestamp() < now:  # noqa: ASYNC110 - the clock ticks by itself
                await asyncio.sleep(0)
        await bot.say(world.announcements.id, "hello")
        message = world.announcements.last_message

    assert message is not None
    assert abs(message.created_at.timestamp() - now) < 1


async def test_members_do_not_see_the_moderators_channels() -> None:
    async with worlds.opened(Talker(), lambda: START) as world:
        seen = {
            person: [channel.name for channel in visible_channels(world.env.backend, actor.id)]
            for person, actor in (("member", world.member), ("moderator", world.moderator))
        }

    assert seen["member"] == ["announcements", "news", "forum"]
    assert seen["moderator"] == ["announcements", "news", "forum", "moderators", "closed"]


async def test_the_bot_can_be_shut_out_of_the_closed_channel_and_admitted_again() -> None:
    bot = Talker()
    async with worlds.opened(bot, lambda: START) as world:
        closed = bot.get_channel(world.closed_channel.id)
        assert isinstance(closed, discord.TextChannel)
        assert closed.permissions_for(closed.guild.me).send_messages

        world.shut_out_bot(world.closed_channel)
        await world.env.settle()
        assert not closed.permissions_for(closed.guild.me).view_channel

        world.admit_bot(world.closed_channel)
        await world.env.settle()
        assert closed.permissions_for(closed.guild.me).send_messages


async def test_a_forum_post_has_the_id_of_its_first_message() -> None:
    """As on Discord: the bot edits the post by that id."""
    bot = Talker()
    async with worlds.opened(bot, lambda: START) as world:
        forum = bot.get_channel(world.forum.id)
        assert isinstance(forum, discord.ForumChannel)
        created = await forum.create_thread(name="A post", content="hello")

        assert created.thread.id == created.message.id
        await created.message.edit(content="changed")
        assert [message.content for message in world.forum.threads[0].history()] == ["changed"]
