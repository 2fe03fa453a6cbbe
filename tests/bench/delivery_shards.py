"""Many servers on several shards: `python -m tests.bench.delivery_shards`.

Seconds from the bot's start to its first shard and to all of them, resident memory, and whether a post
for every server whose shard is ready arrives: once with every shard served, once while the last one stalls.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.fake_discord.bot_world import open_bot_world
from tests.fake_discord.plan import Plan

SAMPLE = 500  # posts
LINE = "  {:<44}{}"


async def run(arguments: argparse.Namespace, folder: Path, *, stalled: bool) -> None:
    """One start."""
    print(" one shard stalls" if stalled else " every shard is served")
    plan = Plan(
        channels=arguments.guilds,
        guilds=arguments.guilds,
        kinds=("text",),
        shards=arguments.shards,
    )
    async with open_bot_world(folder, plan, extras=False) as world:
        if stalled:
            await world.discord_server.change_shard(arguments.shards - 1, "stalled")
        started, wanted = time.time(), arguments.shards - int(stalled)
        async with world.bot() as bot:
            summary = await world.until(lambda found: len(found.ready_at) >= wanted, seconds=arguments.shards * 20.0)
            print(LINE.format("shards ready", f"{len(summary.ready_at)} of {arguments.shards}"))
            if summary.ready_at:
                print(LINE.format("start to first shard (s)", f"{summary.ready_at[0] - started:.1f}"))
                print(LINE.format("start to last of them (s)", f"{summary.ready_at[-1] - started:.1f}"))
            print(LINE.format("resident memory when ready (MB)", f"{bot.resident():.0f}"))
            sampled = await world.posts_reach(bot, SAMPLE, seconds=60.0)
            print(LINE.format("posts of the announced article", f"{sampled.posts}, of {SAMPLE} waited for"))
            print(LINE.format("resident memory after that (MB)", f"{bot.resident():.0f}"), flush=True)


async def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guilds", type=int, default=10_000)
    parser.add_argument("--shards", type=int, default=10)
    arguments = parser.parse_args()
    print(f"{arguments.guilds} servers on {arguments.shards} shards")
    for stalled in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            await run(arguments, Path(folder), stalled=stalled)


if __name__ == "__main__":
    asyncio.run(main())
