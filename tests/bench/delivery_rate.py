"""A fan-out to many channels, measured side by side: `python -m tests.bench.delivery_rate`.

Each line is a process of its own against the same fake Discord: a perfect sender (bare HTTP at the
limit, nothing stored), usual code with discord.py (sequential, three at a time, `gather`), and
Herald, with slash commands used at the same time. Then Herald is killed in the middle and
started again. Pace, answers of 429, lost and doubled posts are counted by the fake Discord;
`--latency 0.02 0.08` sets how long it takes for an answer, in seconds. Others are stopped after
`--others` seconds: their pace is what they reached until then. With `--mention` each post of Herald mentions a role and
is turned from text into a card, so two requests a channel; the line says when everybody was notified.
"""

import argparse
import asyncio
import random
import re
import signal
import sqlite3
import tempfile
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path

from tests.e2e.outcome import measure_outcome, unsettled
from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.fixture import states
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import FakeDiscord, Summary
from tests.fake_discord.state import CHANNEL_BASE

ASK_EVERY = 1.0
COMMANDS = ("about", "topics", "latest", "search")
OPTIONS = {"search": [{"name": "query", "type": 3, "value": "fixture"}]}
ROWS = ("perfect", "others", "herald", "restart")
LINE = "  {:<46}{}"


class Watch:
    """Measures memory and the times of slash commands during a fan-out."""

    def __init__(self, discord_server: FakeDiscord, bot: BotProcess, seed: int) -> None:
        self._discord_server, self._bot, self._random = discord_server, bot, random.Random(seed)
        self.memory: list[float] = []
        self.first: list[float] = []
        self.final: list[float] = []
        self.unanswered = 0

    async def run(self, commands: tuple[str, ...]) -> None:
        """Measures memory and uses a command every second, until cancelled."""
        while self._bot.exit_code is None:
            await asyncio.sleep(ASK_EVERY)
            self.memory.append(self._bot.resident())
            await self._ask(self._random.choice(commands))

    async def _ask(self, command: str) -> None:
        channel = CHANNEL_BASE + self._random.randrange(self._discord_server.plan.channels)
        asked = await self._discord_server.ask(command, channel, *OPTIONS.get(command, []), wait_seconds=5.0)
        if asked["final"] is None:
            self.unanswered += 1
        else:
            self.first.append(asked["first"])
            self.final.append(asked["final"])

    def print(self) -> None:
        """The times of slash commands."""
        for name, times in (("first answer", sorted(self.first)), ("whole answer", sorted(self.final))):
            if times:
                shown = f"{_part(times, 0.5):.0f} / {_part(times, 0.95):.0f} / {times[-1] * 1000:.0f}"
                print(LINE.format(f"{name}: median / 95 % / slowest (ms)", f"{shown} of {len(times)} slash commands"))
        print(LINE.format("slash commands without an answer in 5 s", self.unanswered))


def _part(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


ROW = "  {:<30}{:>8}{:>9}{:>6}{:>9}{:>7}{:>7}{:>15}"


def print_header(arguments: argparse.Namespace) -> None:
    """What is compared, and the columns."""
    low, high = arguments.latency
    print(
        f"{arguments.channels} text channels in {arguments.guilds} servers, {arguments.limit} requests a second,"
        f" answers after {low * 1000:.0f} to {high * 1000:.0f} ms"
    )
    print(ROW.format("", "posts", "posts/s", "429", "429 %", "lost", "twice", "MB, grown by"), flush=True)


def print_row(name: str, summary: Summary, wanted: int, memory: list[float]) -> float:
    """One sender; its posts a second."""
    seconds = (summary.last or 0) - (summary.first or 0)
    requests, limited = sum(summary.answers.values()), summary.answered("429")
    pace = (summary.posts - 1) / max(seconds, 0.001)
    shown = f"{max(memory):.0f}, {max(memory) - memory[0]:.0f}" if memory else "-"
    share = f"{limited / max(requests, 1):.3%}"
    lost = wanted - summary.delivered
    print(ROW.format(name, summary.posts, f"{pace:.2f}", limited, share, lost, summary.doubled, shown), flush=True)
    return pace


async def perfect_sender(arguments: argparse.Namespace, folder: Path) -> float:
    """The best pace that the limit allows, in posts per second."""
    async with FakeDiscord.start(plan(arguments)) as discord_server:
        options: dict[str, object] = {
            "api": discord_server.api,
            "first": CHANNEL_BASE,
            "channels": arguments.channels,
            "rate": arguments.limit,
        }
        module = "tests.fake_discord.perfect_sender"
        return await _measured(
            "perfect sender", module, options, discord_server, max_seconds(arguments), folder / "perfect.log"
        )


async def others(arguments: argparse.Namespace, folder: Path) -> None:
    """The ways others send, each stopped after a while."""
    for name, together in (("one after another", 1), ("three at a time", 3), ("gather over channel.send", 0)):
        async with FakeDiscord.start(plan(arguments)) as discord_server:
            options: dict[str, object] = {"api": discord_server.api, "together": together}
            module = "tests.fake_discord.gather_bot"
            await _measured(name, module, options, discord_server, arguments.others, folder / "other.log")


async def _measured(
    name: str, module: str, options: dict[str, object], discord_server: FakeDiscord, seconds: float, log: Path
) -> float:
    """Runs a sender until it is done or the seconds have passed, and prints its row."""
    memory = list[float]()
    async with BotProcess.start(module, options, log) as sender:
        await sender.reports("ready", seconds)
        started = time.monotonic()
        done = False
        while not done and time.monotonic() < started + seconds and sender.exit_code is None:
            memory.append(sender.resident())
            done = await sender.reports("done", ASK_EVERY)
    shown = name if done else f"{name} (stopped)"
    return print_row(shown, await discord_server.summary(), discord_server.plan.channels, memory)


async def herald(arguments: argparse.Namespace, folder: Path, perfect: float | None) -> None:
    """Herald, with slash commands used alongside; `perfect` is the perfect sender's pace where it ran too."""
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(open_bot_world(folder, plan(arguments), extras=False))
        if arguments.mention:
            mention_a_role(made.database)
        bot = await stack.enter_async_context(made.bot())
        watch = Watch(made.discord_server, bot, arguments.seed)
        await made.posts_reach(bot, 10)
        started = time.monotonic()
        watching = asyncio.create_task(watch.run(COMMANDS))
        await made.posts_reach(bot, arguments.channels, seconds=max_seconds(arguments))
        posted = time.monotonic() - started
        settled = await made.settled(bot, max_seconds(arguments))
        watching.cancel()
        if arguments.mention:
            cards = time.monotonic() - started
            print(LINE.format("posts that mention: all notified, all cards", f"{posted:.0f} s, {cards:.0f} s"))
        pace = print_row("Herald", await made.discord_server.summary(), arguments.channels, watch.memory)
        if perfect is not None:
            print(LINE.format("Herald's share of the perfect sender's pace", f"{pace / perfect:.1%}"))
        lowered = re.findall(r"global rate limit reached: ([0-9.]+)", made.log.read_text("utf-8"))
        print(LINE.format("Herald's pace after each answer of 429", ", ".join(lowered) or "never lowered"))
        watch.print()
        if not settled or not (await measure_outcome(made, extras=False)).exactly_once:
            print(f"  NOT AT REST: {unsettled(made)}")


async def restart(arguments: argparse.Namespace, folder: Path) -> None:
    """Kills Herald during the fan-out; how soon it sends after the restart."""
    print("Herald, killed in the middle of that backlog and started again")
    async with open_bot_world(folder, plan(arguments), extras=False) as made:
        async with made.bot() as bot:
            await made.posts_reach(bot, arguments.channels // 10, seconds=max_seconds(arguments))
            await bot.end(signal.SIGKILL)
        print(LINE.format("backlog at the kill", f"{states(made.database)}"))
        await _second_life(made, time.time())


async def _second_life(made: BotWorld, started: float) -> None:
    before = await made.discord_server.summary()
    async with made.bot() as bot:
        after = await made.posts_reach(bot, before.posts + 1)
        first = min(
            post["made_at"]
            for channel in await made.discord_server.channels()
            for post in channel["posts"]
            if post["made_at"] > started
        )
    print(LINE.format("process start to first post (s)", f"{first - started:.2f}"))
    print(LINE.format("all servers sent to first post (s)", f"{first - after.ready_at[-1]:.2f}"))
    print(LINE.format("`ready` of discord.py to first post (s)", f"{first - bot.reported.get('ready', first):.2f}"))


def plan(arguments: argparse.Namespace) -> Plan:
    """The fake Discord of every line."""
    low, high = arguments.latency
    return Plan(
        channels=arguments.channels,
        guilds=arguments.guilds,
        kinds=("text",),
        latency=low,
        jitter=high - low,
        global_limit=arguments.limit,
        seed=arguments.seed,
    )


def mention_a_role(database: Path) -> None:
    """Makes each post mention @everyone, so that it is text first and a card afterwards."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE subscriptions SET role_id = guild_id")


def max_seconds(arguments: argparse.Namespace) -> float:
    """Seconds until a run is given up: twice what 45 a second takes, and a minute."""
    return arguments.channels / 45.0 * (4 if arguments.mention else 2) + 60.0


async def main() -> None:
    """The rows that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=10_000)
    parser.add_argument("--guilds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=50, help="requests a second")
    parser.add_argument("--latency", type=float, nargs=2, default=(0.02, 0.08), help="seconds until an answer")
    parser.add_argument("--mention", action="store_true", help="Herald's posts mention a role")
    parser.add_argument("--others", type=float, default=60.0, help="seconds for each of the other ways")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS, help="these rows alone")
    arguments = parser.parse_args()
    print_header(arguments)
    perfect = None
    with tempfile.TemporaryDirectory() as folder:
        if "perfect" in arguments.only:
            perfect = await perfect_sender(arguments, Path(folder))
        if "others" in arguments.only:
            await others(arguments, Path(folder))
        if "herald" in arguments.only:
            await herald(arguments, Path(folder), perfect)
    if "restart" in arguments.only:
        with tempfile.TemporaryDirectory() as folder:
            await restart(arguments, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
