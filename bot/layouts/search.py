"""What `/search` shows: the best articles with the passage that answers, or what to try instead."""

from collections.abc import Callable, Sequence
from functools import partial

import discord

from bot.i18n import Catalogue
from bot.interactions.custom_ids import search_id
from bot.layouts.components import (
    MAX_LABEL,
    Brand,
    Button,
    Part,
    action_row,
    byline,
    card,
    divider,
    first_within_limits,
    layout,
    section_with_thumbnail,
    subtext,
    text_display,
    title_link,
)
from bot.layouts.markdown import emphasised, link, plain
from bot.layouts.pagination import pager, pages, share_menu
from bot.plain_text import clean_line, truncate
from bot.search import Hit, SearchFilters, SearchResults

SHOWN_QUERY = 60
SHOWN_FILTER = 40
NEAR = 5


def search_page(
    answer: SearchResults,
    filters: SearchFilters,
    page: int,
    state: str,
    text: Catalogue,
    brand: Brand,
    *,
    literal: str | None = None,
) -> discord.ui.LayoutView:
    """A page of hits, counted from 0. `state` and `literal` are for the buttons (see `paging`).

    `literal` is the state of the same search without corrections, None where nothing was corrected.
    """

    def build(excerpt: int, title: int) -> discord.ui.LayoutView:
        return layout(
            card(
                text_display(*_heading(answer, filters, page, text, brand)),
                action_row(_instead(answer.query, literal, text)),
                *hit_parts(answer.hits, text, brand, excerpt, title),
            ),
            pager(partial(_page_id, state), page, answer.total, text),
            share_menu([hit.article for hit in answer.hits], text),
        )

    return _shrinking(build)


def related_page(hits: Sequence[Hit], text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """Articles about what a message says."""

    def build(excerpt: int, title: int) -> discord.ui.LayoutView:
        return layout(
            card(text_display(f"## {text('search.related.title')}"), *hit_parts(hits, text, brand, excerpt, title)),
            share_menu([hit.article for hit in hits], text),
        )

    return _shrinking(build)


def nothing_found(
    answer: SearchResults, filters: SearchFilters, text: Catalogue, brand: Brand, *, topics_command: str
) -> discord.ui.LayoutView:
    """Nothing matched: titles that are near, topics that are near, and how to ask."""
    titles = "\n".join(f"- {title_link(article, text, brand, MAX_LABEL)}" for article in answer.near_titles[:NEAR])
    topics = " · ".join(plain(brand.topic_name(key, text.language), MAX_LABEL) for key in answer.near_topics[:NEAR])
    return layout(
        card(
            text_display(
                f"## {text('search.nothing.title', query=plain(answer.query, SHOWN_QUERY))}",
                subtext(filter_line(filters, text, brand)),
            ),
            text_display(text("search.nothing.titles"), titles) if titles else None,
            text_display(text("search.nothing.topics", topics=topics)) if topics else None,
            text_display(text("search.nothing.hint", topics_command=topics_command)),
        )
    )


def filter_line(filters: SearchFilters, text: Catalogue, brand: Brand) -> str:
    """What the search is limited to, in one line; empty without limits."""
    pieces = [
        brand.topic_name(filters.topic, text.language) if filters.topic else "",
        str(filters.year) if filters.year else "",
        brand.feed_name(filters.feed) if filters.feed else "",
        text("common.by", author=filters.author) if filters.author else "",
        filters.language or "",
    ]
    return " · ".join(plain(piece, SHOWN_FILTER) for piece in pieces if piece)


def hit_parts(hits: Sequence[Hit], text: Catalogue, brand: Brand, excerpt: int, title: int) -> list[Part]:
    """Each hit below a thin line; without room for excerpts (0) only titles are left."""
    parts: list[Part] = []
    for hit in hits:
        parts += [divider(), _hit(hit, text, brand, excerpt, title)]
    return parts


def _hit(hit: Hit, text: Catalogue, brand: Brand, excerpt: int, title: int) -> Part:
    heading = f"### {title_link(hit.article, text, brand, title)}"
    if not excerpt:
        return text_display(heading)
    shown = emphasised(((span.text, span.matched) for span in hit.excerpt), excerpt)
    quoted = f"> {shown}" if shown else ""
    lines = [heading, subtext(byline(hit.article, text, brand)), _passage(hit, text, brand), quoted]
    return section_with_thumbnail(hit.article, text, *lines)


def _passage(hit: Hit, text: Catalogue, brand: Brand) -> str:
    if not hit.url or hit.url == hit.article.url:
        return ""
    label = text("search.passage_named", heading=hit.heading) if clean_line(hit.heading) else text("search.passage")
    return f"➜ {link(label, brand.public(hit.url), MAX_LABEL)}"


def _heading(answer: SearchResults, filters: SearchFilters, page: int, text: Catalogue, brand: Brand) -> list[str]:
    asked = plain(answer.query, SHOWN_QUERY)
    corrected = plain(answer.corrected or "", SHOWN_QUERY)
    count = text("search.count", count=answer.total)
    place = text("search.page", page=page + 1, pages=pages(answer.total)) if pages(answer.total) > 1 else ""
    return [
        f"## {text('search.title', query=corrected or asked)}",
        subtext(" · ".join(piece for piece in (count, place, filter_line(filters, text, brand)) if piece)),
        text("search.corrected", corrected=corrected, query=asked) if corrected else "",
    ]


def _instead(query: str, literal: str | None, text: Catalogue) -> Button | None:
    if literal is None:
        return None
    label = truncate(text("search.instead", query=clean_line(query)), MAX_LABEL)
    return discord.ui.Button(label=label, custom_id=search_id(0, literal))


def _page_id(state: str, page: int) -> str:
    return search_id(page, state)


def _shrinking(build: Callable[[int, int], discord.ui.LayoutView]) -> discord.ui.LayoutView:
    """Long excerpts where they fit, shorter ones otherwise, at last titles alone."""
    return first_within_limits(
        lambda: build(280, 150), lambda: build(180, 150), lambda: build(100, 100), lambda: build(0, 40)
    )
