"""What a feed's document says, and its form on the way out of the worker process."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.feeds.schedule import FeedHints
from bot.models import Entry, Image, Link, LinkKind, Page, Passage

MAX_ENTRIES = 2_000
MAX_ANSWER = 6_000_000  # bytes of JSON altogether
FRAME = 65_536  # bytes of JSON read at once, so that reading an answer never holds up the event loop


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


def document_frames(document: FeedDocument) -> list[bytes]:
    """The document as JSON in frames: its entries, then itself."""
    return frames(asdict(replace(document, entries=())), map(asdict, document.entries[:MAX_ENTRIES]))


def frames(result: object, rows: Iterable[object] = ()) -> list[bytes]:
    """An answer as JSON: frames with some rows each, and one with the result.

    Rows at the end are left out where the answer would grow too large.
    """
    found: list[bytes] = []
    pieces: list[bytes] = []
    size = total = 0
    for row in rows:
        piece = to_json(row)
        total += len(piece)
        if total > MAX_ANSWER:
            break
        if size + len(piece) > FRAME and pieces:
            found.append(_rows(pieces))
            pieces, size = [], 0
        pieces.append(piece)
        size += len(piece)
    return [*found, *([_rows(pieces)] if pieces else []), b'{"result":' + to_json(result) + b"}"]


def to_json(value: object) -> bytes:
    """JSON in UTF-8; lone surrogates, which no UTF-8 can carry, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def document_from(said: Mapping[str, Any], entries: Sequence[FeedEntry]) -> FeedDocument:
    """A document from its JSON and its entries."""
    hints = said["hints"]
    values: dict[str, Any] = dict(said)
    values["hints"] = FeedHints(hints["ttl"], tuple(hints["skip_hours"]), tuple(hints["skip_days"]))
    values["entries"] = tuple(entries)
    values["alternates"] = tuple(said["alternates"])
    return FeedDocument(**values)


def entry_from(row: Mapping[str, Any]) -> FeedEntry:
    """An entry from its JSON."""
    return FeedEntry(_entry(row["entry"]), row["key"], row["told"])


def page_from(said: Mapping[str, Any]) -> Page:
    """A page from its JSON."""
    values: dict[str, Any] = dict(said)
    values["passages"] = tuple(Passage(**passage) for passage in said["passages"])
    values["images"] = tuple(Image(**image) for image in said["images"])
    values["links"] = tuple(_link(**link) for link in said["links"])
    values["footnotes"] = tuple(said["footnotes"])
    return Page(**values)


def _rows(pieces: list[bytes]) -> bytes:
    return b'{"rows":[' + b",".join(pieces) + b"]}"


def _entry(said: Mapping[str, Any]) -> Entry:
    values: dict[str, Any] = dict(said)
    values["image"] = Image(**said["image"]) if said["image"] else None
    return Entry(**values)


def _link(label: str, url: str, kind: str, passage: int) -> Link:
    return Link(label, url, LinkKind(kind), passage)
