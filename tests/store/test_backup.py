"""Backups are one snapshot under load, private, complete or absent; a restore posts nothing twice."""

import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app.core import Core, open_core
from bot.config.settings import Settings
from bot.models import ChannelKind
from bot.store.backup import UnusableBackupError, copy_database, restore_database, verify_backup
from bot.store.database import Database, DatabaseReplacedError
from bot.store.subscriptions import NewSubscription
from tests.limits import HANG_SECONDS
from tests.store.samples import draft

NOW = 1_800_000_000.0


def ignore(_done: int, _total: int) -> None: ...


@pytest.fixture
async def core(settings: Settings) -> AsyncIterator[Core]:
    async with open_core(settings, clock=lambda: NOW) as core:
        yield core


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_database_and_backup_are_private(core: Core, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    copy_database(core.settings.database, target, ignore)
    database = core.settings.database
    files = (database, database.with_name("herald.db-wal"), database.with_name("herald.db-shm"), target)
    assert {mode_of(path) for path in files} == {0o600}


async def test_a_backup_ends_although_writes_happen_at_every_step(core: Core, tmp_path: Path) -> None:
    """An online backup would restart after each write and never end."""
    async with core.database.transaction() as tx:
        await tx.execute("CREATE TABLE ballast (content BLOB)")
        for _ in range(60):
            await tx.execute("INSERT INTO ballast VALUES (randomblob(100000))")
    steps = 0
    writer = sqlite3.connect(
        core.settings.database, isolation_level=None, timeout=HANG_SECONDS, check_same_thread=False
    )

    def write(_done: int, _total: int) -> None:
        nonlocal steps
        steps += 1
        assert steps < 100
        writer.execute("INSERT INTO guilds (guild_id) VALUES (?)", (steps,))

    copy_database(core.settings.database, tmp_path / "copy.db", write)
    writer.close()
    verify_backup(tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        assert copied.execute("SELECT count(*) FROM guilds").fetchone() == (0,)


async def test_an_interrupted_backup_leaves_no_file(core: Core, tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_database(core.settings.database, tmp_path / "copy.db", stop)
    assert not (tmp_path / "copy.db").exists()
    assert not (tmp_path / "copy.db.unfinished").exists()


async def test_a_backup_replaces_nothing(core: Core, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(FileExistsError):
        copy_database(core.settings.database, tmp_path / "copy.db", ignore)
    assert (tmp_path / "copy.db").read_text() == "mine"


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_a_file_that_is_no_backup_is_refused_and_changes_nothing(tmp_path: Path, content: bytes) -> None:
    source, target = tmp_path / "backup.db", tmp_path / "herald.db"
    source.write_bytes(content)
    target.write_text("present")
    with pytest.raises(UnusableBackupError):
        restore_database(source, target, ignore, NOW)
    assert target.read_text() == "present"


async def test_a_newer_backup_is_refused(core: Core, tmp_path: Path) -> None:
    copy_database(core.settings.database, tmp_path / "copy.db", ignore)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        copied.execute("PRAGMA user_version = 9999")
    with pytest.raises(UnusableBackupError, match="newer"):
        verify_backup(tmp_path / "copy.db")


async def test_after_a_restore_every_article_is_looked_up_before_it_is_posted(
    settings: Settings, tmp_path: Path
) -> None:
    """Both articles that were pending in the backup and articles unknown to it may have been posted."""
    async with open_core(settings, clock=lambda: NOW) as core:
        await core.subscriptions.create(NewSubscription(7, 1, ChannelKind.TEXT))
        async with core.database.transaction() as tx:
            [waiting] = await core.articles.add(tx, [draft(1)], NOW)
            await core.events.added(tx, [(waiting, draft(1))], NOW, announce=True)
    copy_database(settings.database, tmp_path / "copy.db", ignore)
    settings.database.with_name("herald.db-wal").write_bytes(b"of the database that was there")

    replaced = restore_database(tmp_path / "copy.db", settings.database, ignore, NOW)

    assert replaced is not None
    assert replaced.exists()
    assert mode_of(settings.database) == 0o600
    async with open_core(settings, clock=lambda: NOW) as core:
        async with core.database.transaction() as tx:
            [unknown] = await core.articles.add(tx, [draft(2)], NOW)
            await core.events.added(tx, [(unknown, draft(2))], NOW, announce=True)
        rows = await core.database.all("SELECT state, maybe_sent, claimed_at < ? AS old FROM deliveries", (NOW,))
        assert len(rows) == 2
        assert {(row["state"], row["maybe_sent"], row["old"]) for row in rows} == {("claimed", 1, 1)}


@pytest.mark.parametrize("what", ["deleted", "replaced", "truncated"])
async def test_a_database_file_that_is_not_the_opened_one_is_noticed(tmp_path: Path, what: str) -> None:
    path = tmp_path / "herald.db"
    database = await Database.open(path)
    database.check_file()
    if what == "deleted":
        path.unlink()
    elif what == "replaced":
        other = tmp_path / "other.db"
        other.write_bytes(path.read_bytes())
        other.replace(path)
    else:
        os.truncate(path, 0)
    with pytest.raises(DatabaseReplacedError):
        database.check_file()
    await database.close()
