"""The views of `/search`: the best articles with the passage that answers, or suggestions."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import discord

from bot.i18n import Catalogue, messages
from bot.interactions.custom_ids import search_id
from bot.interactions.typed_choices import Choice
from bot.layouts.actions import action_parts
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
    listed,
    pager,
    pages,
    section_with_thumbnail,
    share_menu,
    stamp,
    subtext,
    text_display,
    title_link,
)
from bot.layouts.markdown import emphasised, link, plain
from bot.models import Action, Article
from bot.plain_text import clean_line, truncate
from bot.search.engine import HITS_PER_PAGE
from bot.search.index import LineKind
from bot.search.results import Hit, SearchResults
from bot.store.search.filters import SearchFilters

SHOWN_QUERY = 60
SHOWN_FILTER = 40
SHOWN_TITLE = 24  # of a title that is named once more, in a link below it
NEAR = 5
MAX_HELP = 3
LENGTHS = ((280, 150), (180, 150), (100, 100), (0, 40))  # of an excerpt and a title: the longest that fit
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HALF_DAY = 43_200.0  # seconds; at noon in UTC it is the same day for almost every reader
LABELLED = (LineKind.CAPTION, LineKind.FOOTNOTE, LineKind.READ_ON, LineKind.AUTHOR_NOTE, LineKind.CALL)


def search_page(
    answer: SearchResults,
    filters: SearchFilters,
    page: int,
    state: str,
    text: Catalogue,
    brand: Brand,
    *,
    literal: str | None = None,
    suggested: str | None = None,
    actions: Sequence[Action] = (),
) -> discord.ui.LayoutView:
    """A page of hits, counted from 0. `state`, `literal` and `suggested` are for the buttons.

    `literal` is the state of the same search without corrections, None where nothing was corrected;
    `suggested` that of a possible correction. `actions` answer the question how to help.
    """
    asked = plain(answer.query, SHOWN_QUERY)
    corrected = plain(answer.corrected or "", SHOWN_QUERY)
    last = pages(answer.total, HITS_PER_PAGE)
    order = "newest_first" if answer.newest_first else "oldest_first" if answer.oldest_first else ""
    facts = (
        text("search.count", count=answer.total),
        text("search.page", page=page + 1, pages=last) if last > 1 else "",
        *_dates(answer, text),
        text(f"search.{order}") if order else "",
        filter_line(filters, text, brand),
    )
    return first_within_limits(
        layout(
            _help_card(actions, text, brand) if page == 0 else None,
            card(
                text_display(
                    f"## {text('search.title', query=corrected or asked)}",
                    subtext(" · ".join(fact for fact in facts if fact)),
                    subtext(text("search.incomplete")) if answer.incomplete else "",
                    text("search.corrected", query=asked) if corrected else "",
                ),
                action_row(
                    _query_button("search.instead", answer.query, literal, text),
                    _query_button("search.did_you_mean", answer.did_you_mean or "", suggested, text),
                ),
                *hit_parts(answer.hits, text, brand, excerpt, title),
            ),
            pager(lambda number: search_id(number, state), page, answer.total, text, HITS_PER_PAGE),
            share_menu([hit.article for hit in answer.hits], text),
        )
        for excerpt, title in LENGTHS
    )


def related_page(answer: SearchResults, text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """Articles about what a message says, or that there are none."""
    incomplete = text("search.incomplete") if answer.incomplete else ""
    if not answer.hits:
        nothing = text("search.related.not_yet" if answer.incomplete else "search.related.nothing")
        return layout(card(text_display(nothing, incomplete)))
    heading = text_display(f"## {text('search.related.title')}", subtext(incomplete))
    return first_within_limits(
        layout(
            card(heading, *hit_parts(answer.hits, text, brand, excerpt, title)),
            share_menu([hit.article for hit in answer.hits], text),
        )
        for excerpt, title in LENGTHS
    )


def nothing_found(
    answer: SearchResults,
    filters: SearchFilters,
    text: Catalogue,
    brand: Brand,
    *,
    suggested: str | None = None,
    actions: Sequence[Action] = (),
) -> discord.ui.LayoutView:
    """Nothing matched: a possible correction, near titles and topics, the newest articles, and how to ask.

    A question how to help is answered by the actions: then only the newest articles and topics follow.
    While older articles are not yet indexed, it does not say that there is nothing.
    """
    titles = _titles(answer.near_titles, text, brand) if not actions else ""
    newest = "" if titles else _titles(answer.newest, text, brand)
    topics = " · ".join(plain(brand.topic_name(key, text.language), MAX_LABEL) for key in answer.near_topics[:NEAR])
    limits = " · ".join(piece for piece in (*_dates(answer, text), filter_line(filters, text, brand)) if piece)
    key = "search.nothing.not_yet" if answer.incomplete else "search.nothing.title"
    title = f"## {text(key, query=plain(answer.query, SHOWN_QUERY))}"
    heading = [title, subtext(limits)] if not actions else []
    heading += [text("search.incomplete")] if answer.incomplete else []
    hints = [text("search.nothing.words"), text("search.nothing.limits") if limits else "", text("search.nothing.all")]
    return layout(
        _help_card(actions, text, brand),
        card(
            text_display(*heading) if heading else None,
            action_row(_query_button("search.did_you_mean", answer.did_you_mean or "", suggested, text)),
            text_display(text("search.nothing.titles"), titles) if titles else None,
            text_display(text("search.nothing.newest"), newest) if newest else None,
            text_display(text("search.nothing.topics", topics=topics)) if topics else None,
            listed(text("search.nothing.hint"), (f"- {hint}" for hint in hints if hint)) if not actions else None,
        ),
    )


def _help_card(actions: Sequence[Action], text: Catalogue, brand: Brand) -> Part | None:
    """The actions, above the answer to a question how to help."""
    if not actions:
        return None
    title = text_display(f"## {text('actions.title')}")
    return card(title, *(part for action in actions[:MAX_HELP] for part in action_parts(action, text, brand)))


def language_name(code: str, text: Catalogue) -> str:
    """The name of an article's language; its code where the catalogue has none."""
    key = f"languages.{code}"
    return text(key) if key in messages(text.language) else code


def language_choices(text: Catalogue) -> list[Choice]:
    """Every language that has a name."""
    prefix = "languages."
    return [Choice(key.removeprefix(prefix), text(key)) for key in messages(text.language) if key.startswith(prefix)]


def filter_line(filters: SearchFilters, text: Catalogue, brand: Brand) -> str:
    """The filters of the search, in one line; empty without any."""
    pieces = [
        brand.topic_name(filters.topic, text.language) if filters.topic else "",
        text("search.year", year=filters.year) if filters.year else "",
        brand.feeds.get(filters.feed, filters.feed) if filters.feed else "",
        text("common.by", author=filters.author) if filters.author else "",
        language_name(filters.language, text) if filters.language else "",
    ]
    return " · ".join(plain(piece, SHOWN_FILTER) for piece in pieces if piece)


def hit_parts(hits: Sequence[Hit], text: Catalogue, brand: Brand, excerpt: int, title: int) -> list[Part]:
    """Each hit below a thin line; with an excerpt length of 0 only titles."""
    parts: list[Part] = []
    for hit in hits:
        article = hit.article
        heading = f"### {title_link(article, text, brand, title)}"
        if not excerpt:
            parts += [divider(), text_display(heading)]
            continue

        passage = ""
        if hit.url and hit.url != article.url:
            short_title = truncate(clean_line(article.title) or text("common.untitled"), SHOWN_TITLE)
            unnamed = text("search.passage", title=short_title)
            label = text("search.passage_named", heading=hit.heading) if clean_line(hit.heading) else unnamed
            passage = link(label, brand.public(hit.url), MAX_LABEL)
        source = subtext(text(f"search.source.{hit.source.value}")) if hit.source in LABELLED else ""
        shown = emphasised(((span.text, span.matched) for span in hit.excerpt), excerpt)
        lines = [heading, subtext(byline(article, text, brand)), passage, source, f"> {shown}" if shown else ""]
        parts += [divider(), section_with_thumbnail(article, text, *lines)]
    return parts


def _dates(answer: SearchResults, text: Catalogue) -> list[str]:
    """The years or the span of time that limit the answer; a span in which there is no article limits nothing."""
    period = answer.period
    if period is None:
        return [text("search.year", year=year) for year in answer.years]
    since, before = period.since, period.before
    published = answer.hits[0].article.published if answer.hits else None
    is_before = published is not None and since is not None and published < since
    is_after = published is not None and before is not None and published >= before
    if is_before or is_after:
        return []
    starts = [EPOCH + timedelta(seconds=start) for start in (since, before) if start is not None]
    in_years = all((start.month, start.day) == (1, 1) for start in starts)

    def named(noon: float | None) -> str:
        if noon is None:
            return ""
        return text("search.year", year=(EPOCH + timedelta(seconds=noon)).year) if in_years else stamp(noon, "D")

    first = named(None if since is None else since + HALF_DAY)
    last = named(None if before is None else before - HALF_DAY)
    if first and last:
        return [first if first == last else text("search.span", first=first, last=last)]
    return [text("search.since", day=first) if first else text("search.until", day=last)]


def _titles(articles: Sequence[Article], text: Catalogue, brand: Brand) -> str:
    return "\n".join(f"- {title_link(article, text, brand, MAX_LABEL)}" for article in articles[:NEAR])


def _query_button(key: str, query: str, state: str | None, text: Catalogue) -> Button | None:
    """A button that searches for something else; None without a state."""
    if state is None or not clean_line(query):
        return None
    return discord.ui.Button(
        label=truncate(text(key, query=clean_line(query)), MAX_LABEL), custom_id=search_id(0, state)
    )
