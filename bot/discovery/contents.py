"""What a source of an archive names, and its form on the way out of the worker process."""

from dataclasses import dataclass
from enum import StrEnum

MAX_SOURCES = 1_000


class SourceKind(StrEnum):
    """What an address turned out to be."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LIST = "list"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An address that may be an article's, with its canonical key; `modified` is what a sitemap says."""

    url: str
    key: str
    modified: float | None = None


@dataclass(frozen=True, slots=True)
class SourceContents:
    """What a source names: articles in its own order, and further sources."""

    kind: SourceKind
    articles: tuple[FoundArticle, ...] = ()
    sources: tuple[str, ...] = ()


def parent_of(key: str) -> str:
    """Host and the path above the last part of a canonical key: what a site's articles have in common."""
    return key.partition("?")[0].rpartition("/")[0]
