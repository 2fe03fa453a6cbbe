"""The lock for one running bot per database: a second one would post everything twice."""

import json
import os
import platform
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout


class AlreadyRunningError(Exception):
    """Another process holds the database; `str()` names it."""


class DatabaseLock:
    """Held while a bot runs. The operating system releases it however the process ends.

    A small file beside the lock names the owner, for the error message of a second process.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock = FileLock(database.with_name(database.name + ".lock"), mode=0o600)
        self._owner = database.with_name(database.name + ".owner")

    def __enter__(self) -> Self:
        self._database.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            try:
                known = json.loads(self._owner.read_text("utf-8"))
                holder = (
                    f"the Herald with process number {known['pid']} on {known['host']}, running since {known['since']}"
                )
            except (OSError, ValueError, KeyError, TypeError):
                holder = "another Herald"
            raise AlreadyRunningError(
                f"{self._database} is in use by {holder}; stop that one first, or give this one a database of its own"
            ) from None
        owner = {"pid": os.getpid(), "host": platform.node(), "since": time.strftime("%Y-%m-%d %H:%M:%S %z")}
        self._owner.touch(mode=0o600)
        self._owner.write_text(json.dumps(owner), "utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owner.unlink(missing_ok=True)
        self._lock.release()
