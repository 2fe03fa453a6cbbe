"""An article's page as HTML → `Page`: the whole article, and nothing of its neighbours.

Webflow's rule goes first (the rich texts below the page's own title), a general extractor
second. Pure: runs in the worker process that can be killed, because HTML written by others can
keep any parser busy; nothing in the main process imports this module.
"""

import codecs
import re
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates import date_in
from bot.models import Image, Page
from bot.pages.assembler import assemble
from bot.pages.blocks import Block, BlockKind, read_blocks
from bot.pages.byline import Byline, find_byline
from bot.pages.generic import general_blocks
from bot.pages.limits import bounded
from bot.pages.metadata import Head, names_of, read_head, slug_agrees
from bot.pages.webflow import webflow_roots
from bot.plain_text import folded, language_of, one_line, reading_minutes
from bot.urls import is_web_url

DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
HEAD_BYTES = 4_096
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What the web means by these labels (WHATWG Encoding), where Python takes them narrowly.
WIDER = {
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
}


def extract_page(html: bytes, url: str, charset: str | None) -> Page | None:
    """The article that the page at `url` carries, or None when there is none.

    `charset` is what the HTTP header said. None also when Webflow says that the page is another
    item than the address asks for.
    """
    text = decode(html, charset)
    if not text.strip():
        return None
    tree = LexborHTMLParser(text)
    if not slug_agrees(tree, url):
        return None
    base = _base(tree, url)
    own = webflow_roots(tree, names_of(tree))
    head = read_head(tree, own[0] if own else tree.css_first("article"), url)
    blocks, images = _read(own, base) if own else general_blocks(text, url, base)
    return _page(head, blocks, images, base)


def decode(html: bytes, charset: str | None) -> str:
    """The page as text: byte order mark, then HTTP header, then the page's own word, then UTF-8."""
    declared = DECLARED.search(html[:HEAD_BYTES])
    named = [name for mark, name in BOMS if html.startswith(mark)]
    labels = [*named, charset or "", declared[1].decode("ascii", "ignore") if declared else "", "utf-8"]
    for label in labels:
        codec = WIDER.get(label.strip().lower(), label.strip())
        try:
            return html.decode(codec) if codec else html.decode("ascii")
        except (LookupError, UnicodeDecodeError):
            continue
    return html.decode("utf-8", "replace")


def _read(roots: list[LexborNode], base: str) -> tuple[list[Block], list[Image]]:
    parts = [read_blocks(root, base) for root in roots]
    images = [image for _, found in parts for image in found]
    return [block for found, _ in parts for block in found], list(dict.fromkeys(images))


def _page(head: Head, blocks: list[Block], images: list[Image], base: str) -> Page | None:
    blocks, date = _open(blocks, head.title)
    byline = find_byline(blocks) or Byline(head.author, "", blocks)
    parts = assemble(byline.rest)
    text = "\n".join(f"{passage.heading}\n{passage.text}" for passage in parts.passages)
    if not head.title or not (text.strip() or images):
        return None
    page = Page(
        title=head.title,
        author=byline.author,
        author_note=byline.note,
        published=head.published or date,
        language=language_of(f"{head.title}\n{text}", head.language),
        passages=parts.passages,
        images=tuple(images) or _cover(head, base),
        links=parts.links,
        footnotes=parts.footnotes,
        reading_minutes=reading_minutes(text),
    )
    return bounded(page)


def _open(blocks: list[Block], title: str) -> tuple[list[Block], float | None]:
    """Takes the title and the date out where the body repeats them at its very beginning."""
    opening, dates = blocks[:2], [date_in(one_line(block.text)) for block in blocks[:2]]
    kept = [
        block
        for block, date in zip(opening, dates, strict=True)
        if date is None and not (block.kind is BlockKind.HEADING and folded(block.text) == folded(title))
    ]
    return kept + blocks[2:], next((date for date in dates if date is not None), None)


def _cover(head: Head, base: str) -> tuple[Image, ...]:
    """The picture that the page offers for sharing, for an article that shows none."""
    try:
        url = urljoin(base, head.image)
    except ValueError:
        return ()
    return (Image(url),) if head.image and is_web_url(url) else ()


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    try:
        return urljoin(url, node.attributes.get("href") or "") if node is not None else url
    except ValueError:
        return url
