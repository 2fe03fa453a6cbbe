"""Builds article drafts from a page and the stored article. Pure."""

from dataclasses import replace

from bot.ingest.drafts.feed import body_of, cover_of, described
from bot.ingest.drafts.summaries import introduction, telling_summary
from bot.ingest.ports import Classify
from bot.models import UNKNOWN_DATE, Article, ArticleBody, Image, NewArticle, Page
from bot.urls import canonical_key


def archived_draft(feed: str, url: str, page: Page, classify: Classify, now: float) -> NewArticle:
    """An article known only from its page."""
    body = body_of(page)
    summary = _introduction(page)
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
        image=cover_of(page.images),
        reading_minutes=page.reading_minutes,
        topics=classify(page.title, summary, body),
        body=body,
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
        summary = telling_summary(kept, title=article.title, author=author, passages=page.passages)
    else:
        summary = _introduction(page)
    image = cover_of(page.images)
    if article.image is not None:
        bare = replace(article.image, alt="")
        came_from_page = _as_stored(described(bare, stored.images)) == article.image
        image = described(bare, page.images) if came_from_page else article.image
    dated = page.published if first and page.published is not None else article.published
    body = body_of(page)
    title = article.title if keep_title else page.title
    return NewArticle(
        feed=article.feed,
        identity=article.key,
        url=article.url,
        key=article.key,
        title=title,
        summary=summary,
        author=author,
        author_note=page.author_note,
        published=min(dated, max(article.first_seen, article.published)),
        language=page.language or article.language,
        image=image,
        reading_minutes=page.reading_minutes,
        topics=classify(title, article.summary, body),
        body=body,
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


def _as_stored(image: Image | None) -> Image | None:
    """An article's own picture is stored without its caption, which stays in the body."""
    return replace(image, caption="") if image else None


def _introduction(page: Page) -> str:
    return introduction(page.passages, title=page.title, author=page.author)
