"""Everything that can go wrong with Discord, one case each, run against the real bot."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.e2e import host_faults
from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld
from tests.fake_discord.state import CHANNEL_BASE, Permission

Json = dict[str, Any]
Script = Callable[[BotWorld, BotProcess], Awaitable[None]]

POSTS = ["create_message", "forum_post"]
EXTRAS = ["publish", "open_thread"]
EVERYTHING = [*POSTS, *EXTRAS, "list_messages", "get_message", "active_threads", "archived_threads"]


async def nothing(_stage: BotWorld, _bot: BotProcess) -> None:
    """The rules alone are the case."""


@dataclass(frozen=True, slots=True)
class Case:
    """A fault: rules in force from the start, and what is done while the bot runs.

    `gone` are channels deleted by the end: no posts expected. `jump` is by how much the bot's clock
    jumps when signalled; `small_disk` puts the database on a disk of a few megabytes.
    """

    name: str
    rules: tuple[Json, ...] = ()
    prepare: Callable[[BotWorld], Awaitable[None]] | None = None
    script: Script = nothing
    gone: frozenset[int] = frozenset()
    delivery: dict[str, Any] = field(default_factory=dict[str, Any])
    jump: float = 0.0
    small_disk: bool = False


def rule(fault: str, routes: list[str], **fields: object) -> Json:
    """A rule that hits some of the requests for these routes."""
    return {"fault": fault, "routes": routes, "times": 12, "chance": 0.5, **fields}


SOME = range(CHANNEL_BASE, CHANNEL_BASE + 6)  # two of each kind


async def take_permission(world: BotWorld) -> None:
    """The bot may not send in some channels, and learns so when it connects."""
    for channel in SOME:
        await world.discord_server.deny(channel, Permission.SEND_MESSAGES)


async def give_permission_back(world: BotWorld, bot: BotProcess) -> None:
    """Restores the permission once everything else is delivered."""
    await world.posts_reach(bot, world.discord_server.plan.channels - len(SOME))
    for channel in SOME:
        await world.discord_server.deny(channel, 0)


async def send_channel_updates(world: BotWorld, bot: BotProcess) -> None:
    """After answers of 403, an update of those channels lets the bot try again."""
    await world.posts_reach(bot, world.discord_server.plan.channels - len(SOME))
    await world.discord_server.clear_faults()
    for channel in SOME:
        await world.discord_server.deny(channel, 0)


async def delete_channels(world: BotWorld, bot: BotProcess) -> None:
    """Some channels are deleted during the fan-out."""
    await world.posts_reach(bot, 1)
    for channel in SOME:
        await world.discord_server.delete_channel(channel)


async def open_gateway_late(world: BotWorld, _bot: BotProcess) -> None:
    """The gateway listens only some time after the bot started."""
    await asyncio.sleep(8.0)
    await world.discord_server.gateway("open")


async def refuse_gateway(world: BotWorld) -> None:
    """Nobody listens."""
    await world.discord_server.gateway("refuse")


def during(*actions: str) -> Script:
    """Things done to the gateway from the first post on, one a second."""

    async def script(world: BotWorld, bot: BotProcess) -> None:
        await world.posts_reach(bot, 1)
        for action in actions:
            if action != "wait":
                await world.discord_server.gateway(action)
            await asyncio.sleep(1.0)

    return script


async def delete_first_posts(world: BotWorld, bot: BotProcess) -> None:
    """A moderator deletes posts whose responses were lost."""
    await world.posts_reach(bot, 6)
    for channel in await world.discord_server.channels():
        for post in channel["posts"]:
            if not post["deleted"] and channel["kind"] == "text":
                await world.discord_server.delete_message(post["channel_id"], post["id"])


IMPATIENT: dict[str, Any] = {"request_timeout": "3s"}

CASES = (
    *(Case(f"{status}, nothing made", (rule("status", POSTS, status=status),)) for status in (500, 502, 503, 504)),
    *(Case(f"{status}, but made", (rule("status_after", POSTS, status=status),)) for status in (500, 502, 504)),
    Case("503 to everything, for a while", (rule("status", EVERYTHING, status=503, times=100, chance=1.0),)),
    Case("connection reset before it is made", (rule("reset", POSTS),)),
    Case("connection reset after it is made", (rule("reset_after", POSTS),)),
    Case("no answer, nothing made", (rule("hang", POSTS),), delivery=IMPATIENT),
    Case("no answer, but made", (rule("hang_after", POSTS),), delivery=IMPATIENT),
    Case("answer lost on publish and thread", (rule("reset_after", EXTRAS),)),
    Case("500 on publish and thread, but done", (rule("status_after", EXTRAS),)),
    Case(
        "answer lost, and 500 to the read-back",
        (rule("reset_after", POSTS), rule("status", EVERYTHING[4:], times=6)),
    ),
    Case(
        "403 50013, then an update",
        (rule("status", POSTS, status=403, code=50013, channels=list(SOME), times=99, chance=1.0),),
        script=send_channel_updates,
    ),
    Case("permission missing, then given back", prepare=take_permission, script=give_permission_back),
    Case("404 10003, channels deleted", script=delete_channels, gone=frozenset(SOME)),
    Case("global 429, three times", (rule("global_429", POSTS, times=3, seconds=2.0),)),
    Case("429 without JSON or Via", (rule("bare_429", POSTS, times=1, skip=10, chance=1.0),)),
    Case("a moderator deleted what was made", (rule("reset_after", POSTS),), script=delete_first_posts),
    Case("gateway refused at the start", prepare=refuse_gateway, script=open_gateway_late),
    Case("503 to /gateway/bot at the start", (rule("status", ["gateway"], status=503, times=1, chance=1.0),)),
    Case("reset of /users/@me at the start", (rule("reset", ["me"], times=1, chance=1.0),)),
    Case("gateway aborted, three times", script=during("abort", "abort", "abort")),
    Case("gateway asks to reconnect", script=during("reconnect")),
    Case("session invalidated, twice", script=during("invalidate", "invalidate")),
    Case("clock jumps two hours ahead", (rule("reset_after", POSTS),), script=host_faults.jump_clock, jump=7200.0),
    Case("clock jumps two hours back", (rule("reset_after", POSTS),), script=host_faults.jump_clock, jump=-7200.0),
    Case("database locked for 12 s", script=host_faults.lock_database),
    Case("database copied while it works", script=host_faults.back_up),
    Case("files may not grow for 8 s", script=host_faults.forbid_growth),
    Case("disk full for 8 s", script=host_faults.fill_disk, small_disk=True),
    Case("gateway gone for five seconds", script=during("refuse", "wait", "wait", "wait", "wait", "open")),
)
