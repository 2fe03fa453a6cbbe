"""Custom ids of buttons and menus: encoding, and strict decoding. Pure.

A client can send any id, so every part is checked here: an id that is not ours raises
MalformedIdError, which is answered with a refusal.
"""

import json
import re
from collections.abc import Collection
from dataclasses import astuple, dataclass, fields
from typing import Any, Literal, cast

from bot.store.search.filters import SearchFilters

MAX_CUSTOM_ID = 100
MAX_ID = 2**63 - 1  # what SQLite stores; Discord's ids fit
MAX_STORED_QUERY = 1_000
YEARS = range(1, 10_000)
SHARE_MENU = "share"
TOPIC_MENU = "topic"
SEARCH = re.compile(r"search:(?P<page>[0-9]{1,4}):(?P<state>.+)", re.DOTALL)
LATEST = re.compile(r"latest:(?P<page>[0-9]{1,4}):(?P<topic>[a-z0-9_-]*)")
SHARE = re.compile(r"share(?::(?P<article>[0-9]{1,18}))?")  # without an article it is the menu
MORE = re.compile(r"more:(?P<article>[0-9]{1,18})")
RELATED = re.compile(r"related:(?P<article>[0-9]{1,18})")
ArticleAction = Literal["share", "more", "related"]
SAVED_MARK = "="
NO_FILTERS = SearchFilters()
MAX_FIELDS = 2 + len(fields(SearchFilters))

_ID = re.compile(r"[1-9][0-9]{0,18}")
_PAGE = re.compile(r"[0-9]{1,4}")


class MalformedIdError(ValueError):
    """A custom id, or a menu choice, that none of our controls sends."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not an id of ours: {len(text)} characters")  # they may be a member's words


@dataclass(frozen=True, slots=True)
class Search:
    """A search as stored in its buttons; `literal` disables corrections."""

    query: str
    filters: SearchFilters = NO_FILTERS
    literal: bool = False


def parse_id(text: str) -> int:
    """An id of Discord's or of a row of ours. Raises MalformedIdError."""
    if _ID.fullmatch(text) is None or int(text) > MAX_ID:
        raise MalformedIdError(text)
    return int(text)


def parse_page(text: str) -> int:
    """A page, counted from 0. Raises MalformedIdError."""
    if _PAGE.fullmatch(text) is None:
        raise MalformedIdError(text)
    return int(text)


def split_arguments(text: str, count: int) -> list[str]:
    """The arguments of a control, separated by colons. Raises MalformedIdError unless there are `count`."""
    found = text.split(":")
    if len(found) != count:
        raise MalformedIdError(text)
    return found


def known_value(text: str, known: Collection[str]) -> str:
    """A value that must be one of those offered. Raises MalformedIdError."""
    if text not in known:
        raise MalformedIdError(text)
    return text


def encode(search: Search) -> str:
    """A compact text from which `decode` restores the search."""
    values: list[Any] = [search.query, search.literal, *astuple(search.filters)]
    while values[-1] in (None, False):
        values.pop()
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def decode(state: str) -> Search:
    """The search of an encoded state. Raises MalformedIdError for anything else."""
    try:
        found: object = json.loads(state)
    except (ValueError, RecursionError):
        raise MalformedIdError(state) from None
    values = cast("list[Any]", found) if isinstance(found, list) else []
    if not 0 < len(values) <= MAX_FIELDS:
        raise MalformedIdError(state)
    query, literal, *wanted = [*values, *[None] * (MAX_FIELDS - len(values))]
    if not isinstance(query, str) or not 0 < len(query) <= MAX_STORED_QUERY or not isinstance(literal, bool | None):
        raise MalformedIdError(state)
    for field, value in zip(fields(SearchFilters), wanted, strict=True):
        is_year = type(value) is int and value in YEARS
        if value is not None and not (is_year if field.name == "year" else isinstance(value, str)):
            raise MalformedIdError(state)
    return Search(query, SearchFilters(*wanted), bool(literal))


def search_id(page: int, state: str) -> str:
    """The `custom_id` for a page of a search; `state` is encoded, or the key of a saved search after `=`."""
    return f"search:{page}:{state}"


def latest_id(page: int, topic: str | None) -> str:
    """The `custom_id` for a page of the newest articles, of one topic or of all."""
    return f"latest:{page}:{topic or ''}"


def article_button_id(action: ArticleAction, article_id: int) -> str:
    """The `custom_id` of a button about an article."""
    return f"{action}:{article_id}"
