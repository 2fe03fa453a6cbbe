"""A restored backup announces nothing twice, not even an article that it has never heard of."""

from pathlib import Path

from bot.config.settings import DeliverySettings
from bot.models import ChannelKind
from bot.store.backup import copy_database, restore_database
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
