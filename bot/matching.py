"""Whether a subscription wants an article. Pure; planning does the same in SQL."""

from collections.abc import Sequence
from enum import StrEnum

from bot.models import SubscriptionOptions


class Mismatch(StrEnum):
    """What about an article a subscription does not want."""

    FEED = "other_feed"
    TOPICS = "other_topics"
    NO_TOPICS = "no_topics"
    LANGUAGE = "other_language"


def mismatch(options: SubscriptionOptions, feed: str, topics: Sequence[str], language: str) -> Mismatch | None:
    """What the subscription does not want about such an article; None where it wants it.

    An article whose language is not known is wanted in every language.
    """
    if options.feeds and feed not in options.feeds:
        return Mismatch.FEED
    if options.topics and not set(topics) & set(options.topics):
        return Mismatch.TOPICS if topics else Mismatch.NO_TOPICS
    code = primary_subtag(language)
    return Mismatch.LANGUAGE if options.article_language and code and code != options.article_language else None


def primary_subtag(language: str) -> str:
    """The language of a tag such as `en-GB`, in lower case; empty for an unknown one."""
    return language.replace("_", "-").split("-", 1)[0].strip().lower()
