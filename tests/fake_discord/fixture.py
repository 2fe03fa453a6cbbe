"""A bot's database before its first post: articles stored, channels subscribed, deliveries planned."""

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.models import NewArticle
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from tests.fake_discord.process import FakeDiscord, Json

FEED = "blog"


def draft(number: int, feed: str = FEED) -> NewArticle:
    """An article that the fake Discord recognises by its address."""
    url = f"https://blog.example/fixture-{number}"
    return NewArticle(
        feed=feed,
        identity=f"fixture-{number}",
        url=url,
        key=url,
        title=f"Article number {number}",
        summary="What we saw on the way.",
        author="Jane Doe",
        author_note="",
        published=1_700_000_000.0 + number,
        language="en",
        image=None,
        reading_minutes=4,
        topics=(),
        body=None,
    )


async def subscribe(path: Path, discord_server: FakeDiscord, *, extras: bool = True) -> None:
    """Subscribes every channel; with `extras` posts are published and get threads where possible."""
    database = await Database.open(path)
    try:
        async with database.transaction() as tx:
            await tx.executemany(
                "INSERT INTO subscriptions (guild_id, channel_id, kind, publish, open_thread, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [_subscription(channel, extras=extras) for channel in await discord_server.channels()],
            )
    finally:
        await database.close()


def _subscription(channel: Json, *, extras: bool) -> Sequence[object]:
    kind = channel["kind"]
    publish, thread = extras and kind == "announcement", extras and kind in ("text", "announcement")
    return channel["guild_id"], channel["id"], kind, publish, thread, time.time()


async def announce(path: Path, *numbers: int, feed: str = FEED) -> int:
    """Stores articles and plans them for every channel, as a poll of their feed would. Returns the number planned."""
    database = await Database.open(path)
    planned = 0
    try:
        for number in numbers:
            async with database.transaction() as tx:
                [article_id] = await Articles(database).add(tx, [draft(number, feed)], time.time())
                planned += await Deliveries(database).plan(tx, article_id, feed, time.time())
    finally:
        await database.close()
    return planned


def outstanding(path: Path) -> int:
    """Number of deliveries with a pending step, read beside a running bot."""
    return int(_read(path, "SELECT count(*) FROM deliveries WHERE due IS NOT NULL")[0][0])


def outdated(path: Path) -> int:
    """Number of posts that wait for a correction or withdrawal, also for one that no further attempt is made at."""
    rows = _read(path, "SELECT count(*) FROM deliveries WHERE state = 'posted' AND desired_hash != posted_hash")
    return int(rows[0][0])


def unsent(path: Path) -> int:
    """Number of deliveries not yet attempted."""
    return int(_read(path, "SELECT count(*) FROM deliveries WHERE state = 'planned'")[0][0])


def posts(path: Path, article: int, guild_id: int) -> int:
    """Number of posts of an article in a server."""
    sql = (
        "SELECT count(*) FROM deliveries JOIN subscriptions USING (channel_id)"
        " WHERE state = 'posted' AND article = ? AND guild_id = ?"
    )
    return int(_read(path, sql, article, guild_id)[0][0])


def states(path: Path) -> dict[str, int]:
    """Number of deliveries by state and problem."""
    rows = _read(path, "SELECT state, problem, count(*) FROM deliveries GROUP BY state, problem")
    return {f"{state} {problem}".strip(): int(count) for state, problem, count in rows}


def incident_kinds(path: Path) -> list[str]:
    """The kinds of all incidents so far."""
    return sorted(kind for (kind,) in _read(path, "SELECT DISTINCT kind FROM incidents"))


def silences(path: Path) -> list[str]:
    """Why channels are blocked, as `status` shows it."""
    rows = _read(path, "SELECT blocked_reason, count(*) FROM subscriptions WHERE blocked_reason != '' GROUP BY 1")
    return [f"{reason}: {count}" for reason, count in rows]


def next_attempt(path: Path) -> float | None:
    """When the next pending step is due, in unix seconds; None where nothing is pending."""
    return _read(path, "SELECT min(due) FROM deliveries WHERE due IS NOT NULL")[0][0]


def subscribe_only(path: Path, channel_ids: Sequence[int]) -> None:
    """Removes the subscriptions of all other channels; no bot may be running."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "DELETE FROM subscriptions WHERE channel_id NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(list(channel_ids)),),
        )


def choose_feed(path: Path, channel_ids: Sequence[int], feed: str) -> None:
    """Subscribes channels to one feed alone; no bot may be running."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE subscriptions SET feeds = json_array(?) WHERE channel_id IN (SELECT value FROM json_each(?))",
            (feed, json.dumps(list(channel_ids))),
        )


def use_log_channels(path: Path, channels: Mapping[int, int]) -> None:
    """Chooses servers' log channels; no bot may be running."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany("INSERT INTO guilds (guild_id, log_channel_id) VALUES (?, ?)", list(channels.items()))


def integrity(path: Path) -> str:
    """SQLite's integrity check: `ok`."""
    return str(_read(path, "PRAGMA integrity_check")[0][0])


def _read(path: Path, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)) as reader:
        return reader.execute(sql, parameters).fetchall()
