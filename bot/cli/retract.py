"""`herald retract URL`: take an article back, in the store at once and in every channel."""

import argparse
import asyncio
import time

import discord

from bot.app import open_announcer
from bot.cli.screen import complain, progress_bar, say
from bot.config import TOKEN_VARIABLE, Settings
from bot.core import Core, open_core
from bot.delivery.announcer import RetractReport
from bot.feeds.links import canonical_key, is_web_url
from bot.models import Article, ArticleState
from bot.store.lock import AlreadyRunningError, DatabaseLock

WRONG_USE = 2
PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 0.5


def retract(settings: Settings, arguments: argparse.Namespace) -> int:
    """0: taken back everywhere, 1: unknown article or posts are left, 2: wrong words or no token."""
    if not is_web_url(arguments.url):
        complain(f'"{arguments.url}" is not a web address; write the article\'s own, beginning with https://.')
        return WRONG_USE
    return asyncio.run(_retract(settings, arguments.url, dry_run=arguments.dry_run))


async def _retract(settings: Settings, url: str, *, dry_run: bool) -> int:
    async with open_core(settings, clock=time.time) as core:
        article = await core.articles.by_key(canonical_key(url))
        if article is None:
            complain(f"No article with the address {url} is stored; `herald search` finds it by its words.")
            return 1
        standing = await core.deliveries.standing(article.id)
        if dry_run:
            say(f"{_name(article)} would be withdrawn: {standing} posts, and the search index.")
            return 0
        await _withdraw(core, article)
        say(f"{_name(article)} is withdrawn; search does not find it any more.")
        return _tell(await _take_back(core, article, standing))


async def _withdraw(core: Core, article: Article) -> None:
    """In the store, and with it in the index and the outbox; once is enough."""
    if article.state is ArticleState.WITHDRAWN:
        return
    async with core.database.transaction() as tx:
        await core.articles.withdraw(tx, article.id, core.clock())
        await core.events.withdrawn(tx, article.id, core.clock())


async def _take_back(core: Core, article: Article, standing: int) -> RetractReport | None:
    """By the bot that runs on this database, else by ourselves. None: there is no way to Discord."""
    try:
        with DatabaseLock(core.settings.database):
            return await _by_ourselves(core, article)
    except AlreadyRunningError:
        return await _watch(core, article, standing)


async def _by_ourselves(core: Core, article: Article) -> RetractReport | None:
    if not await core.deliveries.unfinished(article.id):
        return RetractReport(0, 0)
    token = core.settings.token
    if token is None:
        return None
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token.get_secret_value())
        async with open_announcer(core, lambda: client) as (announcer, _):
            with progress_bar("Taking posts back") as advance:
                return await announcer.retract(article.id, progress=advance)


async def _watch(core: Core, article: Article, standing: int) -> RetractReport:
    """The running bot does it; this only shows how far it is."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    with progress_bar("The running bot takes posts back") as advance:
        left = await core.deliveries.unfinished(article.id)
        while left and time.monotonic() < give_up:
            advance(standing - left, standing)
            await asyncio.sleep(LOOK_SECONDS)
            left = await core.deliveries.unfinished(article.id)
        advance(standing - left, standing)
    return RetractReport(standing, left)


def _tell(report: RetractReport | None) -> int:
    if report is None:
        complain(f"Its posts wait until the bot can reach Discord: set {TOKEN_VARIABLE}, or start `herald run`.")
        return WRONG_USE
    say(f"{report.standing - report.left} of {report.standing} posts are taken back.")
    if report.left:
        complain("The others wait for Discord or for a permission; `herald run` goes on with them.")
    return 1 if report.left else 0


def _name(article: Article) -> str:
    return f'"{article.title}"' if article.title else article.url
