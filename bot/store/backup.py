"""Copies the database while the bot runs, restores a copy, and knows whether it is one."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.models import Subscription
from bot.store.database import Store, migrations
from bot.store.subscriptions import SUBSCRIPTION_COLUMNS, subscription_from_row

PAGES_A_STEP = 500
PRIVATE = 0o600
# For this many seconds after a restore, a new post is first looked up in its channel.
LOOKUP_SECONDS = 2 * 86_400.0
RESTORED = "restored"

_NOTE = "INSERT OR REPLACE INTO {} (key, value, changed) VALUES (?, ?, ?)"
# Deliveries that were waiting may have been posted since: they are looked up before they are posted.
_DOUBT = (
    "UPDATE deliveries SET state = 'claimed', maybe_sent = 1, claimed_at = ?1, tried_at = ?1"
    " WHERE state = 'planned' AND due IS NOT NULL"
)

Progress = Callable[[int, int], None]


class UnusableBackupError(Exception):
    """A file that cannot be restored; `str()` says why."""


class RestoredDatabase(Store):
    """Reads how old the database's own knowledge is, and marks it as restored (see `Deliveries.plan`)."""

    async def last_activity(self, now: float) -> float | None:
        """When a feed was last polled or a post last tried; None for a database without either."""
        row = await self._database.one(
            "SELECT max(at) AS at FROM (SELECT max(last_check) AS at FROM feeds"
            " UNION ALL SELECT max(max(tried_at, coalesce(posted_at, 0), coalesce(confirmed_at, 0))) FROM deliveries)"
            " WHERE at <= ?",
            (now,),
        )
        return row["at"] if row else None

    async def uncompared(self, now: float) -> list[Subscription]:
        """Subscriptions that nothing blocks, the one with the latest post first; none while the database is marked."""
        rows = await self._database.all(
            f"SELECT {SUBSCRIPTION_COLUMNS} FROM subscriptions AS subscription"
            " WHERE NOT removed AND blocked_reason = '' AND NOT EXISTS"
            " (SELECT 1 FROM key_values WHERE key = ? AND json_extract(value, '$.until') > ?)"
            " ORDER BY (SELECT max(posted_at) FROM deliveries"
            " WHERE deliveries.subscription = subscription.id) DESC, id DESC",
            (RESTORED, now),
        )
        return [subscription_from_row(row) for row in rows]

    async def knows_post(self, channel_id: int, message_id: int, component_id: int) -> bool:
        """Whether a post of that channel belongs to a delivery that was tried; one that only waits cannot have it.

        Without a component (a forum's thread) it may be that of any request there whose answer never came.
        """
        row = await self._database.one(
            "SELECT 1 FROM deliveries WHERE channel_id = ?1 AND state != 'planned'"
            " AND (message_id = ?2 OR component_id = ?3 OR (?3 = 0 AND state = 'claimed' AND message_id IS NULL))",
            (channel_id, message_id, component_id),
        )
        return row is not None

    async def mark(self, since: float, now: float) -> None:
        """Whatever is believed unposted is looked up before it is posted, for the time that `restore` sets."""
        async with self._database.transaction() as tx:
            await tx.execute(_NOTE.format("key_values"), _note(since, now))
            await tx.execute(_DOUBT, (since,))


def copy_database(source: Path, target: Path, progress: Progress) -> int:
    """Copies `source` to `target` and returns the size in bytes.

    The copy is one snapshot, however much is written during it, readable only by its owner, and gets
    its name when it is complete and checked. Raises FileExistsError for an existing
    `target`, sqlite3.Error when the copy fails or is damaged.
    """
    if target.exists():
        raise FileExistsError(target)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
        with (
            closing(
                sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            ) as reading,
            closing(sqlite3.connect(unfinished)) as writing,
        ):
            # Inside a read transaction the copy is not restarted by writes.
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
            reading.backup(
                writing, pages=PAGES_A_STEP, progress=lambda _status, left, total: progress(total - left, total)
            )
            writing.execute("PRAGMA journal_mode = DELETE")
            (verdict,) = writing.execute("PRAGMA quick_check").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(f"the copy is damaged: {verdict}")
        os.link(unfinished, target)  # unlike a rename, never replaces a file that appeared in between
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def restore_database(backup: Path, target: Path, progress: Progress, now: float) -> Path | None:
    """Installs a checked copy of `backup` as the database `target`; the bot must not run.

    Returns where the previous database was moved to, None when there was none. Raises
    UnusableBackupError, sqlite3.Error or OSError; the database is then as it was.
    """
    verify_backup(backup)
    installed = target.with_name(target.name + ".restoring")
    installed.unlink(missing_ok=True)
    copy_database(backup, installed, progress)
    try:
        _mark_restored(installed, backup, now)
        replaced = _set_aside(target)
        installed.replace(target)
    finally:
        installed.unlink(missing_ok=True)
    return replaced


def verify_backup(backup: Path) -> None:
    """Raises UnusableBackupError for a file that is no complete database of this bot, or of a newer version."""
    try:
        with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise UnusableBackupError(f"it is not a database: {error}") from None
    if not {"articles", "feeds", "subscriptions"} <= tables or version < 1:
        raise UnusableBackupError("it is not a database of Herald")
    if version > migrations()[-1][0]:
        raise UnusableBackupError("it was written by a newer Herald")
    if verdict != "ok":
        raise UnusableBackupError(f"it is damaged: {verdict}")


def _mark_restored(installed: Path, backup: Path, now: float) -> None:
    """Records since when posts may be missing in it: see `Deliveries.plan`."""
    with closing(sqlite3.connect(installed, isolation_level=None)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        (seen,) = connection.execute("SELECT max(last_check) FROM feeds").fetchone()
        since = min(seen or backup.stat().st_mtime, backup.stat().st_mtime)
        table = "key_values" if "key_values" in tables else "kept"
        if table in tables:
            connection.execute(_NOTE.format(table), _note(since, now))
        if table == "key_values":
            connection.execute(_DOUBT, (since,))


def _note(since: float, now: float) -> tuple[str, str, float]:
    return RESTORED, json.dumps({"since": since, "until": now + LOOKUP_SECONDS}), now


def _set_aside(target: Path) -> Path | None:
    """Moves the current database away and removes its log and shared memory, which belong only to it."""
    replaced = None
    if target.exists():
        replaced = target.with_name(target.name + ".before-restore")
        with closing(sqlite3.connect(target)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        replaced.unlink(missing_ok=True)
        target.rename(replaced)
        replaced.chmod(PRIVATE)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return replaced
