"""Discord in memory (simcord): a server with channels and people, and the page that shows it.

Three things let a bot that lives in real time and simcord, which lives in a time of its own, go together:

- simcord waits, before and after everything a person does, until all work the bot began in
  answer to Discord has come to rest. The watcher's and the announcer's loops never rest; they
  are started beside the bot, from a task that simcord does not own, and stay unseen by it.
- Its clock stands still between actions. `opened` moves it along with the clock passed in, so that
  messages carry the time at which they were sent.
- Its page shows a published state. `keep_up` publishes anew when the bot has written something.

`Env.backend` is the one part used here that simcord does not promise to keep: nothing public
sets its clock or the bot's name before the bot logs in.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import discord
import simcord
from simcord.preview import Preview

TICK_SECONDS = 0.25
SETTLE_SECONDS = 20.0  # a slow computer may take its time; nothing waits that long otherwise
WIDTH, HEIGHT = 1200, 900

GUIDE = (
    "Hello! New articles of the sample blog arrive here by themselves, the first one in a few seconds.\n"
    "Meanwhile type `/` below: `/search radio under a blanket`, `/latest`, `/topics`, `/act`, `/help`.\n"
    "Choose **Viewing as: Mina** above to be a moderator: `/announcements status`, `preview`, `setup`, `add`, …"
)


@dataclass(frozen=True, slots=True)
class World:
    """A server as one visitor sees it. `closed_channel` is one that moderators see and the bot does not."""

    env: simcord.Env
    guild: simcord.GuildHandle
    announcements: simcord.ChannelHandle
    news: simcord.ChannelHandle
    forum: simcord.ChannelHandle
    closed_channel: simcord.ChannelHandle
    readers: simcord.RoleHandle
    member: simcord.MemberActor
    moderator: simcord.MemberActor


@asynccontextmanager
async def opened(bot: discord.Client, clock: Callable[[], float]) -> AsyncGenerator[World]:
    """Brings the bot into a new server, and takes it out again at the end."""
    env = simcord.Env(bot, shard_count=1, check_errors=False, settle_timeout=SETTLE_SECONDS)
    env.backend.bot_user.name = "Herald"
    _set_clock(env, clock)
    await env.start()
    ticking = asyncio.create_task(_keep_time(env, clock))
    try:
        yield _furnish(env)
    finally:
        ticking.cancel()
        await env.shutdown()


def preview(
    world: World,
    channel: simcord.ChannelHandle,
    pictures: Mapping[str, bytes],
    *,
    port: int | None = None,
    viewers: tuple[simcord.MemberActor, ...] = (),
    layout: Literal["message", "channel"] = "channel",
    shown_at: datetime | None = None,
) -> Preview:
    """The page that shows a channel, or one message of it; `pictures` are the images it may show, by address.

    `shown_at` is the instant from which times such as "3 minutes ago" are told; the present if None.
    """
    return world.env.preview(
        channel,
        viewers=viewers or (world.member, world.moderator),
        layout=layout,
        width=WIDTH,
        height=HEIGHT,
        assets={address: (address.rpartition("/")[2], image) for address, image in pictures.items()},
        port=port,
        presentation_time=shown_at,
    )


async def keep_up(world: World, page: Preview) -> None:
    """Keeps the page up with what the bot writes, until cancelled."""
    shown = 0
    while True:
        written = sum(1 for request in world.env.http_requests if _writes(request, world.announcements.id))
        if written != shown:
            try:
                await page.refresh()
                shown = written
            except simcord.SetupError:
                pass  # somebody's action is under way; it publishes the page itself, and the next tick asks again
        await asyncio.sleep(TICK_SECONDS)


async def _keep_time(env: simcord.Env, clock: Callable[[], float]) -> None:
    while True:
        _set_clock(env, clock)
        await asyncio.sleep(TICK_SECONDS)


def _set_clock(env: simcord.Env, clock: Callable[[], float]) -> None:
    env.backend.clock.advance(max(0.0, clock() - env.now().timestamp()))


def _writes(request: simcord.HttpLogEntry, channel_id: int) -> bool:
    return request.method != "GET" and request.path.startswith(f"/channels/{channel_id}/messages")


def _furnish(env: simcord.Env) -> World:
    guild = env.create_guild("Friends of the sample blog")
    readers = guild.create_role("Readers", mentionable=True)
    moderators = guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_guild=True, mention_everyone=True)
    )
    return World(
        env=env,
        guild=guild,
        announcements=guild.create_text_channel("announcements", topic="New articles, as they appear"),
        news=guild.create_news_channel("news"),
        forum=guild.create_forum_channel("reading-room"),
        closed_channel=guild.create_text_channel(
            "closed",
            overwrites={
                guild.default_role: discord.PermissionOverwrite(view_channel=False),
                moderators: discord.PermissionOverwrite(view_channel=True),
            },
        ),
        readers=readers,
        member=guild.add_member(env.create_user("joon", global_name="Joon"), roles=[readers]),
        moderator=guild.add_member(env.create_user("mina", global_name="Mina (moderator)"), roles=[moderators]),
    )
