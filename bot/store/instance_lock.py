"""The lock for one running bot per database: a second one would post everything twice."""

import json
import os
import platform
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process holds the database; `str()` names it."""


@contextmanager
def database_lock(database: Path) -> Generator[None]:
    """Held while a bot runs. The operating system releases it however the process ends.

    A small file beside the lock names the owner, for the error message of a second process.
    Raises AlreadyRunningError.
    """
    from filelock import FileLock, Timeout  # every command knows the error of this module, and few hold the lock

    lock = FileLock(database.with_name(database.name + ".lock"), mode=0o600)
    owner = database.with_name(database.name + ".owner")
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        try:
            known = json.loads(owner.read_text("utf-8"))
            holder = f"the Herald with process number {known['pid']} on {known['host']}, running since {known['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            holder = "another Herald"
        raise AlreadyRunningError(
            f"{database} is in use by {holder}; stop that one first, or give this one a database of its own"
        ) from None
    try:
        owner.touch(mode=0o600)
        started = time.strftime("%Y-%m-%d %H:%M:%S %z")
        owner.write_text(json.dumps({"pid": os.getpid(), "host": platform.node(), "since": started}), "utf-8")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()
