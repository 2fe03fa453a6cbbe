"""`herald run`: log in and work until stopped."""

import argparse
import asyncio
import contextlib
import logging
import signal
import time
from typing import Any

import aiohttp
import discord

from bot.app.jobs import tune_allocator, tune_event_loop
from bot.app.lifecycle import Herald, open_herald
from bot.app.monitoring import notify_service_manager
from bot.cli.output import echo_error
from bot.config.settings import TOKEN_VARIABLE, Settings
from bot.durations import backoff
from bot.store.instance_lock import database_lock

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 5.0
LAST_RETRY_SECONDS = 300.0
USAGE_ERROR = 2
TOKEN_REFUSED = 4004  # the close code of the gateway
REFUSED = (
    "Discord does not let the bot in: {why} Make a new token in the developer portal and put it into "
    f"{TOKEN_VARIABLE}."
)

# What a first connection can fail with. discord.py raises AttributeError when the very first
# gateway connection is refused (measured; see its `Client.connect`, which reads `self.ws`).
UNREACHABLE = (OSError, aiohttp.ClientError, discord.DiscordException, AttributeError)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - all commands are called alike
    """Works until Ctrl-C, SIGTERM or SIGHUP. 0: stopped, 1: Discord refuses the bot, 2: no token."""
    if settings.token is None:
        echo_error(
            f"There is no Discord token: set {TOKEN_VARIABLE}, or name a file with discord.token_file in the "
            "configuration. `herald demo` works without one."
        )
        return USAGE_ERROR
    token = settings.token.get_secret_value()
    stopping = stop_requested()
    tune_allocator()
    with database_lock(settings.database):
        async with open_herald(settings, clock=time.time) as herald, contextlib.AsyncExitStack() as stack:
            if (monitoring := settings.monitoring).port:
                from bot.app.metrics import served

                await stack.enter_async_context(served(herald.monitor, monitoring.address, monitoring.port))
            tune_event_loop()
            monitor = asyncio.create_task(herald.monitor.run(notify_service_manager))
            work = asyncio.create_task(stay_connected(herald, token))
            background = asyncio.create_task(herald.background())
            stop = asyncio.create_task(stopping.wait())
            try:
                await asyncio.wait({work, background, stop}, return_when=asyncio.FIRST_COMPLETED)
                if background.done():
                    background.result()  # only an error ends it; the process ends with that error
                if work.done():
                    return work.result()
                notify_service_manager("STOPPING=1")
                log.info("stopping: finishing or requeueing deliveries in progress")
                return 0
            finally:
                await _end(background)
                # discord.py swallows a cancellation while it reconnects; a closed client ends all the same.
                await herald.bot.close()
                await _end(work, stop, monitor)


def stop_requested() -> asyncio.Event:
    """An event that Ctrl-C, SIGTERM or a closed terminal sets; for a running loop."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows has no SIGHUP and no handlers on its loop; Ctrl-C arrives there as KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), stopping.set)
    return stopping


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancels tasks in order and waits for each, so that pending requests can finish."""
    for task in tasks:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def stay_connected(herald: Herald, token: str) -> int:
    """Works until the bot is closed; a refused connection is retried with growing delays."""
    failures = 0
    while True:
        try:
            await herald.bot.start(token)
        except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
            echo_error(REFUSED.format(why=error))
            return 1
        except UNREACHABLE as error:
            if isinstance(error, discord.ConnectionClosed) and error.code == TOKEN_REFUSED:
                echo_error(REFUSED.format(why="The token is no longer valid."))
                return 1
            failures += 1
            wait = backoff(failures, FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS)
            log.warning("Discord cannot be reached, next try in %.0f s: %s: %s", wait, type(error).__name__, error)
        else:
            return 0
        await herald.bot.close()
        await asyncio.sleep(wait)
        await herald.bot.reopen()
