"""`herald check`: configuration, database, feeds and token, a line each with the way out."""

import argparse
import asyncio
import platform
import sqlite3
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from pyexpat import version_info as expat_version

import aiohttp
from rich.text import Text

from bot.app.core import Core, open_core
from bot.app.ingestion import Web, open_web
from bot.cli.screen import OUTPUT
from bot.config.settings import TOKEN_VARIABLE, Settings
from bot.http.client import Failed, Fetched, FetchRequest, Gone
from bot.store.database import DatabaseTooNewError
from bot.worker.pool import ParseFailedError

OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
OLDEST_EXPAT = (2, 4, 1)  # safe against entity bombs
DISCORD_ME = "https://discord.com/api/v10/users/@me"
TOKEN_TIMEOUT_SECONDS = 15


class Verdict(StrEnum):
    """How a thing stands."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "bad"


STYLES = {Verdict.GOOD: "green", Verdict.NOTE: "yellow", Verdict.BAD: "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it stands, and what to do."""

    subject: str
    verdict: Verdict
    sentence: str


def check(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints the report. 0: all well (notes are allowed), 1: something is bad."""
    return asyncio.run(_report(settings, offline=arguments.offline))


async def _report(settings: Settings, *, offline: bool) -> int:
    bad = 0
    async for finding in _examine(settings, offline=offline):
        bad += finding.verdict is Verdict.BAD
        mark = Text(f"{finding.verdict.value:5}", style=STYLES[finding.verdict])
        OUTPUT.print(mark, Text(f"{finding.subject}: {finding.sentence}"))
    return 1 if bad else 0


async def _examine(settings: Settings, *, offline: bool) -> AsyncIterator[Finding]:
    for finding in (*_configuration(settings), _sqlite(), _expat()):
        yield finding
    try:
        async with open_core(settings, clock=time.time) as core:
            yield await _database(core)
            yield await _index(core)
            if not offline:
                async for finding in _feeds(core):
                    yield finding
    except (DatabaseTooNewError, sqlite3.Error, OSError) as error:
        sentence = f"{error}; check the path, the disk and its permissions, or restore a backup"
        yield Finding("database", Verdict.BAD, sentence)
    yield await _token(settings, offline=offline)


def _configuration(settings: Settings) -> list[Finding]:
    counts = f"{len(settings.feeds)} feeds, {len(settings.topics)} topics, {len(settings.actions)} actions"
    found = [Finding("configuration", Verdict.GOOD, counts)]
    if "example.org" in settings.contact:
        sentence = f'"{settings.contact}" is only an example; write who runs this copy, so that a site can reach you'
        found.append(Finding("contact", Verdict.NOTE, sentence))
    if "example.org" in settings.source_url + settings.privacy_url:
        sentence = "source_url or privacy_url is only an example; /about shows them to members"
        found.append(Finding("about", Verdict.NOTE, sentence))
    return found


def _sqlite() -> Finding:
    connection = sqlite3.connect(":memory:")
    options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    connection.close()
    version = f"SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}"
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding("sqlite", Verdict.BAD, f"{version} is too old; 3.37 or newer is needed")
    if "ENABLE_FTS5" not in options:
        return Finding("sqlite", Verdict.BAD, f"{version} has no full-text search (FTS5); use a Python that has it")
    return Finding("sqlite", Verdict.GOOD, f"{version}, full-text search included")


def _expat() -> Finding:
    version = ".".join(map(str, expat_version))
    if expat_version < OLDEST_EXPAT:
        return Finding("xml parser", Verdict.BAD, f"expat {version} is not safe with hostile feeds; update Python")
    return Finding("xml parser", Verdict.GOOD, f"expat {version}")


async def _database(core: Core) -> Finding:
    path = core.settings.database
    row = await core.database.one("PRAGMA quick_check")
    verdict = row[0] if row else "no answer"
    if verdict != "ok":
        return Finding("database", Verdict.BAD, f"{path} is damaged ({verdict}); restore a backup")
    return Finding("database", Verdict.GOOD, f"{path}, {await core.articles.count()} articles")


async def _index(core: Core) -> Finding:
    report = await core.search.verify()
    if report.sound:
        return Finding("search index", Verdict.GOOD, "agrees with the articles")
    return Finding("search index", Verdict.BAD, f"{report}; `herald run` brings it up to date by itself")


async def _feeds(core: Core) -> AsyncIterator[Finding]:
    async with open_web(core) as web:
        for feed in core.settings.feeds:
            entries = await _entries(web, feed.url)
            if isinstance(entries, int):
                yield Finding(f"feed {feed.key}", Verdict.GOOD, f"{feed.url}, {entries} entries")
            else:
                sentence = f"{feed.url}: {entries}; open the address in a browser and mend it under [[feeds]]"
                yield Finding(f"feed {feed.key}", Verdict.BAD, sentence)


async def _entries(web: Web, url: str) -> int | str:
    """How many entries the feed has, or what keeps it from being read."""
    answer = await web.fetcher.fetch(FetchRequest(url, trusted=True))
    if isinstance(answer, Failed):
        return f"{answer.kind}, {answer.detail}"
    if not isinstance(answer, Fetched):
        return "it is gone for good (HTTP 410)" if isinstance(answer, Gone) else "an answer without a feed"
    try:
        return len((await web.worker.parse(answer.body, answer.headers, answer.final_url)).entries)
    except ParseFailedError as error:
        return str(error)


async def _token(settings: Settings, *, offline: bool) -> Finding:
    if settings.token is None:
        sentence = f"there is none; `herald run` needs {TOKEN_VARIABLE} or discord.token_file (`herald demo` does not)"
        return Finding("token", Verdict.NOTE, sentence)
    if offline:
        return Finding("token", Verdict.GOOD, "there is one; not tried (--offline)")
    headers = {"Authorization": f"Bot {settings.token.get_secret_value()}"}
    timeout = aiohttp.ClientTimeout(total=TOKEN_TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(DISCORD_ME, headers=headers) as answer,
        ):
            status = answer.status
            name = (await answer.json()).get("username", "") if status == 200 else ""  # noqa: PLR2004 - HTTP's "OK"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return Finding("token", Verdict.BAD, f"Discord cannot be reached ({type(error).__name__}); try again later")
    if name:
        return Finding("token", Verdict.GOOD, f"Discord knows it as {name}")
    return Finding("token", Verdict.BAD, f"Discord refuses it (HTTP {status}); make a new one in the developer portal")
