"""Measures stalls of the event loop, and those of an empty loop in another process for comparison."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

TICK = 0.001
LONG = 0.020  # the longest acceptable stall


@dataclass
class Stall:
    """Times between two rounds of the loop, in seconds.

    `worst` and `own` are the longest round by the clock and by this thread's work in it. Only the
    second is the program's own doing; `empty` is the longest round that a loop with nothing to do
    had at the same time in a process of its own, and so what the machine alone does to the first.
    """

    worst: float = 0.0
    own: float = 0.0
    empty: float = 0.0
    long: list[float] = field(default_factory=list[float])

    def __str__(self) -> str:
        return "".join(f"{seconds * 1_000:>9.1f}" for seconds in (self.worst, self.own, self.empty))

    async def watch(self) -> None:
        while True:
            began, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK)
            self.own = max(self.own, time.thread_time() - worked)
            took = time.perf_counter() - began - TICK
            self.worst = max(self.worst, took)
            if took > LONG:
                self.long.append(took)


class EmptyLoop:
    """A loop with nothing to do, in a process of its own; use it with `with`."""

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._worst: Any = context.Value("d", 0.0)
        self._process = context.Process(target=_stand, args=(self._worst,), daemon=True)
        self._process.start()
        while not self._worst.value:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    @contextmanager
    def watched(self) -> Iterator[Stall]:
        """Measures the running loop and the empty one while the block lasts."""
        stall = Stall()
        self._worst.value = 0.0
        task = asyncio.create_task(stall.watch())
        try:
            yield stall
        finally:
            stall.empty = self._worst.value
            task.cancel()


def _stand(worst: Any) -> None:
    async def stand() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            worst.value = max(worst.value, time.perf_counter() - began - TICK)

    asyncio.run(stand())
