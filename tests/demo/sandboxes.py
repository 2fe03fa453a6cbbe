"""A running sandbox with its page, for tests."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.page_server import HEADER, SandboxPage, served
from bot.demo.sandbox import Sandbox, opened
from bot.demo.tour import Tour
from tests.limits import HANG_SECONDS

POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """A client of the page, as a browser is."""

    address: str
    sandbox: Sandbox
    session: aiohttp.ClientSession

    async def view(self, viewer: str = "member", channel: int = 0, language: str = "en") -> dict[str, Any]:
        query = {"viewer": viewer, "channel": str(channel), "language": language}
        async with self.session.get(self.address + "api/view", params=query) as response:
            assert response.status == 200
            return await response.json()

    async def act(self, action: str, **body: object) -> dict[str, Any]:
        async with self.session.post(self.address + f"api/{action}", json=body, headers={HEADER: "1"}) as response:
            assert response.status == 200, action
            return await response.json()


@asynccontextmanager
async def visited(folder: Path) -> AsyncGenerator[Visitor]:
    """The sandbox with a page and a visitor, once the bot has read the sample blog for the first time."""
    async with opened(folder, time.time, POLL_SECONDS) as sandbox:
        tour = Tour(sandbox.world, sandbox.blog, asyncio.Lock(), HANG_SECONDS)
        page = SandboxPage(sandbox.world, tour, sandbox.blog.base)
        patience = aiohttp.ClientTimeout(2 * HANG_SECONDS)
        async with served(page) as address, aiohttp.ClientSession(timeout=patience) as session:
            await asyncio.wait_for(sandbox.blog.read.wait(), HANG_SECONDS)
            yield Visitor(address, sandbox, session)
