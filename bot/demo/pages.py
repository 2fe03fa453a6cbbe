"""The sample blog as a site: its feed and pages, in the shape Webflow gives them.

That shape is copied from the site this bot was made for: a feed on one line whose items
carry no author, category or full text; pages on which the article is in `div.w-richtext`,
followed by a newsletter form, a call for gifts, two further complete articles and logos.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from bot.demo.blog import Block, BlockKind, SampleArticle, SampleImage

BLOG_NAME = "Herald's sample blog"
BLOG_NOTE = "Sample stories written for a demonstration; the people in them are invented."

_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_STYLE = """
body{font:17px/1.6 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem;color:#1d2733;background:#fff}
nav,footer,.newsletter,.related{color:#51606f;font-size:.9rem}nav a{margin-right:1rem}img{max-width:100%;height:auto}
figure{margin:1.5rem 0}figcaption{color:#51606f;font-size:.85rem}a{color:#0b5cad}.button{display:inline-block;
background:#c9372c;color:#fff;padding:.5rem 1.2rem;border-radius:2rem;text-decoration:none}
.sample{background:#fff4d6;padding:.4rem .8rem;border-radius:.4rem}hr{border:0;border-top:1px solid #d9e0e7}
"""


def article_url(base: str, target: str) -> str:
    """Where a link of the sample blog leads: a slug to its page under `base`, an address to itself."""
    return target if "://" in target else f"{base}/blog/{target}"


def image_url(base: str, image: SampleImage) -> str:
    """Where a picture of the sample blog is served."""
    return f"{base}/images/{image.name}.png"


@dataclass(frozen=True, slots=True)
class Post:
    """An article as the site currently shows it; `published` is the time of (re-)publication."""

    article: SampleArticle
    published: float


def feed(posts: Sequence[Post], base: str) -> str:
    """The feed, newest first: one line, no CDATA, exactly the seven elements Webflow writes."""
    items = ""
    for post in newest_first(posts):
        url = escape(article_url(base, post.article.slug))
        picture = escape(image_url(base, post.article.image))
        items += (
            f"<item><title>{escape(post.article.title)}</title><link>{url}</link><guid>{url}</guid>"
            f"<description>{escape(post.article.summary)}</description>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(post.published, UTC), usegmt=True)}</pubDate>"
            f'<media:content url="{picture}" medium="image"/><media:thumbnail url="{picture}"/></item>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rss xmlns:media="http://search.yahoo.com/mrss/" version="2.0"><channel>'
        f"<title>{escape(BLOG_NAME)}</title><link>{base}/blog</link>"
        f"<description>{escape(BLOG_NOTE)}</description>{items}</channel></rss>"
    )


def sitemap(posts: Sequence[Post], base: str) -> str:
    """The addresses of all pages, without dates, as Webflow writes them."""
    addresses = [f"{base}/blog", *(article_url(base, post.article.slug) for post in posts)]
    entries = "".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    )


def list_page(posts: Sequence[Post], base: str) -> str:
    """The blog's front page."""
    items = "".join(
        f'<div role="listitem" class="w-dyn-item"><h2><a href="{article_url(base, post.article.slug)}">'
        f"{escape(post.article.title)}</a></h2><div>{english_date(post.published)}</div>"
        f"<p>{escape(post.article.summary)}</p></div>"
        for post in newest_first(posts)
    )
    return _document(BLOG_NAME, base, f'<h1>{escape(BLOG_NAME)}</h1><div role="list" class="w-dyn-items">{items}</div>')


def article_page(post: Post, others: Sequence[Post], base: str) -> str:
    """One article's page; two complete articles out of `others` follow below it, as on the real site."""
    article = post.article
    main = (
        f'<div class="blog-label">blog</div><h1 class="blog-title">{escape(article.title)}</h1>'
        f'<div class="blog-date">{english_date(post.published)}</div>'
        f'<div class="blog-body w-richtext">{article_body(article, base)}</div>'
    )
    related = "".join(
        f'<div role="listitem" class="w-dyn-item"><h3><a href="{article_url(base, other.article.slug)}">'
        f"{escape(other.article.title)}</a></h3><div>{english_date(other.published)}</div>"
        f'<div class="w-richtext">{article_body(other.article, base)}</div></div>'
        for other in others[:2]
    )
    tail = (
        f"{_GIVING.format(donate='https://libertyinnorthkorea.org/donate')}{_NEWSLETTER}"
        f'<section class="related"><h2>Check these out!</h2><div class="w-dyn-list">'
        f'<div role="list" class="w-dyn-items">{related}</div></div></section>{_LOGOS}'
    )
    return _document(article.title, base, main + tail, article)


def article_body(article: SampleArticle, base: str) -> str:
    """The inside of the rich text: picture, author and biography, blocks, footnotes."""
    parts = [
        _figure(article.image, base),
        f"<p>By {escape(article.author)}</p>",
        f"<p><em>{escape(article.author_note)}</em></p>",
        *(_block(block, base) for block in article.blocks),
        *(f"<p><em>{escape(note)}</em></p>" for note in article.footnotes),
    ]
    return "".join(parts)


def newest_first(posts: Sequence[Post]) -> list[Post]:
    """The posts in the order in which a blog shows them."""
    return sorted(posts, key=lambda post: post.published, reverse=True)


def english_date(instant: float) -> str:
    """A day such as `March 23, 2025`, in UTC."""
    day = datetime.fromtimestamp(instant, UTC)
    return f"{day:%B} {day.day}, {day.year}"


def _block(block: Block, base: str) -> str:
    match block.kind:
        case BlockKind.HEADING:
            return f"<h2>{_inline(block.text, base)}</h2>"
        case BlockKind.BULLETS | BlockKind.NUMBERS:
            tag = "ul" if block.kind is BlockKind.BULLETS else "ol"
            items = "".join(f"<li>{_inline(item, base)}</li>" for item in block.items)
            return f'<{tag} role="list">{items}</{tag}>'
        case BlockKind.IMAGE:
            return _figure(block.image, base) if block.image else ""
        case BlockKind.PULL | BlockKind.CALL | BlockKind.PARAGRAPH:
            before, after = _AROUND[block.kind]
            return f"<p>{before}{_inline(block.text, base)}{after}</p>"


def _inline(text: str, base: str) -> str:
    linked = _LINK.sub(
        lambda match: f'<a href="{article_url(base, match[2])}">{match[1]}</a>', escape(text, quote=False)
    )
    return linked.replace("\n", "<br/>")


def _figure(image: SampleImage, base: str) -> str:
    caption = f"<figcaption>{escape(image.caption)}</figcaption>" if image.caption else ""
    return (
        '<figure class="w-richtext-align-fullwidth w-richtext-figure-type-image"><div>'
        f'<img src="{image_url(base, image)}" loading="lazy" alt="{escape(image.alt)}"/></div>{caption}</figure>'
    )


def _document(title: str, base: str, content: str, article: SampleArticle | None = None) -> str:
    language = article.language if article else "en"
    slug = f' data-wf-item-slug="{article.slug}"' if article else ""
    canonical = article_url(base, article.slug) if article else f"{base}/blog"
    return (
        f'<!DOCTYPE html><html lang="{language}" data-wf-site="5a4ple"{slug}><head><meta charset="utf-8"/>'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f'<link rel="canonical" href="{canonical}"/>'
        f'<link rel="alternate" type="application/rss+xml" title="RSS Feed" href="{base}/blog/rss.xml"/></head><body>'
        f'<div class="w-nav"><nav><a href="{base}/blog">Blog</a><a href="{base}/blog/rss.xml">Feed</a></nav></div>'
        f'<p class="sample">{escape(BLOG_NOTE)}</p>{content}'
        f"<footer><p>{escape(BLOG_NAME)}. {escape(BLOG_NOTE)}</p></footer></body></html>"
    )


_AROUND = {
    BlockKind.PULL: ("&gt; ", ""),
    BlockKind.CALL: ("<strong>", "</strong>"),
    BlockKind.PARAGRAPH: ("", ""),
}
_GIVING = (
    "<section><h2>Your generous gift would help, if this were a real blog</h2>"
    '<a href="{donate}" class="button w-button">Give Now</a></section>'
)
_NEWSLETTER = (
    '<section class="newsletter"><h2>Learn more in our sample newsletter</h2><div class="w-form"><form>'
    '<input type="email" name="email" placeholder="Your e-mail" disabled/></form>'
    '<div class="w-form-done"><div>Thank you, you would be subscribed!</div></div>'
    '<div class="w-form-fail"><div>Oh no, this would have gone wrong.</div></div></div></section>'
)
_LOGOS = (
    '<section class="logos"><img src="/images/window-night.png" width="40" alt="The logo of an invented newspaper"/>'
    "</section>"
)
