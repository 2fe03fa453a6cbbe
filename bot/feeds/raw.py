"""A feed as its format gives it, before it is judged and cleaned: the same for XML and JSON."""

from dataclasses import dataclass, field

from bot.feeds.schedule import FeedHints

MOST_READ = 5_000  # entries of one document, from its beginning


@dataclass(slots=True)
class RawEntry:
    """An entry in the feed's own words. `links` best first; `markup` may hold a picture."""

    guid: str = ""
    links: list[str] = field(default_factory=list[str])
    title: str = ""
    summary: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    image: str = ""
    image_alt: str = ""
    markup: str = ""


@dataclass(slots=True)
class RawFeed:
    """A feed in its own words."""

    version: str
    title: str = ""
    language: str = ""
    entries: list[RawEntry] = field(default_factory=list[RawEntry])
    hints: FeedHints = field(default_factory=FeedHints)
    malformed: bool = False


def web_guid(guid: str) -> str:
    """The guid where it is an address that can stand in for a missing link, else empty."""
    return guid if guid.lower().startswith(("http://", "https://", "/")) else ""
