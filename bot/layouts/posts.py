"""What is posted in channels: an article's card, a digest, a catch-up list, and the notice of a withdrawal."""

from collections.abc import Callable, Sequence
from urllib.parse import urldefrag

import discord

from bot.actions import fitting, in_season
from bot.config.settings import Settings
from bot.delivery.planning.topic_roles import NOBODY, Audience
from bot.delivery.ports import Rendered
from bot.i18n import LANGUAGES, Catalogue
from bot.layouts.components import (
    MAX_BUTTON_URL,
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
    section_with_thumbnail,
    subtext,
    text_display,
    title_link,
    topic_line,
)
from bot.layouts.markdown import paragraphs, plain
from bot.layouts.topic_roles import open_button
from bot.models import Action, Article, Subscription
from bot.plain_text import clean_line, truncate
from bot.urls import canonical_key, is_own

ACTIONS = 2
THREAD_TITLE = 100  # Discord's limit for the name of a thread or a forum post
SUMMARY = 700
MISSED = 6
MAX_DIGEST = 10  # articles
PUSH_LENGTH = 300  # of the titles in a push notification
OWN_LINE = 500  # with its placeholders filled in


class Renderer:
    """Renders posts in the language of a subscription: one article its card, several a list, none the notice."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float],
        catalogue: Callable[[str], Catalogue] = Catalogue.of,
    ) -> None:
        self._settings = settings
        self._brand = Brand.of(settings)
        self._clock, self._catalogue = clock, catalogue

    def __call__(
        self, articles: Sequence[Article], subscription: Subscription, audience: Audience = NOBODY
    ) -> Rendered:
        """The post for these articles in the subscription's channel."""
        options, roles = subscription.options, audience.roles
        text = self._catalogue(options.language)
        if not articles:
            return Rendered(withdrawn_notice(text, self._brand), text("articles.withdrawn_title"))
        if audience.digest:
            newest = self._brand.public(articles[-1].url)
            title = text("schedule.digest.title", organisation=clean_line(self._settings.organisation))
            titles = "; ".join(clean_line(article.title) or text("common.untitled") for article in reversed(articles))
            count = text("schedule.digest.push", count=len(articles))
            follow = audience.can_follow and not options.publish
            return Rendered(
                digest_card(articles, text, self._brand, roles=roles, follow=follow, accent=options.accent),
                truncate(title, THREAD_TITLE),
                roles=roles,
                push=f"{mentions(roles)} · {count}: {plain(titles, PUSH_LENGTH)}" if roles else "",
                push_label=text("articles.read"),
                push_link=newest if len(newest) <= MAX_BUTTON_URL else "",
            )
        if len(articles) > 1:
            return Rendered(catch_up_list(articles, text, self._brand), text("articles.missed.title"))
        return self._one(articles[0], subscription, audience, text)

    def _one(self, article: Article, subscription: Subscription, audience: Audience, text: Catalogue) -> Rendered:
        settings, brand, options, roles = self._settings, self._brand, subscription.options, audience.roles
        allowed = [one for one in settings.actions if options.actions is None or one.key in options.actions]
        current = in_season(allowed, self._clock(), settings.time_zone)
        # The best topic first, and in every language: a forum's tags may use any.
        tags = dict.fromkeys(brand.topic_name(key, code) for key in article.topics for code in LANGUAGES)
        above = options.line
        topic = brand.topic_name(article.topics[0], text.language) if article.topics else ""
        for placeholder, value in (("{title}", article.title), ("{topic}", topic), ("{author}", article.author)):
            above = above.replace(placeholder, clean_line(value))
        link = brand.public(article.url)
        pushed_title = plain(article.title if clean_line(article.title) else text("common.untitled"), PUSH_LENGTH)
        address = link.replace(">", "%3E").replace(" ", "%20")
        return Rendered(
            view=article_card(
                article,
                fitting(current, article.topics, ACTIONS),
                text,
                brand,
                roles=roles,
                follow=audience.can_follow and not options.publish,
                # A published post reaches servers without the bot, where nobody would answer a press.
                interactive=not options.publish,
                above=plain(above, OWN_LINE),  # nothing in a server's own line can ping or format
                accent=options.accent,
            ),
            title=truncate(clean_line(article.title), THREAD_TITLE) or text("common.untitled"),
            link=link,
            tags=tuple(tags),
            roles=roles,
            push=f"{mentions(roles)} · {pushed_title}\n<{address}>" if roles else "",
            push_label=text("articles.read"),
            push_link=link if len(link) <= MAX_BUTTON_URL else "",
        )


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
    left = len(newest) - MAX_DIGEST
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
                    for article in newest[:MAX_DIGEST]
                ),
                text_display(subtext(more)) if more else None,
                action_row(open_button(text("topic_roles.member.notify_me")) if follow else None),
                accent=accent,
            ),
        )
        for title, sentence in ((150, 140), (100, 70), (60, 0))
    )


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


def withdrawn_notice(text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """The notice of a withdrawn article: none of its words, no link to it."""
    return layout(card(text_display(text("articles.withdrawn", organisation=plain(brand.organisation)))))


def placeholder_card(text: Catalogue, above: str) -> discord.ui.LayoutView:
    """The content of a message until its card is ready: the line above, and nothing of the article."""
    return layout(text_display(above), card(text_display(text("articles.coming"))))


def mentions(roles: Sequence[int]) -> str:
    """The roles as mentions, which ping where that is allowed."""
    return " ".join(f"<@&{role}>" for role in roles)
