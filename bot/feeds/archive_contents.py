"""What a source of an archive names, and its form on the way out of the worker process."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from bot.feeds.parse_document import MAX_ANSWER, to_json

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


def contents_to_json(contents: SourceContents) -> bytes:
    """The contents as JSON; articles at the end are left out when it would grow too large."""
    rows: list[dict[str, Any]] = []
    size = 0
    for article in contents.articles:
        size += len(article.url) + len(article.key) + 60
        if size > MAX_ANSWER:
            break
        rows.append(asdict(article))
    return to_json({"kind": contents.kind, "articles": rows, "sources": contents.sources[:MAX_SOURCES]})


def contents_from(said: Mapping[str, Any]) -> SourceContents:
    """Contents from their JSON."""
    articles = tuple(FoundArticle(**row) for row in said["articles"])
    return SourceContents(SourceKind(said["kind"]), articles, tuple(said["sources"]))
