"""The digest: one card that lists a period's articles, newest first. Pure."""

from collections.abc import Sequence

import discord

from bot.i18n import Catalogue
from bot.layouts.components import (
    Brand,
    action_row,
    card,
    first_within_limits,
    layout,
    section_with_thumbnail,
    subtext,
    text_display,
    title_link,
    topic_line,
)
from bot.layouts.markdown import paragraphs, plain
from bot.layouts.posts.article_card import mentions
from bot.layouts.topic_roles import open_button
from bot.models import Article
from bot.plain_text import clean_line

MAX_ARTICLES = 10
PUSH_LENGTH = 300


def digest_card(
    articles: Sequence[Article],
    text: Catalogue,
    brand: Brand,
    *,
    roles: Sequence[int] = (),
    follow: bool = False,
    accent: int | None = None,
) -> discord.ui.LayoutView:
    """Up to ten articles, each with picture, title, a sentence and its topics; `articles` are oldest first."""
    newest = list(reversed(articles))
    left = len(newest) - MAX_ARTICLES
    more = text("schedule.digest.more", count=left) if left > 0 else ""
    heading = text("schedule.digest.title", organisation=plain(brand.organisation))
    return first_within_limits(
        layout(
            text_display(mentions(roles)) if roles else None,
            card(
                text_display(f"## {heading}"),
                *(
                    section_with_thumbnail(
                        article,
                        text,
                        f"**{title_link(article, text, brand, title)}**",
                        paragraphs(article.summary, sentence).split("\n", 1)[0] if sentence else "",
                        subtext(topic_line(article.topics[:2], text, brand)),
                    )
                    for article in newest[:MAX_ARTICLES]
                ),
                text_display(subtext(more)) if more else None,
                action_row(open_button(text("topic_roles.member.notify_me")) if follow else None),
                accent=accent,
            ),
        )
        for title, sentence in ((150, 140), (100, 70), (60, 0))
    )


def digest_push(articles: Sequence[Article], roles: Sequence[int], text: Catalogue) -> str:
    """The digest as plain text, for push notifications; empty where nobody is mentioned."""
    if not roles:
        return ""
    titles = "; ".join(clean_line(article.title) or text("common.untitled") for article in reversed(articles))
    count = text("schedule.digest.push", count=len(articles))
    return f"{mentions(roles)} · {count}: {plain(titles, PUSH_LENGTH)}"
