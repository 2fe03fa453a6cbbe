"""`herald run`: log in and work until told to stop."""

import argparse
import asyncio
import contextlib
import logging
import signal
import time
from typing import Any

import aiohttp
import discord

from bot.app.jobs import favour_the_loop
from bot.app.lifecycle import Herald, open_herald
from bot.cli.screen import complain
from bot.config.settings import TOKEN_VARIABLE, Settings
from bot.store.instance_lock import DatabaseLock

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 5.0
LAST_RETRY_SECONDS = 300.0
WRONG_USE = 2

# What a first connection can fail with. discord.py raises AttributeError when the very first
# gateway connection is refused (measured; see its `Client.connect`, which reads `self.ws`).
UNREACHABLE = (OSError, aiohttp.ClientError, discord.DiscordException, AttributeError)


def run(settings: Settings, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - all commands are called alike
    """Works until Ctrl-C or SIGTERM. 0: stopped, 1: Discord refuses the bot, 2: no token."""
    if settings.token is None:
        complain(
            f"There is no Discord token: set {TOKEN_VARIABLE}, or name a file with discord.token_file in the "
            "configuration. `herald demo` works without one."
        )
        return WRONG_USE
    with DatabaseLock(settings.database):
        return asyncio.run(_serve(settings, settings.token.get_secret_value()))


async def _serve(settings: Settings, token: str) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(name, stopping.set)
    async with open_herald(settings, clock=time.time) as herald:
        favour_the_loop()
        work = asyncio.create_task(stay_connected(herald, token))
        beside = asyncio.create_task(herald.background())
        stop = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({work, beside, stop}, return_when=asyncio.FIRST_COMPLETED)
            if beside.done():
                beside.result()  # only a fault ends it; the process ends with that fault
            if work.done():
                return work.result()
            log.info("Stopping: finishing or putting back what is under way.")
            return 0
        finally:
            await _end(beside, work, stop)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancels tasks in their order and waits for each: what is on its way may still be finished."""
    for task in tasks:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def stay_connected(herald: Herald, token: str) -> int:
    """Works until the bot is closed; a connection that is refused is tried again, ever more slowly."""
    wait = FIRST_RETRY_SECONDS
    while True:
        try:
            await herald.bot.start(token)
        except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
            complain(
                f"Discord does not let the bot in: {error} Make a new token in the developer portal "
                f"and put it into {TOKEN_VARIABLE}."
            )
            return 1
        except UNREACHABLE as error:
            log.warning("Discord cannot be reached (%s: %s); next try in %.0f s.", type(error).__name__, error, wait)
        else:
            return 0
        await herald.bot.close()
        await asyncio.sleep(wait)
        wait = min(wait * 2, LAST_RETRY_SECONDS)
        await herald.bot.reopen()
