"""Whether a subscription wants an article. Pure; `Deliveries.plan` asks the same in SQL."""

from collections.abc import Sequence
from enum import StrEnum

from bot.models import SubscriptionOptions
from bot.plain_text import primary_subtag


class Mismatch(StrEnum):
    """The property of an article for which a subscription does not want it."""

    FEED = "other_feed"
    TOPICS = "other_topics"
    NO_TOPICS = "no_topics"
    LANGUAGE = "other_language"


def mismatch(options: SubscriptionOptions, feed: str, topics: Sequence[str], language: str) -> Mismatch | None:
    """Why the subscription does not want such an article; None where it wants it.

    An article in an unknown language matches every choice of language.
    """
    if options.feeds and feed not in options.feeds:
        return Mismatch.FEED
    if options.topics and not set(topics) & set(options.topics):
        return Mismatch.TOPICS if topics else Mismatch.NO_TOPICS
    code = primary_subtag(language)
    return Mismatch.LANGUAGE if options.article_language and code and code != options.article_language else None
