"""Fixtures for members' commands."""

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from bot.config.settings import Settings
from tests.cogs.guild_world import GuildWorld, open_world


@pytest.fixture
async def members(settings: Settings) -> AsyncIterator[GuildWorld]:
    """The whole bot with the sample articles, in a server with a member."""
    async with open_world(settings) as world:
        yield world


@pytest.fixture
def korean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's Discord speaks Korean; simcord knows only English."""
    read: Any = discord.Interaction[Any]._from_data

    def in_korean(self: discord.Interaction[Any], data: Any) -> None:
        read(self, {**data, "locale": "ko", "guild_locale": "ko"})

    monkeypatch.setattr(discord.Interaction, "_from_data", in_korean)
