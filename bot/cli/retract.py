"""`herald retract URL`: take an article back, in the store at once and in every channel."""

import argparse
import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

import discord

from bot.app.core import Core, open_core
from bot.app.lifecycle import open_announcer
from bot.cli.output import echo, echo_error, progress_bar
from bot.config.settings import TOKEN_VARIABLE, Settings
from bot.delivery.announcer import Announcer
from bot.delivery.withdrawal_progress import Counts, WithdrawalProgress, WithdrawalReport
from bot.models import Article
from bot.store.instance_lock import AlreadyRunningError, DatabaseLock
from bot.urls import canonical_key, is_web_url

T = TypeVar("T")

WRONG_USE = 2
PATIENCE_SECONDS = 600.0


def retract(settings: Settings, arguments: argparse.Namespace) -> int:
    """0: taken back everywhere, 1: unknown article or something is left, 2: wrong words or no token."""
    if not is_web_url(arguments.url):
        echo_error(f'"{arguments.url}" is not a web address; write the article\'s own, beginning with https://.')
        return WRONG_USE
    return asyncio.run(_retract(settings, arguments.url, dry_run=arguments.dry_run))


async def _retract(settings: Settings, url: str, *, dry_run: bool) -> int:
    async with open_core(settings, clock=time.time) as core:
        article = await core.articles.by_key(canonical_key(url))
        if article is None:
            echo_error(f"No article with the address {url} is stored; `herald search` finds it by its words.")
            return 1
        retraction = WithdrawalProgress(core.deliveries, core.cards, article.id)
        standing = await retraction.visible()
        if dry_run:
            echo(f"{_name(article)} would be withdrawn: {_counted(standing)}, and the search index.")
            return 0
        await _withdraw(core, article)
        echo(f"{_name(article)} is withdrawn; search does not find it any more.")
        return _tell(await _take_back(core, retraction, standing))


async def _withdraw(core: Core, article: Article) -> None:
    """In the store, and with it in the index and the outbox.

    Once more does no harm, and tries again what could not be taken back the first time.
    """
    async with core.database.transaction() as tx:
        await core.articles.withdraw(tx, article.id, core.clock())
        await core.events.withdrawn(tx, article.id, core.clock())


async def _take_back(core: Core, retraction: WithdrawalProgress, standing: Counts) -> WithdrawalReport | None:
    """By the bot that runs on this database, else by ourselves. None: there is no way to Discord."""
    try:
        with DatabaseLock(core.settings.database):
            return await _by_ourselves(core, retraction, standing)
    except AlreadyRunningError:
        with progress_bar("The running bot takes posts back") as advance:
            return await retraction.watch(standing, advance, patience=PATIENCE_SECONDS)


async def _by_ourselves(core: Core, retraction: WithdrawalProgress, standing: Counts) -> WithdrawalReport | None:
    if not (await retraction.waiting()).total:
        return await retraction.report(standing)
    token = core.settings.token
    if token is None:
        return None
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token.get_secret_value())
        async with open_announcer(core, lambda: client) as (announcer, _):
            with progress_bar("Taking posts back") as advance:
                return await _announcing(announcer, retraction.watch(standing, advance, patience=PATIENCE_SECONDS))


async def _announcing(announcer: Announcer, work: Awaitable[T]) -> T:
    """Delivers while the work goes on."""
    running = asyncio.create_task(announcer.run())
    try:
        return await work
    finally:
        await announcer.stop()
        await running


def _tell(report: WithdrawalReport | None) -> int:
    if report is None:
        echo_error(f"Its posts wait until the bot can reach Discord: set {TOKEN_VARIABLE}, or start `herald run`.")
        return WRONG_USE
    left = report.waiting + report.unreachable
    what = _counted(report.visible) if not left.total else f"{_counted(report.done)} of {_counted(report.visible)}"
    echo(f"{what} {'is' if report.visible.total == 1 else 'are'} taken back.")
    if report.waiting.total:
        echo_error(f"{_counted(report.waiting)} wait for Discord; `herald run` goes on with them.")
    if report.unreachable.total:
        echo_error(
            f"{_counted(report.unreachable)} cannot be reached, because the bot may not. A moderator there has to"
        )
        echo_error("delete them, or give the bot its permissions back; then give this command once more:")
        for link in report.links:
            echo_error(f"  {link}")
    return 1 if left.total else 0


def _counted(tally: Counts) -> str:
    posts = f"{tally.posts} {'post' if tally.posts == 1 else 'posts'}"
    cards = f"{tally.cards} shared {'card' if tally.cards == 1 else 'cards'}"
    return f"{posts} and {cards}"


def _name(article: Article) -> str:
    return f'"{article.title}"' if article.title else article.url
