"""Autocompletions in progress: a newer one of the same member and command replaces the older."""

import asyncio

Key = tuple[int, str]  # the member's id, the command's full name


class LatestAutocompletions:
    """Keeps one task for each member and command: while somebody types, only the last answer is shown."""

    def __init__(self) -> None:
        self._tasks: dict[Key, asyncio.Task[object]] = {}

    def replace(self, key: Key, task: asyncio.Task[object]) -> None:
        """Cancels the older task of the key; a read that still waits for its turn is dropped with it."""
        older = self._tasks.get(key)
        if older is not None and older is not task:
            older.cancel()
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._tasks.pop(key) if self._tasks.get(key) is done else None)
