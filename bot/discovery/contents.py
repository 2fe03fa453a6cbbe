"""What a source of older articles contains."""

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_SOURCES = 1_000
TRUNCATED = "truncated"  # the problem of an import one of whose sources breaks off
DIGITS = re.compile(r"\d+")


class SourceKind(StrEnum):
    """The kind of document at an address."""

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
    """The contents of a source: articles in its own order, further sources, and skipped links.

    `passed_over` are addresses that look like articles but lie outside the path of this site's articles;
    `truncated`: the document breaks off, or has more articles than are read.
    """

    kind: SourceKind
    articles: tuple[FoundArticle, ...] = ()
    sources: tuple[str, ...] = ()
    passed_over: tuple[FoundArticle, ...] = ()
    truncated: bool = False


def parent_of(key: str) -> str:
    """Host and path of a canonical key without its last segment: the part that a site's articles share.

    Parents that differ only in digits are equal: `/2024/05/a` and `/2023/11/b` are articles of one blog.
    """
    host, _, path = key.partition("?")[0].removeprefix("https://").partition("/")
    return f"{host}/{DIGITS.sub('0', path.rpartition('/')[0])}"
