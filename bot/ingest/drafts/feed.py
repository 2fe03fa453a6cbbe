"""Builds article drafts from an entry, its page, and the stored article. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.feeds.document import ParsedEntry
from bot.ingest.drafts.summaries import telling_summary, without_boilerplate
from bot.ingest.ports import Classify
from bot.models import UNKNOWN_DATE, Article, ArticleBody, Entry, Image, NewArticle, Page
from bot.pictures import Candidate, shows_something
from bot.store.articles import draft_of
from bot.store.identities import KnownIdentity
from bot.urls import canonical_key, public_url


def new_draft(
    feed: str, entry: Entry, key: str, page: Page | None, classify: Classify, now: float, language: str = ""
) -> NewArticle:
    """A new article. The title is the feed's; author, date and language are preferably the page's.

    A future date becomes `now`, a missing one stays unknown. `language` is the configured one.
    """
    body = body_of(page) if page else None
    published = (page.published if page else None) or entry.published or UNKNOWN_DATE
    author = (page.author if page else "") or entry.author
    summary = telling_summary(entry.summary, title=entry.title, author=author, passages=page.passages if page else ())
    return NewArticle(
        feed=feed,
        identity=entry.identity,
        url=public_url(entry.url),
        key=key,
        title=entry.title,
        summary=summary,
        author=author,
        author_note=page.author_note if page else "",
        published=min(published, now),
        language=(page.language if page else "") or entry.language or language,
        image=described(entry.image, page.images if page else ()) or cover_of(page.images if page else ()),
        reading_minutes=page.reading_minutes if page else None,
        topics=classify(entry.title, summary, body),
        body=body,
    )


def changed_draft(
    article: Article, entry: ParsedEntry, known: KnownIdentity, body: ArticleBody | None = None
) -> NewArticle:
    """A stored article with the feed's current values; its topics are kept.

    Its date follows the feed only where it came from the feed: sites re-date old articles, but
    the page keeps the true date. A changed address is followed. With a `body`, a
    summary that the feed emptied becomes the beginning of the body.
    """
    said = entry.entry
    author = said.author or article.author
    summary = without_boilerplate(said.summary, title=said.title, author=author)
    if body is not None and not said.summary:
        summary = telling_summary("", title=said.title, author=author, passages=body.passages)
        article = replace(article, summary=summary)
    from_feed = known.entry_published is not None and article.published == known.entry_published
    follows = from_feed or article.published == UNKNOWN_DATE
    own_addresses = (article.key.partition("#")[0], canonical_key(article.url))
    moves = entry.key == entry.address_key and entry.address_key not in own_addresses
    return replace(
        draft_of(article, identity=entry.identity),
        url=public_url(said.url) if moves else article.url,
        title=said.title,
        summary=summary or article.summary,  # however short: the removed words may be a correction
        author=article.author or said.author,
        published=min(said.published, article.first_seen) if follows and said.published else article.published,
        image=said.image or article.image,
    )


def body_of(page: Page) -> ArticleBody:
    """The long parts of a page."""
    return ArticleBody(page.passages, page.images, page.links, page.footnotes)


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
