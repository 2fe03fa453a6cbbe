"""Whether a feed's new version of an article changes what people read. Pure."""

import re
from enum import Enum
from urllib.parse import urlsplit

from bot.models import Article, Image, NewArticle
from bot.plain_text import clean_line

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


class Edit(Enum):
    """How much an edit changes."""

    NONE = 0
    MINOR = 1  # a date, a counter, another picture: rate-limited
    WORDS = 2  # a correction: edited at once


def edit_of(article: Article, draft: NewArticle) -> Edit:
    """Compares after normalising: white space, Unicode form, signatures of picture addresses."""
    if (
        clean_line(draft.title) != clean_line(article.title)
        or clean_line(draft.author) != clean_line(article.author)
        or _without_counters(draft.summary) != _without_counters(article.summary)
        or draft.url != article.url
    ):
        return Edit.WORDS
    if (
        _path(draft.image) != _path(article.image)
        or draft.published != article.published
        or clean_line(draft.summary) != clean_line(article.summary)
    ):
        return Edit.MINOR
    return Edit.NONE


def _without_counters(text: str) -> str:
    return NUMBER.sub("0", clean_line(text))


def _path(image: Image | None) -> str:
    """A picture without its query: many are signed again for every poll."""
    return urlsplit(image.url)._replace(query="", fragment="").geturl() if image else ""
