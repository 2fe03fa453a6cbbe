"""The fan-out as it is usually written: `gather` over `channel.send`. For the benchmark to compare with."""

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
    """Sends one message to every text channel, all at once, when it is ready."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        self.tree = discord.app_commands.CommandTree(self)
        self.tree.command(name="about", description="About")(about)

    async def on_ready(self) -> None:
        """Sends everything at once and counts failures."""
        report("ready", time.time())
        channels = [channel for channel in self.get_all_channels() if isinstance(channel, discord.TextChannel)]
        results = await asyncio.gather(*(channel.send("fixture-1") for channel in channels), return_exceptions=True)
        failures = Counter(type(result).__name__ for result in results if isinstance(result, BaseException))
        logging.getLogger(__name__).error("failures: %s", dict(failures))
        report("done", time.time())


async def about(interaction: discord.Interaction) -> None:
    """The slash command that is timed."""
    await interaction.response.send_message("A bot.", ephemeral=True)


def main() -> None:
    """Runs until killed."""
    Route.BASE = json.loads(sys.argv[1])["api"]
    GatherBot().run("token", log_level=logging.ERROR)


if __name__ == "__main__":
    main()
