"""A fan-out to many channels, measured: `python -m tests.bench.delivery_rate`.

Three runs, each a bot in its own process against the stand-in: Herald from first post to last
with slash commands asked meanwhile; Herald killed in the middle and started again; and the
naive way, `gather` over `channel.send`. Posts a second are counted by the stand-in, which takes
50 to 150 ms for every request; a slash command's times end when its answer arrives there.
"""

import argparse
import asyncio
import random
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.e2e.verdict import unsettled, verdict
from tests.fake_discord.bots import Bot
from tests.fake_discord.fixture import states
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import Standin, Summary
from tests.fake_discord.stage import Stage, stage
from tests.fake_discord.world import CHANNEL_BASE

ASK_EVERY = 1.0
COMMANDS = ("about", "topics", "latest", "search")
OPTIONS = {"search": [{"name": "query", "type": 3, "value": "fixture"}]}
LINE = "  {:<46}{}"


class Watch:
    """What is noted beside a fan-out: memory, and the times of slash commands."""

    def __init__(self, standin: Standin, bot: Bot, seed: int) -> None:
        self._standin, self._bot, self._random = standin, bot, random.Random(seed)
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
        channel = CHANNEL_BASE + self._random.randrange(self._standin.plan.channels)
        asked = await self._standin.ask(command, channel, *OPTIONS.get(command, []), patience=5.0)
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


def print_posts(summary: Summary, wanted: int) -> None:
    """Pace and limits."""
    seconds = (summary.last or 0) - (summary.first or 0)
    requests = sum(summary.answers.values())
    limited = summary.answered("429")
    print(LINE.format("posts", f"{summary.posts} of {wanted} in {seconds:.0f} s"))
    print(LINE.format("posts a second, from first to last", f"{summary.posts / max(seconds, 0.001):.1f}"))
    print(LINE.format("lost, twice", f"{wanted - summary.delivered}, {summary.doubled}"))
    print(LINE.format("answers of 429", f"{limited} of {requests} ({limited / max(requests, 1):.3%})"))


async def herald(arguments: argparse.Namespace, folder: Path) -> None:
    """The whole fan-out, undisturbed."""
    print(f"Herald, {arguments.channels} text channels in {arguments.guilds} servers, 50 requests a second allowed")
    async with stage(folder, plan(arguments), extras=False) as made, made.bot() as bot:
        watch = Watch(made.standin, bot, arguments.seed)
        await made.posts_reach(bot, 10)
        watching = asyncio.create_task(watch.run(COMMANDS))
        settled = await made.settled(bot, patience(arguments))
        watching.cancel()
        print_posts(await made.standin.summary(), arguments.channels)
        watch.print()
        if not settled or not (await verdict(made, extras=False)).kept:
            print(f"  NOT AT REST: {unsettled(made)}")


async def restart(arguments: argparse.Namespace, folder: Path) -> None:
    """Killed in the middle; how soon the next life sends."""
    print("Herald, killed in the middle of that backlog and started again")
    async with stage(folder, plan(arguments), extras=False) as made:
        async with made.bot() as bot:
            await made.posts_reach(bot, arguments.channels // 10, seconds=patience(arguments))
            await bot.end(signal.SIGKILL)
        print(LINE.format("backlog at the kill", f"{states(made.database)}"))
        await _second_life(made, time.time())


async def _second_life(made: Stage, started: float) -> None:
    before = await made.standin.summary()
    async with made.bot() as bot:
        after = await made.posts_reach(bot, before.posts + 1)
        first = min(
            post["made_at"]
            for channel in await made.standin.channels()
            for post in channel["posts"]
            if post["made_at"] > started
        )
    print(LINE.format("process start to first post (s)", f"{first - started:.2f}"))
    print(LINE.format("all servers told to first post (s)", f"{first - after.ready_at[-1]:.2f}"))
    print(LINE.format("`ready` of discord.py to first post (s)", f"{first - bot.told.get('ready', first):.2f}"))


async def naive(arguments: argparse.Namespace, folder: Path) -> None:
    """What everybody writes."""
    print("The naive way: gather over channel.send, same channels, same limits")
    async with Standin.start(plan(arguments)) as standin:
        options: dict[str, object] = {"api": standin.api}
        async with Bot.start("tests.fake_discord.naive", options, folder / "naive.log") as bot:
            watch = Watch(standin, bot, arguments.seed)
            watching = asyncio.create_task(watch.run(("about",)))
            done = await bot.says("done", patience(arguments))
            watching.cancel()
            print(LINE.format("finished", "yes" if done else f"no, after {patience(arguments):.0f} s"))
        print_posts(await standin.summary(), arguments.channels)
        watch.print()
        print(LINE.format("", (folder / "naive.log").read_text("utf-8")[-200:].strip()))


def plan(arguments: argparse.Namespace) -> Plan:
    """Discord as it is: 50 a second, answers after 50 to 150 ms."""
    return Plan(
        channels=arguments.channels,
        guilds=arguments.guilds,
        kinds=("text",),
        latency=0.05,
        jitter=0.1,
        seed=arguments.seed,
    )


def patience(arguments: argparse.Namespace) -> float:
    """Seconds until a run is given up: twice what 45 a second takes, and a minute."""
    return arguments.channels / 45.0 * 2 + 60.0


RUNS: dict[str, Callable[[argparse.Namespace, Path], Awaitable[None]]] = {
    "herald": herald,
    "restart": restart,
    "naive": naive,
}


async def main() -> None:
    """The runs that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=10_000)
    parser.add_argument("--guilds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(RUNS), default=None)
    arguments = parser.parse_args()
    for name, run in RUNS.items():
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                await run(arguments, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
