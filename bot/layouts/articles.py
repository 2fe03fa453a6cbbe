"""The views of `/latest` and `/topics`, and of articles like another one."""

from collections.abc import Mapping, Sequence

import discord

from bot.i18n import Catalogue
from bot.interactions.custom_ids import TOPIC_MENU, latest_id
from bot.layouts.components import (
    MAX_LABEL,
    MAX_OPTIONS,
    Brand,
    Part,
    byline,
    card,
    divider,
    first_within_limits,
    layout,
    listed,
    menu_row,
    pager,
    pages,
    section_with_thumbnail,
    share_menu,
    subtext,
    text_display,
    title_link,
)
from bot.layouts.markdown import paragraphs, plain
from bot.models import Article, Topic


def article_list(
    articles: Sequence[Article], total: int, page: int, topic: Topic | None, text: Catalogue, brand: Brand
) -> discord.ui.LayoutView:
    """A page of the newest articles, counted from 0, of one topic or of all."""
    name = plain(topic.name_in(text.language), MAX_LABEL) if topic else ""
    place = text("search.page", page=page + 1, pages=pages(total)) if pages(total) > 1 else ""
    heading = text_display(
        f"## {name or text('articles.latest.title')}",
        plain(dict(topic.descriptions).get(text.language, topic.description), 300) if topic else "",
        subtext(" · ".join(piece for piece in (text("search.count", count=total), place) if piece)),
    )
    return first_within_limits(
        layout(
            card(heading, *_list_parts(articles, text, brand, lead, title)),
            pager(lambda number: latest_id(number, topic.key if topic else None), page, total, text),
            share_menu(articles, text),
        )
        for lead, title in ((220, 150), (120, 150), (60, 100), (0, 40))
    )


def like_page(article: Article, others: Sequence[Article], text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """Articles like this one, each with its summary instead of an excerpt."""
    title = plain(article.title, MAX_LABEL) or text("common.untitled")
    heading = text_display(f"## {text('articles.like.title', title=title)}")
    return first_within_limits(
        layout(card(heading, *_list_parts(others, text, brand, lead, 150)), share_menu(others, text))
        for lead in (220, 60)
    )


def topic_list(topics: Sequence[Topic], counts: Mapping[str, int], text: Catalogue) -> discord.ui.LayoutView:
    """The taxonomy with the number of articles of each topic, and a menu to open one."""
    language = text.language
    title = text_display(f"## {text('articles.topics.title')}")
    options = [(topic.name_in(language), topic.key, False) for topic in topics]
    menu = menu_row(TOPIC_MENU, options, placeholder=text("articles.topics.open"))
    entries: list[tuple[str, str]] = []
    for topic in topics[:MAX_OPTIONS]:
        count = text("search.count", count=counts.get(topic.key, 0))
        description = dict(topic.descriptions).get(language, topic.description)
        entries.append((f"**{plain(topic.name_in(language), 60)}** · {count}", description))
    return first_within_limits(
        layout(
            card(
                title,
                listed("", (line for name, said in entries for line in (name, subtext(plain(said, length))))),
            ),
            menu,
        )
        for length in (300, 80, 0)
    )


def _list_parts(articles: Sequence[Article], text: Catalogue, brand: Brand, lead: int, title: int) -> list[Part]:
    if not articles:
        return [text_display(text("articles.latest.nothing"))]
    parts: list[Part] = []
    for article in articles:
        heading = f"### {title_link(article, text, brand, title)}"
        more = [subtext(byline(article, text, brand)), paragraphs(article.summary, lead)] if lead else []
        parts += [divider(), section_with_thumbnail(article, text, heading, *more) if lead else text_display(heading)]
    return parts
