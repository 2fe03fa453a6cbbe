"""The state of feeds between polls."""

from dataclasses import replace
from pathlib import Path

from bot.feeds.document import FeedHints
from bot.store.database import Database
from bot.store.feeds import Feeds, FeedState


async def test_a_feed_state_is_read_back_unchanged(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "herald.db")
    feeds = Feeds(database)
    state = FeedState(
        "blog", "https://example.org/", "https://example.org/rss", "https://example.org/rss2", 'W/"x"',
        "Mon", "h", 9.5, 1.0, 2.0, 3, "status",
        "500", 4.0, True, "https://example.org/new", 2, FeedHints(60, (1, 2), fresh=5.0), initialised=True, gone=False,
    )  # fmt: skip
    async with database.transaction() as tx:
        await feeds.save(tx, state)

    assert await feeds.get("blog") == state
    assert await feeds.all() == [state]
    assert await feeds.get("other") is None
    await database.close()


async def test_a_restart_keeps_the_state_and_a_new_address_starts_over(tmp_path: Path) -> None:
    """Otherwise a restart would poll at once, and a new site would be announced as many new articles."""
    database = await Database.open(tmp_path / "herald.db")
    feeds = Feeds(database)
    await feeds.sync({"blog": "https://example.org/rss"})
    fresh = await feeds.get("blog")
    assert fresh == FeedState("blog", "https://example.org/rss", "https://example.org/rss")
    assert fresh is not None
    polled = replace(fresh, etag='"x"', next_check=9_000.0, initialised=True)
    async with database.transaction() as tx:
        await feeds.save(tx, polled)

    await feeds.sync({"blog": "https://example.org/rss"})
    assert await feeds.get("blog") == polled

    await feeds.sync({"blog": "https://example.net/rss"})
    assert await feeds.get("blog") == FeedState("blog", "https://example.net/rss", "https://example.net/rss")
    await database.close()
