"""Drafts of the sample blog's articles, without a server in between."""

import re

from bot.demo.blog import Block, BlockKind, SampleArticle, SampleImage
from bot.demo.pages import article_url, image_url
from bot.demo.settings import FEED_KEY
from bot.models import ArticleBody, Image, Link, LinkKind, NewArticle, Passage
from bot.urls import canonical_key

ADDRESS = "https://blog.example.org"

_LINK = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<target>[^)]+)\)")


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


def links_of(block: Block) -> list[tuple[str, str, LinkKind]]:
    """Label, target (another article's slug or a whole address) and kind of a block's links, in reading order."""
    kinds = {BlockKind.PULL: LinkKind.RELATED, BlockKind.CALL: LinkKind.CALL_TO_ACTION}
    found = _LINK.finditer("\n".join((block.text, *block.items)))
    return [(match["label"], match["target"], kinds.get(block.kind, LinkKind.TEXT)) for match in found]


def passages_of(article: SampleArticle) -> tuple[Passage, ...]:
    """The body as a reader sees it, split at its headings; without footnotes."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for block in article.blocks:
        if block.kind is BlockKind.HEADING:
            parts.append((block.text, []))
        elif block.kind is not BlockKind.IMAGE:
            listed = "\n".join(f"• {item}" for item in block.items)
            parts[-1][1].append(_LINK.sub(lambda match: match["label"], listed or block.text))
    filled = [(heading, texts) for heading, texts in parts if texts]
    return tuple(Passage(i, heading, "\n\n".join(texts)) for i, (heading, texts) in enumerate(filled))


def article_body(article: SampleArticle, base: str = ADDRESS) -> ArticleBody:
    """Passages, pictures, links and footnotes of an article, with absolute addresses."""
    pictures = [article.image, *(block.image for block in article.blocks if block.image)]
    passages = passages_of(article)
    headings = [passage.heading for passage in passages]
    links: list[Link] = []
    passage = 0
    for block in article.blocks:
        if block.kind is BlockKind.HEADING:
            passage = headings.index(block.text)
        links += [Link(label, article_url(base, target), kind, passage) for label, target, kind in links_of(block)]
    return ArticleBody(
        passages=passages,
        images=tuple(_image(base, picture) for picture in pictures),
        links=tuple(links),
        footnotes=article.footnotes,
    )


def _image(base: str, image: SampleImage) -> Image:
    # One picture has a file name as its description, as happens on real blogs; it is ignored.
    alt = "" if image.alt.endswith(".png") else image.alt
    return Image(image_url(base, image), alt, image.caption)
