"""`herald check`: configuration, database, feeds and token, one line each with what to do; or one address."""

import argparse
import os
import platform
import re
import sqlite3
import stat
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from pyexpat import version_info as expat_version

import aiohttp
from yarl import URL

from bot.app.core import Core, open_core
from bot.app.ingestion import open_reader
from bot.cli.feed_diagnosis import CheckResult, Severity, diagnose
from bot.cli.terminal import echo_styled, styled
from bot.config.settings import TOKEN_VARIABLE, Settings, read_text
from bot.delivery.channel_health import UNKNOWN_TOPICS, KnownKeys, missing_keys
from bot.http.proxies import Proxies
from bot.store.database import DatabaseTooNewError
from bot.urls import canonical_key, is_web_url

OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
OLDEST_EXPAT = (2, 4, 1)  # safe against entity bombs
UNVERIFIED = re.compile(r'"(?P<url>https?://[^"\s]+)"\s*#\s*unverified(?:: *(?P<reason>.+))?', re.IGNORECASE)
DISCORD_ME = "https://discord.com/api/v10/users/@me"
TOKEN_TIMEOUT_SECONDS = 15
COLOURS = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.ERROR: "red"}


async def check(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints the report. 0: no error (warnings are allowed), 1: an error."""
    failed = False
    if arguments.url:
        results = _examine_address(settings, arguments.url)
    else:
        results = _examine(settings, arguments.config, offline=arguments.offline)
    async for result in results:
        failed = failed or result.severity is Severity.ERROR
        mark = styled(f"{result.severity.value:5}", colour=COLOURS[result.severity])
        echo_styled(mark, styled(f" {result.subject}: {result.sentence}"))
    return 1 if failed else 0


async def _examine_address(settings: Settings, url: str) -> AsyncIterator[CheckResult]:
    if not is_web_url(url) and "." in url and "://" not in url and is_web_url(f"https://{url}"):
        yield CheckResult("address", Severity.WARNING, f"{url} has no scheme; https://{url} is checked")
        url = f"https://{url}"
    if not is_web_url(url):
        yield CheckResult("address", Severity.ERROR, f"{url} is no web address; write one that begins with https://")
        return
    zone = next((feed.time_zone for feed in settings.feeds if feed.url == url), None) or ""
    async with open_reader(settings) as reader:
        for result in await diagnose(reader, "address", url, zone, time.time(), must_be_feed=False):
            yield result


async def _examine(settings: Settings, file: Path, *, offline: bool) -> AsyncIterator[CheckResult]:
    for result in (*_configuration(settings), *_unverified(file), *_libraries()):
        yield result
    try:
        async with open_core(settings, clock=time.time) as core:
            async for result in _stored(core):
                yield result
    except (DatabaseTooNewError, sqlite3.Error, OSError) as error:
        sentence = f"{settings.database}: {error}; check the path, the disk and its permissions, or restore a backup"
        yield CheckResult("database", Severity.ERROR, sentence)
    if not offline:
        async with open_reader(settings) as reader:
            for feed in settings.feeds:
                for result in await diagnose(reader, f"feed {feed.key}", feed.url, feed.time_zone or "", time.time()):
                    yield result
    yield await _token(settings, offline=offline)


def _configuration(settings: Settings) -> Iterator[CheckResult]:
    """Counts, examples left as they were, addresses that appear twice, and seasons that never come."""
    counts = f"{len(settings.feeds)} feeds, {len(settings.topics)} topics, {len(settings.actions)} actions"
    yield CheckResult("configuration", Severity.OK, counts)
    if "example.org" in settings.contact:
        sentence = f'"{settings.contact}" is only an example; write who runs this copy, so that a site can reach you'
        yield CheckResult("contact", Severity.WARNING, sentence)
    if "example.org" in settings.source_url + settings.privacy_url:
        sentence = "source_url or privacy_url is only an example; /about shows them to members"
        yield CheckResult("about", Severity.WARNING, sentence)

    keys: dict[str, str] = {}
    for feed in settings.feeds:
        first = keys.setdefault(canonical_key(feed.url) if is_web_url(feed.url) else feed.url, feed.key)
        if first != feed.key:
            sentence = f"has the same address as {first}, so every article would come twice; keep one of them"
            yield CheckResult(f"feed {feed.key}", Severity.ERROR, sentence)
    for action in settings.action_settings:
        if action.season_from and action.season_until and action.season_until < action.season_from:
            sentence = f"ends ({action.season_until}) before it begins ({action.season_from}), so it is never shown"
            yield CheckResult(f"action {action.key}", Severity.ERROR, sentence)


def _unverified(file: Path) -> Iterator[CheckResult]:
    """Addresses whose lines end in a comment `# unverified`, as some of the example configuration do."""
    for number, line in enumerate(read_text(file).splitlines(), 1):
        if found := UNVERIFIED.search(line):
            url, reason = found["url"], found["reason"]
            mark = f"unverified ({reason})" if reason else "unverified"
            sentence = f"{url} is marked {mark}; try `herald check {url}`, then remove the mark"
            yield CheckResult(f"{file}, line {number}", Severity.WARNING, sentence)


def _libraries() -> Iterator[CheckResult]:
    connection = sqlite3.connect(":memory:")
    options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    connection.close()
    version = f"SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}"
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield CheckResult("sqlite", Severity.ERROR, f"{version} is too old; 3.37 or newer is needed")
    elif "ENABLE_FTS5" not in options:
        sentence = f"{version} has no full-text search (FTS5); use a Python that has it"
        yield CheckResult("sqlite", Severity.ERROR, sentence)
    else:
        yield CheckResult("sqlite", Severity.OK, f"{version}, full-text search included")

    expat = f"expat {'.'.join(map(str, expat_version))}"
    if expat_version < OLDEST_EXPAT:
        yield CheckResult("xml parser", Severity.ERROR, f"{expat} is not safe with hostile feeds; update Python")
    else:
        yield CheckResult("xml parser", Severity.OK, expat)


async def _stored(core: Core) -> AsyncIterator[CheckResult]:
    """The database, channels whose topics or feeds the configuration no longer has, and the search index."""
    path = core.settings.database
    row = await core.database.one("PRAGMA quick_check")
    found = row[0] if row else "no answer"
    if found == "ok":
        yield CheckResult("database", Severity.OK, f"{path}, {await core.articles.count()} articles")
    else:
        yield CheckResult("database", Severity.ERROR, f"{path} is damaged ({found}); restore a backup")

    topics = frozenset(topic.key for topic in core.settings.topics)
    known = KnownKeys(topics, frozenset(feed.key for feed in core.settings.feeds))
    async for subscription in core.subscriptions.stream():
        for kind, missing in missing_keys(subscription, known).items():
            if missing:
                what = "topics" if kind == UNKNOWN_TOPICS else "feeds"
                yield CheckResult(
                    "channels",
                    Severity.WARNING,
                    f"channel {subscription.channel_id} asks for {what} that no longer exist: {missing}."
                    " Name them in the configuration again, or let a moderator use /announcements edit.",
                )

    report = await core.index.verify()
    if report.is_consistent:
        yield CheckResult("search index", Severity.OK, "agrees with the articles")
    else:
        sentence = f"{report}; `herald run` brings it up to date by itself"
        yield CheckResult("search index", Severity.ERROR, sentence)


async def _token(settings: Settings, *, offline: bool) -> CheckResult:
    if settings.token is None:
        sentence = f"there is none; `herald run` needs {TOKEN_VARIABLE} or discord.token_file (`herald demo` does not)"
        return CheckResult("token", Severity.WARNING, sentence)
    file = settings.discord.token_file
    if file and os.name != "nt" and file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):  # Windows has no such mode
        sentence = f"{file} can be read by other users of this computer; run: chmod 600 {file}"
        return CheckResult("token", Severity.ERROR, sentence)
    if offline:
        return CheckResult("token", Severity.OK, "there is one; not tried (--offline)")
    headers = {"Authorization": f"Bot {settings.token.get_secret_value()}"}
    timeout = aiohttp.ClientTimeout(total=TOKEN_TIMEOUT_SECONDS)
    proxy = Proxies.from_environment(os.environ).for_url(URL(DISCORD_ME)) or None
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(DISCORD_ME, headers=headers, proxy=proxy) as answer,
        ):
            status = answer.status
            name = (await answer.json()).get("username", "") if status == 200 else ""  # noqa: PLR2004 - HTTP's "OK"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        why = f"HTTP {error.status}" if isinstance(error, aiohttp.ClientResponseError) else type(error).__name__
        sentence = f"Discord cannot be reached ({why}); try again later"
        if proxy:
            through = f"Discord cannot be reached through the proxy {Proxies(https=proxy)} ({why})"
            sentence = f"{through}; check HTTPS_PROXY and NO_PROXY, and whether the proxy lets this machine through"
        return CheckResult("token", Severity.ERROR, sentence)
    if name:
        return CheckResult("token", Severity.OK, f"Discord knows it as {name}")
    return CheckResult(
        "token", Severity.ERROR, f"Discord refuses it (HTTP {status}); make a new one in the developer portal"
    )
