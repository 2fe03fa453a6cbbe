"""A month of operation in minutes: `python -m tests.bench.delivery_soak`.

One real bot against the fake Discord. Each day new articles are planned, servers remove and invite
the bot, permissions come and go, channels are converted, and the bot is restarted now and then.
Printed at the end: requests, deliveries by state, memory, log lines, and inconsistencies.
"""

import argparse
import asyncio
import random
import signal
import tempfile
from collections import Counter
from pathlib import Path

from tests.e2e.outcome import unsettled
from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.fixture import incident_kinds, integrity, silences, states
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import Json
from tests.fake_discord.state import Permission

LINE = "  {:<34}{}"


async def live_one_day(world: BotWorld, rng: random.Random, channels: list[Json]) -> None:
    """What happens around a bot on a day: some of it is undone the same day."""
    discord = world.discord_server
    guilds = sorted({channel["guild_id"] for channel in channels})
    removed, denied = rng.choice(guilds), rng.choice(channels)["id"]
    await discord.change_guild(removed, joined=False)
    await discord.deny(denied, Permission.SEND_MESSAGES)
    await asyncio.sleep(0.3)
    await discord.change_guild(removed, joined=True)
    await discord.deny(denied, 0)
    await discord.gateway(rng.choice(("abort", "reconnect", "invalidate")))


async def run(arguments: argparse.Namespace, folder: Path) -> bool:
    """Runs the month; whether everything settled and nothing was doubled."""
    rng, memory, restarts = random.Random(arguments.seed), list[float](), 0
    plan = Plan(channels=arguments.channels, guilds=arguments.guilds, kinds=("text", "announcement", "forum"))
    async with open_bot_world(folder, plan, articles=0, extras=False, settle=1.0) as world:
        channels = await world.discord_server.channels()
        for day in range(arguments.days):
            await world.announce(rng.randrange(1, 3))
            async with world.bot() as bot:
                await world.settled(bot, 30.0)
                await live_one_day(world, rng, channels)
                settled = await world.settled(bot, 30.0)
                memory.append(bot.resident())
                restarts += await _end(bot, rng)
            if not settled:
                print(f"  day {day + 1} did not come to rest: {unsettled(world)}")
        summary = await world.discord_server.summary()
        levels = Counter(line.split()[2] for line in world.log.read_text("utf-8").splitlines() if len(line.split()) > 2)
        requests = Counter[str]()
        for key, count in summary.answers.items():
            requests[key.split()[1]] += count
        for name, value in (
            ("days, kills among their ends", f"{arguments.days}, {restarts}"),
            ("posts, twice", f"{summary.posts}, {summary.doubled}"),
            ("requests by answer", dict(requests)),
            ("deliveries by state", states(world.database)),
            ("channels blocked at the end", silences(world.database) or "none"),
            ("incidents", ", ".join(incident_kinds(world.database)) or "none"),
            ("memory first, last, most (MB)", f"{memory[0]:.0f}, {memory[-1]:.0f}, {max(memory):.0f}"),
            ("log lines by level", {level: levels[level] for level in ("info", "warning", "error")}),
            ("database", integrity(world.database)),
        ):
            print(LINE.format(name, value), flush=True)
        return not summary.doubled


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
