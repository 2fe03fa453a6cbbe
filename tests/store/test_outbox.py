from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.models import ChannelKind, NewArticle, SubscriptionOptions
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.deliveries import Deliveries, DeliveryState
from bot.store.guilds import Guilds
from bot.store.incidents import Incidents
from bot.store.outbox import Outbox
from bot.store.subscriptions import AlreadySubscribedError, NewSubscription, Subscriptions

NOW = 1_800_000_000.0
TEXT = NewSubscription(7, 70, ChannelKind.TEXT)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "herald.db")
    yield database
    await database.close()


async def plan(database: Database, number: int, topics: Sequence[str] = (), feed: str = "blog") -> int:
    draft = NewArticle(
        feed=feed, identity=str(number), url=f"https://x.example/{number}", key=f"x.example/{number}",
        title=f"{number}", summary="", author="", author_note="", published=NOW + number, language="en", image=None,
        reading_minutes=None, topics=tuple(topics), body=None,
    )  # fmt: skip
    async with database.transaction() as tx:
        [article] = await Articles(database).add(tx, [draft], NOW)
        return await Deliveries(database).plan(tx, article, feed, NOW)


@pytest.mark.parametrize(
    ("wish", "wanted"),
    [
        (TEXT, True),
        (replace(TEXT, options=SubscriptionOptions(topics=("women", "history"))), True),
        (replace(TEXT, options=SubscriptionOptions(topics=("history",))), False),
        (replace(TEXT, options=SubscriptionOptions(feeds=("blog",))), True),
        (replace(TEXT, options=SubscriptionOptions(feeds=("video",))), False),
        (replace(TEXT, options=SubscriptionOptions(feeds=("blog",), topics=("history",))), False),
    ],
)
async def test_an_article_is_planned_where_it_is_wanted(
    database: Database, wish: NewSubscription, *, wanted: bool
) -> None:
    await Subscriptions(database).create(wish)

    assert await plan(database, 1, ("women", "rescue")) == int(wanted)


async def test_planning_twice_plans_once(database: Database) -> None:
    """Held articles are planned a second time when a moderator releases them."""
    await Subscriptions(database).create(TEXT)
    await plan(database, 1)
    async with database.transaction() as tx:
        assert await Deliveries(database).plan(tx, 1, "blog", NOW) == 0


async def test_a_withdrawn_article_is_planned_nowhere(database: Database) -> None:
    """It may be withdrawn while a poll that lists it is under way."""
    await plan(database, 1)
    async with database.transaction() as tx:
        await Articles(database).withdraw(tx, 1, NOW)
    await Subscriptions(database).create(TEXT)

    async with database.transaction() as tx:
        assert await Deliveries(database).plan(tx, 1, "blog", NOW) == 0


async def test_nothing_is_planned_for_what_is_paused_left_or_removed(database: Database) -> None:
    subscriptions = Subscriptions(database)
    paused = await subscriptions.create(TEXT)
    await subscriptions.create(replace(TEXT, guild_id=8, channel_id=80))
    removed = await subscriptions.create(replace(TEXT, channel_id=71))
    await subscriptions.set_paused(paused.id, paused=True)
    await subscriptions.remove(removed.id)
    async with database.transaction() as tx:
        await Guilds(database).left(tx, 8, NOW)

    assert await plan(database, 1) == 0


async def test_what_was_planned_before_a_pause_waits_for_its_end(database: Database) -> None:
    subscriptions, outbox = Subscriptions(database), Outbox(database, 10, 3)
    subscription = await subscriptions.create(TEXT)
    await plan(database, 1)

    await subscriptions.set_paused(subscription.id, paused=True)
    assert await outbox.due(NOW, 10) == []

    await subscriptions.set_paused(subscription.id, paused=False)
    assert len(await outbox.due(NOW, 10)) == 1


async def test_a_channel_has_one_subscription_and_may_get_another_after_its_end(database: Database) -> None:
    subscriptions = Subscriptions(database)
    first = await subscriptions.create(TEXT)
    with pytest.raises(AlreadySubscribedError):
        await subscriptions.create(TEXT)
    await subscriptions.remove(first.id)
    assert (await subscriptions.get(70), await subscriptions.count()) == (None, 0)

    again = await subscriptions.create(replace(TEXT, options=SubscriptionOptions(topics=("women",))))
    assert await subscriptions.get(70) == again
    assert again.options.topics == ("women",)


async def test_removing_cancels_pending_posts_and_keeps_existing_ones(database: Database) -> None:
    subscriptions = Subscriptions(database)
    subscription = await subscriptions.create(TEXT)
    for number in (1, 2):
        await plan(database, number)
    async with database.transaction() as tx:
        await tx.execute("UPDATE deliveries SET state = 'posted', message_id = 5, due = NULL WHERE article = 1")
    await subscriptions.remove(subscription.id)

    assert await Deliveries(database).counts() == {DeliveryState.POSTED: 1, DeliveryState.CANCELLED: 1}


async def test_a_withdrawal_is_due_also_where_the_subscription_ended(database: Database) -> None:
    """A withdrawal reaches the posts of ended subscriptions too."""
    subscription = await Subscriptions(database).create(TEXT)
    await plan(database, 1)
    async with database.transaction() as tx:
        await tx.execute("UPDATE deliveries SET state = 'posted', message_id = 5, due = NULL")
    await Subscriptions(database).remove(subscription.id)
    async with database.transaction() as tx:
        await Articles(database).withdraw(tx, 1, NOW)
        await Deliveries(database).withdrawn(tx, 1, NOW)

    (work,) = await Outbox(database, 10, 3).due(NOW, 10)
    assert (work.articles, work.delivery.message_id) == ((), 5)


async def test_a_change_requested_during_a_step_is_not_lost(database: Database) -> None:
    await Subscriptions(database).create(TEXT)
    await plan(database, 1)
    outbox = Outbox(database, 10, 3)
    (work,) = await outbox.due(NOW, 10)
    async with database.transaction() as tx:
        await tx.execute("UPDATE articles SET title = 'Another'")
        await Deliveries(database).changed(tx, 1, NOW)
    posted = replace(
        work.delivery, state=DeliveryState.POSTED, message_id=5, posted_hash=work.delivery.desired_hash, due=None
    )
    async with database.transaction() as tx:
        await outbox.save(tx, [posted], NOW)

    (again,) = await outbox.due(NOW, 10)
    assert again.delivery.posted_hash != again.delivery.desired_hash


async def test_an_incident_is_reported_once_at_its_start_and_end(database: Database) -> None:
    incidents = Incidents(database)
    async with database.transaction() as tx:
        for _ in range(3):
            await incidents.start(tx, "blocked", "send_messages", NOW, guild_id=7, channel_id=70)
    (started,) = await incidents.unreported()
    async with database.transaction() as tx:
        await incidents.mark_reported(tx, started)
    assert await incidents.unreported() == []

    async with database.transaction() as tx:
        await incidents.end(tx, "blocked", NOW, guild_id=7, channel_id=70)
    (ended,) = await incidents.unreported()
    assert ended.over
    async with database.transaction() as tx:
        await incidents.mark_reported(tx, ended)
    assert (await incidents.unreported(), await incidents.open(guild_id=7)) == ([], [])


async def test_reading_a_batch_costs_the_same_however_long_the_backlog_is(database: Database) -> None:
    """SQLite's own count of work, because a backlog that is sorted for every batch delays all that is sent."""
    subscriptions, outbox, work = Subscriptions(database), Outbox(database, 10, 3), list[int]()
    for backlog in (50, 500):
        for number in range(backlog):
            await subscriptions.create(replace(TEXT, channel_id=1_000 * backlog + number))
        await plan(database, backlog)
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        await database.read(lambda connection, count=count: connection.set_progress_handler(count, 1))
        assert len(await outbox.due(NOW, 32)) == 32
        work.append(steps)

    assert work[1] < 1.5 * work[0]
