"""Group commit: what many tasks have to store at the same moment goes into one transaction.

A full disk or a database locked by somebody else loses nothing: the entries wait here, the
tasks that submitted them wait too (so nothing new is sent), and the write is repeated.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable

from bot.store.database import Database, Transaction

log = logging.getLogger(__name__)

Entry = Callable[[Transaction], Awaitable[None]]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0


class WriteBatcher:
    """Stores entries durably, in the order they came. `run` has to be running."""

    def __init__(self, database: Database, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._database, self._sleep = database, sleep
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, entry: Entry) -> None:
        """Returns when the entry is on the disk. Raises what the entry itself raises."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._drain())
        await done

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._commit(batch)

    async def _commit(self, batch: list[tuple[Entry, asyncio.Future[None]]]) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._database.transaction() as tx:
                    for entry, _ in batch:
                        await entry(tx)
            except sqlite3.OperationalError as error:
                log.error(  # noqa: TRY400 - the sentence says all; a trace would hide it
                    "the database cannot be written (%s); nothing is lost, and sending resumes when it can."
                    " Make room on its disk, or end what holds it locked.",
                    error,
                )
                await self._sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception as error:  # noqa: BLE001 - handed to everybody who waits
                _tell(batch, error)
                return
            else:
                _tell(batch, None)
                return


def _tell(batch: list[tuple[Entry, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
