"""The best pace that the limits allow: evenly spaced posts over bare HTTP, nothing stored, refused ones repeated."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Self

import aiohttp

from tests.fake_discord.bot_process import report


@dataclass(frozen=True, slots=True)
class Options:
    """Where to send, to how many channels from which id on, and how many requests a second."""

    api: str
    first: int
    channels: int
    rate: float

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the command's argument."""
        return cls(**json.loads(text))


async def send_all(options: Options) -> None:
    """One post for each channel; a refused one is sent again after the time Discord asks for."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[int] = asyncio.Queue()
    for channel in range(options.first, options.first + options.channels):
        waiting.put_nowait(channel)
    left, finished, paused_until = options.channels, asyncio.Event(), 0.0

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def send(channel: int) -> None:
            nonlocal left, paused_until
            body = {"content": "fixture-1", "nonce": str(channel), "enforce_nonce": True}
            async with session.post(f"{options.api}/channels/{channel}/messages", json=body) as response:
                answer = await response.json()
            if response.status == 429:
                paused_until = max(paused_until, loop.time() + answer["retry_after"])
                waiting.put_nowait(channel)
                return
            response.raise_for_status()
            left -= 1
            if not left:
                finished.set()

        async def pace() -> None:
            slot, tasks = loop.time(), set[asyncio.Task[None]]()
            while True:
                channel = await waiting.get()
                slot = max(slot + 1.0 / options.rate, loop.time() - 0.1)
                await asyncio.sleep(max(slot, paused_until) - loop.time())
                task = asyncio.create_task(send(channel))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

        pacing = asyncio.create_task(pace())
        await finished.wait()
        pacing.cancel()


async def main() -> None:
    """Runs to the end, then waits to be killed."""
    report("ready", time.time())
    await send_all(Options.from_json(sys.argv[1]))
    report("done", time.time())
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
