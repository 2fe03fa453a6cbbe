"""Drafts of the sample blog's articles, without a server in between."""

from bot.demo.blog import BlockKind, SampleArticle, SampleImage
from bot.demo.pages import article_url, image_url
from bot.demo.settings import FEED_KEY
from bot.models import ArticleBody, Image, Link, NewArticle
from bot.urls import canonical_key

ADDRESS = "https://blog.example.org"


def article_draft(article: SampleArticle, base: str = ADDRESS, feed: str = FEED_KEY) -> NewArticle:
    """The draft that polling a blog at `base` should give, with the article's own topics."""
    url = article_url(base, article.slug)
    return NewArticle(
        feed=feed,
        identity=url,
        url=url,
        key=canonical_key(url),
        title=article.title,
        summary=article.summary,
        author=article.author,
        author_note=article.author_note,
        published=article.published,
        language=article.language,
        image=_image(base, article.image),
        reading_minutes=1,
        topics=article.topics,
        body=article_body(article, base),
    )


def article_body(article: SampleArticle, base: str = ADDRESS) -> ArticleBody:
    """Passages, pictures, links and footnotes of an article, with absolute addresses."""
    pictures = [article.image, *(block.image for block in article.blocks if block.image)]
    headings = [passage.heading for passage in article.passages]
    links: list[Link] = []
    passage = 0
    for block in article.blocks:
        if block.kind is BlockKind.HEADING:
            passage = headings.index(block.text)
        links += [Link(link.label, article_url(base, link.target), link.kind, passage) for link in block.links]
    return ArticleBody(
        passages=article.passages,
        images=tuple(_image(base, picture) for picture in pictures),
        links=tuple(links),
        footnotes=article.footnotes,
    )


def _image(base: str, image: SampleImage) -> Image:
    # One picture has a file name as its description, as happens on real blogs; it is ignored.
    alt = "" if image.alt.endswith(".png") else image.alt
    return Image(image_url(base, image), alt, image.caption)
