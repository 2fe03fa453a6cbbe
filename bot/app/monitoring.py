"""Whether the bot works, sampled while it runs, and systemd's watchdog."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.app.core import Core
from bot.app.health import HealthFacts, gather_facts
from bot.client.bot import HeraldBot

SAMPLE_SECONDS = 5.0


@dataclass
class Monitor:
    """Tracks the gateway connection and collects the facts for health and metrics."""

    core: Core
    bot: HeraldBot
    rate_limited: Callable[[], int]
    started_at: float
    disconnected_since: float | None = None

    def __post_init__(self) -> None:
        """Counts as disconnected until the first connection."""
        self.disconnected_since = self.started_at

    def sample(self) -> None:
        """Records when the gateway was lost; a new connection clears it."""
        shards = list(self.bot.shards.values())
        connected = bool(shards) and self.bot.is_ready() and not any(shard.is_closed() for shard in shards)
        if connected:
            self.disconnected_since = None
        elif self.disconnected_since is None:
            self.disconnected_since = self.core.clock()

    async def facts(self) -> HealthFacts:
        """All facts at this instant."""
        self.sample()
        return await gather_facts(self.core, started_at=self.started_at, disconnected_since=self.disconnected_since)

    async def run(self, notify: Callable[[str], None]) -> None:
        """Samples until cancelled; notifies systemd that the event loop is alive."""
        notify("READY=1")
        while True:
            self.sample()
            notify("WATCHDOG=1")
            await asyncio.sleep(SAMPLE_SECONDS)


def notify_service_manager(state: str, environment: Mapping[str, str] = os.environ) -> None:
    """Sends a state to the service manager (sd_notify(3)); does nothing outside of one."""
    address = environment.get("NOTIFY_SOCKET", "")
    if address and hasattr(socket, "AF_UNIX"):
        target = "\0" + address[1:] if address.startswith("@") else address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(state.encode(), target)
