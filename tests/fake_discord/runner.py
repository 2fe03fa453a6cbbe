"""The real bot as a process, pointed at a stand-in: `python -m tests.fake_discord.runner OPTIONS`.

It is `herald run` with Discord's address changed, and nothing else, unless the options ask:
`careless` takes the nonce and the read-back away from the sender, to show that the tests notice;
`settle` is how long a lost request is believed to be on its way, which on loopback is not long.
SIGUSR1 makes the bot's clock jump by `jump` seconds, every time.
"""

import argparse
import json
import signal
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

import bot.app.lifecycle
import bot.cli.run
from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.delivery.factory import assemble
from bot.delivery.state_machine import SETTLE_SECONDS
from bot.logs import set_up
from tests.fake_discord.bots import say
from tests.fake_discord.careless import make_careless
from tests.fake_discord.fixture import FEED

SILENT_FEED = "http://127.0.0.1:9/feed"  # the watcher finds nobody there and tries again much later


@dataclass(frozen=True, slots=True)
class Options:
    """What a test may choose; `delivery` are keys of the table of that name in the configuration."""

    api: str
    gateway: str
    database: str
    delivery: dict[str, Any] = field(default_factory=dict[str, Any])
    careless: bool = False
    jump: float = 0.0
    settle: float = SETTLE_SECONDS

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the command's argument."""
        return cls(**json.loads(text))


def make_settings(options: Options) -> Settings:
    """The smallest configuration there is."""
    return Settings(
        organisation="Stand-in",
        database=Path(options.database),
        homepage="https://herald.example",
        contact="contact@herald.example",
        source_url="https://herald.example/source",
        privacy_url="https://herald.example/privacy",
        feeds=({"key": FEED, "name": "Blog", "url": SILENT_FEED, "every": "24h"},),  # pyright: ignore[reportArgumentType] - pydantic reads the table
        delivery=options.delivery,  # pyright: ignore[reportArgumentType] - as above
        token=SecretStr("token"),
    )


class JumpingClock:
    """The time of day, until a signal makes it another."""

    def __init__(self, jump: float) -> None:
        self._jump, self._offset = jump, 0.0

    def time(self) -> float:
        """As `time.time`."""
        return time.time() + self._offset

    def jump(self, *_: object) -> None:
        """Takes effect from the next look at the clock."""
        self._offset += self._jump


def point_at(options: Options) -> None:
    """Discord is where the stand-in is, also for a session that begins anew."""
    Route.BASE = options.api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(options.gateway)


def tell_when_ready() -> None:
    """Prints when the client is ready, before anything else hears of it."""
    dispatch = HeraldBot.dispatch

    def telling(self: HeraldBot, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        if event_name == "ready":
            say("ready", time.time())
        dispatch(self, event_name, *args, **kwargs)

    HeraldBot.dispatch = telling


def main() -> int:
    """As `herald run`."""
    options = Options.from_json(sys.argv[1])
    point_at(options)
    tell_when_ready()
    if options.careless:
        make_careless()
    bot.app.lifecycle.assemble = partial(assemble, settle_seconds=options.settle)
    clock = JumpingClock(options.jump)
    signal.signal(signal.SIGUSR1, clock.jump)
    bot.cli.run.time = SimpleNamespace(time=clock.time)
    set_up("info", "text", secret="")
    return bot.cli.run.run(make_settings(options), argparse.Namespace())


if __name__ == "__main__":
    sys.exit(main())
