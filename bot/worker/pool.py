"""Parses and extracts in processes that can be killed.

A process is started when there is work, has limited CPU time and memory, and exits after a while
without work, so that an idle bot stays small.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from pyexpat import version_info
from typing import Any

from pydantic import TypeAdapter

import bot
from bot.discovery.contents import FoundArticle, SourceContents
from bot.discovery.robots import RobotsRules
from bot.feeds.document import Entry, FeedDocument
from bot.models import Page
from bot.urls import is_web_url, origin
from bot.worker.child import LENGTH, LIST_PAGE, MAX_ANSWER_BYTES

log = logging.getLogger(__name__)

SAFE_EXPAT = (2, 4, 1)
MAX_ROWS = 100_000
SLICE_BYTES = 131_072
START_SECONDS = 20.0
EXIT_SECONDS = 5.0  # grace period for a process that has closed its output
BUSY_FACTOR = 6  # by the clock a job may take this much longer than its CPU time: the machine may be busy
CPU_TIME_LIMITED = sys.platform != "win32"
OUT_OF_CPU_TIME = -getattr(signal, "SIGPROF", 27)
# Results from their JSON. Only the main process decodes: pydantic would slow a child's start.
article_from: Callable[[Any], FoundArticle] = TypeAdapter(FoundArticle).validate_python
entry_from: Callable[[Any], Entry] = TypeAdapter(Entry).validate_python
page_from: Callable[[Any], Page] = TypeAdapter(Page).validate_python
robots_from: Callable[[Any], RobotsRules] = TypeAdapter(RobotsRules).validate_python
document_from: Callable[[Any], FeedDocument] = TypeAdapter(FeedDocument).validate_python
contents_from: Callable[[Any], SourceContents] = TypeAdapter(SourceContents).validate_python
KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TZ")


class ParseFailedError(Exception):
    """A document could not be parsed. `kind`: "time", "memory", "crash", "error", or "busy" (try again later)."""

    def __init__(self, kind: str, detail: str) -> None:
        self.kind, self.detail = kind, detail
        super().__init__(f"{kind}: {detail}")


class ListPageError(Exception):
    """A page is a list of articles, a feed or a sitemap."""


class UnsafeExpatError(Exception):
    """The XML library of this Python is open to memory exhaustion; `str()` says what to do."""


def require_safe_expat(found: tuple[int, int, int] = version_info) -> None:
    """Raises UnsafeExpatError below expat 2.4.1, the first version that limits entity expansion."""
    if found < SAFE_EXPAT:
        version = ".".join(map(str, found))
        raise UnsafeExpatError(
            f"this Python uses expat {version}, which hostile feeds can crash; update it to 2.4.1 or later"
        )


@dataclass(eq=False, slots=True)
class _Job:
    host: str
    is_feed: bool
    granted: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class JobSlots:
    """Slots for up to `processes` jobs at a time: feeds before pages, one job per host, and one process for feeds."""

    processes: int
    waiting: list[_Job] = field(default_factory=list[_Job])
    running: list[_Job] = field(default_factory=list[_Job])

    @asynccontextmanager
    async def slot(self, host: str, *, is_feed: bool) -> AsyncGenerator[None]:
        """Waits until a job of this host may run."""
        job = _Job(host, is_feed, asyncio.get_running_loop().create_future())
        self.waiting.append(job)
        self._grant()
        try:
            await job.granted
            yield
        finally:
            (self.running if job in self.running else self.waiting).remove(job)
            self._grant()

    def _grant(self) -> None:
        for job in sorted(self.waiting, key=lambda job: not job.is_feed):
            if len(self.running) >= self.processes:
                return
            if any(job.host == other.host for other in self.running):
                continue
            running_pages = sum(not other.is_feed for other in self.running)
            if not job.is_feed and running_pages >= max(self.processes - 1, 1):
                continue
            self.waiting.remove(job)
            self.running.append(job)
            if not job.granted.done():
                job.granted.set_result(None)


class ParseWorker:
    """Up to `processes` worker processes. `seconds` of CPU time for a job, `max_bytes` of memory for each.

    Feeds go before pages, and one host has one job at a time, so that its slow documents delay no other.
    Raises UnsafeExpatError where feeds cannot be parsed safely.
    """

    def __init__(self, *, seconds: float, max_bytes: int, idle: float = 60.0, processes: int = 2) -> None:
        require_safe_expat()
        self._seconds, self._max_bytes, self._idle_seconds = seconds, max_bytes, idle
        self._slots = JobSlots(processes)
        self._processes: set[_Process] = set()  # all that have not ended
        self._idle: list[_Process] = []
        self._ending: set[asyncio.Future[None]] = set()
        self._closed = False
        self._dismissal: asyncio.TimerHandle | None = None

    async def parse(self, body: bytes, headers: Mapping[str, str], final_url: str, time_zone: str = "") -> FeedDocument:
        """A feed's document; `time_zone` is that of dates without one. Raises ParseFailedError."""
        job = {"kind": "parse", "headers": dict(headers), "url": final_url, "time_zone": time_zone}
        found, entries = await self._run(job, body, entry_from)
        return replace(document_from(found), entries=tuple(entries))

    async def extract(
        self, html: bytes, url: str, charset: str | None = None, *, unless_list: bool = False
    ) -> Page | None:
        """The article of a page, None when it has none. Raises ParseFailedError.

        Raises ListPageError with `unless_list` where the page is no article but names some.
        """
        job = {"kind": "extract", "url": url, "charset": charset, "unless_list": unless_list}
        found, _ = await self._run(job, html)
        if found == LIST_PAGE:
            raise ListPageError
        return page_from(found) if found else None

    async def broadcast_start(self, html: bytes, url: str) -> float | None:
        """When the premiere or live stream on a page begins; None when it is none. Raises ParseFailedError."""
        found, _ = await self._run({"kind": "broadcast", "url": url}, html)
        return found

    async def parse_listing(
        self, body: bytes, headers: Mapping[str, str], url: str, *, is_list: bool = False
    ) -> SourceContents:
        """What a feed, sitemap, list page or article names; `is_list` as in `read_source`. Raises ParseFailedError."""
        job = {"kind": "listing", "headers": dict(headers), "url": url, "is_list": is_list}
        found, articles = await self._run(job, body, article_from)
        return replace(contents_from(found), articles=tuple(articles))

    async def read_robots(self, body: bytes, agent: str, url: str) -> RobotsRules | None:
        """What a robots.txt says about an address; None when it cannot be read."""
        try:
            found, _ = await self._run({"kind": "robots", "agent": agent, "url": url}, body)
        except ParseFailedError:
            return None
        return robots_from(found)

    async def close(self) -> None:
        """Ends every process."""
        self._closed = True
        self._dismiss()
        await asyncio.gather(*self._ending, *map(self._end, self._processes))

    async def _run(
        self, job: dict[str, Any], body: bytes, decode_row: Callable[[Any], Any] = dict
    ) -> tuple[Any, list[Any]]:
        """The job's result, and its rows as `decode_row` makes them."""
        host = origin(job["url"])[0] if is_web_url(job["url"]) else ""
        async with self._slots.slot(host, is_feed=job["kind"] == "parse"):
            while self._idle and not self._idle[-1].is_alive:
                await self._end(self._idle.pop())
            used_before = bool(self._idle)
            process = self._idle.pop() if used_before else await self._start()
            while True:
                try:
                    answer, rows = await process.ask(job, body, self._seconds, decode_row)
                    break
                except BaseException as error:
                    await self._end(process)
                    if not used_before or not isinstance(error, ParseFailedError) or error.kind != "crash":
                        raise
                # An idle process may have ended for other reasons, so the document is not to blame.
                used_before = False
                process = await self._start()
            if answer.get("failed") == "memory" or self._closed:
                await self._end(process)
            else:
                self._idle.append(process)
                if self._dismissal:
                    self._dismissal.cancel()
                self._dismissal = asyncio.get_running_loop().call_later(self._idle_seconds, self._dismiss)
        if "failed" in answer:
            raise ParseFailedError(answer["failed"], answer["detail"])
        return answer["result"], rows

    async def _start(self) -> "_Process":
        if self._closed:
            raise ParseFailedError("busy", "the bot is stopping")
        process = await _Process.start(self._seconds, self._max_bytes)
        self._processes.add(process)
        return process

    async def _end(self, process: "_Process") -> None:
        """Where this is cancelled, `close` waits for the process."""
        await process.kill()
        self._processes.discard(process)

    def _dismiss(self) -> None:
        if self._dismissal:
            self._dismissal.cancel()
        while self._idle:
            ending = asyncio.ensure_future(self._end(self._idle.pop()))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


@dataclass(frozen=True, eq=False, slots=True)
class _Process:
    """One running worker process."""

    _process: asyncio.subprocess.Process
    _stdin: asyncio.StreamWriter
    _stdout: asyncio.StreamReader

    @classmethod
    async def start(cls, seconds: float, max_bytes: int) -> "_Process":
        environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        environment["PYTHONPATH"] = str(Path(bot.__file__).parent.parent)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot.worker.child", str(seconds), str(max_bytes),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=environment,
        )  # fmt: skip
        if process.stdin is None or process.stdout is None:
            raise ParseFailedError("crash", "the worker process has no pipes")
        return cls(process, process.stdin, process.stdout)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def ask(
        self, job: dict[str, Any], body: bytes, seconds: float, decode_row: Callable[[Any], Any]
    ) -> tuple[dict[str, Any], list[Any]]:
        """The result of one job, and its rows. Raises ParseFailedError when none comes in time."""
        limit = seconds * BUSY_FACTOR if CPU_TIME_LIMITED else seconds
        try:
            async with asyncio.timeout(START_SECONDS):
                head = json.dumps(job).encode()
                self._stdin.write(len(head).to_bytes(LENGTH) + head + len(body).to_bytes(LENGTH))
                for start in range(0, len(body), SLICE_BYTES):
                    self._stdin.write(body[start : start + SLICE_BYTES])
                    await self._stdin.drain()
                await self._stdin.drain()
                ready = await self._receive()
            if not ready["memory_limited"]:
                _warn_of_unlimited_memory()
            async with asyncio.timeout(limit):
                rows: list[Any] = []
                while "rows" in (answer := await self._receive()):
                    rows += map(decode_row, answer["rows"])
                    if len(rows) > MAX_ROWS:
                        raise ParseFailedError("error", "the result is too large")
                    # Data that has arrived is read without a pause; other tasks run between the frames.
                    await asyncio.sleep(0)
                return answer, rows
        except TimeoutError:
            kind = "busy" if CPU_TIME_LIMITED else "time"
            raise ParseFailedError(kind, f"not parsed within {limit:g} s by the clock") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            # It is exiting. A signal sent now would reap it before its exit status is read.
            with suppress(TimeoutError):
                async with asyncio.timeout(EXIT_SECONDS):
                    await self._process.wait()
            await self.kill()
            if self._process.returncode == OUT_OF_CPU_TIME:
                raise ParseFailedError("time", f"takes more than {seconds:g} s of CPU time") from None
            raise ParseFailedError("crash", f"ended the worker process ({self._process.returncode})") from None

    async def kill(self) -> None:
        """Ends the process at once and waits for it."""
        if self.is_alive and sys.platform == "win32":
            self._process.kill()
        elif self.is_alive:
            # Not `Process.kill`: before Python 3.13 it may reap a process that has just ended, so that asyncio finds
            # no exit status and logs a warning (gh-87744).
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
        self._stdin.close()
        await self._process.wait()

    async def _receive(self) -> dict[str, Any]:
        length = int.from_bytes(await self._stdout.readexactly(LENGTH))
        if length > MAX_ANSWER_BYTES:
            raise ParseFailedError("error", "the result is too large")
        return json.loads(await self._stdout.readexactly(length))


@cache
def _warn_of_unlimited_memory() -> None:
    log.warning("this system does not limit the memory of a process; parsing continues without that limit")
