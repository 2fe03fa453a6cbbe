"""Kills the bot during corrections and withdrawals, while channels are removed and servers come and go.

Article 2 is corrected and article 3 withdrawn in the midst of their fan-out. At the end every message
and every thread's name on the fake Discord is read, and compared with what Herald lists.
"""

import asyncio
import json
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld
from tests.fake_discord.fixture import draft, posts
from tests.limits import HANG_SECONDS

ARTICLES = 3
CORRECTED, WITHDRAWN = 2, 3  # their numbers, and their ids in the order they are stored
NEW_TITLE = "A corrected headline"
OLD_WORDS = {
    CORRECTED: (f"Article number {CORRECTED}",),
    WITHDRAWN: (f"Article number {WITHDRAWN}", f"fixture-{WITHDRAWN}"),
}
REQUESTS = 5  # of a start alone; what follows is work
LIFE_SECONDS = 1.5  # from then to the kill, at most
LIMITS: dict[str, Any] = {"publishes_per_hour": 1000, "edits_per_hour": 100}


@dataclass(frozen=True, slots=True)
class Remainder:
    """What the fake Discord shows at the end.

    `old` are messages and thread names with words that should be gone, and `unlisted` those of them
    that `herald withdraw` and `status` do not list; `lost` are posts of article 1 that a channel which
    nothing happened to should have.
    """

    posts: int
    doubled: int
    lost: int
    old: int
    unlisted: int
    settled: bool

    @property
    def kept(self) -> bool:
        """Whether everything still shown is listed, and nothing was posted twice or lost."""
        return self.settled and not (self.unlisted or self.doubled or self.lost)


async def kill_during_changes(
    world: BotWorld, kills: int, seed: int, *, settle_seconds: float = HANG_SECONDS
) -> Remainder:
    """Needs at least four kills, four servers and `ARTICLES` announced articles.

    One server leaves while the bot runs and returns while it runs; it leaves again, for good, while the bot is off.
    One leaves and returns while the bot is off. One leaves before the withdrawal and never returns: its
    posts must be listed. A third of the other channels are removed.
    """
    chance = random.Random(seed)
    channels = await world.discord_server.channels()
    away, returning, gone, *_ = sorted({channel["guild_id"] for channel in channels})
    removed = [channel["id"] for channel in channels if channel["guild_id"] not in (away, returning, gone)][::3]
    corrected, withdrawn = kills // 4, kills // 2
    for kill in range(kills):
        if kill == corrected:
            await _correct(world)
        if kill == withdrawn:
            await world.discord_server.change_guild(gone, joined=False)
            async with world.core() as core:
                await core.withdraw(WITHDRAWN)
        await _remove(world, removed[kill::kills])
        async with world.bot(nonce_window="120s", **LIMITS) as bot:
            if kill in (corrected, withdrawn):
                await world.discord_server.change_guild(away, joined=kill == withdrawn)
            if kill == withdrawn - 1:
                await world.until(lambda _summary: bool(posts(world.database, WITHDRAWN, gone)))
            await _kill_during_work(world, bot, chance)
        if kill in (withdrawn - 1, withdrawn + 1):
            await world.discord_server.change_guild(returning, joined=kill != withdrawn - 1)
    await world.discord_server.change_guild(away, joined=False)
    async with world.bot(nonce_window="120s", **LIMITS) as bot:
        settled = await world.settled(bot, settle_seconds)
        await bot.end(signal.SIGTERM)
    return await _measure(world, {away, returning, gone}, set(removed), settled=settled)


async def _kill_during_work(world: BotWorld, bot: BotProcess, chance: random.Random) -> None:
    before = sum((await world.discord_server.summary()).answers.values())
    await bot.reports("ready")
    await world.until(lambda summary: sum(summary.answers.values()) > before + REQUESTS, seconds=5.0)
    await asyncio.sleep(chance.uniform(0.0, LIFE_SECONDS))
    await bot.end(signal.SIGKILL)


async def _correct(world: BotWorld) -> None:
    changed = replace(draft(CORRECTED), title=NEW_TITLE)
    async with world.core() as core, core.database.transaction() as tx:
        await core.articles.update(tx, CORRECTED, changed, time.time())
        await core.events.changed(tx, CORRECTED, changed, time.time())


async def _remove(world: BotWorld, channel_ids: list[int]) -> None:
    async with world.core() as core:
        for channel_id in channel_ids:
            subscription = await core.subscriptions.get(channel_id)
            if subscription is not None:
                await core.subscriptions.remove(subscription.id)


async def _measure(world: BotWorld, moved: set[int], removed: set[int], *, settled: bool) -> Remainder:
    async with world.core() as core:
        found = {number: await core.deliveries.unreachable(number) for number in OLD_WORDS}
    listed = {number: {message_id for _, _, message_id in rows} for number, rows in found.items()}
    # A post whose sending was interrupted before its server was left has no known message: its channel is listed.
    interrupted = {
        number: {channel for _, channel, message_id in rows if not message_id} for number, rows in found.items()
    }
    posts = doubled = lost = old = unlisted = 0
    for channel in await world.discord_server.channels(payloads=True):
        made = [post for post in channel["posts"] if post["marker"]]
        copies = Counter(post["marker"] for post in made)
        posts += len(made)
        doubled += len(made) - len(copies)
        if channel["guild_id"] not in moved and channel["id"] not in removed:
            lost += copies["fixture-1"] == 0
        shown = {int(thread): name for thread, name in channel["threads"].items()}
        texts = [(post["id"], json.dumps(post["payload"])) for post in made if not post["deleted"]]
        for message_id, text in (*texts, *shown.items()):
            for number, words in OLD_WORDS.items():
                if any(word in text for word in words):
                    old += 1
                    unlisted += message_id not in listed[number] and channel["id"] not in interrupted[number]
    return Remainder(posts, doubled, lost, old, unlisted, settled)
