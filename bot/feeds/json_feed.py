"""Reads JSON Feed 1.0 and 1.1, and documents that resemble it."""

import json
import re
from typing import Any, cast

from bot.feeds.raw import MOST_READ, RawEntry, RawFeed, web_guid
from bot.pictures import Candidate

VERSION = re.compile(r"(?:https?://)?(?:www\.)?jsonfeed\.org/version/1\b.*|(?:version )?1(?:\.[01])?", re.IGNORECASE)


def read_json_feed(body: bytes) -> RawFeed | None:
    """The feed, or None when the body is not a JSON Feed."""
    try:
        loaded = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except ValueError:
        return None
    feed = _table(loaded)
    items = _list(feed, "items")[:MOST_READ]
    version = _text(feed, "version").strip()
    if not VERSION.fullmatch(version):
        # Without a version it needs a title and an address, and items with id and text.
        first = _table(items[0]) if items else {}
        named = _text(feed, "feed_url") or (_text(feed, "title") and _text(feed, "home_page_url"))
        has_text = any(name.startswith("content_") for name in first)
        if version or not (named and _text(first, "id") and has_text):
            return None
    return RawFeed(
        "json1",
        title=_text(feed, "title"),
        link=_text(feed, "home_page_url"),
        language=_text(feed, "language"),
        author=_author(feed),
        entries=[_entry(_table(item)) for item in items],
    )


def _entry(item: dict[str, Any]) -> RawEntry:
    attached = [_table(attachment) for attachment in _list(item, "attachments")]
    pictures = [_text(one, "url") for one in attached if _text(one, "mime_type").startswith("image/")]
    return RawEntry(
        guid=_text(item, "id"),
        links=[_text(item, "url"), _text(item, "external_url"), web_guid(_text(item, "id"))],
        title=_text(item, "title"),
        summary=_text(item, "summary") or _text(item, "content_html") or _text(item, "content_text"),
        author=_author(item),
        date=_text(item, "date_published") or _text(item, "date_modified"),
        language=_text(item, "language"),
        pictures=[Candidate(url) for url in (_text(item, "image"), _text(item, "banner_image"), *pictures)],
        markup=_text(item, "content_html"),
        categories=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
    )


def _author(table: dict[str, Any]) -> str:
    """The authors of a feed or an item, in the form of either version or as plain names."""
    authors = [*_list(table, "authors"), table.get("author")]
    names = [author if isinstance(author, str) else _text(_table(author), "name") for author in authors]
    return ", ".join(dict.fromkeys(name for name in names if name))


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(table: dict[str, Any], name: str) -> list[Any]:
    value = table.get(name)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _text(table: dict[str, Any], name: str) -> str:
    value = table.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
