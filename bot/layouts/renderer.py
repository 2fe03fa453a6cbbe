"""What the announcer posts for a subscription, rendered in the language its moderators chose."""

from collections.abc import Callable, Sequence

from bot.actions import day, fitting
from bot.config.settings import Settings
from bot.delivery.ports import Rendered
from bot.delivery.topic_roles import NOBODY, Audience
from bot.i18n import LANGUAGES, Catalogue
from bot.layouts.article_card import article_card, catch_up_list, push_text, withdrawn_notice
from bot.layouts.components import Brand
from bot.models import Article, Subscription
from bot.plain_text import clean_line, truncate

ACTIONS = 2
THREAD_TITLE = 100  # what Discord takes as the name of a thread or a forum post


class Renderer:
    """Renders posts: one article its card, several the catch-up list, none the notice of a withdrawal."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._brand = Brand.of(settings)
        self._clock = clock

    def __call__(
        self, articles: Sequence[Article], subscription: Subscription, audience: Audience = NOBODY
    ) -> Rendered:
        """The post for these articles in the subscription's channel."""
        text = Catalogue.of(subscription.options.language)
        if not articles:
            return Rendered(withdrawn_notice(text, self._brand), text("articles.withdrawn_title"))
        if len(articles) > 1:
            return Rendered(catch_up_list(articles, text, self._brand), text("articles.missed.title"))
        return self._one(articles[0], subscription, audience, text)

    def _one(self, article: Article, subscription: Subscription, audience: Audience, text: Catalogue) -> Rendered:
        link = self._brand.public(article.url)
        today = day(self._clock(), self._settings.time_zone)
        actions = fitting(self._settings.actions, article.topics, today, ACTIONS)
        return Rendered(
            view=article_card(
                article,
                actions,
                text,
                self._brand,
                roles=audience.roles,
                follow=audience.can_follow and not subscription.options.publish,
                # A published post reaches servers without the bot, where nobody would answer a press.
                related=not subscription.options.publish,
            ),
            title=truncate(clean_line(article.title), THREAD_TITLE) or text("common.untitled"),
            link=link,
            tags=self._tags(article),
            roles=audience.roles,
            push=push_text(article, audience.roles, text, self._brand),
        )

    def _tags(self, article: Article) -> tuple[str, ...]:
        """Names of the article's topics in every language, best topic first: a forum's tags may use any."""
        names = (self._brand.topic_name(key, language) for key in article.topics for language in LANGUAGES)
        return tuple(dict.fromkeys(names))
