"""What buttons carry: pages of lists and searches in a `custom_id`, which outlives a restart."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any, cast

import discord

from bot.layouts.escape import clean, cut
from bot.layouts.parts import Button, Row, row
from bot.models import Article
from bot.search.answer import Filters
from bot.text import Text

MAX_CUSTOM_ID = 100
MAX_OPTION = 100
MAX_OPTIONS = 25
PER_PAGE = 5
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


def pages(total: int) -> int:
    """How many pages so many things take; at least one."""
    return max(1, -(-total // PER_PAGE))


def pager(identify: Callable[[int], str], page: int, total: int, text: Text) -> Row | None:
    """Buttons to the neighbouring pages, counted from 0; None when there is only one page."""
    last = pages(total) - 1
    if last == 0:
        return None
    return row(
        _page_button(text("common.previous"), identify(page - 1) if page > 0 else None),
        _page_button(text("common.next"), identify(page + 1) if page < last else None),
    )


def share_button(article: Article, text: Text) -> Button:
    """Posts the article's card in this channel, with the member's name."""
    return discord.ui.Button(
        label=text("common.share"), custom_id=share_id(article.id), style=discord.ButtonStyle.secondary, emoji="📣"
    )


def related_button(article: Article, text: Text) -> Button:
    """Answers whoever presses it with articles like this one, as they are at that moment."""
    return discord.ui.Button(
        label=text("articles.more_like_this"), custom_id=related_id(article.id), style=discord.ButtonStyle.secondary
    )


def share_menu(articles: Sequence[Article], text: Text) -> Row | None:
    """A menu of the articles on this page, to post one of them in this channel."""
    options = [
        discord.SelectOption(
            label=cut(clean(article.title), MAX_OPTION) or text("common.untitled"), value=str(article.id)
        )
        for article in articles[:MAX_OPTIONS]
    ]
    if not options:
        return None
    menu = discord.ui.Select[Any](custom_id=SHARE_MENU, placeholder=text("common.share_one"), options=options)
    return discord.ui.ActionRow(menu)


def _page_button(label: str, custom_id: str | None) -> Button:
    # Discord wants an id even where there is nowhere to go, and a different one for each button.
    return discord.ui.Button(label=label, custom_id=custom_id or f"none:{label}", disabled=custom_id is None)
