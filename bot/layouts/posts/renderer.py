"""Renders posts for a subscription, in the language its moderators chose."""

from collections.abc import Callable, Sequence

from bot.actions import day, fitting
from bot.config.settings import Settings
from bot.delivery.planning.topic_roles import NOBODY, Audience
from bot.delivery.ports import Rendered
from bot.i18n import LANGUAGES, Catalogue
from bot.layouts.components import MAX_BUTTON_URL, Brand
from bot.layouts.posts.article_card import article_card, catch_up_list, own_line, push_text, withdrawn_notice
from bot.layouts.posts.digest import digest_card, digest_push
from bot.models import Article, Subscription
from bot.plain_text import clean_line, truncate

ACTIONS = 2
THREAD_TITLE = 100  # Discord's limit for the name of a thread or a forum post


class Renderer:
    """Renders posts: one article its card, several the catch-up list, none the notice of a withdrawal."""

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
        text = self._catalogue(subscription.options.language)
        if not articles:
            return Rendered(withdrawn_notice(text, self._brand), text("articles.withdrawn_title"))
        if audience.digest:
            newest = self._brand.public(articles[-1].url)
            title = text("schedule.digest.title", organisation=clean_line(self._settings.organisation))
            return Rendered(
                digest_card(
                    articles,
                    text,
                    self._brand,
                    roles=audience.roles,
                    follow=audience.can_follow and not subscription.options.publish,
                    accent=subscription.options.accent,
                ),
                truncate(title, THREAD_TITLE),
                roles=audience.roles,
                push=digest_push(articles, audience.roles, text),
                push_label=text("articles.read"),
                push_link=newest if len(newest) <= MAX_BUTTON_URL else "",
            )
        if len(articles) > 1:
            return Rendered(catch_up_list(articles, text, self._brand), text("articles.missed.title"))
        return self._one(articles[0], subscription, audience, text)

    def _one(self, article: Article, subscription: Subscription, audience: Audience, text: Catalogue) -> Rendered:
        link = self._brand.public(article.url)
        today = day(self._clock(), self._settings.time_zone)
        options = subscription.options
        allowed = [one for one in self._settings.actions if options.actions is None or one.key in options.actions]
        actions = fitting(allowed, article.topics, today, ACTIONS)
        # The best topic first, and in every language: a forum's tags may use any.
        tags = dict.fromkeys(self._brand.topic_name(key, code) for key in article.topics for code in LANGUAGES)
        return Rendered(
            view=article_card(
                article,
                actions,
                text,
                self._brand,
                roles=audience.roles,
                follow=audience.can_follow and not options.publish,
                # A published post reaches servers without the bot, where nobody would answer a press.
                interactive=not options.publish,
                above=own_line(options.line, article, text, self._brand),
                accent=options.accent,
            ),
            title=truncate(clean_line(article.title), THREAD_TITLE) or text("common.untitled"),
            link=link,
            tags=tuple(tags),
            roles=audience.roles,
            push=push_text(article, audience.roles, text, self._brand),
            push_label=text("articles.read"),
            push_link=link if len(link) <= MAX_BUTTON_URL else "",
        )
