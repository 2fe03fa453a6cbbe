"""What `/latest`, `/topics` and `/article` show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urldefrag

import discord

from bot.i18n import Catalogue
from bot.interactions.custom_ids import TOPIC_MENU, latest_id
from bot.layouts.components import (
    MAX_LABEL,
    Brand,
    Part,
    Row,
    action_button,
    action_row,
    byline,
    card,
    divider,
    first_within_limits,
    layout,
    link_button,
    picture,
    section_with_thumbnail,
    subtext,
    summary,
    text_display,
    title_link,
    topic_line,
)
from bot.layouts.markdown import link, plain
from bot.layouts.pagination import MAX_OPTION, MAX_OPTIONS, pager, pages, share_button, share_menu
from bot.models import Action, Article, Passage, Topic
from bot.plain_text import clean_line, truncate

RELATED = 3
OUTLINE = 12


@dataclass(frozen=True, slots=True)
class OpenArticle:
    """An article opened by a member: its outline as (heading, address), what is related, what to do."""

    article: Article
    outline: tuple[tuple[str, str], ...] = ()
    related: tuple[Article, ...] = ()
    actions: tuple[Action, ...] = ()


def article_list(
    articles: Sequence[Article], total: int, page: int, topic: Topic | None, text: Catalogue, brand: Brand
) -> discord.ui.LayoutView:
    """A page of the newest articles, counted from 0, of one topic or of all."""

    def build(lead: int, title: int) -> discord.ui.LayoutView:
        return layout(
            card(
                text_display(*_list_heading(total, page, topic, text)), *_list_parts(articles, text, brand, lead, title)
            ),
            pager(lambda number: latest_id(number, topic.key if topic else None), page, total, text),
            share_menu(articles, text),
        )

    return first_within_limits(
        lambda: build(220, 150), lambda: build(120, 150), lambda: build(60, 100), lambda: build(0, 40)
    )


def like_page(article: Article, others: Sequence[Article], text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """Articles like this one, each with what it is about rather than with the words both happen to use."""
    title = plain(article.title, MAX_LABEL) or text("common.untitled")

    def build(lead: int) -> discord.ui.LayoutView:
        heading = text_display(f"## {text('articles.like.title', title=title)}")
        return layout(card(heading, *_list_parts(others, text, brand, lead, 150)), share_menu(others, text))

    return first_within_limits(lambda: build(220), lambda: build(60))


def topic_list(topics: Sequence[Topic], counts: Mapping[str, int], text: Catalogue) -> discord.ui.LayoutView:
    """The taxonomy with the number of articles of each topic, and a menu to open one."""

    def build(description: int) -> discord.ui.LayoutView:
        lines = [_topic_lines(topic, counts.get(topic.key, 0), text, description) for topic in topics[:MAX_OPTIONS]]
        return layout(
            card(text_display(f"## {text('articles.topics.title')}"), text_display(*lines) if lines else None),
            _topic_menu(topics, text),
        )

    return first_within_limits(lambda: build(300), lambda: build(80), lambda: build(0))


def article_page(opened: OpenArticle, text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """One article: what it is about, its outline, what is related, what one can do."""

    def build(outline: Callable[[], str], related: int) -> discord.ui.LayoutView:
        return _article_card(opened, outline(), related, text, brand)

    return first_within_limits(
        lambda: build(lambda: _outline(opened.outline, text, brand, linked=True), RELATED),
        lambda: build(lambda: _outline(opened.outline, text, brand, linked=False), RELATED),
        lambda: build(str, 0),
    )


def unknown_article(typed: str, near: Sequence[Article], text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """No article has that title: those with a similar one."""
    titles = "\n".join(f"- {title_link(article, text, brand, MAX_LABEL)}" for article in near)
    return layout(
        card(
            text_display(f"## {text('articles.unknown.title', title=plain(typed, 100))}"),
            text_display(text("articles.unknown.near"), titles) if titles else None,
            text_display(text("articles.unknown.hint")),
        )
    )


def outline(article: Article, passages: Sequence[Passage]) -> tuple[tuple[str, str], ...]:
    """The article's headings, each with the address that leads to it."""
    return tuple((passage.heading, _address(article, passage)) for passage in passages if clean_line(passage.heading))


def _address(article: Article, passage: Passage) -> str:
    # A text fragment makes the browser look for the words itself where a heading has no id.
    fragment = quote(passage.anchor) if passage.anchor else f":~:text={quote(clean_line(passage.heading), safe='')}"
    return f"{urldefrag(article.url).url}#{fragment}"


def topic_name(topic: Topic, language: str) -> str:
    """The topic's name in a language."""
    return dict(topic.names).get(language, topic.name)


def topic_description(topic: Topic, language: str) -> str:
    """What the topic is about, in a language."""
    return dict(topic.descriptions).get(language, topic.description)


def _article_card(
    opened: OpenArticle, headings: str, related: int, text: Catalogue, brand: Brand
) -> discord.ui.LayoutView:
    article = opened.article
    lead = summary(article, 500)
    note = subtext(plain(article.author_note, 200))
    return layout(
        card(
            text_display(f"## {title_link(article, text, brand)}", subtext(byline(article, text, brand)), note),
            text_display(lead) if lead else None,
            picture(article.image),
            text_display(headings) if headings else None,
            _related(opened.related[:related], text, brand),
            _topics_of(article, text, brand),
            _article_buttons(opened, text, brand),
        )
    )


def _article_buttons(opened: OpenArticle, text: Catalogue, brand: Brand) -> Row | None:
    read = link_button(text("articles.read"), brand.public(opened.article.url))
    actions = [action_button(action, text.language, brand) for action in opened.actions[:2]]
    return action_row(read, *actions, share_button(opened.article, text))


def _topics_of(article: Article, text: Catalogue, brand: Brand) -> Part | None:
    line = topic_line(article.topics, text, brand)
    return text_display(subtext(line)) if line else None


def _outline(entries: Sequence[tuple[str, str]], text: Catalogue, brand: Brand, *, linked: bool) -> str:
    shown = [
        link(heading, brand.public(url), MAX_LABEL) if linked else plain(heading, MAX_LABEL)
        for heading, url in entries[:OUTLINE]
    ]
    left = len(entries) - OUTLINE
    more = [subtext(text("articles.outline_more", count=left))] if left > 0 else []
    return "\n".join([text("articles.outline"), *(f"- {line}" for line in shown), *more]) if shown else ""


def _related(articles: Sequence[Article], text: Catalogue, brand: Brand) -> Part | None:
    lines = [f"- {title_link(article, text, brand, MAX_LABEL)}" for article in articles]
    return text_display(text("articles.related"), *lines) if lines else None


def _list_heading(total: int, page: int, topic: Topic | None, text: Catalogue) -> list[str]:
    name = plain(topic_name(topic, text.language), MAX_LABEL) if topic else ""
    place = text("search.page", page=page + 1, pages=pages(total)) if pages(total) > 1 else ""
    return [
        f"## {name or text('articles.latest.title')}",
        plain(topic_description(topic, text.language), 300) if topic else "",
        subtext(" · ".join(piece for piece in (text("search.count", count=total), place) if piece)),
    ]


def _list_parts(articles: Sequence[Article], text: Catalogue, brand: Brand, lead: int, title: int) -> list[Part]:
    if not articles:
        return [text_display(text("articles.latest.nothing"))]
    parts: list[Part] = []
    for article in articles:
        heading = f"### {title_link(article, text, brand, title)}"
        more = [subtext(byline(article, text, brand)), summary(article, lead)] if lead else []
        parts += [divider(), section_with_thumbnail(article.image, heading, *more) if lead else text_display(heading)]
    return parts


def _topic_lines(topic: Topic, count: int, text: Catalogue, description: int) -> str:
    name = plain(topic_name(topic, text.language), 60)
    head = f"**{name}** · {text('search.count', count=count)}"
    return f"{head}\n{subtext(plain(topic_description(topic, text.language), description))}" if description else head


def _topic_menu(topics: Sequence[Topic], text: Catalogue) -> Row | None:
    options = [
        discord.SelectOption(label=truncate(topic_name(topic, text.language), MAX_OPTION), value=topic.key)
        for topic in topics[:MAX_OPTIONS]
    ]
    if not options:
        return None
    menu = discord.ui.Select[Any](custom_id=TOPIC_MENU, placeholder=text("articles.topics.open"), options=options)
    return discord.ui.ActionRow(menu)
