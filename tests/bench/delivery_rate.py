"""A fan-out to many channels, measured side by side: `python -m tests.bench.delivery_rate`.

Each line is a process of its own against the same fake Discord: a perfect sender (bare HTTP at the
limit, nothing stored), what others write over discord.py (one after another, three at a time,
`gather`), and Herald, with slash commands used alongside. Then Herald is killed in the middle and
started again. Pace, answers of 429, lost and doubled posts are counted by the fake Discord;
`--latency 0.02 0.08` sets how long it takes for an answer, in seconds. Others are stopped after
`--others` seconds: their pace is what they reached until then.
"""

import argparse
import asyncio
import random
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
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
LINE = "  {:<46}{}"


class Watch:
    """What is noted beside a fan-out: memory, and the times of slash commands."""

    def __init__(self, discord_server: FakeDiscord, bot: BotProcess, seed: int) -> None:
        self._discord_server, self._bot, self._random = discord_server, bot, random.Random(seed)
        self.memory: list[float] = []
        self.first: list[float] = []
        self.final: list[float] = []
        self.unanswered = 0

    async def run(self, commands: tuple[str, ...]) -> None:
        """Notes memory and asks a command every second, until cancelled."""
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
        """Memory and times."""
        print(LINE.format("resident memory: first, most, last (MB)", _memory(self.memory)))
        for name, times in (("first answer", sorted(self.first)), ("whole answer", sorted(self.final))):
            if times:
                shown = f"{_part(times, 0.5):.0f} / {_part(times, 0.95):.0f} / {times[-1] * 1000:.0f}"
                print(LINE.format(f"{name}: median / 95 % / slowest (ms)", f"{shown} of {len(times)} slash commands"))
        print(LINE.format("slash commands without an answer in 5 s", self.unanswered))


def _part(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


def _memory(memory: list[float]) -> str:
    if not memory:
        return "-"
    return f"{memory[0]:.0f}, {max(memory):.0f}, {memory[-1]:.0f}; grew by {max(memory) - memory[0]:.0f}"


ROW = "  {:<34}{:>10}{:>9}{:>9}{:>9}{:>7}{:>7}"


def print_header(arguments: argparse.Namespace) -> None:
    """What is compared, and the columns."""
    low, high = arguments.latency
    print(
        f"{arguments.channels} text channels in {arguments.guilds} servers, {arguments.limit} requests a second,"
        f" answers after {low * 1000:.0f} to {high * 1000:.0f} ms"
    )
    print(ROW.format("", "posts", "posts/s", "429", "429 %", "lost", "twice"), flush=True)


def print_row(name: str, summary: Summary, wanted: int) -> float:
    """One sender; its posts a second."""
    seconds = (summary.last or 0) - (summary.first or 0)
    requests, limited = sum(summary.answers.values()), summary.answered("429")
    pace = summary.posts / max(seconds, 0.001)
    share = limited / max(requests, 1)
    lost = wanted - summary.delivered
    cells = (summary.posts, f"{pace:.2f}", limited, f"{share:.3%}", lost, summary.doubled)
    print(ROW.format(name, *cells), flush=True)
    return pace


async def compare(arguments: argparse.Namespace, folder: Path) -> None:
    """The perfect sender, the others, and Herald."""
    print_header(arguments)
    perfect = await perfect_sender(arguments, folder)
    for name, together in (("one after another", 1), ("three at a time", 3), ("gather over channel.send", 0)):
        await other(name, together, arguments, folder)
    async with open_bot_world(folder, plan(arguments), extras=False) as made, made.bot() as bot:
        watch = Watch(made.discord_server, bot, arguments.seed)
        await made.posts_reach(bot, 10)
        watching = asyncio.create_task(watch.run(COMMANDS))
        settled = await made.settled(bot, max_seconds(arguments))
        watching.cancel()
        pace = print_row("Herald", await made.discord_server.summary(), arguments.channels)
        print(LINE.format("Herald's share of the perfect sender's pace", f"{pace / max(perfect, 0.001):.1%}"))
        watch.print()
        if not settled or not (await measure_outcome(made, extras=False)).exactly_once:
            print(f"  NOT AT REST: {unsettled(made)}")


async def perfect_sender(arguments: argparse.Namespace, folder: Path) -> float:
    """What the limit allows at best: its posts a second."""
    async with FakeDiscord.start(plan(arguments)) as discord_server:
        channels = [channel["id"] for channel in await discord_server.channels()]
        options: dict[str, object] = {"api": discord_server.api, "channels": channels, "rate": arguments.limit}
        async with BotProcess.start("tests.fake_discord.perfect_sender", options, folder / "perfect.log") as sender:
            await sender.reports("done", max_seconds(arguments))
        return print_row("perfect sender", await discord_server.summary(), arguments.channels)


async def other(name: str, together: int, arguments: argparse.Namespace, folder: Path) -> None:
    """A way others send, stopped after a while."""
    async with FakeDiscord.start(plan(arguments)) as discord_server:
        options: dict[str, object] = {"api": discord_server.api, "together": together}
        async with BotProcess.start("tests.fake_discord.gather_bot", options, folder / "other.log") as bot:
            done = await bot.reports("done", arguments.others)
        shown = name if done else f"{name} (stopped)"
        print_row(shown, await discord_server.summary(), arguments.channels)


async def restart(arguments: argparse.Namespace, folder: Path) -> None:
    """Killed in the middle; how soon the next life sends."""
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


def max_seconds(arguments: argparse.Namespace) -> float:
    """Seconds until a run is given up: twice what 45 a second takes, and a minute."""
    return arguments.channels / 45.0 * 2 + 60.0


RUNS: dict[str, Callable[[argparse.Namespace, Path], Awaitable[None]]] = {
    "compare": compare,
    "restart": restart,
}


async def main() -> None:
    """The runs that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=10_000)
    parser.add_argument("--guilds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=50, help="requests a second")
    parser.add_argument("--latency", type=float, nargs=2, default=(0.02, 0.08), help="seconds until an answer")
    parser.add_argument("--others", type=float, default=60.0, help="seconds for each of the other ways")
    parser.add_argument("--only", choices=sorted(RUNS), default=None)
    arguments = parser.parse_args()
    for name, run in RUNS.items():
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                await run(arguments, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
