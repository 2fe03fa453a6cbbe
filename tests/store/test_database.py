"""The database: one writer, all or nothing, many writes in one transaction, migrations with their number."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import aiosqlite
import pytest

from bot.store import database as database_module
from bot.store.database import Database, DatabaseTooNewError, Transaction, WriteBatcher, migrate, migrations
from bot.store.instance_lock import AlreadyRunningError, database_lock
from tests.limits import HANG_SECONDS

INSERT_GUILD = "INSERT INTO guilds (guild_id) VALUES (?)"
COUNT_GUILDS = "SELECT count(*) AS n FROM guilds"


async def count(database: Database) -> int:
    row = await database.one(COUNT_GUILDS)
    assert row is not None
    return row["n"]


async def test_a_new_file_has_the_newest_schema(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "new.db")
    version = await database.one("PRAGMA user_version")
    await database.close()

    assert version is not None
    assert version[0] == migrations()[-1][0]


async def test_an_error_undoes_everything_its_transaction_did(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "undo.db")

    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.execute(INSERT_GUILD, (1,))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    assert await count(database) == 0
    await database.close()


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(tmp_path: Path) -> None:
    """A poll cancelled while storing must not block the writer."""
    database = await Database.open(tmp_path / "cancel.db")
    inside, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        async with database.transaction() as tx:
            await tx.execute(INSERT_GUILD, (1,))
            inside.set()
            await never.wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with database.transaction() as tx:
        await tx.execute(INSERT_GUILD, (2,))

    assert await count(database) == 1
    await database.close()


async def test_cancelled_before_it_began_it_leaves_no_open_transaction(tmp_path: Path) -> None:
    """The BEGIN of a cancelled task may still be on its way to the writer's thread."""
    database = await Database.open(tmp_path / "begin.db")

    async def begin() -> None:
        async with database.transaction():
            await asyncio.Event().wait()

    for _ in range(20):
        task = asyncio.create_task(begin())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with database.transaction() as tx:
        await tx.execute(INSERT_GUILD, (1,))

    assert await count(database) == 1
    await database.close()


async def test_transactions_of_two_tasks_never_mix(tmp_path: Path) -> None:
    """Another task's rollback must not undo a finished write."""
    database = await Database.open(tmp_path / "mix.db")

    async def write(guild: int, *, fail: bool) -> None:
        async with database.transaction() as tx:
            await tx.execute(INSERT_GUILD, (guild,))
            await asyncio.sleep(0)
            if fail:
                raise RuntimeError

    await asyncio.gather(*(write(n, fail=n % 2 == 0) for n in range(40)), return_exceptions=True)

    assert await count(database) == 20
    await database.close()


async def test_readers_see_what_was_committed_while_a_transaction_is_open(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "wal.db")

    async with database.transaction() as tx:
        await tx.execute(INSERT_GUILD, (1,))
        during = await count(database)

    assert (during, await count(database)) == (0, 1)
    await database.close()


async def test_all_statements_of_a_read_see_one_state(tmp_path: Path) -> None:
    """Also when something is written between them; the next read sees it."""
    database = await Database.open(tmp_path / "state.db")

    def counts(connection: sqlite3.Connection) -> list[int]:
        before = connection.execute(COUNT_GUILDS).fetchone()["n"]
        other = sqlite3.connect(database.path)
        with other:
            other.execute(INSERT_GUILD, (1,))
        other.close()
        return [before, connection.execute(COUNT_GUILDS).fetchone()["n"]]

    assert await database.read(counts) == [0, 0]
    assert await count(database) == 1
    await database.close()


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "readonly.db")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.all(INSERT_GUILD, (1,))

    await database.close()


async def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    (await _closed(path)).unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()

    with pytest.raises(DatabaseTooNewError, match="newer"):
        await Database.open(path)


async def _closed(path: Path) -> Path:
    await (await Database.open(path)).close()
    return path


@pytest.mark.parametrize("step", range(len(migrations())))
async def test_every_older_schema_is_brought_up_to_date(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file left at any migration opens in this program and gets the rest."""
    known = migrations()
    path = tmp_path / "older.db"
    monkeypatch.setattr(database_module, "migrations", lambda: known[: step + 1])
    await _closed(path)
    monkeypatch.undo()

    database = await Database.open(path)
    version = await database.one("PRAGMA user_version")
    await database.close()

    assert version is not None
    assert version[0] == known[-1][0]


async def test_a_failing_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration and its number are stored together or not at all."""
    path = await _closed(tmp_path / "broken.db")
    newest = migrations()[-1][0]
    broken = [*migrations(), (newest + 1, "CREATE TABLE half (x); CREATE TABLE half (x);")]
    monkeypatch.setattr(database_module, "migrations", lambda: broken)
    connection = await aiosqlite.connect(path, isolation_level=None)

    with pytest.raises(sqlite3.OperationalError):
        await migrate(connection, path)
    tables = await connection.execute_fetchall("SELECT 1 FROM sqlite_master WHERE name = 'half'")
    version = await connection.execute_fetchall("PRAGMA user_version")
    await connection.close()

    assert not list(tables)
    assert [row[0] for row in version] == [newest]


def test_a_second_bot_is_refused_with_the_owner_of_the_lock(tmp_path: Path) -> None:
    """The lock is the process's own; the owner file only names it."""
    path = tmp_path / "herald.db"

    with database_lock(path), pytest.raises(AlreadyRunningError, match=r"process number \d+"), database_lock(path):
        pass
    with database_lock(path):
        pass


async def test_a_long_read_delays_no_read_over_another_connection(tmp_path: Path) -> None:
    """A burst of searches must not delay deliveries or replies to commands."""
    database = await Database.open(tmp_path / "herald.db")
    search, release = database.with_own_reader("search"), threading.Event()
    long = asyncio.create_task(search.read(lambda _connection: release.wait(2 * HANG_SECONDS)))
    try:
        async with asyncio.timeout(HANG_SECONDS):
            await asyncio.gather(*(database.one("SELECT 1") for _ in range(10)))
        assert not long.done()
    finally:
        release.set()
        assert await long
        await database.close()


async def test_every_connection_sees_what_was_written_and_writes_through_the_one_writer(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "herald.db")
    view = database.with_own_reader("delivery")
    for writer, number in ((database, 1), (view, 2)):
        async with writer.transaction() as tx:
            await tx.execute("INSERT INTO guilds (guild_id) VALUES (?)", (number,))

    for reader in (database, view):
        assert [row["guild_id"] for row in await reader.all("SELECT guild_id FROM guilds ORDER BY 1")] == [1, 2]
    await database.close()


async def test_many_writes_are_one_transaction_and_a_locked_file_loses_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While another process locks the file, writes wait and a plain sentence is logged."""
    database = await Database.open(tmp_path / "many.db")
    await database._writer.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def free(_seconds: float) -> None:
        if other.in_transaction:
            other.execute("ROLLBACK")

    async def insert(tx: Transaction) -> None:
        await tx.execute("INSERT INTO hourly_actions (channel_id, step, at) VALUES (1, 'edit', 1)")

    batcher = WriteBatcher(database, free)
    await asyncio.gather(*(batcher.write(insert) for _ in range(20)))
    other.close()

    row = await database.one("SELECT count(*) FROM hourly_actions")
    await database.close()
    assert row is not None
    assert row[0] == 20
    assert "nothing is lost" in caplog.text


async def test_a_failing_write_raises_in_its_caller(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "failing.db")

    async def wrong(tx: Transaction) -> None:
        await tx.execute("INSERT INTO hourly_actions (channel_id, step, at) VALUES (1, NULL, 1)")

    with pytest.raises(sqlite3.IntegrityError):
        await WriteBatcher(database).write(wrong)
    await database.close()
