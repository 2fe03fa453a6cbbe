"""A month of operation in minutes: `python -m tests.bench.delivery_soak`.

One real bot against the fake Discord. Each day new articles of three feeds are planned, a server removes
and invites the bot, permissions come and go, the gateway drops its connection, and the bot is stopped or
killed. Every fifth day articles are held, and each server decides two days later. Printed at the end:
requests, deliveries by state, memory and its slope over the days, log lines, and what does not add up.
"""

import argparse
import asyncio
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import linear_regression

from bot.store.feeds import HeldArticles
from tests.e2e.outcome import unsettled
from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.fixture import choose_feed, draft, incident_kinds, integrity, silences, states
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import Json
from tests.fake_discord.state import Permission

LINE = "  {:<34}{}"


FEEDS = ("blog", "news", "stories")
HELD_ARTICLES = 6
HOLD_EVERY, DECIDE_AFTER = 5, 2  # days


async def live_one_day(world: BotWorld, rng: random.Random, channels: list[Json]) -> None:
    """What happens around a running bot on a day; all of it is undone the same day, some of it several times."""
    discord = world.discord_server
    guilds = sorted({channel["guild_id"] for channel in channels})
    removed, denied = rng.choice(guilds), rng.sample([channel["id"] for channel in channels], 3)
    await discord.change_guild(removed, joined=False)
    for _ in range(3):
        for channel_id in denied:
            await discord.deny(channel_id, rng.choice((Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL)))
        await asyncio.sleep(0.1)
        for channel_id in denied:
            await discord.deny(channel_id, 0)
    await discord.change_guild(removed, joined=True)
    await discord.gateway(rng.choice(("abort", "reconnect", "invalidate")))


async def hold_articles(world: BotWorld, feed: str) -> None:
    """Too many articles of a feed at once: every server that wants it has to decide."""
    async with world.core() as core:
        numbers = range(world.articles + 1, world.articles + HELD_ARTICLES + 1)
        world.articles += HELD_ARTICLES
        async with core.database.transaction() as tx:
            ids = await core.articles.add(tx, [draft(number, feed) for number in numbers], time.time())
            await HeldArticles(core.database).hold(tx, feed, ids, time.time())


async def decide_holds(world: BotWorld, rng: random.Random) -> int:
    """Each server announces what is held, or does not; returns the number of deliveries that follow."""
    planned = 0
    async with world.core() as core:
        held = HeldArticles(core.database)
        for hold in await held.holds():
            async with core.database.transaction() as tx:
                articles = await held.release(tx, hold.feed, hold.guild_id)
                for article_id in articles if rng.random() < 0.5 else ():
                    await core.deliveries.plan(tx, article_id, hold.feed, time.time(), guild_id=hold.guild_id)
                    planned += 1
    return planned


async def run(arguments: argparse.Namespace, folder: Path) -> bool:
    """Runs the month; whether everything settled and nothing was doubled."""
    rng, memory, kills, planned, decided, restless = random.Random(arguments.seed), list[float](), 0, 0, 0, 0
    plan = Plan(channels=arguments.channels, guilds=arguments.guilds, kinds=("text", "announcement", "forum"))
    async with open_bot_world(folder, plan, articles=0, extras=False, settle=1.0) as world:
        world.feeds = FEEDS
        channels = await world.discord_server.channels()
        choose_feed(world.database, [channel["id"] for channel in channels[::3]], FEEDS[1])
        for day in range(arguments.days):
            for feed in rng.sample(FEEDS, rng.randrange(1, 3)):
                planned += await world.announce(1, feed)
            if day % HOLD_EVERY == 0:
                await hold_articles(world, rng.choice(FEEDS))
            elif day % HOLD_EVERY == DECIDE_AFTER:
                decided += await decide_holds(world, rng)
            async with world.bot() as bot:
                await world.settled(bot, 30.0)
                await live_one_day(world, rng, channels)
                settled = await world.settled(bot, 60.0)
                memory.append(bot.resident())
                kills += await _end(bot, rng)
            if not settled:
                restless += 1
                print(f"  day {day + 1} did not come to rest: {unsettled(world)}")
        async with world.bot() as bot:  # what the last end cut short is done at the next start
            await world.until(lambda _summary: not silences(world.database), seconds=60.0)
            await world.settled(bot, 60.0)
        await report(world, memory, planned, decided, f"{arguments.days}, {kills}")
        return not restless and not (await world.discord_server.summary()).doubled


async def report(world: BotWorld, memory: list[float], planned: int, decided: int, days: str) -> None:
    """Prints what the month came to."""
    summary = await world.discord_server.summary()
    lines = world.log.read_text("utf-8").splitlines()
    levels = Counter(line.split()[2] for line in lines if len(line.split()) > 2)
    errors = {line.split(" ", 3)[3][:160] for line in lines if line.split()[2:3] == ["error"]}
    requests = Counter[str]()
    for key, count in summary.answers.items():
        requests[key.split()[1]] += count
    slope = linear_regression(range(len(memory)), memory).slope if len(memory) > 1 else 0.0
    for name, value in (
        ("days, kills among their ends", days),
        ("deliveries planned at once", planned),
        ("servers' decisions to announce", decided),
        ("posts, twice", f"{summary.posts}, {summary.doubled}"),
        ("requests by answer", dict(requests)),
        ("deliveries by state", states(world.database)),
        ("channels blocked at the end", silences(world.database) or "none"),
        ("incidents", ", ".join(incident_kinds(world.database)) or "none"),
        ("memory first, last, most (MB)", f"{memory[0]:.0f}, {memory[-1]:.0f}, {max(memory):.0f}"),
        ("slope of memory (MB a day)", f"{slope:.2f}"),
        ("log lines by level", {level: levels[level] for level in ("info", "warning", "error")}),
        ("errors", "; ".join(sorted(errors)) or "none"),
        ("database", integrity(world.database)),
    ):
        print(LINE.format(name, value), flush=True)


async def _end(bot: BotProcess, rng: random.Random) -> int:
    """Stops or kills the bot at the end of a day; 1 for a kill."""
    kill = rng.random() < 0.5
    await bot.end(signal.SIGKILL if kill else signal.SIGTERM)
    return int(kill)


async def main() -> int:
    """0 when nothing came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--channels", type=int, default=60)
    parser.add_argument("--guilds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"{arguments.days} days, {arguments.channels} channels in {arguments.guilds} servers")
    with tempfile.TemporaryDirectory() as folder:
        return 0 if await run(arguments, Path(folder)) else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
