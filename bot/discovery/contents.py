"""What a source of an archive names."""

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_SOURCES = 1_000
DIGITS = re.compile(r"\d+")


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
    """What a source names: articles in its own order, further sources, and links that were passed over.

    `passed_over` looks like an article's address, but is not where this site's articles are.
    """

    kind: SourceKind
    articles: tuple[FoundArticle, ...] = ()
    sources: tuple[str, ...] = ()
    passed_over: tuple[FoundArticle, ...] = ()


def parent_of(key: str) -> str:
    """Host and the path above the last part of a canonical key: what a site's articles have in common.

    Parents that differ in digits alone are one: `/2024/05/a` and `/2023/11/b` are articles of one blog.
    """
    host, _, path = key.partition("?")[0].removeprefix("https://").partition("/")
    return f"{host}/{DIGITS.sub('0', path.rpartition('/')[0])}"
