"""Builds article drafts from an entry, its page, and the stored article, and compares them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from urllib.parse import urlsplit

from bot.feeds.document import Entry
from bot.ingest.ports import Classify
from bot.ingest.summaries import introduction, telling_summary, without_boilerplate
from bot.models import UNKNOWN_DATE, Article, ArticleBody, Image, NewArticle, Page
from bot.pictures import Candidate, shows_something
from bot.plain_text import clean_line
from bot.store.identities import KnownIdentity
from bot.urls import canonical_key, public_url

NO_PAGE = Page("")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


class Edit(Enum):
    """How much an edit changes."""

    NONE = 0
    MINOR = 1  # a date, a counter, another picture: rate-limited
    WORDS = 2  # a correction: edited at once


def new_draft(
    feed: str, entry: Entry, key: str, page: Page | None, classify: Classify, now: float, language: str = ""
) -> NewArticle:
    """A new article. The title is the feed's; author, date and language are preferably the page's.

    A future date becomes `now`, a missing one stays unknown. `language` is the configured one.
    """
    shown, body = page or NO_PAGE, page.body if page else None
    author, images = shown.author or entry.author, shown.body.images
    summary = telling_summary(entry.summary, title=entry.title, author=author, passages=shown.body.passages)
    return NewArticle(
        feed=feed,
        identity=entry.identity,
        url=public_url(entry.url),
        key=key,
        title=entry.title,
        summary=summary,
        author=author,
        author_note=shown.author_note,
        published=min(shown.published or entry.published or UNKNOWN_DATE, now),
        language=shown.language or entry.language or language,
        image=described(entry.image, images) or cover_of(images),
        reading_minutes=shown.reading_minutes,
        topics=classify(entry.title, summary, body),
        body=body,
    )


def changed_draft(article: Article, entry: Entry, known: KnownIdentity, body: ArticleBody | None = None) -> NewArticle:
    """A stored article with the feed's current values; its topics are kept.

    Its date follows the feed only where it came from the feed: sites re-date old articles, but
    the page keeps the true date. A changed address is followed. With a `body`, a
    summary that the feed emptied becomes the beginning of the body.
    """
    author = entry.author or article.author
    summary = without_boilerplate(entry.summary, title=entry.title, author=author)
    if body is not None and not entry.summary:
        summary = telling_summary("", title=entry.title, author=author, passages=body.passages)
        article = replace(article, summary=summary)
    from_feed = known.entry_published is not None and article.published == known.entry_published
    follows = from_feed or article.published == UNKNOWN_DATE
    own_addresses = (article.key.partition("#")[0], canonical_key(article.url))
    moves = entry.key == entry.address_key and entry.address_key not in own_addresses
    return replace(
        NewArticle.of(article, identity=entry.identity),
        url=public_url(entry.url) if moves else article.url,
        title=entry.title,
        summary=summary or article.summary,  # however short: the removed words may be a correction
        author=article.author or entry.author,
        published=min(entry.published, article.first_seen) if follows and entry.published else article.published,
        image=entry.image or article.image,
    )


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
        _unsigned(draft.image) != _unsigned(article.image)
        or draft.published != article.published
        or clean_line(draft.summary) != clean_line(article.summary)
    ):
        return Edit.MINOR
    return Edit.NONE


def archived_draft(feed: str, url: str, page: Page, classify: Classify, now: float) -> NewArticle:
    """An article known only from its page."""
    summary = introduction(page.body.passages, title=page.title, author=page.author)
    return NewArticle(
        feed=feed,
        identity=url,
        url=url,
        key=canonical_key(url),
        title=page.title,
        summary=summary,
        author=page.author,
        author_note=page.author_note,
        published=min(page.published, now) if page.published is not None else UNKNOWN_DATE,
        language=page.language,
        image=cover_of(page.body.images),
        reading_minutes=page.reading_minutes,
        topics=classify(page.title, summary, page.body),
        body=page.body,
    )


def revised_draft(
    article: Article, stored: ArticleBody, page: Page, classify: Classify, *, keep_title: bool, first: bool
) -> NewArticle:
    """A stored article with the page's current values; the title is kept while its feed lists it.

    On the `first` check the page's date replaces the feed's, which is that of re-publication.
    `stored` is the body so far: a summary or picture description that came from it follows the page.
    """
    author = page.author or article.author
    if keep_title:
        came_from_body = article.summary == introduction(stored.passages, title=article.title, author=article.author)
        kept = "" if came_from_body else article.summary
        summary = telling_summary(kept, title=article.title, author=author, passages=page.body.passages)
    else:
        summary = introduction(page.body.passages, title=page.title, author=page.author)
    image = cover_of(page.body.images)
    if article.image is not None:
        bare = replace(article.image, alt="")
        came_from_page = _as_stored(described(bare, stored.images)) == article.image
        image = described(bare, page.body.images) if came_from_page else article.image
    dated = page.published if first and page.published is not None else article.published
    title = article.title if keep_title else page.title
    return replace(
        NewArticle.of(article, page.body, identity=article.key),
        title=title,
        summary=summary,
        author=author,
        author_note=page.author_note,
        published=min(dated, max(article.first_seen, article.published)),
        language=page.language or article.language,
        image=image,
        reading_minutes=page.reading_minutes,
        topics=classify(title, article.summary, page.body),
    )


def differs(article: Article, stored: ArticleBody, draft: NewArticle) -> bool:
    """Whether a draft differs from the stored article; only the order of topics is ignored."""
    unchanged = replace(
        article,
        title=draft.title,
        summary=draft.summary,
        author=draft.author,
        author_note=draft.author_note,
        language=draft.language,
        image=_as_stored(draft.image),
        reading_minutes=draft.reading_minutes,
    )
    return unchanged != article or stored != draft.body


def described(image: Image | None, images: Sequence[Image]) -> Image | None:
    """A feed's picture with the page's description and caption of the same picture."""
    if image is None:
        return None
    same = next((one for one in images if _path(one.url) == _path(image.url)), None)
    if same is None:
        return image
    return replace(image, alt=image.alt or same.alt or same.caption, caption=image.caption or same.caption)


def _path(url: str) -> str:
    """An address without its size and signature."""
    return url.partition("?")[0].partition("://")[2]


def cover_of(images: Sequence[Image]) -> Image | None:
    """The first of a page's pictures that Discord can show: no SVG, icon or portrait."""
    return next((image for image in images if shows_something(Candidate(image.url))), None)


def _as_stored(image: Image | None) -> Image | None:
    """An article's own picture is stored without its caption, which stays in the body."""
    return replace(image, caption="") if image else None


def _without_counters(text: str) -> str:
    return NUMBER.sub("0", clean_line(text))


def _unsigned(image: Image | None) -> str:
    """A picture without its query: many are signed again for every poll."""
    return urlsplit(image.url)._replace(query="", fragment="").geturl() if image else ""
