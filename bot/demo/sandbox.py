"""`herald demo`: this very bot in a browser, with the sample blog; no token, no account, no network."""

import asyncio
import contextlib
import logging
import signal
import tempfile
import time
import webbrowser
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app.lifecycle import Herald, open_herald
from bot.cli.screen import complain
from bot.demo.blog import load_articles
from bot.demo.drafts import image_url
from bot.demo.scenes import picture
from bot.demo.server import Pace, SampleBlog, publish, served
from bot.demo.settings import sandbox_settings
from bot.logs import set_up
from bot.models import ChannelKind
from bot.store.subscriptions import NewSubscription

if TYPE_CHECKING:
    from bot.demo.world import World

log = logging.getLogger(__name__)

WRONG_USE = 2
NEEDED = ("simcord", "PIL", "markdown_it", "regex")
MISSING_EXTRA = (
    "The sandbox needs a few more packages. Install them with:  pip install 'herald-bot[demo]'\n"
    "(from a checkout:  pip install '.[demo]')"
)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Everything of a running sandbox that its page and its pictures need."""

    world: "World"
    herald: Herald
    blog: SampleBlog
    pictures: dict[str, bytes]


def run_demo(port: int | None, *, open_browser: bool) -> int:
    """Shows the sandbox until Ctrl-C. 0: stopped, 2: the `demo` extra is missing or the port is taken."""
    if any(find_spec(name) is None for name in NEEDED):
        complain(MISSING_EXTRA)
        return WRONG_USE
    set_up("warning", "text")
    # simcord probes discord.py with clients of its own; what those warn of concerns nobody here.
    for name in ("discord", "discord.client"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="herald-demo-", ignore_cleanup_errors=True) as folder:
        try:
            return asyncio.run(_show(Path(folder), port, open_browser=open_browser))
        except KeyboardInterrupt:  # where a loop knows no signals (Windows)
            return 0


@asynccontextmanager
async def opened(folder: Path, clock: Callable[[], float], pace: Pace, every: float = 1.0) -> AsyncGenerator[Sandbox]:
    """The sample blog, the bot that watches it, and the Discord in memory, with #announcements subscribed.

    `pace` is the blog's, `every` the seconds between two of the bot's looks at it.
    """
    from bot.demo import world as worlds

    articles = load_articles()
    blog = SampleBlog(articles, clock)
    async with served(blog) as base:
        pictures = {image_url(base, article.image): picture(article.image.name) for article in articles}
        settings = sandbox_settings(base, folder / "sandbox.db", every)
        async with (
            open_herald(settings, clock=clock) as herald,
            worlds.opened(herald.bot, clock) as world,
        ):
            await _subscribe(herald, world)
            async with beside(herald.background()), beside(publish(blog, pace)):
                yield Sandbox(world, herald, blog, pictures)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, object]) -> AsyncGenerator[None]:
    """Runs `work` beside what is inside, and cancels it at the end; what it fails with is raised then."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _show(folder: Path, port: int | None, *, open_browser: bool) -> int:
    import simcord

    from bot.demo import world as worlds

    stopping = _stopping()
    async with opened(folder, time.time, Pace()) as sandbox:
        world = sandbox.world
        await world.moderator.send(world.announcements, worlds.GUIDE)
        async with contextlib.AsyncExitStack() as stack:
            try:
                page = await stack.enter_async_context(
                    worlds.preview(world, world.announcements, sandbox.pictures, port=port)
                )
            except simcord.SetupError as error:
                complain(f"The page cannot be shown ({error}); choose another port with --port.")
                return WRONG_USE
            await stack.enter_async_context(beside(worlds.keep_up(world, page)))
            _greet(page.url, sandbox.blog.base)
            if open_browser:
                await asyncio.to_thread(webbrowser.open, page.url)
            await _first(stopping.wait(), page.wait_closed())
    print("Stopped.", flush=True)  # noqa: T201 - the command line prints
    return 0


async def _subscribe(herald: Herald, world: "World") -> None:
    subscription = NewSubscription(world.guild.id, world.announcements.id, ChannelKind.TEXT)
    await herald.services.subscriptions.create(subscription)


async def _first(*awaitables: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(awaitable) for awaitable in awaitables]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def _stopping() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(name, stopping.set)
    return stopping


def _greet(page: str, blog: str) -> None:
    lines = (
        f"The sandbox:      {page}",
        f"The sample blog:  {blog}/blog",
        "",
        "New articles arrive in #announcements by themselves, the first within a few seconds.",
        "Type / there to run commands; choose under “Viewing as” whether you are a member or a moderator.",
        "Ctrl-C stops it; nothing is kept.",
    )
    print("\n".join(lines), flush=True)  # noqa: T201 - the command line prints
