"""One SQLite file: one writer behind a lock, separate readers, numbered migrations.

All writes go through `Database.transaction()`; two coroutines can therefore never mix their
statements, and an error rolls back everything its transaction did. Reads run on a thread with
a read-only connection of its own (WAL), so a search never waits for a poll. `WriteBatcher` lets
the writes of many tasks share one transaction.
"""

import asyncio
import copy
import logging
import os
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot.durations import backoff
from bot.store.idempotency import component_id, nonce

log = logging.getLogger(__name__)

Row = sqlite3.Row
T = TypeVar("T")
Parameters = Sequence[Any] | dict[str, Any]

BUSY_TIMEOUT_SECONDS = 5.0
CACHE_KILOBYTES = 2_000
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds until a batch of writes is tried again


class DatabaseTooNewError(Exception):
    """The file was written by a newer Herald than this one."""


class DatabaseReplacedError(OSError):
    """The file was deleted, replaced or truncated while it was open."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open write transaction; the only thing that can change the file."""

    connection: aiosqlite.Connection

    async def execute(self, sql: str, parameters: Parameters = ()) -> aiosqlite.Cursor:
        """Runs one statement and returns its cursor (`lastrowid`, `rowcount`)."""
        return await self.connection.execute(sql, parameters)

    async def executemany(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Runs one statement for every row."""
        await self.connection.executemany(sql, rows)

    async def all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query, as this transaction sees them."""
        return list(await self.connection.execute_fetchall(sql, parameters))

    async def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None


class Database:
    """An open database file. Create it with `Database.open`, always close it."""

    def __init__(self, path: Path, writer: aiosqlite.Connection) -> None:
        self.path = path
        self._writer = writer
        self._lock = asyncio.Lock()
        self._readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="herald-reader")
        self._reader: sqlite3.Connection | None = None
        self._views: list[Self] = []
        self._identity = _identity(path)

    @classmethod
    async def open(cls, path: Path, *, cache_kilobytes: int = CACHE_KILOBYTES) -> Self:
        """Opens or creates the file and brings its schema up to date. `cache_kilobytes` are those of the writer.

        Raises DatabaseTooNewError, or sqlite3.Error when the file cannot be used.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        # A connection that aiosqlite cannot open leaves a thread behind, so it is tried here first.
        await asyncio.to_thread(_create, path)
        writer = await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
        try:
            writer.row_factory = sqlite3.Row
            await writer.execute("PRAGMA journal_mode = WAL")
            await writer.execute("PRAGMA synchronous = FULL")
            # Withdrawals protect people: their words must not stay readable in the file's free pages.
            await writer.execute("PRAGMA secure_delete = ON")
            await migrate(writer, path)
            await writer.execute(f"PRAGMA cache_size = -{cache_kilobytes}")
            await writer.execute("PRAGMA foreign_keys = ON")  # after the migrations, which replace whole tables
        except BaseException:
            await writer.close()
            raise
        return cls(path, writer)

    def with_own_reader(self, name: str) -> Self:
        """The same database with a read connection of its own, so that no user waits for another's reads.

        Closed together with this one.
        """
        view = copy.copy(self)
        view._readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"herald-{name}")
        view._reader, view._views = None, []
        self._views.append(view)
        return view

    async def close(self) -> None:
        """Closes all connections; waits for a transaction in progress."""
        async with self._lock:
            for view in (*self._views, self):
                await asyncio.to_thread(view._readers.shutdown)
                if view._reader is not None:
                    view._reader.close()
            await self._writer.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """One transaction: commits at the end, rolls back on an error. Do not wait for the network inside."""
        async with self._lock:
            try:
                await self._writer.execute("BEGIN IMMEDIATE")
                yield Transaction(self._writer)
                await self._writer.execute("COMMIT")
            except BaseException:
                # Queued behind a statement that a cancelled task may have left with the writer's
                # thread; does nothing where SQLite has rolled back by itself (a full disk, for one).
                await self._writer.rollback()
                raise

    def check_file(self) -> None:
        """Raises DatabaseReplacedError when the file was deleted, replaced or truncated since it was opened."""
        if _identity(self.path) != self._identity:
            raise DatabaseReplacedError(f"{self.path} was deleted, replaced or truncated while Herald was running")

    async def maintain(self, sql: str) -> tuple[Any, ...]:
        """Runs one statement on a separate connection while nothing is being written; returns its first row."""

        def run() -> tuple[Any, ...]:
            with closing(sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                return connection.execute(sql).fetchone() or ()

        async with self._lock:
            return await asyncio.to_thread(run)

    async def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `function` on the reader's thread with the read-only connection; all its statements see one state."""

        def run() -> T:
            if self._reader is None:
                self._reader = sqlite3.connect(
                    f"{self.path.absolute().as_uri()}?mode=ro",
                    uri=True,
                    isolation_level=None,
                    timeout=BUSY_TIMEOUT_SECONDS,
                    check_same_thread=False,
                )
                self._reader.row_factory = sqlite3.Row
            self._reader.execute("BEGIN")
            with self._reader:
                return function(self._reader)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query."""
        return await self.read(lambda connection: connection.execute(sql, parameters).fetchall())

    async def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        return await self.read(lambda connection: connection.execute(sql, parameters).fetchone())


@dataclass(frozen=True, eq=False)
class Store:
    """The tables of one subject; a subclass holds their SQL."""

    _database: Database


Write = Callable[[Transaction], Awaitable[None]]


@dataclass
class WriteBatcher:
    """Group commit: writes of many concurrent tasks share one transaction, in order of arrival.

    A full disk or a locked database loses nothing: the writes wait here, the tasks that submitted
    them wait too (so nothing new is sent), and the transaction is retried.
    """

    database: Database
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    waiting: list[tuple[Write, asyncio.Future[None]]] = field(default_factory=list[tuple[Write, asyncio.Future[None]]])
    writer: asyncio.Task[None] | None = None

    async def write(self, write: Write) -> None:
        """Returns when the write is on the disk. Raises what the write itself raises."""
        done = asyncio.get_running_loop().create_future()
        self.waiting.append((write, done))
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
                        for write, _ in batch:
                            await write(tx)
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


def _create(path: Path) -> None:
    """Creates a missing file, readable only by its owner; the log and the shared memory get its mode."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    sqlite3.connect(path).close()


def _identity(path: Path) -> tuple[int, int, bool] | None:
    """Device and inode of the file and whether it has content; None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size > 0


def migrations() -> list[tuple[int, str]]:
    """Every migration's number and SQL, in order; the file name begins with the number."""
    folder = resources.files("bot.store") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [(int(file.name.split("_", 1)[0]), file.read_text("utf-8")) for file in files]


async def migrate(connection: aiosqlite.Connection, path: Path) -> None:
    """Applies missing migrations, each with its number in one transaction."""
    await connection.create_function("post_nonce", 3, nonce, deterministic=True)  # pyright: ignore[reportUnknownMemberType]
    await connection.create_function("post_component_id", 3, component_id, deterministic=True)  # pyright: ignore[reportUnknownMemberType]
    row = await (await connection.execute("PRAGMA user_version")).fetchone()
    found: int = row[0] if row else 0
    known = migrations()
    if found > known[-1][0]:
        raise DatabaseTooNewError(f"{path}: schema {found} is newer than {known[-1][0]}, the newest this program knows")
    for number, sql in known:
        if number > found:
            try:
                await connection.executescript(f"BEGIN IMMEDIATE; {sql} PRAGMA user_version = {number}; COMMIT;")
            except BaseException:
                if connection.in_transaction:
                    await connection.execute("ROLLBACK")
                raise
