"""Reads an article's element into blocks: headings, paragraphs, list items, quotations, footnotes, pictures.

Knows HTML but not the meaning of the text: `bot.pages.assembler` interprets it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from urllib.parse import unquote, urljoin

from selectolax.lexbor import LexborNode

from bot.models import Image
from bot.pictures import Candidate, largest_of, picture_address, shows_something, size_of
from bot.plain_text import clean, folded, one_line
from bot.urls import is_web_url

SKIPPED = frozenset({
    "button", "canvas", "datalist", "dialog", "footer", "form", "head", "input", "map", "menu", "nav", "noscript",
    "object", "option", "script", "select", "style", "svg", "template", "textarea", "title",
})  # fmt: skip
HIDDEN_CLASSES = frozenset({
    "w-form", "w-form-done", "w-form-fail", "w-nav", "w-condition-invisible", "w-dyn-list", "w-dyn-item", "sr-only",
    "visually-hidden", "visuallyhidden", "sound_only", "blind", "screen_out", "screen-reader-text",
    "screen-reader-only", "u-hidden", "is-hidden",
})  # fmt: skip
HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s?:\s?none|visibility\s?:\s?hidden)(?:[;\s!]|$)", re.IGNORECASE)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = HEADINGS | {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "thead",
    "tr", "ul",
}  # fmt: skip
BUTTON_CLASS = re.compile(r"(^|[\s_-])(button|btn|cta)([\s_-]|$)", re.IGNORECASE)
CAPTION_CLASS = re.compile(r"caption|image__source|(?:photo|img)[-_]?desc", re.IGNORECASE)
FIGURE_CLASS = re.compile(
    r"caption|image|figure|photo|picture|media|gallery|(?:^|[\s_-])img(?:[\s_-]|$)", re.IGNORECASE
)
SUBTITLE_CLASS = re.compile(
    r"sub-?title|sub-?heading|standfirst|(?:^|[\s_-])(?:dek|deck|lede)(?:[\s_-]|$)", re.IGNORECASE
)
# A box in which a platform shows where a link leads.
LINK_CARD = re.compile(
    r"(?:^|[\s_-])(?:se-oglink|kg-bookmark-card|digest-post-embed|embedded-(?:post|publication)-wrap|link-?preview|"
    r"bookmark-?card|og-?card|wp-embedded-content)(?:[\s_-]|$)",
    re.IGNORECASE,
)
CARD_TITLES = "[class*=title], strong, h1, h2, h3, h4, h5"
PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
PICTURES, FRAMES = frozenset({"img", "amp-img"}), frozenset({"iframe", "amp-iframe"})
PICTURE, FRAME = "img, amp-img", "iframe, amp-iframe"
MAX_CARD_LABEL = 200
NOTES_CLASS = re.compile(r"(^|[\s_-])(footnotes?|endnotes?)([\s_]|$)", re.IGNORECASE)
NOTE_MARK_CLASS = re.compile(r"footnote-(?:anchor|ref|link)|noteref", re.IGNORECASE)
BACK_LINK_CLASS = re.compile(r"footnote-?(?:backref|number|back|return)|reversefootnote|backlink", re.IGNORECASE)
NOTE_ID = re.compile(r"(?:fn|footnote|note|en|endnote)[-:_]{0,2}(\d{1,3})", re.IGNORECASE)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MAX_DEPTH = 150  # far beyond any real page; below it text is taken as it comes
# Limits per page, far beyond any real article; the rest is not read.
MAX_ELEMENTS, MAX_BLOCKS, MAX_CHARACTERS, MAX_IMAGES = 50_000, 5_000, 400_000, 200
MAX_FIGURE_TEXT = 1_500  # of a container that may be a figure
YOUTUBE = re.compile(
    r"(?:youtube(?:-nocookie)?\.com/(?:embed/|watch\?(?:[^\s\"'<>&]{0,99}&)?v=|shorts/|live/)|youtu\.be/)([\w-]{6,20})"
)
VIMEO = re.compile(r"(?:player\.)?vimeo\.com/(?:video/)?(\d{5,12})")
MAX_ADDRESS = 4_000
FILE_NAME = re.compile(r"\.(jpe?g|png|gif|webp|svg|avif|heic|tiff?|bmp)$", re.IGNORECASE)
CAMERA_NAME = re.compile(
    r"(img|dsc[fn]?|pxl|image|photo|picture|screen ?shot|untitled|unnamed|copy of|p)[-_ ()\d.]*", re.IGNORECASE
)
EMPTY_ALTS = frozenset({"image", "photo", "picture", "thumbnail", "logo", "banner", "header", "blog", "figure", "img"})


class BlockKind(StrEnum):
    """The kind of a block."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    FOOTNOTE = "footnote"
    EMBED = "embed"  # a video or a picture with a link; its words are not body text


BLOCK_KINDS = {**dict.fromkeys(HEADINGS, BlockKind.HEADING), "li": BlockKind.ITEM, "blockquote": BlockKind.QUOTE}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style; `url` is an absolute web address or empty."""

    text: str
    url: str = ""
    bold: bool = False
    italic: bool = False
    button: bool = False


@dataclass(frozen=True)
class Block:
    """A run of spans that forms one block of the page."""

    kind: BlockKind
    spans: tuple[Span, ...]
    anchor: str = ""

    @cached_property
    def text(self) -> str:
        """The words, cleaned; line breaks within the block are kept."""
        return clean("".join(span.text for span in self.spans)).strip()

    @cached_property
    def lines(self) -> list[tuple[str, list[Span]]]:
        """The text and the spans of each line that is not empty."""
        parted: list[list[Span]] = [[]]
        for span in self.spans:
            first, *others = span.text.split("\n")
            parted[-1].append(replace(span, text=first) if others else span)
            parted.extend([replace(span, text=other)] for other in others)
        lines = [(one_line("".join(span.text for span in line)), line) for line in parted]
        return [(text, line) for text, line in lines if text]


@dataclass(frozen=True, slots=True)
class Extract:
    """An article's blocks and pictures, its element, and the blocks around the article inside it."""

    blocks: list[Block] = field(default_factory=list[Block])
    images: list[Image] = field(default_factory=list[Image])
    root: LexborNode | None = None
    around: list[Block] = field(default_factory=list[Block])


@dataclass(frozen=True, slots=True)
class Style:
    """The formatting that a text gets from the elements around it."""

    kind: BlockKind = BlockKind.PARAGRAPH
    url: str = ""
    bold: bool = False
    italic: bool = False
    button: bool = False
    superscript: bool = False
    literal: bool = False


def read_blocks(root: LexborNode, base: str, until: LexborNode | None = None) -> tuple[list[Block], list[Image]]:
    """The blocks and pictures below `root` in reading order, up to `until`; `base` makes addresses absolute."""
    reader = _Reader(base, until.mem_id if until is not None else None)
    if (root.tag or "") in (*PICTURES, *FRAMES, "figure", "a"):
        reader.element(root, Style(), 0)
    else:
        reader.children(root, Style(), 0)
    reader.flush()
    return reader.blocks, reader.images


def has_class(node: LexborNode, names: frozenset[str]) -> bool:
    """Whether the element carries one of these classes."""
    return not names.isdisjoint((node.attributes.get("class") or "").split())


def is_skipped(node: LexborNode) -> bool:
    """Whether an element is hidden, or never belongs to an article's text."""
    attributes = node.attributes
    if (node.tag or "") in SKIPPED or "hidden" in attributes or has_class(node, HIDDEN_CLASSES):
        return True
    return HIDDEN_STYLE.search((attributes.get("style") or "")[:500]) is not None


def useful_alt(alt: str, caption: str = "") -> str:
    """The alternative text; empty where it is only a file name or repeats the caption."""
    text = one_line(alt)
    nameless = text.startswith("__wf") or bool(FILE_NAME.search(text)) or folded(text) in EMPTY_ALTS
    machine = " " not in text and bool(re.search(r"[_\d]|-[^-]*-", text))
    if not text or nameless or machine or CAMERA_NAME.fullmatch(text) or folded(text) == folded(caption):
        return ""
    return text


def video_page(source: str) -> str:
    """The page of an embedded video, also of one inside another service's frame; empty for other frames."""
    address = source[:MAX_ADDRESS]
    for text in (address, unquote(address)):
        if found := YOUTUBE.search(text):
            return f"https://www.youtube.com/watch?v={found[1]}"
        if found := VIMEO.search(text):
            return f"https://vimeo.com/{found[1]}"
    return ""


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around an element, innermost first."""
    above = node.parent
    for _ in range(2 * MAX_DEPTH):
        if above is None:
            return
        yield above
        above = above.parent


@dataclass(slots=True)
class _Reader:
    """Walks the tree once, up to the element `until`, and collects blocks and pictures."""

    base: str
    until: int | None
    blocks: list[Block] = field(default_factory=list[Block])
    images: list[Image] = field(default_factory=list[Image])
    # Of the current block: the text so far, its kind, the anchor and the number of its footnote.
    spans: list[Span] = field(default_factory=list[Span])
    kind: BlockKind = BlockKind.PARAGRAPH
    anchor: str = ""
    note_number: str = ""
    elements: int = 0
    characters: int = 0
    stopped: bool = False

    def children(self, node: LexborNode, style: Style, depth: int) -> None:
        for child in node.iter(include_text=True):
            self.elements += 1
            full = self.elements > MAX_ELEMENTS or len(self.blocks) > MAX_BLOCKS or self.characters > MAX_CHARACTERS
            self.stopped = self.stopped or child.mem_id == self.until or full
            if self.stopped:
                return
            if child.is_text_node:
                text = child.text_content or ""
            elif not child.is_element_node or is_skipped(child):
                continue
            elif depth < MAX_DEPTH:
                self.element(child, style, depth + 1)
                continue
            else:
                text = child.text(separator=" ")
            text = text[: MAX_CHARACTERS + 1]
            self.characters += len(text)
            if not style.literal:
                text = re.sub(r"[ \t\r\n\f]+", " ", text)
            if style.superscript:
                text = text.translate(SUPERSCRIPTS)
            if not self.spans:
                self.kind = style.kind
            self.spans.append(Span(text, style.url, style.bold, style.italic, style.button))

    def flush(self) -> None:
        """Ends the current block, or several: many editors end a paragraph with two line breaks."""
        paragraphs: list[list[Span]] = [[]]
        broken = False
        for span in self.spans:
            is_break = span.text == "\n"
            if is_break and broken:
                paragraphs.append([])
            elif is_break or span.text.strip():
                broken = is_break
            paragraphs[-1].append(span)
        for spans in paragraphs:
            block = Block(self.kind, tuple(spans), self.anchor)
            if block.text and block.kind is BlockKind.FOOTNOTE and self.note_number:
                block = replace(block, spans=(Span(f"{self.note_number} "), *spans))
                self.note_number = ""
            if block.text:
                self.blocks.append(block)
                self.anchor = ""
        self.spans = []

    def element(self, node: LexborNode, style: Style, depth: int) -> None:
        """Reads an element by its tag."""
        tag = node.tag or ""
        if tag == "br":
            self.kind = self.kind if self.spans else style.kind
            self.spans.append(Span("\n"))
        elif tag in PICTURES:
            self._image(node, "")
        elif tag in FRAMES or tag == "amp-youtube":
            self._video(node, "")
        elif node.attributes.get("data-ke-type") == "opengraph" or LINK_CARD.search(node.attributes.get("class") or ""):
            title = node.css_first(CARD_TITLES) or node
            anchor = node if tag == "a" else node.css_first("a[href]")
            href = (anchor.attributes.get("href") or "") if anchor is not None else ""
            self._embed(one_line(title.text(separator=" "))[:MAX_CARD_LABEL], href)
        elif _is_figure(node, tag):
            self._figure(node)
        elif tag in BLOCKS:
            self._block(node, tag, style, depth)
        else:
            self._inline(node, tag, style, depth)

    def _block(self, node: LexborNode, tag: str, style: Style, depth: int) -> None:
        self.flush()
        if tag in HEADINGS:
            inner = [item.attributes.get("id") or item.attributes.get("name") for item in node.css("[id], a[name]")]
            names = [node.attributes.get("id"), *inner]
            self.anchor = next((name for name in names if name and not re.search(r"\s", name)), "")
        notes = node.attributes.get("role") == "doc-endnotes" or NOTES_CLASS.search(node.attributes.get("class") or "")
        is_note = notes or style.kind is BlockKind.FOOTNOTE
        kind = BlockKind.FOOTNOTE if is_note else BLOCK_KINDS.get(tag, style.kind)
        style = replace(style, kind=kind, literal=style.literal or tag == "pre")
        begins = not any(block.kind is BlockKind.PARAGRAPH for block in self.blocks)
        if style.kind is BlockKind.HEADING and begins and SUBTITLE_CLASS.search(node.attributes.get("class") or ""):
            style = replace(style, kind=BlockKind.PARAGRAPH)  # a line below the title heads no section
        if style.kind is BlockKind.FOOTNOTE and (number := _note_number(node)):
            self.note_number = number
        self.children(node, style, depth)
        self.flush()

    def _inline(self, node: LexborNode, tag: str, style: Style, depth: int) -> None:
        if tag == "a":
            classes = node.attributes.get("class") or ""
            role = node.attributes.get("role") or ""
            if role == "doc-backlink" or BACK_LINK_CLASS.search(classes):
                return
            button = role == "button" or any(
                BUTTON_CLASS.search(name) for name in (classes, node.attributes.get("data-hook") or "")
            )
            marks = role == "doc-noteref" or NOTE_MARK_CLASS.search(classes) is not None
            url = "" if marks else self._address(node.attributes.get("href") or "")
            style = replace(style, url=url, button=button, superscript=style.superscript or marks)
        elif tag in ("b", "strong"):
            style = replace(style, bold=True)
        elif tag in ("i", "em", "cite"):
            style = replace(style, italic=True)
        elif tag == "sup":
            style = replace(style, superscript=True)
        elif tag in ("td", "th") and any(span.text.strip() for span in self.spans):
            self.spans.append(Span(" | "))
        self.children(node, style, depth)

    def _figure(self, node: LexborNode) -> None:
        captions = node.css("figcaption") or [item for item in node.css("[class]") if _is_caption(item)]
        caption = one_line(captions[0].text(separator="")) if captions else ""
        pictures, videos = node.css(PICTURE)[:MAX_IMAGES], node.css(FRAME)[:MAX_IMAGES]
        self.flush()
        for position, picture in enumerate(pictures):
            self._image(picture, caption if position == len(pictures) - 1 else "")
        for video in videos:
            self._video(video, caption)
        for anchor in node.css("a[href]")[:MAX_IMAGES]:
            href = anchor.attributes.get("href") or ""
            address = self._address(href).partition("?")[0]
            shown = {image.url.partition("?")[0] for image in self.images[-1:]}
            # A link around a picture may only show it larger.
            if address not in shown and not PICTURE_FILE.search(address):
                label = one_line(anchor.text()) or caption or next((image.alt for image in self.images[-1:]), "")
                self._embed(label, href)

    def _image(self, node: LexborNode, caption: str) -> None:
        if len(self.images) >= MAX_IMAGES:
            return
        attributes = node.attributes
        url = self._address(picture_address(attributes))
        if not url and node.parent is not None and node.parent.tag == "picture":
            offers = [source.attributes.get("srcset") or "" for source in node.parent.css("source[srcset]")]
            url = next((found for offer in offers if (found := self._address(largest_of(offer)))), "")
        image = Image(url, useful_alt(attributes.get("alt") or "", caption), caption)
        size = Candidate(url, "", size_of(attributes.get("width")), size_of(attributes.get("height")))
        known = any(shown.url == url and (not caption or shown.caption == caption) for shown in self.images)
        shown = url and (caption or shows_something(size) or url.lower().partition("?")[0].endswith(".svg"))
        if shown and not known:
            self.images.append(image)

    def _video(self, node: LexborNode, caption: str) -> None:
        attributes = node.attributes
        source = video_page(attributes.get("src") or attributes.get("data-src") or "")
        if not source and (number := attributes.get("data-videoid")):
            source = video_page(f"https://www.youtube.com/watch?v={number}")
        if source:
            self._embed(one_line(node.attributes.get("title") or "") or caption or "Video", source)

    def _embed(self, label: str, source: str) -> None:
        self.flush()
        if label and (url := self._address(source)):
            self.blocks.append(Block(BlockKind.EMBED, (Span(label, url),)))

    def _address(self, source: str) -> str:
        try:
            url = urljoin(self.base, source.strip()).replace(" ", "%20")
        except ValueError:
            return ""
        return url if source.strip() and not source.startswith("#") and is_web_url(url) else ""


def _note_number(node: LexborNode) -> str:
    """The number of a footnote's element, as superscript."""
    found = NOTE_ID.fullmatch(node.id or "")
    number = node.css_first(".footnote-number") if found is None else None
    digits = found[1] if found else one_line(number.text()) if number is not None else ""
    return digits.translate(SUPERSCRIPTS) if re.fullmatch(r"\d{1,3}", digits) else ""


def _is_figure(node: LexborNode, tag: str) -> bool:
    """Whether an element shows pictures or videos: a container as well that is a picture with its caption."""
    if tag == "figure":
        return node.css_first(f"{PICTURE}, {FRAME}") is not None
    classes = node.attributes.get("class") or ""
    if tag not in ("div", "table", "section", "dl", "span") or not FIGURE_CLASS.search(classes):
        return False
    pictures = node.css(PICTURE)[:2]
    captions = [item for item in node.css("[class]")[:MAX_IMAGES] if _is_caption(item)] if pictures else []
    if not captions:
        return False
    text = one_line(node.text(separator=" ")[:MAX_FIGURE_TEXT])
    return len(pictures) == 1 and text == one_line(captions[0].text(separator=" "))


def _is_caption(node: LexborNode) -> bool:
    return bool(CAPTION_CLASS.search(node.attributes.get("class") or ""))
