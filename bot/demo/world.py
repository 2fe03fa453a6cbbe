"""Discord in memory (simcord): a server with channels and people.

These let a bot that lives in real time and simcord, which has a time of its own, work together:

- simcord waits, before and after everything a person does, until all work the bot began in answer to
  Discord is finished. The loops of the poller and the announcer never finish; they are started beside the
  bot, from a task that simcord does not track.
- Its clock does not move between actions. `opened` advances it with the clock passed in, so that messages
  carry the time at which they were sent.
- It gives a forum post another id than its first message, and speaks only English. Both are corrected here.

`Env.backend` is not a public part of simcord. It is used for its clock, for permissions that change while
the bot runs, and for the language of people's Discord clients.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord
import simcord
from simcord.backend.models import Channel, Message, Overwrite
from simcord.enums import OverwriteType

Overwrites = dict[
    simcord.RoleHandle
    | simcord.MemberActor
    | simcord.UserHandle
    | discord.Role
    | discord.Member
    | discord.User
    | discord.ClientUser,
    discord.PermissionOverwrite,
]

TICK_SECONDS = 0.25
SETTLE_SECONDS = 20.0  # for slow computers
BOT_PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, create_public_threads=True, embed_links=True
).value


@dataclass(slots=True)
class Locale:
    """The language of the Discord client of the person who acts next."""

    value: str = "en-US"


@dataclass(frozen=True, slots=True)
class World:
    """The server as its people see it. `moderators` and `closed_channel` are hidden from members."""

    env: simcord.Env
    guild: simcord.GuildHandle
    announcements: simcord.ChannelHandle
    news: simcord.ChannelHandle
    forum: simcord.ChannelHandle
    moderators: simcord.ChannelHandle
    closed_channel: simcord.ChannelHandle
    readers: simcord.RoleHandle
    member: simcord.MemberActor
    moderator: simcord.MemberActor
    locale: Locale

    def admit_bot(self, channel: simcord.ChannelHandle) -> None:
        """Gives the bot the permissions it needs in a channel that is closed to everyone."""
        bot = self.env.backend.bot_user.id
        overwrite = Overwrite(bot, OverwriteType.MEMBER, allow=BOT_PERMISSIONS)
        self.env.backend.set_overwrite(channel.id, overwrite)

    def shut_out_bot(self, channel: simcord.ChannelHandle) -> None:
        """Removes those permissions."""
        self.env.backend.delete_overwrite(channel.id, self.env.backend.bot_user.id)


@asynccontextmanager
async def opened(bot: discord.Client, clock: Callable[[], float]) -> AsyncGenerator[World]:
    """Adds the bot to a new server; shuts the simulation down at the end."""
    env = simcord.Env(bot, shard_count=1, check_errors=False, settle_timeout=SETTLE_SECONDS)
    env.backend.bot_user.name = "Herald"
    locale = Locale()
    _correct_simcord(env, locale)
    env.backend.clock.advance(max(0.0, clock() - env.now().timestamp()))
    await env.start()
    ticking = asyncio.create_task(_keep_time(env, clock))
    try:
        yield _furnish(env, locale)
    finally:
        ticking.cancel()
        await env.shutdown()


def _correct_simcord(env: simcord.Env, locale: Locale) -> None:
    """Gives interactions the chosen language, and a forum post's first message the id of its thread.

    simcord itself supports only English; Discord's ids are the same there, and edits depend on it.
    """
    backend = env.backend
    emit, create_post, create_thread = backend.emit, backend.create_forum_post, backend.create_thread

    def emit_in_language(event: str, payload: Mapping[str, Any]) -> None:
        emit(event, {**payload, "locale": locale.value} if event == "INTERACTION_CREATE" else payload)

    def create_numbered_post(forum_id: int, name: str, starter: Message, **options: Any) -> tuple[Channel, Message]:
        backend.create_thread = partial(create_thread, message_id=starter.id)
        try:
            return create_post(forum_id, name, starter, **options)
        finally:
            backend.create_thread = create_thread

    backend.emit, backend.create_forum_post = emit_in_language, create_numbered_post


async def _keep_time(env: simcord.Env, clock: Callable[[], float]) -> None:
    while True:
        env.backend.clock.advance(max(0.0, clock() - env.now().timestamp()))
        await asyncio.sleep(TICK_SECONDS)


def _furnish(env: simcord.Env, locale: Locale) -> World:
    guild = env.create_guild("Friends of the sample blog")
    readers = guild.create_role("Readers", mentionable=True)
    moderators = guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_guild=True, manage_roles=True, mention_everyone=True)
    )
    hidden: Overwrites = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False),
        moderators: discord.PermissionOverwrite(view_channel=True),
    }
    world = World(
        env=env,
        guild=guild,
        announcements=guild.create_text_channel("announcements", topic="New articles, as they appear"),
        news=guild.create_news_channel("news"),
        forum=guild.create_forum_channel("forum"),
        moderators=guild.create_text_channel("moderators", overwrites=hidden, topic="What moderators need to know"),
        closed_channel=guild.create_text_channel("closed", overwrites=hidden),
        readers=readers,
        member=guild.add_member(env.create_user("joon", global_name="Joon"), roles=[readers]),
        moderator=guild.add_member(env.create_user("mina", global_name="Mina"), roles=[moderators]),
        locale=locale,
    )
    world.admit_bot(world.moderators)
    world.admit_bot(world.closed_channel)
    return world
