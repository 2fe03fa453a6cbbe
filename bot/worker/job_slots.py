"""Chooses the next job: feeds before pages, one job per host, and one process reserved for feeds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class _Job:
    host: str
    is_feed: bool
    granted: asyncio.Future[None]


class JobSlots:
    """Slots for up to `processes` jobs at a time."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._waiting: list[_Job] = []
        self._running: list[_Job] = []

    @asynccontextmanager
    async def slot(self, host: str, *, is_feed: bool) -> AsyncGenerator[None]:
        """Waits until a job of this host may run."""
        job = _Job(host, is_feed, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._grant()
        try:
            await job.granted
            yield
        finally:
            (self._running if job in self._running else self._waiting).remove(job)
            self._grant()

    def _grant(self) -> None:
        for job in sorted(self._waiting, key=lambda job: not job.is_feed):
            if len(self._running) >= self._processes:
                return
            if any(job.host == other.host for other in self._running):
                continue
            running_pages = sum(not other.is_feed for other in self._running)
            if not job.is_feed and running_pages >= max(self._processes - 1, 1):
                continue
            self._waiting.remove(job)
            self._running.append(job)
            if not job.granted.done():
                job.granted.set_result(None)
