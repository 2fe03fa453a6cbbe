"""A parsed feed document and its entries."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.feeds.raw import FeedHints
from bot.models import Image

MAX_ENTRIES = 2_000
TITLE_IDENTITY = "title:"  # prefix of an identity made from a title


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


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Returns entries by date, those without one last; of equal dates in their order."""
    return sorted(entries, key=lambda entry: entry.published or 0.0, reverse=True)
