"""Where Herald's records and Discord can differ, or a delivery can end without its post: one case each.

The bot delivers one article everywhere and stops. What a case changes, it changes then or after the next
start, with a second article to be announced; `heal` removes the cause again.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from bot.client.shards import READY_SECONDS
from bot.delivery.announcer import IDLE_SECONDS
from bot.store.database import Database
from bot.store.subscriptions import Subscriptions
from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld
from tests.fake_discord.fixture import draft
from tests.fake_discord.state import CHANNEL_BASE, GUILD_BASE, Permission

TEXT, NEWS, FORUM = (CHANNEL_BASE + number for number in (0, 1, 2))
CHANNELS, LOGS = 6, 2  # subscribed, and those for reports
THREAD = CHANNEL_BASE + CHANNELS + LOGS  # in TEXT; only where a case is about it
SERVER = GUILD_BASE  # of TEXT and FORUM, not of NEWS
ROLE = 777
SLOW_SECONDS = 3.0

Off = Callable[[BotWorld], Awaitable[None]]
Running = Callable[[BotWorld, BotProcess], Awaitable[None]]


async def nothing(_world: BotWorld) -> None:
    """No change."""


async def nothing_running(_world: BotWorld, _bot: BotProcess) -> None:
    """No change."""


@dataclass(frozen=True, slots=True)
class TruthCase:
    """A line of the issue. `section` is its number there, `channel` the one whose status is read.

    `off` happens while the bot is off, `rules` are faults of its second life, `running` happens during it.
    `gone` are channels without the second article at the end; `heals` is false where a person decides, or
    where the wait is longer than anybody watches.
    """

    section: int
    name: str
    channel: int = TEXT
    off: Off = nothing
    rules: tuple[dict[str, Any], ...] = ()
    running: Running = nothing_running
    heal: Off = nothing
    gone: frozenset[int] = frozenset()
    heals: bool = True
    shards: int = 1
    delivery: dict[str, Any] = field(default_factory=dict[str, Any])
    patience: float = 0.0  # seconds until it must have healed, where the product's own limit is longer than usual


def sql(statement: str, *parameters: object) -> Off:
    """Changes the stopped bot's database, as an older version, a moderator or the configuration did."""

    async def change(world: BotWorld) -> None:
        with closing(sqlite3.connect(world.database, timeout=30.0)) as database:
            database.execute(statement, parameters)
            database.commit()

    return change


def guild(guild_id: int, **changes: object) -> Off:
    """Changes a server."""
    return lambda world: world.discord_server.change_guild(guild_id, **changes)


def channel(channel_id: int, **changes: object) -> Off:
    """Changes a channel."""
    return lambda world: world.discord_server.change_channel(channel_id, **changes)


def state(**changes: object) -> Off:
    """Changes the application."""
    return lambda world: world.discord_server.change_state(**changes)


def answers(route: str, status: int, code: int = 0, *, times: int = 1, channel_id: int = TEXT, **more: Any) -> Any:
    """A rule: the next requests of that route in a channel are answered so, and not carried out."""
    fields = {"routes": [route], "status": status, "code": code, "times": times, "channels": [channel_id], **more}
    return {"fault": "status", **fields}


def both(*steps: Off) -> Off:
    """One change after the other."""

    async def change(world: BotWorld) -> None:
        for step in steps:
            await step(world)

    return change


async def revoke_token(world: BotWorld, bot: BotProcess) -> None:
    """In the midst of the fan-out."""
    await world.posts_reach(bot, 8)
    await world.discord_server.change_state(token_valid=False)


async def deny_everywhere(world: BotWorld) -> None:
    """The bot loses a permission in every channel of a server."""
    for found in await world.discord_server.channels():
        if found["guild_id"] == SERVER and found["kind"] != "log":
            await world.discord_server.deny(found["id"], Permission.SEND_MESSAGES)


async def allow_everywhere(world: BotWorld) -> None:
    """The inverse."""
    for found in await world.discord_server.channels():
        await world.discord_server.deny(found["id"], 0)


def stop_channel(how: str) -> Running:
    """A moderator pauses or removes the channel while its request hangs."""

    async def stop(world: BotWorld, _bot: BotProcess) -> None:
        for _ in range(300):
            if any(rule["fired"] for rule in await world.discord_server.faults()):
                break
            await asyncio.sleep(0.1)
        database = await Database.open(world.database)
        try:
            subscriptions = Subscriptions(database)
            found = await subscriptions.get(TEXT)
            assert found is not None
            if how == "pause":
                await subscriptions.set_paused(found.id, True)
            else:
                await subscriptions.remove(found.id)
        finally:
            await database.close()

    return stop


async def lock_and_announce(world: BotWorld, bot: BotProcess) -> None:
    """A moderator locks and archives the thread of a running bot; a third article comes then."""
    await world.settled(bot)
    await world.discord_server.change_channel(THREAD, locked=True, archived=True)
    await world.announce()
    await asyncio.sleep(IDLE_SECONDS)  # until a planned delivery that nobody reported is found


async def correct_first_article(world: BotWorld) -> None:
    """The first article gets another title."""
    changed = replace(draft(1), title="A corrected headline")
    async with world.core() as core, core.database.transaction() as tx:
        await core.articles.update(tx, 1, changed, time.time())
        await core.events.changed(tx, 1, changed, time.time())


def shard(state_of_it: str) -> Off:
    """The second shard stalls, is refused, or is served again."""
    return lambda world: world.discord_server.change_shard(1, state_of_it)


PART = {"components": {"0": {"components": {"0": {"_errors": [{"code": "X", "message": "no"}]}}}}}
QUARANTINE = {"fault": "status", "routes": ["create_message"], "status": 403, "code": 20026, "times": 9}
HANGING = {"fault": "hang_after", "routes": ["create_message"], "channels": [TEXT], "times": 1}
LOST = {"fault": "status_after", "routes": ["create_message"], "channels": [TEXT], "status": 200, "times": 1}

CASES = (
    TruthCase(
        1,
        "server kicked and invited again while off",
        off=both(guild(SERVER, joined=False), guild(SERVER, joined=True)),
    ),
    TruthCase(
        1, "server left while off", off=guild(SERVER, joined=False), gone=frozenset({TEXT, FORUM, CHANNEL_BASE + 4})
    ),
    TruthCase(
        1,
        "channel deleted while off",
        off=lambda world: world.discord_server.delete_channel(TEXT),
        gone=frozenset({TEXT}),
    ),
    TruthCase(1, "announcement channel became a text channel while off", NEWS, off=channel(NEWS, kind="text")),
    TruthCase(
        1,
        "mentioned role deleted while off",
        off=sql("UPDATE subscriptions SET role_id = ? WHERE channel_id = ?", ROLE, TEXT),
    ),
    TruthCase(
        1,
        "topic role deleted while off",
        off=sql("INSERT INTO topic_roles (guild_id, topic, role_id) VALUES (?, 'history', ?)", SERVER, ROLE),
    ),
    TruthCase(1, "commands wiped while off", off=state(wipe_commands=True)),
    TruthCase(
        1,
        "registration of commands refused at the start",
        off=state(wipe_commands=True),
        rules=({"fault": "status", "routes": ["put_commands"], "status": 403, "times": 1},),
    ),
    TruthCase(1, "one stray 403 50001", rules=(answers("create_message", 403, 50001),)),
    TruthCase(1, "one stray 403 50013", rules=(answers("create_message", 403, 50013),)),
    TruthCase(1, "one stray 404 10003", rules=(answers("create_message", 404, 10003),)),
    TruthCase(1, "one 403 as a page of HTML", rules=(answers("create_message", 403, html=True),)),
    TruthCase(1, "bot quarantined (20026)", rules=(QUARANTINE,), heals=False),
    TruthCase(
        1,
        "only topic of a channel removed from the configuration",
        off=sql("UPDATE subscriptions SET topics = json_array('gone') WHERE channel_id = ?", TEXT),
        gone=frozenset({TEXT}),
    ),
    TruthCase(
        1,
        "only feed of a channel removed from the configuration",
        off=sql("UPDATE subscriptions SET feeds = json_array('gone') WHERE channel_id = ?", TEXT),
        gone=frozenset({TEXT}),
    ),
    TruthCase(2, "refused by AutoMod (200000)", rules=(answers("create_message", 400, 200000),), heals=False),
    TruthCase(2, "one part refused (50035)", rules=(answers("create_message", 400, 50035, errors=PART),)),
    TruthCase(
        2,
        "whole message refused (50035), again and again",
        rules=(answers("create_message", 400, 50035, times=9),),
        heals=False,
    ),
    TruthCase(2, "too large (413)", rules=(answers("create_message", 413),), heals=False),
    TruthCase(2, "thread refused (400)", rules=(answers("open_thread", 400, 50024),)),
    TruthCase(2, "maximum of active threads (160006)", rules=(answers("open_thread", 400, 160006),)),
    TruthCase(2, "service resource limited (40062)", rules=(answers("create_message", 429, 40062),)),
    TruthCase(2, "408", rules=(answers("create_message", 408),)),
    TruthCase(2, "too many edits (30046)", off=correct_first_article, rules=(answers("edit_message", 400, 30046),)),
    TruthCase(2, "200 without a message id, nothing posted", rules=(answers("create_message", 200),)),
    TruthCase(2, "200 without a message id, but posted", rules=(LOST,)),
    TruthCase(
        2,
        "token revoked during the fan-out",
        running=revoke_token,
        heal=state(token_valid=True),
        delivery={"token_wait": 3.0, "requests_per_second": 1.0},
    ),
    TruthCase(2, "permission lost in every channel of a server", off=deny_everywhere, heal=allow_everywhere),
    TruthCase(
        2, "optional permission missing (history)", off=channel(TEXT, denied=int(Permission.READ_MESSAGE_HISTORY))
    ),
    TruthCase(
        3,
        "paused while its request hangs",
        rules=(HANGING,),
        running=stop_channel("pause"),
        delivery={"request_timeout": f"{SLOW_SECONDS:.0f}s"},
        gone=frozenset({TEXT}),
    ),
    TruthCase(
        3,
        "removed while its request hangs",
        rules=(HANGING,),
        running=stop_channel("remove"),
        delivery={"request_timeout": f"{SLOW_SECONDS:.0f}s"},
        gone=frozenset({TEXT}),
    ),
    TruthCase(
        2,
        "thread locked and archived while off, with a correction",
        THREAD,
        off=both(correct_first_article, channel(THREAD, locked=True, archived=True)),
        heal=channel(THREAD, locked=False),
    ),
    TruthCase(
        2,
        "thread locked and archived while on",
        THREAD,
        running=lock_and_announce,
        heal=channel(THREAD, locked=False),
    ),
    TruthCase(
        4,
        "one shard of two stalls",
        off=shard("stalled"),
        shards=2,
        heal=shard("served"),
        patience=READY_SECONDS + 30.0,
    ),
    TruthCase(4, "one shard of two is refused", off=shard("refused"), shards=2, heal=shard("served")),
)
