"""Pagination and article buttons, whose state is in their `custom_id` and so survives a restart."""

from collections.abc import Callable, Sequence
from typing import Any

import discord

from bot.i18n import Catalogue
from bot.interactions.custom_ids import SHARE_MENU, more_id, related_id, share_id
from bot.layouts.components import Button, Row, action_row
from bot.models import Article
from bot.plain_text import clean_line, truncate

MAX_OPTION = 100
MAX_OPTIONS = 25
PER_PAGE = 5


def pages(total: int, per_page: int = PER_PAGE) -> int:
    """The number of pages for `total` items; at least one."""
    return max(1, -(-total // per_page))


def pager(
    identify: Callable[[int], str], page: int, total: int, text: Catalogue, per_page: int = PER_PAGE
) -> Row | None:
    """Buttons to the neighbouring pages, counted from 0; None when there is only one page."""
    last = pages(total, per_page) - 1
    if last == 0:
        return None
    return action_row(
        _page_button(text("common.previous"), identify(page - 1) if page > 0 else None),
        _page_button(text("common.next"), identify(page + 1) if page < last else None),
    )


def share_button(article: Article, text: Catalogue) -> Button:
    """Posts the article's card in this channel, with the member's name."""
    return discord.ui.Button(
        label=text("common.share"), custom_id=share_id(article.id), style=discord.ButtonStyle.secondary, emoji="📣"
    )


def related_button(article: Article, text: Catalogue) -> Button:
    """Shows related articles privately, looked up at the press."""
    return discord.ui.Button(
        label=text("articles.more_like_this"), custom_id=related_id(article.id), style=discord.ButtonStyle.secondary
    )


def more_button(article: Article, text: Catalogue) -> Button:
    """Opens everything about the article privately."""
    return discord.ui.Button(
        label=text("articles.more"), custom_id=more_id(article.id), style=discord.ButtonStyle.secondary
    )


def share_menu(articles: Sequence[Article], text: Catalogue) -> Row | None:
    """A menu of the articles on this page, to share one of them in this channel."""
    options = [
        discord.SelectOption(
            label=truncate(clean_line(article.title), MAX_OPTION) or text("common.untitled"), value=str(article.id)
        )
        for article in articles[:MAX_OPTIONS]
    ]
    if not options:
        return None
    menu = discord.ui.Select[Any](custom_id=SHARE_MENU, placeholder=text("common.share_one"), options=options)
    return discord.ui.ActionRow(menu)


def _page_button(label: str, custom_id: str | None) -> Button:
    # Discord requires an id even for a disabled button, and a different one for each button.
    return discord.ui.Button(label=label, custom_id=custom_id or f"none:{label}", disabled=custom_id is None)
