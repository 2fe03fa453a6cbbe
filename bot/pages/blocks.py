"""Reads an article's element into blocks: headings, paragraphs, list items, quotations, pictures.

Knows HTML, and nothing of what the words mean; `bot.pages.assembler` tells that.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from bot.models import Image
from bot.plain_text import clean, folded, one_line
from bot.urls import is_web_url

SKIPPED = frozenset({
    "button", "canvas", "datalist", "dialog", "footer", "form", "head", "input", "map", "menu", "nav", "noscript",
    "object", "option", "script", "select", "style", "svg", "template", "textarea", "title",
})  # fmt: skip
SKIPPED_CLASSES = frozenset(
    {"w-form", "w-form-done", "w-form-fail", "w-nav", "w-condition-invisible", "w-dyn-list", "w-dyn-item"}
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = HEADINGS | {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "thead",
    "tr", "ul",
}  # fmt: skip
BUTTON_CLASS = re.compile(r"(^|[\s_-])(button|btn|cta)([\s_-]|$)", re.IGNORECASE)
CAPTION_CLASS = re.compile(r"caption", re.IGNORECASE)
VIDEO = re.compile(r"(?:youtube(?:-nocookie)?\.com/embed/|youtu\.be/)([\w-]{6,20})")
VIMEO = re.compile(r"player\.vimeo\.com/video/(\d+)")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MAX_DEPTH = 150  # far beyond any real page; below it text is taken as it comes
# What of one page is looked at, far beyond any real article; the rest is left unread.
MAX_ELEMENTS, MAX_BLOCKS, MAX_CHARACTERS, MAX_IMAGES = 50_000, 5_000, 400_000, 200

FILE_NAME = re.compile(r"\.(jpe?g|png|gif|webp|svg|avif|heic|tiff?|bmp)$", re.IGNORECASE)
CAMERA_NAME = re.compile(
    r"(img|dsc[fn]?|pxl|image|photo|picture|screen ?shot|untitled|unnamed|copy of|p)[-_ ()\d.]*", re.IGNORECASE
)
EMPTY_ALTS = frozenset({"image", "photo", "picture", "thumbnail", "logo", "banner", "header", "blog", "figure", "img"})


class BlockKind(StrEnum):
    """What a block of the page is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    EMBED = "embed"  # a film or another picture that leads elsewhere; its words are not body text


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style; `url` is an absolute web address or empty."""

    text: str
    url: str = ""
    bold: bool = False
    italic: bool = False
    button: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A run of spans that stands by itself on the page."""

    kind: BlockKind
    spans: tuple[Span, ...]
    anchor: str = ""

    @property
    def text(self) -> str:
        """The words, cleaned; line breaks within the block are kept."""
        return clean("".join(span.text for span in self.spans)).strip()


@dataclass(frozen=True, slots=True)
class Style:
    """What the elements around a text say of it."""

    kind: BlockKind = BlockKind.PARAGRAPH
    url: str = ""
    bold: bool = False
    italic: bool = False
    button: bool = False
    raised: bool = False
    literal: bool = False


def read_blocks(root: LexborNode, base: str, until: LexborNode | None = None) -> tuple[list[Block], list[Image]]:
    """The blocks and pictures below `root` in reading order, up to `until`; `base` makes addresses absolute."""
    reader = _Reader(base, until)
    reader.children(root, Style(), 0)
    reader.flush()
    return reader.blocks, reader.images


def has_class(node: LexborNode, names: frozenset[str]) -> bool:
    """Whether the element carries one of these classes."""
    return not names.isdisjoint((node.attributes.get("class") or "").split())


def is_skipped(node: LexborNode) -> bool:
    """Whether an element never belongs to an article's text."""
    attributes = node.attributes
    return (node.tag or "") in SKIPPED or "hidden" in attributes or has_class(node, SKIPPED_CLASSES)


def useful_alt(alt: str, caption: str = "") -> str:
    """The alternative text when it tells something, else empty: file names do not, nor the caption again."""
    text = one_line(alt)
    nameless = text.startswith("__wf") or bool(FILE_NAME.search(text)) or folded(text) in EMPTY_ALTS
    machine = " " not in text and bool(re.search(r"[_\d]|-.*-", text))
    if not text or nameless or machine or CAMERA_NAME.fullmatch(text) or folded(text) == folded(caption):
        return ""
    return text


class _Reader:
    """Walks the tree once and keeps what it meets."""

    def __init__(self, base: str, until: LexborNode | None) -> None:
        self.base = base
        self._until = until.mem_id if until is not None else None
        self._stopped = False
        self.blocks: list[Block] = []
        self.images: list[Image] = []
        self._spans: list[Span] = []
        self._kind = BlockKind.PARAGRAPH
        self._anchor = ""
        self._elements = self._characters = 0

    def children(self, node: LexborNode, style: Style, depth: int) -> None:
        for child in node.iter(include_text=True):
            self._stopped = self._stopped or child.mem_id == self._until or self._is_full()
            if self._stopped:
                return
            if child.is_text_node:
                self._text(child.text_content or "", style)
            elif child.is_element_node and not is_skipped(child):
                self._element(child, style, depth + 1)

    def _is_full(self) -> bool:
        self._elements += 1
        return self._elements > MAX_ELEMENTS or len(self.blocks) > MAX_BLOCKS or self._characters > MAX_CHARACTERS

    def flush(self) -> None:
        """Ends the block under way."""
        for spans in _paragraphs(self._spans):
            block = Block(self._kind, spans, self._anchor)
            if block.text:
                self.blocks.append(block)
                self._anchor = ""
        self._spans = []

    def _text(self, text: str, style: Style) -> None:
        text = text[: MAX_CHARACTERS + 1]
        self._characters += len(text)
        if not style.literal:
            text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if style.raised:
            text = text.translate(SUPERSCRIPTS)
        if not self._spans:
            self._kind = style.kind
        self._spans.append(Span(text, style.url, style.bold, style.italic, style.button))

    def _element(self, node: LexborNode, style: Style, depth: int) -> None:
        tag = node.tag or ""
        if depth > MAX_DEPTH:
            self._text(node.text(separator=" "), style)
        elif tag == "br":
            self._kind = self._kind if self._spans else style.kind
            self._spans.append(Span("\n"))
        elif tag == "img":
            self._image(node, "")
        elif tag == "iframe":
            self._film(node, "")
        elif tag == "figure":
            self._figure(node, style, depth)
        elif tag in BLOCKS:
            self._block(node, tag, style, depth)
        else:
            self._inline(node, tag, style, depth)

    def _block(self, node: LexborNode, tag: str, style: Style, depth: int) -> None:
        self.flush()
        if tag in HEADINGS:
            self._anchor = _anchor(node)
        self.children(node, _block_style(tag, style), depth)
        self.flush()

    def _inline(self, node: LexborNode, tag: str, style: Style, depth: int) -> None:
        if tag == "a":
            style = self._link_style(node, style)
        elif tag in ("b", "strong"):
            style = replace(style, bold=True)
        elif tag in ("i", "em", "cite"):
            style = replace(style, italic=True)
        elif tag == "sup":
            style = replace(style, raised=True)
        elif tag in ("td", "th") and any(span.text.strip() for span in self._spans):
            self._spans.append(Span(" | "))
        self.children(node, style, depth)

    def _link_style(self, node: LexborNode, style: Style) -> Style:
        url = self._address(node.attributes.get("href") or "")
        return replace(style, url=url, button=bool(BUTTON_CLASS.search(node.attributes.get("class") or "")))

    def _figure(self, node: LexborNode, style: Style, depth: int) -> None:
        captions = node.css("figcaption") or [item for item in node.css("[class]") if _is_caption(item)]
        caption = one_line(captions[0].text(separator="")) if captions else ""
        pictures, films = node.css("img")[:MAX_IMAGES], node.css("iframe")[:MAX_IMAGES]
        if not pictures and not films:
            self._block(node, "figure", style, depth)
            return
        self.flush()
        for position, picture in enumerate(pictures):
            self._image(picture, caption if position == len(pictures) - 1 else "")
        for film in films:
            self._film(film, caption)
        self._figure_links(node, caption)

    def _figure_links(self, node: LexborNode, caption: str) -> None:
        for anchor in node.css("a[href]")[:MAX_IMAGES]:
            label = one_line(anchor.text()) or caption or next((image.alt for image in self.images[-1:]), "")
            self._embed(label, anchor.attributes.get("href") or "")

    def _image(self, node: LexborNode, caption: str) -> None:
        attributes = node.attributes
        source = attributes.get("src") or ""
        if not source or source.startswith("data:"):
            source = attributes.get("data-src") or attributes.get("data-lazy-src") or ""
        url = self._address(source)
        image = Image(url, useful_alt(attributes.get("alt") or "", caption), caption)
        shown = url and attributes.get("width") not in ("0", "1")
        if shown and len(self.images) < MAX_IMAGES and image not in self.images:
            self.images.append(image)

    def _film(self, node: LexborNode, caption: str) -> None:
        source = node.attributes.get("src") or node.attributes.get("data-src") or ""
        if found := VIDEO.search(source):
            source = f"https://www.youtube.com/watch?v={found[1]}"
        elif found := VIMEO.search(source):
            source = f"https://vimeo.com/{found[1]}"
        else:
            return
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


def _block_style(tag: str, style: Style) -> Style:
    if tag in HEADINGS:
        return replace(style, kind=BlockKind.HEADING)
    if tag == "li":
        return replace(style, kind=BlockKind.ITEM)
    if tag == "blockquote":
        return replace(style, kind=BlockKind.QUOTE)
    return replace(style, literal=True) if tag == "pre" else style


def _paragraphs(spans: list[Span]) -> list[tuple[Span, ...]]:
    """Parts spans at empty lines: two breaks in a row are how many editors write a paragraph's end."""
    parted: list[list[Span]] = [[]]
    broken = False
    for span in spans:
        is_break = span.text == "\n"
        if is_break and broken:
            parted.append([])
        elif is_break or span.text.strip():
            broken = is_break
        parted[-1].append(span)
    return [tuple(part) for part in parted]


def _anchor(node: LexborNode) -> str:
    inner = [item.attributes.get("id") or item.attributes.get("name") for item in node.css("[id], a[name]")]
    names = [node.attributes.get("id"), *inner]
    return next((name for name in names if name and not re.search(r"\s", name)), "")


def _is_caption(node: LexborNode) -> bool:
    return bool(CAPTION_CLASS.search(node.attributes.get("class") or ""))
