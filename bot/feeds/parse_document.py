"""What a feed's document says, and its form on the way out of the worker process."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.feeds.schedule import FeedHints
from bot.models import Entry, Image, Link, LinkKind, Page, Passage

MAX_ENTRIES = 500
MAX_ANSWER = 1_500_000  # bytes of JSON, so that reading an answer never holds up the event loop


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry, the canonical key of its address, and a digest of all that the feed says of it."""

    entry: Entry
    key: str
    told: str


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A parsed document. `version` is empty when it is no feed.

    `alternates` are the feeds that a web page names; `malformed`: the document breaks off or is
    not well-formed, `dropped`: entries without an address that people can open.
    """

    version: str
    title: str = ""
    language: str = ""
    entries: tuple[FeedEntry, ...] = ()
    hints: FeedHints = field(default_factory=FeedHints)
    alternates: tuple[str, ...] = ()
    malformed: bool = False
    dropped: int = 0


def told_of(entry: Entry) -> str:
    """A digest that changes when the feed says anything else of an article."""
    said = asdict(replace(entry, identity=""))
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:32]


def document_to_json(document: FeedDocument) -> bytes:
    """The document as JSON; entries at the end are left out when it would grow too large."""
    entries: list[dict[str, Any]] = []
    size = 0
    for entry in document.entries[:MAX_ENTRIES]:
        row = asdict(entry)
        size += len(to_json(row))
        if size > MAX_ANSWER:
            break
        entries.append(row)
    return to_json({**asdict(replace(document, entries=())), "entries": entries})


def to_json(value: object) -> bytes:
    """JSON in UTF-8; lone surrogates, which no UTF-8 can carry, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def document_from(said: Mapping[str, Any]) -> FeedDocument:
    """A document from its JSON."""
    hints = said["hints"]
    values: dict[str, Any] = dict(said)
    values["hints"] = FeedHints(hints["ttl"], tuple(hints["skip_hours"]), tuple(hints["skip_days"]))
    values["entries"] = tuple(FeedEntry(_entry(row["entry"]), row["key"], row["told"]) for row in said["entries"])
    values["alternates"] = tuple(said["alternates"])
    return FeedDocument(**values)


def page_from(said: Mapping[str, Any]) -> Page:
    """A page from its JSON."""
    values: dict[str, Any] = dict(said)
    values["passages"] = tuple(Passage(**passage) for passage in said["passages"])
    values["images"] = tuple(Image(**image) for image in said["images"])
    values["links"] = tuple(_link(**link) for link in said["links"])
    values["footnotes"] = tuple(said["footnotes"])
    return Page(**values)


def _entry(said: Mapping[str, Any]) -> Entry:
    values: dict[str, Any] = dict(said)
    values["image"] = Image(**said["image"]) if said["image"] else None
    return Entry(**values)


def _link(label: str, url: str, kind: str, passage: int) -> Link:
    return Link(label, url, LinkKind(kind), passage)
