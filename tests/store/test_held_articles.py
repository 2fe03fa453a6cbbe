"""Held articles belong to servers: what an older version held for all is held for each that wants the feed."""

from pathlib import Path

import pytest

from bot.store import database as database_module
from bot.store.database import Database, migrations
from bot.store.feeds import HeldArticles
from bot.store.incidents import Incidents

LAST_SHARED = 15  # the last schema in which a hold was global


async def test_an_older_database_gives_every_server_that_wants_the_feed_its_own_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = [(number, sql) for number, sql in migrations() if number <= LAST_SHARED]
    with monkeypatch.context() as patch:
        patch.setattr(database_module, "migrations", lambda: older)
        database = await Database.open(tmp_path / "h.db")
        async with database.transaction() as tx:
            for number in (1, 2):
                await tx.execute(
                    "INSERT INTO articles (id, feed, url, key, title, published, first_seen, updated)"
                    " VALUES (?1, 'blog', ?2, ?2, 'Title', 0, 0, 0)",
                    (number, f"https://example.org/{number}"),
                )
                await tx.execute("INSERT INTO held_articles (article, feed, held_at) VALUES (?, 'blog', 5)", (number,))
            for guild, feeds in ((1, "[]"), (2, '["blog"]'), (3, '["other"]')):
                await tx.execute(
                    "INSERT INTO subscriptions (guild_id, channel_id, kind, feeds, created_at)"
                    " VALUES (?, ?, 'text', ?, 0)",
                    (guild, 10 + guild, feeds),
                )
            await Incidents(database).start(tx, "feed_held:blog", "2", 5.0)
        await database.close()

    database = await Database.open(tmp_path / "h.db")
    held = HeldArticles(database)
    holds = [(hold.feed, hold.guild_id, hold.articles, hold.since) for hold in await held.holds()]
    incidents = await database.all("SELECT guild_id, kind, detail FROM incidents ORDER BY guild_id")
    await database.close()

    assert sorted(holds) == [("blog", 1, 2, 5.0), ("blog", 2, 2, 5.0)]
    assert [tuple(row) for row in incidents] == [(1, "feed_held:blog", "2"), (2, "feed_held:blog", "2")]
