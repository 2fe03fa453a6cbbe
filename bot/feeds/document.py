"""A feed document and its entries: as the feed wrote them, and after they were validated and cleaned.

What the feed wrote has the same type for XML and JSON.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from bot.dates.parsing import parse_stamp
from bot.models import Image
from bot.pictures import Candidate

MOST_READ = 5_000  # entries of one document, the newest
MAX_ENTRIES = 2_000
TITLE_IDENTITY = "title:"  # prefix of an identity made from a title


@dataclass(frozen=True, slots=True)
class FeedHints:
    """When a feed asks to be read next: `ttl` in seconds, hours 0-23 and weekdays 0-6 to skip, in UTC.

    `fresh`: for how many seconds its server's latest answer is fresh.
    """

    ttl: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    fresh: float = 0.0


@dataclass(slots=True)
class RawEntry:
    """An entry as the feed wrote it. `links` best first; `markup` may hold a picture.

    `title_is_text`: the feed declares the title as plain text, in which nothing is a tag.
    """

    guid: str = ""
    links: list[str] = field(default_factory=list[str])
    title: str = ""
    title_is_text: bool = False
    summary: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    pictures: list[Candidate] = field(default_factory=list[Candidate])
    markup: str = ""
    categories: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class RawFeed:
    """A feed as it was written.

    `link` and `author` are those of entries without one; `truncated`: the document is incomplete, `left_out`: the
    oldest entries, which were not read.
    """

    version: str
    title: str = ""
    link: str = ""
    language: str = ""
    entries: list[RawEntry] = field(default_factory=list[RawEntry])
    author: str = ""
    hints: FeedHints = field(default_factory=FeedHints)
    malformed: bool = False
    truncated: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as its feed describes it. Texts are plain and cleaned; `url` is http or https.

    What follows `image` is given by `identify`: `identity`, the preferred one, and `other_identities` it may be
    stored under, the best first; `address_key` is the canonical form of its address, `key` the same, or with a
    suffix of its own where several entries of the document share the address. `content_hash` changes with any
    change of the entry.
    """

    url: str
    title: str
    summary: str = ""
    author: str = ""
    published: float | None = None
    language: str = ""
    image: Image | None = None
    identity: str = ""
    other_identities: tuple[str, ...] = ()
    key: str = ""
    address_key: str = ""
    content_hash: str = ""

    @property
    def lasting_identities(self) -> tuple[str, ...]:
        """The identities to record, one from the title included: it survives a feed that renumbers its items."""
        return (self.identity, *(name for name in self.other_identities if name.startswith(TITLE_IDENTITY)))


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A parsed document. `version` is empty when it is no feed.

    `alternates` are the feeds that a web page names; `malformed`: the document is not well-formed
    and has no entries, `truncated`: it breaks off, `dropped`: entries without an address that people can open,
    `left_out`: the oldest entries of a document that has more than are read or kept,
    `repeated_guids`: entries whose guid another has as well.
    `categories` are those that its entries carry, the most used first.
    """

    version: str
    title: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    hints: FeedHints = field(default_factory=FeedHints)
    alternates: tuple[str, ...] = ()
    malformed: bool = False
    truncated: bool = False
    dropped: int = 0
    left_out: int = 0
    missing_guids: int = 0
    repeated_guids: int = 0
    categories: tuple[str, ...] = ()


def title_key(title: str) -> str:
    """The title as an identity: case and white space are folded, every other character counts ("C" is not "C++")."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Returns entries by date, those without one last; of equal dates in their order."""
    return sorted(entries, key=lambda entry: entry.published or 0.0, reverse=True)


def newest_positions(dates: Sequence[str]) -> Sequence[int]:
    """The positions of the newest entries, at most `MOST_READ`, in order; those without a date are the oldest."""
    if len(dates) <= MOST_READ:
        return range(len(dates))
    instants = [parse_stamp(date) or 0.0 for date in dates]
    return sorted(sorted(range(len(dates)), key=instants.__getitem__, reverse=True)[:MOST_READ])


def web_guid(guid: str) -> str:
    """The guid where it is an address that can replace a missing link, else empty."""
    return guid if guid.lower().startswith(("http://", "https://", "/")) else ""


def table(value: object) -> dict[str, Any]:
    """A value that should be a table; an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def items(said: dict[str, Any], name: str) -> list[Any]:
    """A list of a table; an empty one where there is none."""
    values = said.get(name)
    return cast("list[Any]", values) if isinstance(values, list) else []


def tables(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The tables in a list of a table."""
    return [table(value) for value in items(said, name)]


def text(said: dict[str, Any], name: str) -> str:
    """A text of a table; numbers count as texts."""
    value = said.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
