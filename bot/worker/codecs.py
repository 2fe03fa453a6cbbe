"""Parsed documents as JSON frames, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from bot.discovery.contents import MAX_SOURCES, FoundArticle, SourceContents, SourceKind
from bot.discovery.robots import RobotsRules
from bot.feeds.document import MAX_ENTRIES, FeedDocument, ParsedEntry
from bot.feeds.schedule import FeedHints
from bot.models import Entry, Image, Link, LinkKind, Page, Passage
from bot.worker.protocol import encode_frames


def contents_frames(contents: SourceContents) -> list[bytes]:
    """The contents as JSON in frames: their articles, then themselves."""
    passed_over = [asdict(article) for article in contents.passed_over]
    result = {"kind": contents.kind, "sources": contents.sources[:MAX_SOURCES], "passed_over": passed_over}
    return encode_frames(result, map(asdict, contents.articles))


def article_from(row: Mapping[str, Any]) -> FoundArticle:
    """An article's address from its JSON."""
    return FoundArticle(**row)


def contents_from(found: Mapping[str, Any], articles: Sequence[FoundArticle]) -> SourceContents:
    """Contents from their JSON and their articles."""
    passed_over = tuple(map(article_from, found["passed_over"]))
    return SourceContents(SourceKind(found["kind"]), tuple(articles), tuple(found["sources"]), passed_over)


def robots_from(found: Mapping[str, Any]) -> RobotsRules:
    """The rules of a robots.txt from their JSON."""
    return RobotsRules(found["allowed"], found["delay"], tuple(found["sitemaps"]))


def document_frames(document: FeedDocument) -> list[bytes]:
    """The document as JSON in frames: its entries, then itself."""
    return encode_frames(asdict(replace(document, entries=())), map(asdict, document.entries[:MAX_ENTRIES]))


def document_from(found: Mapping[str, Any], entries: Sequence[ParsedEntry]) -> FeedDocument:
    """A document from its JSON and its entries."""
    hints = found["hints"]
    values: dict[str, Any] = dict(found)
    values["hints"] = FeedHints(hints["ttl"], tuple(hints["skip_hours"]), tuple(hints["skip_days"]))
    values["entries"] = tuple(entries)
    values["alternates"] = tuple(found["alternates"])
    return FeedDocument(**values)


def entry_from(row: Mapping[str, Any]) -> ParsedEntry:
    """An entry from its JSON."""
    others = tuple(row["other_identities"])
    return ParsedEntry(_entry(row["entry"]), row["key"], row["address_key"], others, row["content_hash"])


def page_from(found: Mapping[str, Any]) -> Page:
    """A page from its JSON."""
    values: dict[str, Any] = dict(found)
    values["passages"] = tuple(Passage(**passage) for passage in found["passages"])
    values["images"] = tuple(Image(**image) for image in found["images"])
    values["links"] = tuple(_link(**link) for link in found["links"])
    values["footnotes"] = tuple(found["footnotes"])
    return Page(**values)


def _entry(found: Mapping[str, Any]) -> Entry:
    values: dict[str, Any] = dict(found)
    values["image"] = Image(**found["image"]) if found["image"] else None
    return Entry(**values)


def _link(label: str, url: str, kind: str, passage: int) -> Link:
    return Link(label, url, LinkKind(kind), passage)
