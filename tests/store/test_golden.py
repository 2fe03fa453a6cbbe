"""A database and the ids of posts of version 853f4e9 stay usable: golden files written by that version itself."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.feeds.document import Entry
from bot.models import ArticleState
from bot.store import database as database_module
from bot.store.articles import Articles
from bot.store.database import Database, migrations
from bot.store.deliveries import Deliveries, DeliveryState
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.idempotency import component_id, nonce
from bot.store.identities import Identities, KnownIdentity
from bot.store.incidents import Incidents
from bot.store.key_value import KeyValueStore
from bot.store.outbox import Outbox
from bot.store.saved_searches import SavedSearches
from bot.store.shared_cards import SharedCards
from bot.store.subscriptions import Subscriptions
from tests.store.samples import draft

GOLDEN = Path(__file__).parent / "golden"
NOW = 1_800_000_015.0
GUILD = 7
POSTS: list[tuple[str, int, str, int]] = [
    tuple(post) for post in json.loads((GOLDEN / "nonces.json").read_text("utf-8"))
]

# Articles of the golden database.
CORRECTED, KOREAN, WITHDRAWN, HELD, WAITING = 1, 2, 4, 7, 11


@pytest.fixture
async def database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """The golden database, opened by this version, after one with the earlier schema that a test names."""
    path = tmp_path / "herald.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript((GOLDEN / "schema_0008.sql").read_text("utf-8"))
    if between := getattr(request, "param", 0):
        known = migrations()
        monkeypatch.setattr(database_module, "migrations", lambda: [one for one in known if one[0] <= between])
        await (await Database.open(path)).close()
        monkeypatch.undo()
    database = await Database.open(path)
    yield database
    await database.close()


async def scalar(database: Database, sql: str, *parameters: Any) -> Any:
    row = await database.one(sql, parameters)
    return row[0] if row else None


@pytest.mark.parametrize(("key", "channel", "old_nonce", "old_component"), POSTS)
def test_idempotency_keys_and_component_ids_are_byte_identical(
    key: str, channel: int, old_nonce: str, old_component: int
) -> None:
    assert (nonce(key, channel), component_id(key, channel)) == (old_nonce, old_component)


def test_another_announcement_of_one_article_has_ids_of_its_own() -> None:
    assert len({nonce("x.example/1", 5, sequence) for sequence in range(3)}) == 3
    assert len({component_id("x.example/1", 5, sequence) for sequence in range(3)}) == 3


# Every schema since that of the golden database, as a file left there by each version in between.
SCHEMAS = [number for number, _ in migrations() if number >= 8]


@pytest.mark.parametrize("database", SCHEMAS, indirect=True)
async def test_a_database_of_every_schema_is_migrated_and_keeps_working(database: Database) -> None:
    """Its posts are corrected, its articles withdrawn, and new ones stored and due in its channels."""
    articles, deliveries, cards = Articles(database), Deliveries(database), SharedCards(database)
    text = await Subscriptions(database).get(101)
    assert text is not None
    async with database.transaction() as tx:
        await articles.withdraw(tx, KOREAN, NOW)
        await deliveries.withdrawn(tx, KOREAN, NOW)
        await cards.changed(tx, KOREAN, NOW)
        [added] = await articles.add(tx, [draft(99, topics=("markets",))], NOW)
        await deliveries.announce(tx, added, text.id, NOW)
    due = await Outbox(database, 10, 3).due(NOW + 60, 100)

    assert await scalar(database, "PRAGMA user_version") == migrations()[-1][0]
    assert await scalar(database, "PRAGMA integrity_check") == "ok"
    assert await database.all("PRAGMA foreign_key_check") == []
    assert await deliveries.pending(KOREAN) > 0
    assert any(work.article.id == CORRECTED for work in due)
    assert any(work.article.title == "Title 99" and work.delivery.channel_id == 101 for work in due)


async def test_an_old_database_migrates_completely(database: Database) -> None:
    assert await scalar(database, "PRAGMA user_version") == migrations()[-1][0]
    assert await scalar(database, "PRAGMA integrity_check") == "ok"
    assert await database.all("PRAGMA foreign_key_check") == []


async def test_old_deliveries_keep_state_message_and_ids(database: Database) -> None:
    counts = await Deliveries(database).counts()
    assert {state: counts.get(state, 0) for state in DeliveryState} == {
        DeliveryState.PLANNED: 5,
        DeliveryState.CLAIMED: 2,
        DeliveryState.POSTED: 56,
        DeliveryState.UNVERIFIED: 1,
        DeliveryState.DELETED: 1,
        DeliveryState.WITHDRAWN: 8,
        DeliveryState.IN_DIGEST: 1,
        DeliveryState.CANCELLED: 1,
        DeliveryState.REJECTED: 1,
    }
    rows = await database.all(
        "SELECT key, channel_id, nonce, component_id FROM deliveries JOIN articles ON articles.id = article"
    )
    assert all((row[2], row[3]) == (nonce(row[0], row[1]), component_id(row[0], row[1])) for row in rows)
    assert await scalar(database, "SELECT count(*) FROM deliveries WHERE digest_id IS NOT NULL") == 1
    assert await scalar(database, "SELECT count(*) FROM deliveries WHERE maybe_sent") == 3


async def test_what_waited_in_an_old_database_is_still_due(database: Database) -> None:
    due = await Outbox(database, 10, 3).due(NOW + 60, 100)
    corrections = [work for work in due if work.article.id == CORRECTED]
    assert corrections
    assert all(work.article.title == "Markets along the river, corrected" for work in corrections)
    assert {work.delivery.channel_id for work in due if work.article.id == WAITING} >= {101, 102, 103, 104}


async def test_old_settings_searches_incidents_and_identities_are_kept(database: Database) -> None:
    guild = await Guilds(database).get(GUILD)
    assert (guild.log_channel_id, guild.language) == (199, "ko")
    text = await Subscriptions(database).get(101)
    assert text is not None
    assert (text.options.topics, text.options.feeds, text.options.role_id, text.options.language) == (
        ("markets", "women"), ("blog",), 55, "ko",
    )  # fmt: skip
    assert await Subscriptions(database).get(107) is None  # removed
    assert await KeyValueStore(database, lambda: NOW).get("commands") == "digest-of-commands"
    searches = SavedSearches(database, lambda: NOW)
    assert await searches.find("0624893c3912eb5b") == '["river markets", false, "markets", 2025]'
    blog, news = await Feeds(database).get("blog"), await Feeds(database).get("news")
    assert blog is not None
    assert news is not None
    assert (blog.final_url, blog.initialised, blog.etag) == ("https://www.blog.example/feed.xml", True, '"e1"')
    assert (news.problem, news.problem_reported) == ("unreachable", True)
    known = await Identities(database).known("blog", [Entry("https://blog.example/x", "A title", identity="guid-2")])
    assert known.identities["guid-2"] == KnownIdentity(KOREAN, "digest-2", 1_799_308_800.0)
    assert "blocked" in {incident.kind for incident in await Incidents(database).open(guild_id=GUILD)}
    assert await scalar(database, "SELECT count(*) FROM held_articles WHERE article = ?", HELD) > 0


async def test_old_articles_read_and_withdrawn_ones_stay_withdrawn(database: Database) -> None:
    articles = Articles(database)
    korean, withdrawn = await articles.get(KOREAN), await articles.get(WITHDRAWN)
    assert korean is not None
    assert withdrawn is not None
    body = await articles.body(KOREAN)
    assert (korean.title, korean.author, len(body.passages), len(body.links)) == ("강가의 시장 이야기", "홍길동", 2, 3)
    assert (withdrawn.state, withdrawn.title) == (ArticleState.WITHDRAWN, "")


async def test_corrections_and_withdrawals_reach_the_posts_of_an_old_database(database: Database) -> None:
    """A correction and a withdrawal reach the posts and the shared cards that the old version made."""
    articles, deliveries, cards = Articles(database), Deliveries(database), SharedCards(database)
    assert await deliveries.visible(KOREAN) > 0
    assert await cards.visible(KOREAN) == 2
    async with database.transaction() as tx:
        await articles.withdraw(tx, KOREAN, NOW)
        await deliveries.withdrawn(tx, KOREAN, NOW)
        await cards.changed(tx, KOREAN, NOW)
    assert await deliveries.pending(KOREAN) > 0
    assert await cards.pending(KOREAN) == 2
