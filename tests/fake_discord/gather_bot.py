"""The fan-out as it is usually written, with `channel.send`. A baseline for the benchmark."""

import asyncio
import json
import logging
import sys
import time
from collections import Counter

import discord
from discord.http import Route

from tests.fake_discord.bot_process import report


class GatherBot(discord.AutoShardedClient):
    """Sends one message to every text channel when it is ready, `together` at a time; 0: all at once."""

    def __init__(self, together: int) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        self._together = together
        self.tree = discord.app_commands.CommandTree(self)
        self.tree.command(name="about", description="About")(about)

    async def on_ready(self) -> None:
        """Sends and counts failures."""
        report("ready", time.time())
        channels = [channel for channel in self.get_all_channels() if isinstance(channel, discord.TextChannel)]
        room = asyncio.Semaphore(self._together or len(channels))

        async def send(channel: discord.TextChannel) -> None:
            async with room:
                await channel.send("fixture-1")

        results = await asyncio.gather(*(send(channel) for channel in channels), return_exceptions=True)
        failures = Counter(type(result).__name__ for result in results if isinstance(result, BaseException))
        logging.getLogger(__name__).error("failures: %s", dict(failures))
        report("done", time.time())


async def about(interaction: discord.Interaction) -> None:
    """The slash command that is timed."""
    await interaction.response.send_message("A bot.", ephemeral=True)


def main() -> None:
    """Runs until killed."""
    options = json.loads(sys.argv[1])
    Route.BASE = options["api"]
    GatherBot(options.get("together", 0)).run("token", log_level=logging.ERROR)


if __name__ == "__main__":
    main()
