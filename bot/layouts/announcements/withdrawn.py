"""Articles withdrawn lately: who may bring them back, and the question before it happens. Pure."""

from dataclasses import dataclass

import discord

from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button
from bot.layouts.components import Part, action_row, card, layout, stamp, subtext, text_display
from bot.layouts.markdown import plain
from bot.plain_text import clean_line
from bot.store.withdrawals import WithdrawnArticle

MAX_ARTICLES = 8
TITLE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class WithdrawnSummary:
    """What a server's moderators are shown of withdrawn articles whose words are still kept.

    `articles` is empty for a server whose moderators may not decide: they read a number, and no title.
    `kept_seconds` is the time between a withdrawal and the erasure.
    """

    count: int = 0
    articles: tuple[WithdrawnArticle, ...] = ()
    kept_seconds: float = 0.0


def withdrawn_line(summary: WithdrawnSummary, text: Catalogue) -> Part | None:
    """That articles were withdrawn, on the overview; None without any."""
    if not summary.count:
        return None
    heading = text("announcements.withdrawn.title", count=summary.count)
    return text_display(heading, "" if summary.articles else subtext(text("announcements.withdrawn.operator")))


def withdrawn_page(summary: WithdrawnSummary, text: Catalogue) -> discord.ui.LayoutView:
    """The latest withdrawals, each with a button that brings the article back."""
    sections: list[Part] = [
        discord.ui.Section(
            text_display(
                text(
                    "announcements.withdrawn.line",
                    title=title_of(article, text),
                    until=stamp(article.withdrawn_at + summary.kept_seconds),
                )
            ),
            accessory=button(text("announcements.withdrawn.reinstate"), ModeratorAction.REINSTATE_ASK, article.id),
        )
        for article in summary.articles[:MAX_ARTICLES]
    ]
    rest = summary.count - MAX_ARTICLES
    return layout(
        card(
            text_display(text("announcements.withdrawn.title", count=summary.count)),
            *sections,
            text_display(subtext(text("announcements.and_more", count=rest))) if rest > 0 else None,
            action_row(button(text("announcements.status.back"), ModeratorAction.OVERVIEW, 0)),
        )
    )


def title_of(article: WithdrawnArticle, text: Catalogue) -> str:
    """The article's title as safe markdown."""
    return plain(article.title, TITLE_LENGTH) if clean_line(article.title) else text("common.untitled")
