"""What Herald says and does when its records and Discord differ: `python -m tests.bench.faults`.

Each case is the real bot against a fake Discord of its own, through gateway and HTTP. Printed for each:
posts lost and doubled, the incidents and where they were reported, what `/announcements status` says about
the channel while the fault lasts, and the seconds from the fault's end until everything is delivered. Where
that takes longer than `--patience`, the stored time of the next attempt is printed. Incidents are gathered
for 2 s instead of 15, a lost request settles after 1 s instead of 15.
"""

import argparse
import asyncio
import re
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.truth_cases import CASES, CHANNELS, LOGS, SERVER, TEXT, THREAD, TruthCase
from tests.fake_discord.bot_process import BotProcess
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.fixture import (
    incident_kinds,
    next_attempt,
    outdated,
    outstanding,
    subscribe_only,
    use_log_channels,
)
from tests.fake_discord.plan import Plan
from tests.fake_discord.state import CHANNEL_BASE

LOG_CHANNELS = {SERVER + (number << 22): CHANNEL_BASE + CHANNELS + number for number in range(LOGS)}  # not subscribed
GATHER_SECONDS = 2.0
SAID_AFTER = 7.0  # seconds for a fault to show
SHOWN = 300  # characters
LINE = "{:<4}{:<58}{:>5}{:>6}  {:<26}{}"


async def run(case: TruthCase, patience: float, folder: Path) -> bool:
    """Prints one case; whether nothing was lost or doubled."""
    threads = [THREAD] if case.channel == THREAD else []
    plan = Plan(channels=CHANNELS + LOGS, guilds=2, threads=len(threads), shards=case.shards, latency=0.01, jitter=0.02)
    async with open_bot_world(folder, plan, articles=0, settle=1.0, gather=GATHER_SECONDS) as world:
        subscribe_only(world.database, [*range(CHANNEL_BASE, CHANNEL_BASE + CHANNELS), *threads])
        use_log_channels(world.database, LOG_CHANNELS)
        await world.announce()
        async with world.bot() as bot:
            await world.settled(bot, 60.0)
            await world.until(lambda summary: bool(summary.commands), 20.0)
            await bot.end(signal.SIGTERM)
        await case.off(world)
        for rule in case.rules:
            await world.discord_server.fault(**rule)
        await world.announce()
        async with world.bot(**case.delivery) as bot:
            await case.running(world, bot)
            await bot.reports("ready", 15.0)
            await asyncio.sleep(SAID_AFTER)
            said = await status_of(world, case.channel)
            await case.heal(world)
            healed = await seconds_until_healed(case, world, bot, max(patience, case.patience))
            await asyncio.sleep(GATHER_SECONDS + 1.5)
        lost, doubled = await compare(case, world)
        print_case(case, lost, doubled, healed, await reports(world), said)
    return not (lost and case.heals) and not doubled


async def status_of(world: BotWorld, channel_id: int) -> str:
    """What the overview of `/announcements status` says about a channel."""
    place = TEXT if channel_id == THREAD else channel_id
    command: dict[str, Any] = {"name": "status", "type": 1, "options": []}
    try:
        asked = await world.discord_server.ask("announcements", place, command, wait_seconds=5.0)
    except aiohttp.ClientResponseError:
        return "(the channel is gone)"
    texts = [str(text) for text in _texts(asked["data"].get("components") or [])]
    mine = [text for text in texts if f"<#{channel_id}>" in text]
    return re.sub(r"\s+", " ", mine[0])[:SHOWN] if mine else " / ".join(texts[1:2]) or "(no answer)"


def _texts(components: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for component in components:
        if component["type"] == 10:
            found.append(component["content"])
        found += _texts(component.get("components") or [])
    return found


async def seconds_until_healed(case: TruthCase, world: BotWorld, bot: BotProcess, patience: float) -> str:
    """From now, in words."""
    started = time.monotonic()
    while time.monotonic() - started < patience and bot.exit_code is None:
        lost, _ = await compare(case, world)
        if not lost and not outstanding(world.database) and not outdated(world.database):
            return f"{time.monotonic() - started:.0f} s after it"
        if not case.heals and not outstanding(world.database):
            return "a moderator decides"
        await asyncio.sleep(0.5)
    due = next_attempt(world.database)
    if due is None:
        return "not by itself"
    return f"next attempt in {due - time.time():.0f} s" if due > time.time() else "when sending resumes"


async def compare(case: TruthCase, world: BotWorld) -> tuple[int, int]:
    """Posts of the articles that are missing, and posts beyond the first, in channels that should have them."""
    lost = doubled = 0
    for found in await world.discord_server.channels():
        if found["id"] in LOG_CHANNELS.values():
            continue
        standing = Counter(post["marker"] for post in found["posts"] if post["marker"] and not post["deleted"])
        doubled += sum(standing.values()) - len(standing)
        if found["id"] not in case.gone:
            lost += sum(standing[f"fixture-{number}"] == 0 for number in range(1, world.articles + 1))
    return lost, doubled


async def reports(world: BotWorld) -> str:
    """The incidents, and where they were reported."""
    kinds = incident_kinds(world.database)
    reported = sum(
        len(found["posts"]) for found in await world.discord_server.channels() if found["id"] in LOG_CHANNELS.values()
    )
    logged = len(re.findall(r"warning bot\.delivery\.incidents\.notifier", world.log.read_text("utf-8")))
    places = [f"{reported} in the log channel"] * bool(reported) + [f"{logged} in the log"] * bool(logged)
    return f"{', '.join(kinds)} ({', '.join(places) or 'not yet reported'})" if kinds else "none"


def print_case(case: TruthCase, lost: int, doubled: int, healed: str, incidents: str, said: str) -> None:
    """Two lines."""
    print(LINE.format(f"{case.section}.", case.name, lost, doubled, healed, incidents))
    print(f"      status: {said}", flush=True)


async def main() -> int:
    """Prints the cases, some beside one another. 0 when nothing that heals by itself was lost, and nothing doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=int, default=3, help="cases at the same time")
    parser.add_argument("--patience", type=float, default=45.0, help="seconds to wait until it is healed")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    arguments = parser.parse_args()
    print(LINE.format("", "", "lost", "twice", "healed", "incidents (where)"))
    room = asyncio.Semaphore(arguments.beside)

    async def one(case: TruthCase) -> bool:
        async with room:
            with tempfile.TemporaryDirectory() as folder:
                return await run(case, arguments.patience, Path(folder))

    outcomes = await asyncio.gather(*(one(case) for case in CASES if arguments.only in case.name))
    print(f"{sum(outcomes)} of {len(outcomes)} as promised")
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
