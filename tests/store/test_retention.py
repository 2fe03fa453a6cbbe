"""Retention: what ended long ago is pruned; what a correction or a withdrawal has to find never is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.planning.explain import Reason, explain
from bot.models import ChannelKind
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.deliveries import Deliveries, DeliveryState
from bot.store.guilds import Guilds
from bot.store.health import HealthReader
from bot.store.incidents import Incidents
from bot.store.retention import Pruned, Retention
from bot.store.subscriptions import NewSubscription, Subscriptions
from bot.store.withdrawals import Withdrawals
from tests.store.samples import draft

NOW = 1_800_000_000.0
DAY = 86_400.0
GUILD, CHANNEL = 7, 70
ENDED: dict[str, Any] = {"due": None, "planned_at": NOW - 200 * DAY}
BEFORE = NOW - 90 * DAY


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "herald.db")
    await Subscriptions(database).create(NewSubscription(GUILD, CHANNEL, ChannelKind.TEXT))
    yield database
    await database.close()


async def delivered(database: Database, number: int, **columns: Any) -> int:
    """An article with one delivery in that state; gives the article's id."""
    columns = {**ENDED, **columns}
    async with database.transaction() as tx:
        [article_id] = await Articles(database).add(tx, [draft(number)], NOW)
        await Deliveries(database).plan(tx, article_id, "blog", NOW)
        names = ", ".join(f"{name} = :{name}" for name in columns)
        await tx.execute(f"UPDATE deliveries SET {names} WHERE article = :article", {**columns, "article": article_id})  # noqa: S608 - our names
    return article_id


async def withdraw(database: Database, article_id: int, at: float, *, erase: bool) -> None:
    async with database.transaction() as tx:
        await Articles(database).withdraw(tx, article_id, at)
        await tx.execute("UPDATE deliveries SET state = 'withdrawn' WHERE article = ?", (article_id,))
    if erase:
        await Withdrawals(database).erase([article_id], NOW)


@pytest.mark.parametrize(
    ("columns", "pruned"),
    [
        ({"state": "cancelled"}, 1),
        ({"state": "deleted", "message_id": 5}, 1),
        ({"state": "cancelled", "tried_at": NOW - DAY}, 0),
        ({"state": "deleted", "due": NOW}, 0),
        ({"state": "posted", "message_id": 5, "posted_at": NOW - 200 * DAY}, 0),
        ({"state": "unverified"}, 0),
        ({"state": "claimed"}, 0),
        ({"state": "rejected"}, 0),
        ({"state": "planned"}, 0),
        ({"state": "withdrawn", "problem": "manage_messages"}, 0),
    ],
)
async def test_only_deliveries_without_a_message_to_correct_are_pruned(
    database: Database, columns: dict[str, Any], pruned: int
) -> None:
    await delivered(database, 1, **columns)

    assert await Retention(database).prune(BEFORE) == Pruned(deliveries=pruned)
    assert await Deliveries(database).counts() == {DeliveryState(columns["state"]): 1}


async def test_the_post_of_a_withdrawn_article_is_pruned_only_when_nothing_can_bring_it_back(
    database: Database,
) -> None:
    kept = await delivered(database, 1, state="posted", message_id=5)
    recent = await delivered(database, 2, state="posted", message_id=6)
    erased = await delivered(database, 3, state="posted", message_id=7)
    await withdraw(database, kept, NOW - 200 * DAY, erase=False)
    await withdraw(database, recent, NOW - DAY, erase=True)
    await withdraw(database, erased, NOW - 200 * DAY, erase=True)

    assert (await Retention(database).prune(BEFORE)).deliveries == 1

    left = await database.all("SELECT article FROM deliveries ORDER BY article")
    assert [row["article"] for row in left] == [kept, recent]
    assert await Deliveries(database).counts() == {DeliveryState.WITHDRAWN: 3}


async def test_a_digest_that_shows_a_withdrawn_article_keeps_its_rows_until_it_is_edited(database: Database) -> None:
    head = await delivered(database, 1, state="posted", message_id=5)
    named = await delivered(database, 2, state="posted")
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE deliveries SET digest_id = (SELECT id FROM deliveries WHERE article = ?) WHERE article = ?",
            (head, named),
        )
        await tx.execute("UPDATE deliveries SET posted_hash = desired_hash + 1 WHERE article = ?", (head,))
    await withdraw(database, named, NOW - 200 * DAY, erase=True)

    assert (await Retention(database).prune(BEFORE)).deliveries == 0
    assert [post.message_id for post in await Deliveries(database).still_visible(GUILD)] == [5]
    async with database.transaction() as tx:
        await tx.execute("UPDATE deliveries SET posted_hash = desired_hash WHERE article = ?", (head,))

    assert (await Retention(database).prune(BEFORE)).deliveries == 1
    assert [row["article"] for row in await database.all("SELECT article FROM deliveries")] == [head]


async def test_a_pruned_article_is_never_announced_again_by_itself_and_once_more_on_request(
    database: Database,
) -> None:
    article_id = await delivered(database, 1, state="deleted", message_id=5)
    subscription = (await Subscriptions(database).of_guild(GUILD))[0]
    deliveries = Deliveries(database)
    await Retention(database).prune(BEFORE)

    async with database.transaction() as tx:
        assert await deliveries.plan(tx, article_id, "blog", NOW) == 0
    reports = await deliveries.of_article(article_id, subscription.id)
    article = await Articles(database).get(article_id)
    assert article is not None
    assert explain(article, subscription, reports, NOW, held=False).reason is Reason.DELETED
    async with database.transaction() as tx:
        await deliveries.announce(tx, article_id, subscription.id, NOW)

    row = await database.one("SELECT sequence FROM deliveries WHERE article = ?", (article_id,))
    assert row is not None
    assert row["sequence"] == 1


async def test_what_remains_of_pruned_deliveries_goes_with_the_server(database: Database) -> None:
    await delivered(database, 1, state="cancelled")
    await Retention(database).prune(BEFORE)

    async with database.transaction() as tx:
        await Guilds(database).delete(tx, GUILD)

    assert await database.all("SELECT * FROM settled_deliveries") == []


async def test_ended_incidents_are_counted_when_they_are_pruned_and_open_ones_stay(database: Database) -> None:
    incidents, retention = Incidents(database), Retention(database)
    async with database.transaction() as tx:
        for kind, ended in (("feed_timeout:blog", 200), ("feed_timeout:video", 200), ("blocked", 1), ("edit", None)):
            await incidents.start(tx, kind, "", NOW - 300 * DAY, guild_id=GUILD)
            if ended is not None:
                await incidents.end(tx, kind, NOW - ended * DAY, guild_id=GUILD)
    assert (await retention.prune(BEFORE)).incidents == 0  # nobody has heard of their ends yet
    async with database.transaction() as tx:
        for incident in await incidents.unreported():
            await incidents.mark_reported(tx, incident)

    assert (await retention.prune(BEFORE)).incidents == 2

    left = await database.all("SELECT kind FROM incidents ORDER BY id")
    assert [row["kind"] for row in left] == ["blocked", "edit"]
    assert [tuple(row) for row in await database.all("SELECT kind, count FROM pruned_incidents")] == [
        ("feed_timeout", 2)
    ]
    assert (await HealthReader(database).figures(NOW)).ended_incidents == 3
