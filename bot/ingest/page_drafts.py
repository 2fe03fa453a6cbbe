"""An article ready to be stored, from its page and what is stored already. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.ingest.feed_drafts import body_of
from bot.ingest.ports import Classify
from bot.models import UNKNOWN_DATE, Article, ArticleBody, Image, NewArticle, Page
from bot.urls import canonical_key

MAX_SUMMARY = 200  # what the feed's own summaries keep to


def archived_draft(feed: str, url: str, page: Page, classify: Classify, now: float) -> NewArticle:
    """An article that is known from its page alone."""
    body, summary = body_of(page), summary_of(page)
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
        image=page.images[0] if page.images else None,
        reading_minutes=page.reading_minutes,
        topics=classify(page.title, summary, body),
        body=body,
    )


def revised_draft(article: Article, page: Page, classify: Classify, *, keep_title: bool, first: bool) -> NewArticle:
    """A stored article with what its page says now; a title that its feed still gives is kept.

    On the `first` check the page's date replaces the feed's, which is that of re-publication.
    """
    dated = page.published if first and page.published is not None else article.published
    body = body_of(page)
    title = article.title if keep_title else page.title
    return NewArticle(
        feed=article.feed,
        identity=article.key,
        url=article.url,
        key=article.key,
        title=title,
        summary=article.summary if keep_title else summary_of(page),
        author=page.author or article.author,
        author_note=page.author_note,
        published=min(dated, max(article.first_seen, article.published)),
        language=page.language or article.language,
        image=described(article.image, page.images) or (page.images[0] if page.images else None),
        reading_minutes=page.reading_minutes,
        topics=classify(title, article.summary, body),
        body=body,
    )


def described(image: Image | None, images: Sequence[Image]) -> Image | None:
    """A feed's picture with the description and caption that the page gives the same picture."""
    if image is None:
        return None
    same = next((one for one in images if _path(one.url) == _path(image.url)), None)
    return replace(image, alt=image.alt or same.alt, caption=image.caption or same.caption) if same else image


def _path(url: str) -> str:
    """An address without what names its size or signature."""
    return url.partition("?")[0].partition("://")[2]


def differs(article: Article, stored: ArticleBody, draft: NewArticle) -> bool:
    """Whether a draft says anything else than what is stored; order of topics aside, every word counts."""
    unchanged = replace(
        article,
        title=draft.title,
        summary=draft.summary,
        author=draft.author,
        author_note=draft.author_note,
        language=draft.language,
        image=draft.image,
        reading_minutes=draft.reading_minutes,
    )
    return unchanged != article or stored != draft.body


def summary_of(page: Page) -> str:
    """The beginning of the article, cut at a word."""
    text = " ".join(passage.text for passage in page.passages[:2])
    text = " ".join(text.replace("• ", "").replace("> ", "").split())
    if len(text) <= MAX_SUMMARY:
        return text
    return f"{text[: MAX_SUMMARY - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"
