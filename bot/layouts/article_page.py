"""The views of `/article` and *More*: a short form of one article, and everything stored of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urldefrag

import discord

from bot.i18n import Catalogue
from bot.layouts.components import (
    MAX_LABEL,
    Brand,
    Part,
    action_row,
    article_button,
    button_rows,
    byline,
    card,
    first_within_limits,
    image_description,
    layout,
    link_button,
    listed,
    picture,
    subtext,
    text_display,
    title_link,
    topic_line,
)
from bot.layouts.markdown import link, paragraphs, plain
from bot.layouts.posts import call_buttons
from bot.models import NO_BODY, Action, Article, ArticleBody, Image, LinkKind
from bot.plain_text import clean_line
from bot.urls import is_web_url

RELATED = 3
SHORT_OUTLINE, FULL_OUTLINE = 5, 20
MAX_READ_ON = 8
MAX_FOOTNOTES = 12
MAX_PICTURES = 6
PROTECTION = re.compile(
    r"\b(?:names?|identit(?:y|ies)|details?|pseudonyms?|faces?|locations?)\b.{0,80}"
    r"\b(?:chang|alter|withh|conceal|blur|protect|anonym|omit|hidden|replac)"
    r"|\b(?:protect|preserv|safeguard)\w*\b.{0,60}\b(?:privacy|safety|identit|anonym|security)"
    r"|\bpseudonym|\bnot (?:his|her|their|the) real names?\b|\banonym(?:ous|ity|ised|ized)\b"
    r"|가명|실명이? 아|신변|신원|신상|익명|안전(?:을|과)? ?(?:위해|보호)|사생활|개인정보",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class OpenArticle:
    """An article opened by a member, with its body, related articles and actions."""

    article: Article
    body: ArticleBody = NO_BODY
    related: tuple[Article, ...] = ()
    actions: tuple[Action, ...] = ()


def article_page(opened: OpenArticle, text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """The short form: summary, the beginning of the outline, actions."""
    article = opened.article
    read = link_button(text("articles.read"), brand.public(article.url))
    calls = call_buttons(article, opened.actions[:1], text, brand)
    share, more = (article_button(action, article, text) for action in ("share", "more"))
    rows = button_rows([read] if read else [], [*calls, share], more)

    forms = ((500, SHORT_OUTLINE, True), (300, SHORT_OUTLINE, False), (200, 0, False))
    return first_within_limits(
        layout(
            card(
                *_head(article, text, brand, lead),
                _outline(opened, headings, text, brand, linked=linked),
                _footnotes([note for note in opened.body.footnotes if is_protection_note(note)], 400),
                *(action_row(*row) for row in rows),
            )
        )
        for lead, headings, linked in forms
    )


def full_article_page(opened: OpenArticle, text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """Everything stored of the article, except its text; a summary that is the start of the author's note once."""
    article, body = opened.article, opened.body
    if clean_line(article.author_note).startswith(clean_line(article.summary).rstrip(".…")):
        article = replace(article, summary="")
    footnotes = sorted(body.footnotes, key=is_protection_note, reverse=True)[:MAX_FOOTNOTES]
    topics = topic_line(article.topics, text, brand)
    linked_articles = [one for one in body.links if one.kind is LinkKind.RELATED]

    forms = (
        (FULL_OUTLINE, MAX_PICTURES, MAX_READ_ON, 600, True),
        (FULL_OUTLINE, MAX_PICTURES, MAX_READ_ON, 300, False),
        (SHORT_OUTLINE, 3, 3, 150, False),
        (0, 1, 0, 80, False),
    )
    return first_within_limits(
        layout(
            card(
                *_head(article, text, brand, 300, with_picture=False),
                text_display(text("articles.note"), plain(article.author_note, note)) if article.author_note else None,
                _outline(opened, headings, text, brand, linked=linked),
                listed(
                    text("articles.read_on"),
                    [f"- {link(one.label, brand.public(one.url), MAX_LABEL)}" for one in linked_articles[:links]],
                ),
                *_pictures(article, body.images[:pictures], text),
                _footnotes(footnotes, note),
                listed(
                    text("articles.related"),
                    [
                        f"- {title_link(other, text, brand, MAX_LABEL)}"
                        for other in opened.related[: min(links, RELATED)]
                    ],
                ),
                text_display(subtext(topics)) if topics else None,
                # More rows on a phone than elsewhere: what did not fit on the card has no other place than this.
                action_row(
                    link_button(text("articles.read"), brand.public(article.url)),
                    *call_buttons(article, opened.actions, text, brand)[:4],
                ),
                action_row(*(article_button(action, article, text) for action in ("related", "share"))),
            )
        )
        for headings, pictures, links, note, linked in forms
    )


def unknown_article(
    typed: str, near: Sequence[Article], text: Catalogue, brand: Brand, *, incomplete: bool = False
) -> discord.ui.LayoutView:
    """No article has that title: those with a similar one. `incomplete`: older articles are not yet indexed."""
    key = "articles.unknown.not_yet" if incomplete else "articles.unknown.title"
    titles = "\n".join(f"- {title_link(article, text, brand, MAX_LABEL)}" for article in near)
    return layout(
        card(
            text_display(f"## {text(key, title=plain(typed, 100))}", text("search.incomplete") if incomplete else ""),
            text_display(text("articles.unknown.near"), titles) if titles else None,
            text_display(text("articles.unknown.hint")),
        )
    )


def is_protection_note(footnote: str) -> bool:
    """Whether a footnote says that somebody is protected, as by a changed name; such a note is always shown."""
    return PROTECTION.search(footnote) is not None


def _head(
    article: Article, text: Catalogue, brand: Brand, lead: int, *, with_picture: bool = True
) -> tuple[Part | None, ...]:
    shown = paragraphs(article.summary, lead)
    return (
        text_display(f"## {title_link(article, text, brand)}", subtext(byline(article, text, brand))),
        text_display(shown) if shown else None,
        picture(article, text) if with_picture else None,
    )


def _outline(opened: OpenArticle, most: int, text: Catalogue, brand: Brand, *, linked: bool) -> Part | None:
    """The headings; `linked` to their anchors, or to a text fragment where a heading has none."""
    headed = [passage for passage in opened.body.passages if clean_line(passage.heading)]
    lines: list[str] = []
    for passage in headed[:most]:
        fragment = quote(passage.anchor) or f":~:text={quote(clean_line(passage.heading), safe='')}"
        address = brand.public(f"{urldefrag(opened.article.url).url}#{fragment}")
        shown = link(passage.heading, address, MAX_LABEL) if linked else plain(passage.heading, MAX_LABEL)
        lines.append(f"- {shown}")
    if not lines:
        return None
    left = len(headed) - len(lines)
    more = subtext(text("articles.outline_more", count=left)) if left > 0 else ""
    return text_display(text("articles.outline"), *lines, more)


def _pictures(article: Article, images: Sequence[Image], text: Catalogue) -> list[Part]:
    """The article's pictures, and below them their captions in the same order."""
    showable = [image for image in images if is_web_url(image.url)]
    if not showable:
        return []
    gallery = discord.ui.MediaGallery[discord.ui.LayoutView](
        *(
            discord.MediaGalleryItem(image.url, description=image_description(image, article, text))
            for image in showable
        )
    )
    captions = [f"- {plain(image.caption, 200)}" for image in showable if clean_line(image.caption)]
    return [gallery, *([text_display(text("articles.captions"), *captions)] if captions else [])]


def _footnotes(notes: Sequence[str], limit: int) -> Part | None:
    lines = [subtext(plain(note, limit)) for note in notes if clean_line(note)]
    return text_display(*lines) if lines else None
