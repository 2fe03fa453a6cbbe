from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.followed_channels import FollowedChannel, FollowedChannels
from bot.store.guilds import Guilds, GuildSettings
from bot.store.topic_roles import Panel, TopicRoles

GUILD = 1_100_000_000_000_000_001
OTHER = 1_100_000_000_000_000_002


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "herald.db")
    yield database
    await database.close()


@pytest.fixture
def guilds(database: Database) -> Guilds:
    return Guilds(database)


async def test_a_server_without_settings_has_the_defaults(guilds: Guilds) -> None:
    assert await guilds.get(GUILD) == GuildSettings(GUILD, log_channel_id=None, language="", left_at=None)


async def test_changing_one_setting_keeps_the_other(guilds: Guilds) -> None:
    await guilds.choose(GUILD, "log_channel_id", 42)
    await guilds.choose(GUILD, "language", "ko")

    assert await guilds.get(GUILD) == GuildSettings(GUILD, log_channel_id=42, language="ko")
    assert await guilds.get(OTHER) == GuildSettings(OTHER)


async def test_a_setting_can_be_cleared(guilds: Guilds) -> None:
    await guilds.choose(GUILD, "log_channel_id", 42)
    await guilds.choose(GUILD, "log_channel_id", None)
    await guilds.choose(GUILD, "language", "ko")
    await guilds.choose(GUILD, "language", "")

    assert await guilds.get(GUILD) == GuildSettings(GUILD)


async def test_leaving_keeps_the_first_time_and_returning_clears_it(guilds: Guilds, database: Database) -> None:
    """A removal may be reported twice; only the first starts the time until deletion."""
    await guilds.choose(GUILD, "language", "ko")
    async with database.transaction() as tx:
        await guilds.left(tx, GUILD, 100.0)
        await guilds.left(tx, GUILD, 200.0)
    assert (await guilds.get(GUILD)).left_at == 100.0

    async with database.transaction() as tx:
        await guilds.returned(tx, GUILD)
    assert await guilds.get(GUILD) == GuildSettings(GUILD, language="ko")


async def test_a_server_is_known_by_anything_stored_of_it(guilds: Guilds, database: Database) -> None:
    """A server that only has roles, their panel or a followed channel is compared with Discord too."""
    await TopicRoles(database).assign(3, "women", 5)
    await TopicRoles(database).set_panel(4, Panel(channel_id=6, message_id=7))
    await FollowedChannels(database).put(FollowedChannel(5, 8, webhook_id=9, followed_at=0.0, confirmed_at=0.0))
    await guilds.choose(OTHER, "language", "ko")
    async with database.transaction() as tx:
        await guilds.left(tx, OTHER, 100.0)

    assert sorted(await guilds.known()) == [(3, False), (4, False), (5, False), (OTHER, True)]
    assert await guilds.known(OTHER) == [(OTHER, True)]
    assert await guilds.known(5) == [(5, False)]
    assert await guilds.known(GUILD) == []


async def test_only_servers_left_long_ago_are_deleted(guilds: Guilds, database: Database) -> None:
    await guilds.choose(3, "language", "ko")
    async with database.transaction() as tx:
        await guilds.left(tx, GUILD, 100.0)
        await guilds.left(tx, OTHER, 300.0)
        assert await guilds.left_before(tx, 200.0) == [GUILD]
        await guilds.delete(tx, GUILD)

    assert (await guilds.get(GUILD)).left_at is None
    assert (await guilds.get(OTHER)).left_at == 300.0
    assert (await guilds.get(3)).language == "ko"
