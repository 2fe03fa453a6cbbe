"""Extracts an article from its page: the whole article, without neighbouring articles.

Webflow's rule is tried first (the rich texts below the page's own title), a general extractor
second. Pure; runs in the worker process, because untrusted HTML can keep any parser busy. The main
process never imports this module.
"""

import codecs
import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from urllib.parse import urljoin

import webencodings
from selectolax.lexbor import LexborHTMLParser

from bot.dates.parsing import KOREA, date_in
from bot.models import ArticleBody, Image, Page, Passage
from bot.pages.assembler import assemble
from bot.pages.blocks import Block, BlockKind, read_blocks
from bot.pages.byline import Byline, authors_in, find_byline, is_note, people_in, take_note
from bot.pages.generic import extract_generic
from bot.pages.metadata import Metadata, read_metadata, shown_date, slug_agrees
from bot.pages.structured_data import MAX_NODES, read_structured_data
from bot.pages.webflow import extract_webflow
from bot.pictures import Candidate, shows_something
from bot.plain_text import folded, language_of, one_line, reading_minutes, truncate
from bot.urls import is_web_url

DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
HEAD_BYTES = 4_096
OPENING_LINES, MAX_OPENING = 4, 200  # blocks at the beginning that may hold the byline, and their characters
TITLE_LINES, OPENING = 2, 8  # blocks at the beginning that may repeat the title, and those that may say when
DATE_LINE = re.compile(r".{0,20}\d.{0,20}\d{1,2}:\d{2}.{0,10}")  # with a time of day
DATELINE = re.compile(r"(.{8,60}?)\s(?:--|[\u2013—])\s")
DATE_LABELS = frozenset(
    {"등록", "입력", "수정", "승인", "기사입력", "최종수정", "Published", "Updated", "Last updated"}
)
ABOVE = 12  # blocks above the body that may name its author and date
# More than any real article has, little enough for the main process to store, index and compare quickly.
MAX_TEXT = 200_000  # characters: some 35,000 words
MAX_PASSAGES, MAX_LINKS, MAX_IMAGES, MAX_NOTES = 300, 300, 100, 100
MAX_TITLE, MAX_LINE, MAX_NOTE = 300, 300, 1_500
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def extract_page(html: bytes, url: str, charset: str | None) -> Page | None:
    """The article on the page at `url`, or None when there is none.

    `charset` is what the HTTP header named. None also when Webflow names another item than the
    address asks for.
    """
    text = decode(html, charset)
    if not text.strip():
        return None
    tree = LexborHTMLParser(text)
    if not slug_agrees(tree, url):
        return None
    html_node = tree.css_first("html")
    language = (html_node.attributes.get("lang") or "") if html_node is not None else ""
    zone = KOREA if language.lower().startswith("ko") else UTC  # Korean is written in no other zone
    base_node = tree.css_first("base[href]")
    base = (_absolute(url, base_node.attributes.get("href") or "") or url) if base_node is not None else url
    stated = read_structured_data(tree, zone)
    webflow = extract_webflow(tree, stated.titles, base)
    found = webflow or extract_generic(tree, url, base)
    above, images = list[Block](), list[Image]()
    if tree.body is not None and found.root is not None:
        above, images = read_blocks(tree.body, base, found.root)
        above.reverse()  # nearest first
    headings = [one_line(node.text()) for node in tree.css("h1")[:MAX_NODES]]
    titles = {folded(title) for title in (*stated.titles, *headings)} - {""}
    if webflow:
        # Its templates show both above the body; their metadata often has the day of re-publication.
        authors = next((names for block in above if (names := authors_in(block.text))), tuple[str, ...]())
        published = shown_date(above, zone)
        metadata = read_metadata(
            tree, found.root, stated, titles, above[:ABOVE], zone, authors=authors, published=published
        )
        return _page(metadata, found.blocks, found.images, base, language)
    # Byline and date may be the first lines of the text, below the title.
    opening = [block for block in found.blocks[:OPENING_LINES] if len(block.text) <= MAX_OPENING]
    opening.sort(key=lambda block: folded(block.text) in titles)
    metadata = read_metadata(tree, found.root, stated, titles, [*found.around, *opening, *above[:ABOVE]], zone)
    if metadata.published is None:
        metadata = replace(metadata, published=_dateline(found.blocks, zone))
    metadata = _completed(metadata, text, url, dated=not stated.is_event)
    leading = [image for image in images if image.caption][-1:]
    return _page(metadata, found.blocks, [*leading, *found.images], base, language)


def decode(html: bytes, charset: str | None) -> str:
    """The page as text: byte order mark, then HTTP header, then the encoding that the page declares, then UTF-8."""
    declared = DECLARED.search(html[:HEAD_BYTES])
    marked = [name for mark, name in BOMS if html.startswith(mark)]
    labels = [charset or "", declared[1].decode("ascii", "ignore") if declared else "", "utf-8"]
    # What the web means by a label: "euc-kr" is cp949, "latin1" is cp1252, and no codec that is no encoding.
    known = [found.codec_info.name for label in labels if (found := webencodings.lookup(label.strip()))]
    for codec in (*marked, *known):
        try:
            return html.decode(codec)
        except UnicodeDecodeError:
            continue
    return html.decode("utf-8", "replace")


def _dateline(blocks: list[Block], zone: tzinfo) -> float | None:
    """The date that an agency's report begins with: "SEOUL, Feb. 23, 2024 -- The river froze."."""
    for block in blocks[:TITLE_LINES]:
        begins = DATELINE.match(one_line(block.text))
        places = begins[1].split(", ", 1) if begins else []
        for text in (begins[1], *places[1:]) if begins else ():
            if (found := date_in(text, zone)) is not None:
                return found
    return None


def _completed(metadata: Metadata, html: str, url: str, *, dated: bool) -> Metadata:
    """The metadata, completed by trafilatura and htmldate where the page's own metadata has gaps."""
    if metadata.author and (metadata.published is not None or not dated):
        return metadata
    from trafilatura import extract_metadata  # imported already, or not needed

    found = extract_metadata(html, default_url=url, extensive=True)
    authors = people_in((found.author or "").replace("; ", ", ")) if found else ()
    if any(name not in html for name in authors):
        authors = ()  # trafilatura rewrites some until nobody knows them
    published = date_in(str(found.date or "")) if found and dated else None
    if published is not None and datetime.fromtimestamp(published, UTC).strftime("%m-%d") == "01-01":
        published = None  # what htmldate makes of a year alone, such as a copyright's
    return replace(
        metadata,
        author=metadata.author or ", ".join(authors),
        published=metadata.published if metadata.published is not None else published,
    )


def _page(metadata: Metadata, blocks: list[Block], images: list[Image], base: str, language: str) -> Page | None:
    # The beginning of the body may repeat title and date, and have lines that only say when.
    kept: list[Block] = []
    date: float | None = None
    for position, block in enumerate(blocks[:OPENING]):
        line = one_line(block.text)
        stamp = date_in(line) if position < TITLE_LINES or DATE_LINE.fullmatch(line) else None
        is_title = position < TITLE_LINES and block.kind is not BlockKind.EMBED
        repeats = is_title and folded(line) == folded(metadata.title)
        date = stamp if date is None else date
        if stamp is None and not repeats and line not in DATE_LABELS:
            kept.append(block)
    kept += blocks[OPENING:]
    byline = find_byline(kept) or Byline("", *take_note(kept, metadata.author))
    body = assemble(byline.rest)
    text = "\n".join(f"{passage.heading}\n{passage.text}" for passage in body.passages)
    if not metadata.title or not (text.strip() or images):
        return None
    author, stated = byline.author or metadata.author, metadata.author
    same = stated and (folded(stated) in folded(author) or folded(author) in folded(stated))
    if same and not stated.isupper():
        author = stated  # the same name in a better spelling
    # A text beside the article that is longer than the name and introduces the author.
    long_enough = len(author.split()) + 3
    notes = (note for note in metadata.notes if author and len(note.split()) > long_enough)
    note = byline.note or next((note for note in notes if is_note(note, author, italic=False)), "")
    # The picture that the page offers for sharing, for an article that shows none.
    shared = _absolute(base, metadata.image) if metadata.image and not images else ""
    if shared and is_web_url(shared) and shows_something(Candidate(shared)):
        images = [Image(shared)]
    page = Page(
        title=metadata.title,
        author=author,
        author_note=note,
        published=metadata.published if metadata.published is not None else date,
        language=language_of(f"{metadata.title}\n{text}", language),
        body=replace(body, images=tuple(dict.fromkeys(images))),
        reading_minutes=reading_minutes(text),
    )
    return bounded(page)


def _absolute(base: str, address: str) -> str:
    """An address as an absolute one; empty when it is none."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def bounded(page: Page) -> Page:
    """The page, cut where it is larger than articles are."""
    kept: list[Passage] = []
    room = MAX_TEXT
    for passage in page.body.passages[:MAX_PASSAGES]:
        if room <= 0:
            break
        text = passage.text
        if len(text) > room:
            # Up to the end of a line where there is one near.
            line = text.rfind("\n", room // 2, room)
            text = text[:line].rstrip() if line >= 0 else truncate(text[: room + 1], room)
        kept.append(replace(passage, heading=truncate(passage.heading, MAX_LINE), text=text))
        room -= len(passage.text) + len(kept[-1].heading)
    body = ArticleBody(
        passages=tuple(kept),
        images=tuple(
            replace(image, alt=truncate(image.alt, MAX_LINE), caption=truncate(image.caption, MAX_NOTE))
            for image in page.body.images[:MAX_IMAGES]
        ),
        links=tuple(
            replace(link, label=truncate(link.label, MAX_LINE))
            for link in page.body.links[:MAX_LINKS]
            if link.passage <= max(len(kept) - 1, 0)
        ),
        footnotes=tuple(truncate(note, MAX_NOTE) for note in page.body.footnotes[:MAX_NOTES]),
    )
    return replace(
        page,
        title=truncate(page.title, MAX_TITLE),
        author=truncate(page.author, MAX_LINE),
        author_note=truncate(page.author_note, MAX_NOTE),
        body=body,
    )
