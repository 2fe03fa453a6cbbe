"""A restored backup announces nothing twice, not even an article that it has never heard of."""

from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.ports import Step
from bot.models import ChannelKind
from bot.store.backup import RestoredDatabase, copy_database, restore_database
from bot.store.database import Database
from bot.store.deliveries import DeliveryState
from tests.delivery.delivery_world import START, DeliveryWorld


def ignore(_done: int, _total: int) -> None: ...


async def test_an_article_announced_after_the_backup_is_found_in_the_channel(tmp_path: Path) -> None:
    path, copy = tmp_path / "herald.db", tmp_path / "copy.db"
    database = await Database.open(path)
    before = DeliveryWorld(database, DeliverySettings())
    await before.subscribe(1)
    await before.subscribe(2, ChannelKind.FORUM)
    await before.publish(1)
    await before.settle()
    copy_database(path, copy, ignore)
    await before.publish(2)
    await before.settle()
    await database.close()
    assert len(before.discord.posts) == 4

    restore_database(copy, path, ignore, START)
    database = await Database.open(path)
    after = DeliveryWorld(database, DeliverySettings())
    after.now = before.now + 3_600
    after.discord, after.sender.discord = before.discord, before.discord
    await after.publish(2)
    await after.publish(3)
    await after.settle()

    assert [(post.channel, post.article) for post in after.discord.posts[4:]] == [(1, 3), (2, 3)]
    assert await after.states(1) == [DeliveryState.POSTED] * 3
    await database.close()


@pytest.mark.parametrize("known", [True, False])
async def test_a_post_that_the_database_does_not_know_marks_it_as_older(
    tmp_path: Path,
    known: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Then a waiting delivery is looked up before it is posted, as after `herald restore`."""
    database = await Database.open(tmp_path / "herald.db")
    world = DeliveryWorld(database, DeliverySettings())
    await world.subscribe(1)
    await world.publish(1)
    await world.settle()
    row = await database.one("SELECT message_id, component_id FROM deliveries")
    assert row is not None
    world.sender.young_posts[1] = [(row["message_id"], row["component_id"]) if known else (4711, 2_000_000_000)]
    since = world.now
    world.now += 3_600
    world.announcer = world.start(active_until=since)
    await world.publish(2)
    world.sender.taken.clear()
    await world.settle()

    assert (await RestoredDatabase(database).uncompared(world.now) != []) is known
    assert world.sender.taken[0][0] is (Step.POST if known else Step.VERIFY)
    assert len(world.discord.posts) == 2
    await database.close()


async def test_a_thread_of_a_request_that_was_interrupted_does_not_mark_the_database_as_older(tmp_path: Path) -> None:
    """A killed bot knows no message of it, and a forum's thread shows no component."""
    database = await Database.open(tmp_path / "herald.db")
    world = DeliveryWorld(database, DeliverySettings())
    await world.subscribe(1, ChannelKind.FORUM)
    await world.publish(1)
    async with database.transaction() as tx:
        await tx.execute("UPDATE deliveries SET state = 'claimed', tried_at = ?", (world.now,))
    restored = RestoredDatabase(database)

    assert await restored.knows_post(1, 4711, 0)

    world.sender.young_posts[1] = [(4711, 0)]
    world.announcer = world.start(active_until=world.now)
    await world.settle()

    assert await restored.uncompared(world.now) != []
    await database.close()
