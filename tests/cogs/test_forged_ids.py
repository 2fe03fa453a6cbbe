"""Forged custom ids: each is refused with a sentence, and none stores, posts or crashes anything."""

import logging

import pytest

from bot.config.settings import Settings
from tests.cogs.forged_ids import changes, forged, press
from tests.cogs.moderation import open_server


async def test_forged_ids_are_refused_and_change_nothing(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    async with open_server(settings) as server:
        ids = forged(server)
        assert len(ids) >= 500
        caplog.set_level(logging.ERROR)
        for one in ids:
            assert await press(server, one) == "", one
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
        assert await changes(server) == []
