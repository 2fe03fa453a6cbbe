"""Group commit: writes of many concurrent tasks share one transaction.

A full disk or a locked database loses nothing: the writes wait here, the tasks that submitted
them wait too (so nothing new is sent), and the transaction is retried.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.durations import backoff
from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)

Entry = Callable[[Transaction], Awaitable[None]]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0


@dataclass
class WriteBatcher:
    """Commits writes in order of arrival."""

    database: Database
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    waiting: list[tuple[Entry, asyncio.Future[None]]] = field(default_factory=list[tuple[Entry, asyncio.Future[None]]])
    writer: asyncio.Task[None] | None = None

    async def write(self, entry: Entry) -> None:
        """Returns when the write is on the disk. Raises what the write itself raises."""
        done = asyncio.get_running_loop().create_future()
        self.waiting.append((entry, done))
        if self.writer is None or self.writer.done():
            self.writer = asyncio.create_task(self._drain())
        await done

    async def _drain(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting, []
            problem, failures, stored = None, 0, False
            while not stored and problem is None:
                try:
                    async with self.database.transaction() as tx:
                        for entry, _ in batch:
                            await entry(tx)
                    stored = True
                except sqlite3.OperationalError as error:
                    log.error(  # noqa: TRY400 - the sentence says all; a trace would hide it
                        "the database cannot be written (%s); nothing is lost, and sending resumes when it can."
                        " Free disk space, or stop the process that holds the lock.",
                        error,
                    )
                    failures += 1
                    await self.sleep(backoff(failures, FIRST_PAUSE, LONGEST_PAUSE))
                except Exception as error:  # noqa: BLE001 - handed to everybody who waits
                    problem = error
            for _, done in batch:
                if done.done():
                    continue
                if problem is None:
                    done.set_result(None)
                else:
                    done.set_exception(problem)
