"""Many servers on several shards: `python -m tests.bench.delivery_shards`.

Seconds from the bot's start to its first shard and to all of them, resident memory, and the
deliveries that arrive while one shard stalls.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.fake_discord.bot_world import open_bot_world
from tests.fake_discord.plan import Plan

LINE = "  {:<44}{}"


async def run(arguments: argparse.Namespace, folder: Path) -> None:
    """One start."""
    plan = Plan(
        channels=arguments.guilds,
        guilds=arguments.guilds,
        kinds=("text",),
        shards=arguments.shards,
    )
    async with open_bot_world(folder, plan, articles=0, extras=False) as world:
        if arguments.stalled:
            await world.discord_server.change_shard(arguments.shards - 1, "stalled")
        started, wanted = time.time(), arguments.shards - int(arguments.stalled)
        async with world.bot() as bot:
            summary = await world.until(lambda found: len(found.ready_at) >= wanted, seconds=arguments.shards * 20.0)
            print(LINE.format("shards ready", f"{len(summary.ready_at)} of {arguments.shards}"))
            if summary.ready_at:
                print(LINE.format("start to first shard (s)", f"{summary.ready_at[0] - started:.1f}"))
                print(LINE.format("start to last of them (s)", f"{summary.ready_at[-1] - started:.1f}"))
            await asyncio.sleep(5.0)
            print(LINE.format("resident memory (MB)", f"{bot.resident():.0f}"), flush=True)


async def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guilds", type=int, default=10_000)
    parser.add_argument("--shards", type=int, default=10)
    parser.add_argument("--stalled", action="store_true", help="let the last shard stall")
    arguments = parser.parse_args()
    print(f"{arguments.guilds} servers on {arguments.shards} shards")
    with tempfile.TemporaryDirectory() as folder:
        await run(arguments, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
