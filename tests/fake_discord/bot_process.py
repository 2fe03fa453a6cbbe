"""Runs a bot in a process of its own, so that it can be killed at any instruction."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO

from tests.fake_discord.process import ROOT
from tests.limits import HANG_SECONDS


class BotProcess:
    """A running bot. `reported` holds what it printed on its standard output, one word a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.reported: dict[str, float] = {}
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    @asynccontextmanager
    async def start(cls, module: str, options: dict[str, object], log: Path) -> AsyncGenerator["BotProcess"]:
        """Runs `python -m module OPTIONS` (options as JSON), its errors appended to `log`; killed with the block."""
        with log.open("ab") as errors:
            bot = cls(await _spawn(module, options, errors))
            try:
                yield bot
            finally:
                await bot.end(signal.SIGKILL)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.returncode

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def send(self, given: signal.Signals) -> None:
        """Sends a signal without waiting for its effect."""
        self._process.send_signal(given)

    async def reports(self, word: str, seconds: float = HANG_SECONDS) -> bool:
        """Waits until it has printed the word; False after `seconds`."""
        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: word in self.reported), seconds)
            except TimeoutError:
                return False
        return True

    def resident(self) -> float:
        """Resident memory in megabytes."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    async def ended(self, seconds: float = HANG_SECONDS) -> int | None:
        """Its exit code when it has ended by itself; None after `seconds`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)
        return self.exit_code

    async def end(self, with_signal: signal.Signals) -> None:
        """Sends a signal if it still runs, and waits until it has ended."""
        if self._process.returncode is None:
            self._process.send_signal(with_signal)
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        """Records when it printed each word, by its own clock."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            word = json.loads(line)
            async with self._news:
                self.reported.setdefault(str(word["word"]), float(word["at"]))
                self._news.notify_all()


async def _spawn(module: str, options: dict[str, object], errors: IO[bytes]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, json.dumps(options), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors
    )


def report(word: str, at: float) -> None:
    """In the bot's process: reports a word to the test, with the time."""
    print(json.dumps({"word": word, "at": at}), flush=True)
