"""Registering commands: at every start, again until it succeeds, moderators' commands for servers only."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.client.bot import HeraldBot
from bot.client.command_registration import CommandRegistration
from bot.config.settings import Settings
from bot.store.database import Database
from bot.store.key_value import KeyValueStore
from tests.cogs.guild_world import open_services


class Registered:
    """A command as Discord returns it."""

    def __init__(self, name: str, identity: int) -> None:
        self.name, self.id = name, identity


class FlakyTree:
    """A command tree whose first registrations fail."""

    def __init__(self, failures: Sequence[Exception]) -> None:
        self.failures, self.attempts = list(failures), 0

    def get_commands(self) -> list[Any]:
        return []

    async def sync(self) -> list[Registered]:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        return [Registered("search", 7)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[KeyValueStore]:
    database = await Database.open(tmp_path / "herald.db")
    yield KeyValueStore(database, lambda: 0.0)
    await database.close()


def refused(status: int) -> discord.HTTPException:
    class Answer:
        reason = "no"

    answer: Any = Answer()
    answer.status = status
    return discord.HTTPException(answer, {"code": 0, "message": "no"})


@pytest.mark.parametrize(
    "failure", [refused(500), refused(429), aiohttp.ClientError("cut"), OSError("unreachable"), TimeoutError()]
)
async def test_a_failed_registration_is_repeated_without_a_restart(store: KeyValueStore, failure: Exception) -> None:
    waits = list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    tree: Any = FlakyTree([failure] * 8)
    registration = CommandRegistration(tree, store, sleep)
    await registration.start()

    assert tree.attempts == 9
    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    assert registration.ids == {"search": 7}


async def test_a_start_that_cannot_register_keeps_the_known_command_ids(store: KeyValueStore) -> None:
    working: Any = FlakyTree([])
    await CommandRegistration(working, store).start()

    forever = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        forever.set()
        await asyncio.Event().wait()

    failing: Any = FlakyTree([refused(500)])
    registration = CommandRegistration(failing, store, sleep)
    starting = asyncio.create_task(registration.start())
    await forever.wait()
    assert registration.ids == {"search": 7}
    await registration.stop()
    await starting


async def test_only_commands_for_everyone_are_offered_in_private_messages(settings: Settings) -> None:
    async with open_services(settings) as services:
        bot = HeraldBot(services)
        for name in ("cogs.search", "cogs.announcements", "cogs.settings"):
            await bot.load_extension(name)
        tree: Any = FlakyTree([])
        tree.get_commands = bot.tree.get_commands
        await CommandRegistration(tree, bot.kept).start()

        contexts = {command.name: command.to_dict(bot.tree)["contexts"] for command in bot.tree.get_commands()}
        for command in bot.tree.get_commands():
            private = 1 in contexts[command.name]
            assert private is not (
                isinstance(command, app_commands.Command | app_commands.Group) and command.guild_only
            ), command.name
        assert contexts["announcements"] == [0]
        assert contexts["settings"] == [0]
        assert contexts["search"] == [0, 1]
