"""Custom ids of buttons and menus: encoding and decoding. Pure."""

import json
import re
from dataclasses import astuple, dataclass, fields
from typing import Any, cast

from bot.search.results import Filters

MAX_CUSTOM_ID = 100


SHARE_MENU = "share"


TOPIC_MENU = "topic"


SEARCH = re.compile(r"search:(?P<page>\d{1,4}):(?P<state>.+)", re.DOTALL)


LATEST = re.compile(r"latest:(?P<page>\d{1,4}):(?P<topic>[a-z0-9_-]*)")


SHARE = re.compile(r"share:(?P<article>\d{1,18})")


RELATED = re.compile(r"related:(?P<article>\d{1,18})")


KEPT_MARK = "="


NO_FILTERS = Filters()


FIELDS = 2 + len(fields(Filters))


@dataclass(frozen=True, slots=True)
class Search:
    """A search as its buttons remember it; `literal` forbids corrections."""

    query: str
    filters: Filters = NO_FILTERS
    literal: bool = False


def encode(search: Search) -> str:
    """The shortest text from which `decode` makes the same search."""
    values: list[Any] = [search.query, search.literal, *astuple(search.filters)]
    while values[-1] in (None, False):
        values.pop()
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def decode(state: str) -> Search:
    """The search of an encoded state. Raises ValueError for anything else."""
    found: object = json.loads(state)
    values = cast("list[Any]", found) if isinstance(found, list) else []
    if not values or not isinstance(values[0], str) or len(values) > FIELDS:
        raise ValueError(f"not the state of a search: {state[:100]!r}")
    literal, *filters = [*values[1:], *[None] * (FIELDS - len(values))]
    return Search(values[0], Filters(*filters), bool(literal))


def fits(state: str) -> bool:
    """Whether the state can stand in a button, with room for the page."""
    return len(search_id(9_999, state)) <= MAX_CUSTOM_ID


def search_id(page: int, state: str) -> str:
    """The `custom_id` for a page of a search; `state` is encoded, or a kept key after `=`."""
    return f"search:{page}:{state}"


def latest_id(page: int, topic: str | None) -> str:
    """The `custom_id` for a page of the newest articles, of one topic or of all."""
    return f"latest:{page}:{topic or ''}"


def share_id(article_id: int) -> str:
    """The `custom_id` that shares an article."""
    return f"share:{article_id}"


def related_id(article_id: int) -> str:
    """The `custom_id` that asks for articles like this one."""
    return f"related:{article_id}"
