"""Pagination and article buttons, whose state is in their `custom_id` and so survives a restart."""

from collections.abc import Callable, Sequence

import discord

from bot.i18n import Catalogue
from bot.interactions.custom_ids import SHARE_MENU, ArticleAction, article_button_id
from bot.layouts.components import Button, Row, action_row, menu_row
from bot.models import Article
from bot.plain_text import clean_line

PER_PAGE = 5
ARTICLE_BUTTONS: dict[ArticleAction, tuple[str, str | None]] = {
    "share": ("common.share", "📣"),
    "related": ("articles.more_like_this", None),
    "more": ("articles.more", None),
}


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
    # Discord requires an id even for a disabled button, and a different one for each button.
    back, forward = text("common.previous"), text("common.next")
    return action_row(
        discord.ui.Button(label=back, custom_id=identify(page - 1) if page > 0 else f"none:{back}", disabled=page == 0),
        discord.ui.Button(
            label=forward, custom_id=identify(page + 1) if page < last else f"none:{forward}", disabled=page >= last
        ),
    )


def article_button(action: ArticleAction, article: Article, text: Catalogue) -> Button:
    """A button about an article.

    `share` posts its card in this channel with the member's name; `related` looks articles like it up at the press,
    and `more` opens everything about it, both privately.
    """
    label, emoji = ARTICLE_BUTTONS[action]
    return discord.ui.Button(label=text(label), custom_id=article_button_id(action, article.id), emoji=emoji)


def share_menu(articles: Sequence[Article], text: Catalogue) -> Row | None:
    """A menu of the articles on this page, to share one of them in this channel."""
    untitled = text("common.untitled")
    options = [(clean_line(article.title) or untitled, str(article.id), False) for article in articles]
    return menu_row(SHARE_MENU, options, placeholder=text("common.share_one"))
