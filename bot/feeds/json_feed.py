"""JSON Feed 1.0 and 1.1."""

import json
from typing import Any, cast

from bot.feeds.raw import MOST_READ, RawEntry, RawFeed, web_guid

VERSION = "https://jsonfeed.org/version/1"


def read_json_feed(body: bytes) -> RawFeed | None:
    """The feed, or None when the body is not a JSON Feed."""
    try:
        said = json.loads(body.decode("utf-8-sig", "replace"))
    except ValueError:
        return None
    feed = _table(said)
    if not _text(feed, "version").startswith(VERSION):
        return None
    entries = [_entry(_table(item)) for item in _list(feed, "items")[:MOST_READ]]
    return RawFeed("json1", _text(feed, "title"), _text(feed, "language"), entries)


def _entry(item: dict[str, Any]) -> RawEntry:
    return RawEntry(
        guid=_text(item, "id"),
        links=[_text(item, "url"), _text(item, "external_url"), web_guid(_text(item, "id"))],
        title=_text(item, "title"),
        summary=_text(item, "summary") or _text(item, "content_html") or _text(item, "content_text"),
        author=_author(item),
        date=_text(item, "date_published") or _text(item, "date_modified"),
        language=_text(item, "language"),
        image=_text(item, "image") or _text(item, "banner_image"),
        markup=_text(item, "content_html"),
    )


def _author(item: dict[str, Any]) -> str:
    names = [_text(_table(author), "name") for author in _list(item, "authors")]
    return ", ".join(name for name in names if name) or _text(_table(item.get("author")), "name")


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(table: dict[str, Any], name: str) -> list[Any]:
    value = table.get(name)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _text(table: dict[str, Any], name: str) -> str:
    value = table.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
