"""Buttons and menus on the messages of version 853f4e9 keep working: golden ids written by that version itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.interactions.custom_ids import article_button_id, decode, latest_id, search_id
from bot.interactions.custom_ids import encode as encode_search
from tests.cogs.guild_world import GuildWorld

GOLDEN: dict[str, list[Any]] = json.loads(
    (Path(__file__).parents[1] / "interactions" / "golden" / "custom_ids.json").read_text("utf-8")
)
ALL = [
    *(entry[-1] for kind in ("searches", "latest", "article") for entry in GOLDEN[kind]),
    *(custom_id for kind in ("saved", "settings", "moderators") for custom_id in GOLDEN[kind]),
]


async def test_every_control_of_an_old_message_is_still_recognised(members: GuildWorld) -> None:
    templates = list(members.bot._connection._view_store._dynamic_items)
    matches = {custom_id: sum(bool(pattern.fullmatch(custom_id)) for pattern in templates) for custom_id in ALL}
    assert matches == dict.fromkeys(ALL, 1)


@pytest.mark.parametrize(("page", "_search", "custom_id"), GOLDEN["searches"])
def test_the_state_of_an_old_search_reads_and_writes_the_same(page: int, _search: list[Any], custom_id: str) -> None:
    state = custom_id.split(":", 2)[2]
    assert search_id(page, encode_search(decode(state))) == custom_id


def test_ids_on_public_cards_are_byte_identical() -> None:
    assert [latest_id(page, topic) for page, topic, _ in GOLDEN["latest"]] == [entry[2] for entry in GOLDEN["latest"]]
    assert [article_button_id("share", 7), article_button_id("related", 7)] == [entry[2] for entry in GOLDEN["article"]]
