"""A copy of the database, taken while the bot runs."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

PAGES_A_STEP = 500

Progress = Callable[[int, int], None]


def copy_database(source: Path, target: Path, progress: Progress) -> int:
    """Copies `source` to `target` page by page and gives the size in bytes.

    Writers are only held up for a step at a time. The copy appears under its name when it is
    whole and its integrity was checked. Raises FileExistsError for an existing `target`,
    sqlite3.Error when the copy fails or is found damaged.
    """
    if target.exists():
        raise FileExistsError(target)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        _copy(source, unfinished, progress)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(source: Path, target: Path, progress: Progress) -> None:
    reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        reading.backup(
            writing, pages=PAGES_A_STEP, progress=lambda _status, remaining, total: progress(total - remaining, total)
        )
        writing.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = writing.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {verdict}")
    finally:
        reading.close()
        writing.close()
