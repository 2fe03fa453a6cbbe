"""The real bot as a process, pointed at a fake Discord: `python -m tests.fake_discord.runner OPTIONS`.

It is `herald run` with Discord's address changed, and nothing else, unless the options ask:
`unsafe` disables nonce and look-up, to show that the tests notice; `settle` is how long a lost
request may still arrive, which on loopback is short; `gather` is how long incidents wait to be
reported together.
SIGUSR1 makes the bot's clock jump by `jump` seconds, every time.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

import bot.app.jobs
import bot.app.lifecycle
import bot.cli.run
import bot.delivery.discord_api.responses
import bot.delivery.discord_api.rest
import bot.search.engine
from bot.app.jobs import ERASE_SECONDS
from bot.client.bot import HeraldBot
from bot.config.settings import DeliverySettings, Settings
from bot.delivery.announcer import Announcer
from bot.delivery.discord_api.responses import TOKEN_WAIT
from bot.delivery.state_machine import SETTLE_SECONDS
from bot.logs import set_up_logging
from bot.search.engine import COUNT_SECONDS
from tests.fake_discord.bot_process import report
from tests.fake_discord.fixture import FEED
from tests.fake_discord.without_safeguards import remove_safeguards

INCIDENT_DELAY = DeliverySettings().incident_delay
SILENT_FEED = "http://127.0.0.1:9/feed"  # nothing listens there


@dataclass(frozen=True, slots=True)
class Options:
    """What a test may choose; `delivery` are keys of the table of that name in the configuration."""

    api: str
    gateway: str
    database: str
    delivery: dict[str, Any] = field(default_factory=dict[str, Any])
    unsafe: bool = False
    jump: float = 0.0
    settle: float = SETTLE_SECONDS
    token_wait: float = TOKEN_WAIT
    erase_seconds: float = ERASE_SECONDS
    count_seconds: float = COUNT_SECONDS
    gather: float = INCIDENT_DELAY
    feeds: Sequence[str] = (FEED,)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the command's argument."""
        return cls(**json.loads(text))


def make_settings(options: Options) -> Settings:
    """The smallest configuration there is."""
    return Settings(
        organisation="Herald tests",
        database=Path(options.database),
        homepage="https://herald.example",
        contact="contact@herald.example",
        source_url="https://herald.example/source",
        privacy_url="https://herald.example/privacy",
        feeds=tuple(  # pyright: ignore[reportArgumentType] - pydantic reads the table
            {"key": key, "name": key.title(), "url": f"{SILENT_FEED}/{key}", "poll_interval": "24h"}
            for key in options.feeds
        ),
        delivery={"incident_delay": options.gather} | options.delivery,  # pyright: ignore[reportArgumentType] - as above
        token=SecretStr("token"),
    )


class JumpingClock:
    """The time of day, shifted by a signal."""

    def __init__(self, jump: float) -> None:
        self._jump, self._offset = jump, 0.0

    def time(self) -> float:
        """As `time.time`."""
        return time.time() + self._offset

    def jump(self, *_: object) -> None:
        """Takes effect with the next reading."""
        self._offset += self._jump


def point_at(options: Options) -> None:
    """Points discord.py at the fake Discord, also for new sessions."""
    Route.BASE = options.api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(options.gateway)


def report_ready() -> None:
    """Prints when the client is ready, before any listener runs."""
    dispatch = HeraldBot.dispatch

    def reporting(self: HeraldBot, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        if event_name == "ready":
            report("ready", time.time())
        dispatch(self, event_name, *args, **kwargs)

    HeraldBot.dispatch = reporting


def main() -> int:
    """As `herald run`."""
    options = Options.from_json(sys.argv[1])
    point_at(options)
    report_ready()
    if options.unsafe:
        remove_safeguards()
    bot.delivery.discord_api.rest.TOKEN_WAIT = bot.delivery.discord_api.responses.TOKEN_WAIT = options.token_wait
    bot.app.jobs.ERASE_SECONDS = options.erase_seconds
    bot.search.engine.COUNT_SECONDS = options.count_seconds
    bot.app.lifecycle.Announcer = partial(Announcer, settle_seconds=options.settle)
    clock = JumpingClock(options.jump)
    signal.signal(signal.SIGUSR1, clock.jump)
    bot.cli.run.time = SimpleNamespace(time=clock.time)
    set_up_logging("info", "text", secret="")
    return asyncio.run(bot.cli.run.run(make_settings(options), argparse.Namespace()))


if __name__ == "__main__":
    sys.exit(main())
