"""The card that announces an article, and the notice that replaces it after a withdrawal."""

from collections.abc import Sequence
from urllib.parse import urldefrag

import discord

from bot.i18n import Catalogue
from bot.layouts.components import (
    Brand,
    Button,
    action_row,
    article_button,
    button_rows,
    byline,
    card,
    day_stamp,
    first_within_limits,
    layout,
    link_button,
    picture,
    subtext,
    text_display,
    title_link,
    topic_line,
)
from bot.layouts.markdown import paragraphs, plain
from bot.layouts.topic_roles import open_button
from bot.models import Action, Article
from bot.plain_text import clean_line
from bot.urls import canonical_key, is_own

SUMMARY = 700
MISSED = 6
PUSH_TITLE = 300
OWN_LINE = 500  # with its placeholders filled in


def article_card(
    article: Article,
    actions: Sequence[Action],
    text: Catalogue,
    brand: Brand,
    *,
    roles: Sequence[int] = (),
    interactive: bool = True,
    follow: bool = False,
    above: str = "",
    accent: int | None = None,
) -> discord.ui.LayoutView:
    """The public card of an article; `above` is a line of safe markdown over it.

    Roles are named above the card; whether they are pinged is decided by the sender. With
    `follow` a button opens the menu of topic roles.

    A card that is not `interactive` has only links: nobody would answer a press where it is shown.
    Related articles are behind a button rather than on the card: otherwise every such card would have
    to be edited when one of them is withdrawn or renamed, and could show a name until then.
    """
    lead = paragraphs(article.summary, SUMMARY)
    topics = subtext(topic_line(article.topics, text, brand))
    optional = call_buttons(article, actions, text, brand)[:2]
    if follow:
        optional.append(open_button(text("topic_roles.member.notify_me")))
    rows = button_rows(
        [button for button in [link_button(text("articles.read"), brand.public(article.url))] if button],
        optional,
        article_button("more", article, text) if interactive else None,
    )
    return layout(
        text_display(mentions(roles), above) if roles or above else None,
        card(
            text_display(f"## {title_link(article, text, brand)}", subtext(byline(article, text, brand))),
            text_display(lead) if lead else None,
            picture(article, text),
            text_display(topics) if topics else None,
            *(action_row(*row) for row in rows),
            accent=accent,
        ),
    )


def call_buttons(article: Article, actions: Sequence[Action], text: Catalogue, brand: Brand) -> list[Button]:
    """The action buttons: the article's own call to action first, then the configured ones, without duplicates."""
    ours = (*brand.own_hosts, *brand.call_hosts)  # an article's own call may lead nowhere else
    own = [link_button(call.label, brand.public(call.url)) for call in article.calls if is_own(call.url, ours)]
    configured = [link_button(action.label_in(text.language), brand.public(action.url)) for action in actions]
    by_address: dict[tuple[str, str], Button] = {}
    for button in (next(filter(None, own), None), *configured):
        if button is not None and button.url is not None:
            by_address.setdefault((canonical_key(button.url), urldefrag(button.url).fragment), button)
    return list(by_address.values())


def placeholder_card(text: Catalogue, above: str) -> discord.ui.LayoutView:
    """The content of a message until its card is ready: the line above, and nothing of the article."""
    return layout(text_display(above), card(text_display(text("articles.coming"))))


def withdrawn_notice(text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """The notice of a withdrawn article: none of its words, no link to it."""
    return layout(card(text_display(text("articles.withdrawn", organisation=plain(brand.organisation)))))


def catch_up_list(articles: Sequence[Article], text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """One post for several articles that could not be announced on time; it pings nobody."""
    left = len(articles) - MISSED
    more = subtext(text("articles.missed.more", count=left)) if left > 0 else ""
    heading = text_display(f"## {text('articles.missed.title')}")
    return first_within_limits(
        layout(
            card(
                heading,
                text_display(
                    *(
                        f"- {title_link(article, text, brand, length)} · {day_stamp(article.published, text)}"
                        for article in articles[:MISSED]
                    ),
                    more,
                ),
            )
        )
        for length in (150, 40)
    )


def own_line(line: str, article: Article, text: Catalogue, brand: Brand) -> str:
    """A server's own line above a card, with its placeholders filled in; nothing in it can ping or format."""
    topic = brand.topic_name(article.topics[0], text.language) if article.topics else ""
    for placeholder, value in (("{title}", article.title), ("{topic}", topic), ("{author}", article.author)):
        line = line.replace(placeholder, clean_line(value))
    return plain(line, OWN_LINE)


def push_text(article: Article, roles: Sequence[int], text: Catalogue, brand: Brand) -> str:
    """The post as plain text, for push notifications: who is mentioned, the title, the address; empty for nobody."""
    if not roles:
        return ""
    title = plain(article.title if clean_line(article.title) else text("common.untitled"), PUSH_TITLE)
    address = brand.public(article.url).replace(">", "%3E").replace(" ", "%20")
    return f"{mentions(roles)} · {title}\n<{address}>"


def mentions(roles: Sequence[int]) -> str:
    """The roles as mentions, which ping where that is allowed."""
    return " ".join(f"<@&{role}>" for role in roles)
