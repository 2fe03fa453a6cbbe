"""Files and functions that a new article and a search pass through: `python -m tests.bench.trace [--list]`.

The sandbox's whole bot runs. Functions of `bot` and `cogs` that are called between a publication and the last of
its posts, or by a `/search` and its reads, are counted once each. `bot.demo` is left out, and so is what the
background jobs call without either. The worker's part is added by parsing the same documents in this process.
"""

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Any

import aiohttp

from bot.demo import sandbox as demo
from bot.feeds.parser import parse_feed
from bot.pages.extractor import extract_page

ROOT = Path(__file__).parents[2]
ARTICLE = "a-radio-under-the-blanket"
POLL_SECONDS = 1.0
POSTS = 3
PATIENCE_SECONDS = 60.0
QUIET_SECONDS = 2.5

SEARCH_READER = "herald-search"

Called = set[tuple[str, str]]

searches = ContextVar("searches", default=False)


class Tracer:
    """Collects (file, function) of the project's code while it is switched on."""

    def __init__(self) -> None:
        self.called: Called = set()
        self.on = False
        self.of_search = False

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """A profile function."""
        if not self.on or event != "call" or (self.of_search and not self._is_search()):
            return
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT / "bot") or path.is_relative_to(ROOT / "cogs"):
            name = frame.f_code.co_qualname.replace(".<locals>", "")
            if "<" not in name and not path.is_relative_to(ROOT / "bot" / "demo"):
                self.called.add((str(path.relative_to(ROOT)), name))

    @contextmanager
    def tracing(self, *, of_search: bool = False) -> Iterator[Called]:
        """Collects the functions called inside the block, or of those what a search's task and its reads call."""
        self.called, self.on, self.of_search = set(), True, of_search
        try:
            yield self.called
        finally:
            self.on = False

    def _is_search(self) -> bool:
        return searches.get() or threading.current_thread().name.startswith(SEARCH_READER)


def posts_of(sandbox: demo.Sandbox, title: str) -> int:
    """How many messages of the simulated server show a title."""
    return sum(title in str(request.json) for request in sandbox.world.env.http_requests if request.method == "POST")


async def new_article(sandbox: demo.Sandbox, tracer: Tracer) -> Called:
    """Everything from a publication to its posts in every channel."""
    with tracer.tracing() as idle:
        await asyncio.sleep(QUIET_SECONDS)
    with tracer.tracing() as called:
        article = sandbox.blog.articles[ARTICLE]
        sandbox.blog.publish(ARTICLE)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while posts_of(sandbox, article.title) < POSTS:  # noqa: ASYNC110 - the simulated Discord has no event
                await asyncio.sleep(0.1)
        await asyncio.sleep(QUIET_SECONDS)
        async with aiohttp.ClientSession(sandbox.blog.base) as session:
            feed = await (await session.get("/blog/rss.xml")).read()
            page = await (await session.get(f"/blog/{article.slug}")).read()
        parse_feed(feed, {}, f"{sandbox.blog.base}/blog/rss.xml")
        extract_page(page, f"{sandbox.blog.base}/blog/{article.slug}", None)
    return called - idle


async def a_search(sandbox: demo.Sandbox, tracer: Tracer) -> Called:
    """Everything from `/search` to its answer."""
    world = sandbox.world
    searches.set(True)
    with tracer.tracing(of_search=True) as called:
        await world.member.slash(world.announcements, "search", query="how do people trade")
    return called


async def trace(tracer: Tracer) -> dict[str, Called]:
    """Both flows, in a sandbox of their own."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo.opened(Path(folder), time.time, POLL_SECONDS) as sandbox:
            await asyncio.wait_for(sandbox.blog.read.wait(), PATIENCE_SECONDS)
            async with asyncio.timeout(PATIENCE_SECONDS):  # the first checks of the archive's pages are in neither flow
                checks = sandbox.herald.core.page_checks
                while not await checks.count() or await checks.due(time.time(), 1):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.1)
            await asyncio.sleep(QUIET_SECONDS)
            return {"a new article": await new_article(sandbox, tracer), "a search": await a_search(sandbox, tracer)}


def main() -> None:
    """Prints the two counts, and with --list every function."""
    parser = argparse.ArgumentParser(description="Files and functions that a new article and a search pass through.")
    parser.add_argument("--list", action="store_true", help="print every function")
    tracer: Any = Tracer()
    threading.setprofile(tracer)
    sys.setprofile(tracer)
    options = parser.parse_args()
    flows = asyncio.run(trace(tracer))
    sys.setprofile(None)
    for flow, called in flows.items():
        print(f"{flow}: {len(called)} functions in {len({file for file, _ in called})} files")
        for file, name in sorted(called) if options.list else ():
            print(f"  {file}  {name}")


if __name__ == "__main__":
    main()
