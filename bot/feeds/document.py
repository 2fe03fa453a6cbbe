"""What a feed's document says, and its form on the way out of the worker process."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace

from bot.feeds.schedule import FeedHints
from bot.models import Entry

MAX_ENTRIES = 2_000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry, the canonical key of its address, and a digest of all that the feed says of it."""

    entry: Entry
    key: str
    told: str


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A parsed document. `version` is empty when it is no feed.

    `alternates` are the feeds that a web page names; `malformed`: the document is not well-formed
    and has no entries, `truncated`: it breaks off, `dropped`: entries without an address that people can open.
    """

    version: str
    title: str = ""
    language: str = ""
    entries: tuple[FeedEntry, ...] = ()
    hints: FeedHints = field(default_factory=FeedHints)
    alternates: tuple[str, ...] = ()
    malformed: bool = False
    truncated: bool = False
    dropped: int = 0


def told_of(entry: Entry) -> str:
    """A digest that changes when the feed says anything else of an article."""
    said = asdict(replace(entry, identity=""))
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:32]
