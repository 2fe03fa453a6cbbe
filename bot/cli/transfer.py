"""`herald import` and `herald export`: articles and subscriptions."""

import argparse
import asyncio
import os
import sys
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.app.core import open_core
from bot.cli.output import echo, echo_error
from bot.cli.terminal import progress_bar
from bot.config.settings import Settings
from bot.discovery.contents import TRUNCATED
from bot.portability.importer import import_articles, import_subscriptions
from bot.portability.json_lines import article_line, read_lines, subscription_line
from bot.store.backfill import SkipReason
from bot.urls import is_web_url

OPEN_PRIVATE = partial(os.open, mode=0o600)  # what is exported is nobody else's to read
WRONG_USE = 2
CACHE_KILOBYTES = 500  # a batch goes through most of the index in its order: more pages in memory save nothing
REASONS = {
    "robots": "its site does not let robots read it, or does not say whether it does",
    "connection": "its server cannot be reached",
    "timeout": "its server does not answer in time",
    "missing": "there is nothing at its address",
    "forbidden": "its address leads into a private network",
    "too_large": "it is too large",
}
SKIPPED = {
    SkipReason.ELSEWHERE: "links that do not lead to where this site keeps its articles",
    SkipReason.LIST: "lists of articles",
    SkipReason.UNDATED: "pages without a date",
    SkipReason.NO_ARTICLE: "pages without an article",
    SkipReason.MISSING: "pages that are not there (404)",
    SkipReason.ROBOTS: "pages that robots.txt forbids",
    SkipReason.OTHER_TYPE: "addresses that are no web pages",
    SkipReason.EARLIER: "older than --since",
    SkipReason.RECENT: "new articles, left to the feed so that they are announced",
}


def bring_in(settings: Settings, arguments: argparse.Namespace) -> int:
    """Imports from the web or a file. 0: all of it, 1: some lines or pages could not be used, 2: usage error."""
    feed = arguments.feed or settings.feeds[0].key
    if feed not in {known.key for known in settings.feeds}:
        echo_error(
            f'There is no feed "{feed}"; the configuration has {", ".join(known.key for known in settings.feeds)}.'
        )
        return WRONG_USE
    if is_web_url(arguments.source):
        return asyncio.run(_from_web(settings, arguments))
    path = Path(arguments.source)
    if not path.is_file():
        echo_error(f"{path} is neither a web address nor a file; write https://… or the path of a JSON Lines file.")
        return WRONG_USE
    if arguments.since is not None or arguments.limit is not None:
        echo_error(f"--since and --limit are for what is read from the web; leave them out, or shorten {path}.")
        return WRONG_USE
    return asyncio.run(_from_file(settings, arguments, path, feed))


async def export(settings: Settings, arguments: argparse.Namespace) -> int:
    """Writes articles or subscriptions to a file or to standard output. 0: done."""
    count = 0
    async with open_core(settings, clock=time.time) as core:
        total = await core.subscriptions.count() if arguments.subscriptions else await core.articles.count()
        target = nullcontext(sys.stdout)
        if arguments.file != "-":
            try:
                # Closed by the with below; nothing else runs here.
                target = open(arguments.file, "x", encoding="utf-8", opener=OPEN_PRIVATE)  # noqa: SIM115, ASYNC230
            except FileExistsError:
                echo_error(f"{arguments.file} exists already; choose another name, or move that file away.")
                return 1
        if arguments.subscriptions:
            lines = (subscription_line(one) async for one in core.subscriptions.stream())
        else:
            lines = (article_line(one, await core.articles.body(one.id)) async for one in core.articles.stream())
        with target as file, progress_bar("Exporting") as advance:
            async for line in lines:
                file.write(line + "\n")
                count += 1
                advance(count, total)
    echo_error(f"{count} written.")
    return 0


async def _from_file(settings: Settings, arguments: argparse.Namespace, path: Path, feed: str) -> int:
    async with open_core(settings, clock=time.time, cache_kilobytes=CACHE_KILOBYTES) as core:
        with path.open("rb") as file, progress_bar(f"Importing {path.name}") as advance:
            total = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 16), b""))
            file.seek(0)
            lines = read_lines(file)
            if arguments.subscriptions:
                report = await import_subscriptions(
                    core, lines, lambda done: advance(done, total), dry_run=arguments.dry_run
                )
            else:
                report = await import_articles(
                    core, lines, feed, lambda done: advance(done, total), dry_run=arguments.dry_run
                )
    would = "would be " if arguments.dry_run else ""
    echo(f"{report.added} {would}added, {report.updated} {would}brought up to date, {report.kept} already there.")
    if report.withdrawn:
        echo(f"{report.withdrawn} were withdrawn before and stay withdrawn.")
    for problem in report.bad:
        echo_error(problem)
    if report.bad:
        echo_error(f"{len(report.bad)} lines could not be used; correct them and import again; the rest is stored.")
    return 1 if report.bad else 0


async def _from_web(settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        since = datetime.fromisoformat(arguments.since).replace(tzinfo=UTC).timestamp() if arguments.since else None
    except ValueError:
        echo_error(f'"{arguments.since}" is not a day; write it as year-month-day, such as 2025-01-31.')
        return WRONG_USE
    from bot.app.ingestion import open_web  # a file needs no web client, which is large

    async with open_core(settings, clock=time.time) as core, open_web(core) as web:
        with progress_bar("Reading the archive") as advance:
            try:
                report = await web.backfill.run(
                    arguments.source,
                    since,
                    arguments.limit,
                    lambda so_far: advance(so_far.visited, so_far.found),
                    dry_run=arguments.dry_run,
                )
            except ValueError as error:
                echo_error(f"{arguments.source} cannot be read: {error}.")
                return WRONG_USE
    counts, would = report.progress, "would be " if arguments.dry_run else ""
    echo(f"{counts.added} {would}added, {counts.known} known, {counts.skipped} skipped, {counts.failed} failed.")
    for reason, count in report.skipped.items():
        echo(f"  skipped: {count} {SKIPPED[reason]}")
    if report.problem == TRUNCATED:
        echo_error("A sitemap breaks off, so articles may be missing; run the same command again later.")
        return 1
    if report.problem:
        reason = REASONS.get(report.problem.partition(",")[0], report.problem)
        echo_error(f"The source could not be read: {reason}. Open it in a browser and check its address.")
        return 1
    if not report.complete:
        echo_error("Not everything is done yet; run the same command again to continue.")
    return 0 if report.complete or arguments.dry_run or counts.added else 1
