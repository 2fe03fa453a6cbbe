"""Superseded autocompletions are dropped."""

import asyncio
from types import SimpleNamespace
from typing import Any

import discord

from bot.client.bot import HeraldTree


async def test_a_newer_autocompletion_of_the_same_member_and_command_cancels_the_older() -> None:
    client: Any = discord.Client(intents=discord.Intents.none())
    client.autocompletions = {}
    tree, release = HeraldTree(client), asyncio.Event()

    async def complete(member: int, command: str) -> None:
        typed: Any = SimpleNamespace(
            type=discord.InteractionType.autocomplete, user=SimpleNamespace(id=member), data={"name": command}
        )
        assert await tree.interaction_check(typed)
        await release.wait()

    asked = [(1, "search"), (2, "search"), (1, "article"), (1, "search")]
    tasks = [asyncio.create_task(complete(*one)) for one in asked]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert [task.cancelled() for task in tasks] == [True, False, False, False]
    assert client.autocompletions == {}
