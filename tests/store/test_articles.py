"""Articles: lists, bodies, classification, withdrawal, page checks and holds."""

import dataclasses
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.feeds.document import Entry
from bot.models import (
    ArticleBody,
    ArticleState,
    ChannelKind,
    Image,
    Link,
    LinkKind,
    NewArticle,
    Passage,
    SubscriptionOptions,
)
from bot.store.articles import STEP, Articles
from bot.store.database import Database
from bot.store.feeds import HeldArticles
from bot.store.identities import Identities, KnownIdentity
from bot.store.page_checks import PageChecks
from bot.store.subscriptions import NewSubscription, Subscriptions
from tests.store.samples import draft

BODY = ArticleBody(
    (Passage(0, "", "First."), Passage(1, "둘째", "• one\n• two", "two")),
    (Image("https://example.org/a.jpg", "A river", "The river"),),
    (Link("Pledge", "https://example.org/pledge", LinkKind.CALL_TO_ACTION, 1),),
    ("*Name changed.",),
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "herald.db")
    yield opened
    await opened.close()


@pytest.fixture
def articles(database: Database) -> Articles:
    return Articles(database)


async def add(database: Database, *drafts: NewArticle) -> list[int]:
    async with database.transaction() as tx:
        return await Articles(database).add(tx, drafts, 5_000.0)


async def test_a_stored_article_is_read_back_unchanged(database: Database, articles: Articles) -> None:
    (article_id,) = await add(database, draft(1, ("women", "inside"), BODY))
    article = await articles.get(article_id)

    assert article is not None
    assert (article.title, article.image, article.topics) == ("Title 1", draft(1).image, ("women", "inside"))
    assert (article.published, article.first_seen, article.state) == (1_001.0, 5_000.0, ArticleState.LIVE)
    assert await articles.body(article_id) == BODY
    assert await articles.by_key("https://example.org/1") == article


async def test_many_articles_are_read_in_the_order_requested_without_unknown_ids(
    database: Database, articles: Articles
) -> None:
    one, two, three = await add(database, draft(1), draft(2), draft(3))

    assert [found.id for found in await articles.many([three, 99, one, two])] == [three, one, two]


async def test_lists_are_newest_first_by_topic_and_page(database: Database, articles: Articles) -> None:
    await add(database, draft(1, ("women",)), draft(3, ("women",)), draft(2))

    assert [found.title for found in await articles.latest()] == ["Title 3", "Title 2", "Title 1"]
    assert [found.title for found in await articles.latest("women", 1, 1)] == ["Title 1"]
    assert await articles.topic_counts() == {"women": 2}
    assert (await articles.count(), await articles.count("women"), await articles.count("none")) == (3, 2, 0)
    assert [found.title for found in await articles.without_topic(5)] == ["Title 2"]


async def test_a_known_key_or_identity_is_refused(database: Database, articles: Articles) -> None:
    await add(database, draft(1))

    with pytest.raises(sqlite3.IntegrityError):
        await add(database, dataclasses.replace(draft(2), key=draft(1).key))
    with pytest.raises(sqlite3.IntegrityError):
        await add(database, dataclasses.replace(draft(2), identity=draft(1).identity))
    assert await articles.count() == 1


async def test_articles_stored_together_have_the_next_ids_in_order(database: Database, articles: Articles) -> None:
    """And their topics; an unknown one beside a known one is not stored."""
    [first] = await add(database, draft(1))
    together = [draft(number, topics=("markets", "escape", "markets")) for number in (3, 2)]

    async with database.transaction() as tx:
        ids = await articles.add(tx, together, 0.0, in_feed=False)
    with pytest.raises(sqlite3.IntegrityError):
        async with database.transaction() as tx:
            await articles.add(tx, [draft(4), draft(3)], 0.0, in_feed=False)

    assert ids == [first + 1, first + 2]
    assert [article.key for article in await articles.many(ids)] == [one.key for one in together]
    assert await articles.topic_counts() == {"markets": 2, "escape": 2}
    assert await Identities(database).known_keys([draft(number).key for number in (1, 2, 3, 4)]) == {
        draft(1).key: first,
        draft(2).key: first + 2,
        draft(3).key: first + 1,
    }


async def test_an_update_without_a_body_keeps_the_body(database: Database, articles: Articles) -> None:
    (article_id,) = await add(database, draft(1, ("women",), BODY))
    async with database.transaction() as tx:
        changed = dataclasses.replace(draft(1, ("inside",)), title="Better title")
        await articles.update(tx, article_id, changed, 6_000.0)
    article = await articles.get(article_id)

    assert article is not None
    assert article.title == "Better title"
    assert await articles.body(article_id) == BODY
    assert await articles.topic_counts() == {"inside": 1}


async def test_a_withdrawn_article_keeps_its_identity_and_no_words(database: Database, articles: Articles) -> None:
    (article_id,) = await add(database, draft(1, ("women",), BODY))
    async with database.transaction() as tx:
        await articles.withdraw(tx, article_id, 6_000.0)
        await articles.update(tx, article_id, draft(1, ("women",), BODY), 7_000.0)
    row = await database.one("SELECT * FROM articles WHERE id = ?", (article_id,))
    listed = Entry(
        "https://blog.example/x",
        "A title",
        identity="guid-1",
        other_identities=("guid-2",),
        address_key="https://blog.example/x",
    )
    known = (await Identities(database).known("blog", [listed])).identities

    assert row is not None
    assert row["state"] == "withdrawn"
    assert not [name for name in ("title", "summary", "author", "author_note", "body", "image_alt") if row[name]]
    assert (await articles.count(), await articles.latest(), await articles.topic_counts()) == (0, [], {})
    assert known == {"guid-1": KnownIdentity(article_id)}
    assert await Identities(database).known_keys([draft(1).key]) == {draft(1).key: article_id}


async def test_the_stream_returns_every_article_once(database: Database, articles: Articles) -> None:
    ids = await add(database, *(draft(number) for number in range(STEP * 2 + 1)))

    assert [article.id async for article in articles.stream()] == ids


async def test_page_checks_become_due_and_can_be_scheduled_now(database: Database) -> None:
    pages = PageChecks(database)
    one, two = await add(database, draft(1, body=BODY), draft(2))
    async with database.transaction() as tx:
        first = await pages.get(one)
        assert first is not None
        await pages.save(tx, dataclasses.replace(first, etag='W/"a"', next_check=900.0, errors=2))
    assert [(page.article_id, page.etag, page.has_body) for page in await pages.due(900.0, 10)] == [
        (one, 'W/"a"', True)
    ]
    assert await pages.next_check() == 900.0

    async with database.transaction() as tx:
        await pages.schedule_check(tx, [one, two], 500.0)
    assert {page.article_id for page in await pages.due(500.0, 10)} == {one, two}


async def test_articles_that_left_the_feed_are_marked(database: Database) -> None:
    pages = PageChecks(database)
    one, two = await add(database, draft(1), draft(2))
    async with database.transaction() as tx:
        await pages.in_feed(tx, "blog", [two])
    found = [await pages.get(one), await pages.get(two)]

    assert [page.in_feed for page in found if page] == [False, True]


async def test_each_server_decides_its_own_hold_once(database: Database) -> None:
    held, subscriptions = HeldArticles(database), Subscriptions(database)
    for guild, feeds in ((1, ()), (2, ("blog",)), (3, ("other",))):
        options = SubscriptionOptions(feeds=feeds)
        await subscriptions.create(NewSubscription(guild, 10 + guild, ChannelKind.TEXT, options, 0.0))
    one, two = await add(database, draft(1), draft(2))
    async with database.transaction() as tx:
        assert await held.hold(tx, "blog", [one, two], 5_000.0) == {1: 2, 2: 2}

    async with database.transaction() as tx:
        assert set(await held.release(tx, "blog", 1)) == {one, two}
        assert await held.release(tx, "blog", 1) == ()
    assert await held.of_guild("blog", 1) == []
    assert [article.id for article in await held.of_guild("blog", 2)] == [two, one]
    assert await held.of_guild("blog", 3) == []
    assert [(hold.guild_id, hold.articles, hold.since) for hold in await held.holds()] == [(2, 2, 5_000.0)]
