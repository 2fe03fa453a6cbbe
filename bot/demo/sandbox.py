"""`herald demo`: the real bot in a browser, with the sample blog; no token, no account, no network."""

import asyncio
import contextlib
import logging
import tempfile
import time
import webbrowser
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app.lifecycle import Herald, open_herald
from bot.cli.output import echo_error
from bot.cli.run import stop_requested
from bot.demo.blog import load_articles
from bot.demo.server import SampleBlog, publish_first, served
from bot.demo.settings import sandbox_settings
from bot.i18n import Catalogue
from bot.logs import set_up_logging
from bot.models import ChannelKind, SubscriptionOptions
from bot.store.subscriptions import NewSubscription

if TYPE_CHECKING:
    from bot.demo.world import World

USAGE_ERROR = 2
FIRST_ARTICLE = "what-an-ally-can-do-in-an-hour"
FIRST_ARTICLE_SECONDS = 1.0
POLL_SECONDS = 1.0
NEEDED = ("simcord",)
MISSING_EXTRA = (
    "The sandbox needs one more package. Install it with:  pip install 'herald-bot[demo]'\n"
    "(from a checkout:  pip install '.[demo]')"
)


GREETING = """\
The sandbox:      {page}
The sample blog:  {blog}/blog

Follow the tour on the page, or type / there to use the commands.
Ctrl-C stops the sandbox; nothing is kept."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The parts of a running sandbox that its page needs."""

    world: "World"
    herald: Herald
    blog: SampleBlog


def run_demo(port: int | None, *, open_browser: bool) -> int:
    """Shows the sandbox until Ctrl-C. 0: stopped, 2: the `demo` extra is missing or the port is taken."""
    if any(find_spec(name) is None for name in NEEDED):
        echo_error(MISSING_EXTRA)
        return USAGE_ERROR
    set_up_logging("error", "text")  # what the tour provokes is shown on the page
    # simcord probes discord.py with clients of its own, whose warnings are irrelevant here.
    for name in ("discord", "discord.client"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="herald-demo-", ignore_cleanup_errors=True) as folder:
        try:
            return asyncio.run(_show(Path(folder), port or 0, open_browser=open_browser))
        except KeyboardInterrupt:  # where a loop has no signal handlers (Windows)
            return 0


@asynccontextmanager
async def opened(
    folder: Path, clock: Callable[[], float], poll_seconds: float = POLL_SECONDS
) -> AsyncGenerator[Sandbox]:
    """Opens the sample blog, the bot that polls it, and the simulated Discord with its subscribed channels."""
    from bot.demo import world as worlds

    blog = SampleBlog(load_articles(), clock)
    async with served(blog) as base:
        settings = sandbox_settings(base, folder / "sandbox.db", poll_seconds)
        async with (
            open_herald(settings, clock=clock) as herald,
            worlds.opened(herald.bot, clock) as world,
        ):
            # Each channel has options of its own; incidents are reported in the moderators' channel.
            guild = world.guild.id
            for subscription in (
                NewSubscription(guild, world.announcements.id, ChannelKind.TEXT, SubscriptionOptions(open_thread=True)),
                NewSubscription(guild, world.news.id, ChannelKind.ANNOUNCEMENT, SubscriptionOptions(publish=True)),
                NewSubscription(guild, world.forum.id, ChannelKind.FORUM),
                NewSubscription(guild, world.closed_channel.id, ChannelKind.TEXT),
            ):
                await herald.services.subscriptions.create(subscription)
            await herald.services.guilds.choose(guild, "log_channel_id", world.moderators.id)
            async with beside(herald.background()):
                yield Sandbox(world, herald, blog)


@asynccontextmanager
async def beside(work: Coroutine[None, None, object]) -> AsyncGenerator[None]:
    """Runs `work` beside the block and cancels it at the end; its error is raised then."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _show(folder: Path, port: int, *, open_browser: bool) -> int:
    from bot.demo import page_server
    from bot.demo.tour import Tour

    stopping = stop_requested()
    async with opened(folder, time.time) as sandbox, contextlib.AsyncExitStack() as stack:
        world, blog = sandbox.world, sandbox.blog
        await world.moderator.send(world.announcements, Catalogue.of("en")("sandbox.welcome"))
        page = page_server.SandboxPage(world, Tour(world, blog, asyncio.Lock()), blog.base)
        try:
            address = await stack.enter_async_context(page_server.served(page, port))
        except OSError as error:
            echo_error(f"The page cannot be shown ({error}); choose another port with --port.")
            return USAGE_ERROR
        print(GREETING.format(page=address, blog=blog.base), flush=True)
        await stack.enter_async_context(beside(publish_first(blog, FIRST_ARTICLE, FIRST_ARTICLE_SECONDS)))
        if open_browser:
            await asyncio.to_thread(webbrowser.open, address)
        await stopping.wait()
    print("Stopped.", flush=True)
    return 0
