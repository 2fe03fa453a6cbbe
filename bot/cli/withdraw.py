"""`herald withdraw URL` and `herald reinstate URL`: withdraw an article everywhere, and bring it back."""

import argparse
import asyncio
import time
from typing import TypeVar

import discord

from bot.app.core import Core, open_core
from bot.app.lifecycle import open_announcer
from bot.cli.output import UNKNOWN_ARTICLE, echo, echo_error
from bot.cli.terminal import progress_bar
from bot.config.settings import TOKEN_VARIABLE, Settings
from bot.delivery.discord_api.guild_cache import cache_guilds
from bot.delivery.withdrawal_progress import Counts, WithdrawalProgress, WithdrawalReport
from bot.models import Article, ArticleState
from bot.store.instance_lock import AlreadyRunningError, database_lock
from bot.urls import canonical_key

T = TypeVar("T")

USAGE_ERROR = 2
MAX_WAIT_SECONDS = 600.0


async def withdraw(settings: Settings, arguments: argparse.Namespace) -> int:
    """0: withdrawn everywhere, 1: unknown article or a post is still visible, 2: no token."""
    async with open_core(settings, clock=time.time) as core:
        article = await core.articles.by_key(canonical_key(arguments.url))
        if article is None:
            echo_error(UNKNOWN_ARTICLE.format(url=arguments.url))
            return 1
        progress = WithdrawalProgress(core.deliveries, core.cards, article.id)
        visible = await progress.visible()
        if arguments.dry_run:
            echo(f"{_name(article)} would be withdrawn: {_counted(visible)}, and the search index.")
            return 0
        await core.withdraw(article.id)
        echo(f"{_name(article)} is withdrawn; search does not find it any more.")
        report = await _deliver(core, progress, visible, "Withdrawing posts")
        code = _print_report(report)
        if getattr(arguments, "erase_now", False):
            clean = await core.erase([article.id])
            echo("Its words are erased from the database." if clean else "Its words are erased from the tables.")
            if not clean:
                echo_error("The file could not be cleaned while it is in use; the running bot tries again.")
        else:
            hours = core.settings.delivery.erase_after / 3600
            echo(
                f"Its words are erased from the database in {hours:g} h; until then `herald reinstate` brings it back."
            )
        echo("Backups and exports made before now still contain it, and Herald cannot reach them: delete them.")
        return code


async def reinstate(settings: Settings, arguments: argparse.Namespace) -> int:
    """0: back everywhere, 1: not withdrawn, erased already, or a post is missing, 2: no token."""
    async with open_core(settings, clock=time.time) as core:
        article = await core.articles.by_key(canonical_key(arguments.url))
        if article is None:
            echo_error(UNKNOWN_ARTICLE.format(url=arguments.url))
            return 1
        if article.state is not ArticleState.WITHDRAWN:
            echo_error(f"{_name(article)} is not withdrawn.")
            return 1
        if not await core.reinstate(article.id):
            echo_error("Its words are erased already; it comes back when its site lists it under a new address.")
            return 1
        progress = WithdrawalProgress(core.deliveries, core.cards, article.id)
        echo("The article is back: search finds it again.")
        waiting = await progress.waiting()
        report = await _deliver(core, progress, waiting, "Bringing posts back")
        if report is None:
            echo_error(
                f"Its posts come back when the bot can reach Discord: set {TOKEN_VARIABLE} or start `herald run`."
            )
            return USAGE_ERROR
        if report.waiting.total:
            echo_error(f"{_counted(report.waiting)} wait for Discord; `herald run` continues with them.")
        return 1 if report.waiting.total else 0


async def _deliver(core: Core, progress: WithdrawalProgress, visible: Counts, title: str) -> WithdrawalReport | None:
    """Leaves the steps to the bot that runs on this database, else performs them. None: Discord cannot be reached."""
    try:
        with database_lock(core.settings.database):
            return await _deliver_alone(core, progress, visible, title)
    except AlreadyRunningError:
        with progress_bar(title) as advance:
            return await progress.watch(visible, advance, patience=MAX_WAIT_SECONDS)


async def _deliver_alone(
    core: Core, progress: WithdrawalProgress, visible: Counts, title: str
) -> WithdrawalReport | None:
    """Performs the steps of this article alone; other deliveries wait for `herald run`."""
    if not (await progress.waiting()).total:
        return await progress.report(visible)
    token = core.settings.token
    if token is None:
        return None
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        await client.login(token.get_secret_value())
        await cache_guilds(client, await core.deliveries.guilds_of(progress.article_id))
        async with open_announcer(core, lambda: client, only_article=progress.article_id) as (announcer, _):
            announcing = asyncio.create_task(announcer.run())
            try:
                with progress_bar(title) as advance:
                    return await progress.watch(visible, advance, patience=MAX_WAIT_SECONDS)
            finally:
                await announcer.stop()
                await announcing


def _print_report(report: WithdrawalReport | None) -> int:
    if report is None:
        echo_error(f"Its posts wait until the bot can reach Discord: set {TOKEN_VARIABLE}, or start `herald run`.")
        return USAGE_ERROR
    left = report.waiting + report.unreachable
    if left.total:
        echo_error(f"⚠️ Still visible: {_counted(left)}.")
        for link in report.links:
            echo_error(f"  {link}")
    if report.waiting.total:
        echo_error(f"{_counted(report.waiting)} wait for Discord; `herald run` continues with them.")
    if report.unreachable.total:
        echo_error("Herald may not change the others. A moderator there has to delete them, or give Herald its")
        echo_error("permissions back; then run this command once more.")
    what = _counted(report.visible) if not left.total else f"{_counted(report.done)} of {_counted(report.visible)}"
    echo(f"{what} {'is' if report.visible.total == 1 else 'are'} withdrawn.")
    return 1 if left.total else 0


def _counted(counts: Counts) -> str:
    posts = f"{counts.posts} {'post' if counts.posts == 1 else 'posts'}"
    cards = f"{counts.cards} shared {'card' if counts.cards == 1 else 'cards'}"
    return f"{posts} and {cards}"


def _name(article: Article) -> str:
    return f'"{article.title}"' if article.title else article.url or "The article"
