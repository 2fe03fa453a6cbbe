"""Reads JSON Feed 1.0 and 1.1, and documents that resemble it."""

import json
import re
from typing import Any

from bot.feeds.document import RawEntry, RawFeed, items, table, tables, text, web_guid
from bot.pictures import Candidate

VERSION = re.compile(r"(?:https?://)?(?:www\.)?jsonfeed\.org/version/1\b.*|(?:version )?1(?:\.[01])?", re.IGNORECASE)


def read_json_feed(body: bytes) -> RawFeed | None:
    """The feed, or None when the body is not a JSON Feed."""
    try:
        loaded = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except ValueError:
        return None
    feed = table(loaded)
    entries = tables(feed, "items")
    version = text(feed, "version").strip()
    if not VERSION.fullmatch(version):
        # Without a version it needs a title and an address, and items with id and text.
        first = entries[0] if entries else dict[str, Any]()
        named = text(feed, "feed_url") or (text(feed, "title") and text(feed, "home_page_url"))
        has_text = any(name.startswith("content_") for name in first)
        if version or not (named and text(first, "id") and has_text):
            return None
    return RawFeed(
        "json1",
        title=text(feed, "title"),
        link=text(feed, "home_page_url"),
        language=text(feed, "language"),
        author=_author(feed),
        entries=[_entry(item) for item in entries],
    )


def _entry(item: dict[str, Any]) -> RawEntry:
    pictures = [text(one, "url") for one in tables(item, "attachments") if text(one, "mime_type").startswith("image/")]
    return RawEntry(
        guid=text(item, "id"),
        links=[text(item, "url"), text(item, "external_url"), web_guid(text(item, "id"))],
        title=text(item, "title"),
        summary=text(item, "summary") or text(item, "content_html") or text(item, "content_text"),
        author=_author(item),
        date=text(item, "date_published") or text(item, "date_modified"),
        language=text(item, "language"),
        pictures=[Candidate(url) for url in (text(item, "image"), text(item, "banner_image"), *pictures)],
        markup=text(item, "content_html"),
        categories=[tag for tag in items(item, "tags") if isinstance(tag, str)],
    )


def _author(said: dict[str, Any]) -> str:
    """The authors of a feed or an item, in the form of either version or as plain names."""
    authors = [*items(said, "authors"), said.get("author")]
    names = [author if isinstance(author, str) else text(table(author), "name") for author in authors]
    return ", ".join(dict.fromkeys(name for name in names if name))
