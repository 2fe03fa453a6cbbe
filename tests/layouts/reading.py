"""Helpers to read a layout: the text, buttons and addresses that Discord would get."""

import re
from collections.abc import Iterator
from typing import Any

import discord

from bot.layouts.components import MAX_ALT, MAX_BUTTON_URL, MAX_COMPONENTS, MAX_LABEL, MAX_ROW, MAX_TEXT

ROW, TEXT, BUTTON, SELECT = 1, 10, 2, 3
MAX_CUSTOM_ID, MAX_PLACEHOLDER = 100, 150
LIVE_MENTION = re.compile(r"(?<!\\)<(@[!&]?|#|/|a?:|t:|id:)|@(everyone|here)")
FORMATTING = re.compile(r"(?<!\\)(?:\\\\)*([*_~`|])")


def components(view: discord.ui.LayoutView) -> Iterator[dict[str, Any]]:
    """Every component, outer ones first."""
    waiting: list[Any] = list(view.to_components())
    while waiting:
        part = waiting.pop(0)
        yield part
        waiting += [*part.get("components", []), *([part["accessory"]] if "accessory" in part else [])]


def said(view: discord.ui.LayoutView) -> str:
    """All text of the layout."""
    return "\n".join(part["content"] for part in components(view) if part["type"] == TEXT)


def labels(view: discord.ui.LayoutView) -> list[str]:
    """The labels of all buttons."""
    return [part["label"] for part in components(view) if part["type"] == BUTTON]


def addresses(view: discord.ui.LayoutView) -> list[str]:
    """Every address a tap could open: link buttons and masked links."""
    buttons = [part["url"] for part in components(view) if part["type"] == BUTTON and "url" in part]
    return buttons + re.findall(r"(?<!\\)\]\(([^)]*)\)", said(view))


def check_limits(view: discord.ui.LayoutView) -> None:
    """Asserts that Discord would accept this message."""
    parts = list(components(view))
    assert len(parts) <= MAX_COMPONENTS
    assert view.content_length() <= MAX_TEXT
    identities = [part["custom_id"] for part in parts if "custom_id" in part]
    assert len(set(identities)) == len(identities)
    for part in parts:
        _check_part(part)


def _check_part(part: dict[str, Any]) -> None:
    if part["type"] == TEXT:
        assert part["content"].strip()
    if part["type"] == BUTTON:
        assert 0 < len(part["label"]) <= MAX_LABEL
        assert len(part.get("url", "")) <= MAX_BUTTON_URL
    assert len(part.get("custom_id", "")) <= MAX_CUSTOM_ID
    assert len(part.get("placeholder") or "") <= MAX_PLACEHOLDER
    assert part.get("max_values", 1) <= max(25, part.get("min_values", 1))
    # Discord documents ids as strings: a number of this size is rounded by JavaScript.
    assert all(isinstance(default["id"], str) for default in part.get("default_values", ()))
    if part["type"] == ROW:
        inside = [one["type"] for one in part["components"]]
        assert 0 < len(inside) <= (MAX_ROW if set(inside) == {BUTTON} else 1)
    if part["type"] == SELECT:
        assert part["max_values"] <= len(part["options"])
        assert 0 < len(part["options"]) <= 25
        assert all(0 < len(option["label"]) <= 100 for option in part["options"])
        values = [option["value"] for option in part["options"]]
        assert len(set(values)) == len(values)
    for picture in [*part.get("items", []), *([part] if part["type"] == 11 else [])]:
        assert len(picture.get("description") or "") <= MAX_ALT
        assert picture["media"]["url"].startswith(("http://", "https://"))
