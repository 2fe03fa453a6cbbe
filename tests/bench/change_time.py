"""From a change on a site to the last post that shows it: `python -m tests.bench.change_time [--channels 1000]`.

Waiting and sending are measured apart and added up. Waiting: the real poller and page checks with default
settings read a site on loopback, under a clock that jumps to the next check; the change comes right after a
check, which is the worst moment. Sending: the real bot against the fake Discord, by the clock on the wall.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path

from bot.app.core import Core, open_core
from bot.app.ingestion import Web, open_web
from bot.durations import DAY, HOUR
from bot.models import ArticleState
from bot.urls import canonical_key
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.fixture import draft
from tests.fake_discord.plan import Plan
from tests.fake_discord.runner import Options, make_settings
from tests.feeds.documents import item, rss
from tests.http.site import Site, open_site

START = 1_800_000_000.0
ARTICLES = 12
CHANGED = 1
OLD_NAME, NEW_NAME = "Jane Quimby", "Jane Doe"
AGES = (("1 hour", HOUR), ("7 days", 7 * DAY), ("60 days", 60 * DAY), ("1 year", 365 * DAY))
LONGEST = 3 * DAY
CASES = {  # whether the article is withdrawn, and whether the feed shows the change
    "410, feed drops it": (True, True),
    "410, feed keeps it": (True, False),
    "name, page and feed": (False, True),
    "name, not in feed": (False, False),  # the article had left the feed long before
}
SETTLE_SECONDS = 600.0


@dataclass
class Blog:
    """A site whose articles are of one age; `listed`: the feed still has the changed article."""

    site: Site
    age: float
    name: str = OLD_NAME
    listed: bool = True

    def publish(self) -> None:
        """Answers with the articles as they are now."""
        entries: list[str] = []
        for number in range(1, ARTICLES + 1):
            url, name = f"{self.site.url}/{number}", self.name if number == CHANGED else "Dana"
            when = formatdate(START - self.age - number)
            title, text = f"What {name} saw, part {number}", f"{name} wrote this down in village {number}. " * 20
            page = (
                f'<html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>'
                f"<p>{text}</p></article></body></html>"
            )
            self.site.page(f"/{number}", page, Content_Type="text/html; charset=utf-8")
            if self.listed or number != CHANGED:
                entries.append(item(number, link=url, title=title, pubDate=when, description=text[:100]))
        self.site.page("/", "<html><body><p>Home</p></body></html>", Content_Type="text/html")
        self.site.page("/feed", rss(*entries), Content_Type="application/rss+xml")

    def withdraw(self, *, from_feed: bool) -> None:
        """The changed article's page answers 410, and its feed may drop it."""
        self.listed = not from_feed
        self.publish()
        self.site.page(f"/{CHANGED}", status=410)

    def correct(self) -> None:
        """The name changes on the page, and in the feed where that has the article."""
        self.name = NEW_NAME
        self.publish()


@dataclass
class Clock:
    """Simulated unix time."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def _watched(folder: Path, age: float, clock: Clock) -> AsyncGenerator[tuple[Blog, Core, Web]]:
    async with open_site() as site:
        blog = Blog(site, age)
        blog.publish()
        plain = make_settings(Options("", "", str(folder / "herald.db")))
        feeds = tuple(
            feed.model_copy(update={"url": f"{site.url}/feed", "poll_interval": None}) for feed in plain.feeds
        )
        # Every page is on one loopback host: politeness in real time would only make the benchmark slow.
        watch = plain.watch.model_copy(update={"page_delay": 0.0})
        settings = plain.model_copy(update={"feeds": feeds, "watch": watch})
        async with open_core(settings, clock=clock) as core, open_web(core) as web:
            yield blog, core, web


async def waiting(age: float, *, withdraw: bool, feed: bool) -> float:
    """Seconds of simulated time from the change until the posts are due; `feed`: the feed shows the change as well."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        async with _watched(Path(folder), age, clock) as (blog, core, web):
            await _until_checked(blog, web, clock)
            blog.listed = withdraw or feed
            blog.publish()
            for _ in range(3):
                await _until_checked(blog, web, clock)
            changed_at, stored = clock.now, await core.articles.by_key(canonical_key(f"{blog.site.url}/{CHANGED}"))
            assert stored is not None
            if withdraw:
                blog.withdraw(from_feed=feed)
            else:
                blog.correct()
            while clock.now < changed_at + LONGEST:
                article = await core.articles.get(stored.id)
                assert article is not None
                if article.state is ArticleState.WITHDRAWN or NEW_NAME in article.title:
                    return clock.now - changed_at
                await _next(web, clock)
            return float("nan")


async def _until_checked(blog: Blog, web: Web, clock: Clock) -> None:
    """Runs until the page of the article has been asked for once more."""
    known = blog.site.paths().count(f"/{CHANGED}")
    while blog.site.paths().count(f"/{CHANGED}") == known:
        await _next(web, clock)


async def _next(web: Web, clock: Clock) -> None:
    """Jumps to the next poll or page check, as the jobs would wait for it, and does what is due."""
    following = min(await web.poller.poll_due(), await web.rechecker.check_due())
    clock.now = max(following, clock.now + 1.0)
    await web.poller.poll_due()
    await web.rechecker.check_due()


async def sending(channels: int) -> dict[str, float]:
    """Seconds from the commit of a change to the last post that shows it, and to the last thread's name."""
    found: dict[str, float] = {}
    plan = Plan(channels=channels, guilds=max(1, channels // 10), latency=0.1, jitter=0.1)
    with tempfile.TemporaryDirectory() as folder:
        async with open_bot_world(Path(folder), plan) as world, world.bot() as bot:
            assert await world.settled(bot, SETTLE_SECONDS)
            for change, words in (("correction", "Article number 1"), ("withdrawal", NEW_NAME)):
                started = time.time()
                await _change(world, withdraw=change == "withdrawal")
                assert await world.settled(bot, SETTLE_SECONDS)
                shown = await world.discord_server.channels(payloads=True)
                posts = [post for channel in shown for post in channel["posts"] if post["marker"]]
                assert len(posts) == channels
                assert not any(words in str(post["payload"]) for post in posts)
                found[f"{change}: last post"] = max(max(post["edits"], default=0.0) for post in posts) - started
                found[f"{change}: threads too"] = time.time() - started
    return found


async def _change(world: BotWorld, *, withdraw: bool) -> None:
    settings = make_settings(Options(world.discord_server.api, "", str(world.database)))
    async with open_core(settings, clock=time.time) as core:
        if withdraw:
            await core.withdraw(1)
            return
        changed = replace(draft(1), title=f"What {NEW_NAME} saw")
        async with core.database.transaction() as tx:
            await core.articles.update(tx, 1, changed, time.time())
            await core.events.changed(tx, 1, changed, time.time())


async def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=1000)
    arguments = parser.parse_args()
    sent = await sending(arguments.channels)
    print(f"Sending to {arguments.channels} channels (a third each text, announcement, forum; with threads):")
    for name, seconds in sent.items():
        print(f"  {name:<28}{seconds:7.1f} s")
    print("From the change, right after a check, to the last post that shows it (minutes):")
    print(
        f"  {'age of the article':<20}{'410, left feed':>16}{'410, in feed':>16}{'name, in feed':>16}{'name, page':>16}"
    )
    for name, age in AGES:
        row: list[str] = []
        for withdraw, feed in CASES.values():
            seconds = await waiting(age, withdraw=withdraw, feed=feed)
            seconds += sent[f"{'withdrawal' if withdraw else 'correction'}: last post"]
            row.append(f"{seconds / 60:22.1f}")
        print(f"  {name:<20}{''.join(row)}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
