"""Assembles an article from its blocks: passages, links, footnotes.

Interprets blocks and knows no HTML. Every word of the article is kept in exactly one place:
a passage, a caption, the author's note or a footnote.
"""

import re
from dataclasses import dataclass, field, replace

from bot.models import ArticleBody, Link, LinkKind, Passage
from bot.pages.blocks import Block, BlockKind, Span
from bot.pages.links import kind_of, label_for, without_arrows
from bot.plain_text import clean, one_line

BULLET = re.compile(r"^[•◦▪●‣∙·][ \t]*")
NOTE_MARK = re.compile(r"^(?P<mark>[*\uff0a\u2217\u204e]{1,3}|[†‡※]|\[\d{1,2}\]|[¹²³⁰-⁹]{1,2})(?P<space>\s?)\S")
STARS = "*\uff0a\u2217\u204e"
MAX_HEADING, MAX_HEADING_WORDS = 120, 14
POINTS = (">", "»", "\u203a", "▶", "►", "→", "➜", "➡", "▸", "👉")


@dataclass(slots=True)
class _Section:
    heading: str = ""
    anchor: str = ""
    text: str = ""
    last: BlockKind = BlockKind.HEADING
    links: list[Link] = field(default_factory=list[Link])


def assemble(blocks: list[Block]) -> ArticleBody:
    """The passages with their links, and the footnotes removed from the text; the pictures are added later."""
    body = "\n".join(block.text for block in blocks)
    marked = [is_footnote(block, body) for block in blocks]
    notes = [block for block, is_note in zip(blocks, marked, strict=True) if is_note]
    sections = _sections([block for block, is_note in zip(blocks, marked, strict=True) if not is_note])
    passages = [Passage(at, part.heading, part.text, part.anchor) for at, part in enumerate(sections)]
    links = [replace(link, passage=at) for at, part in enumerate(sections) for link in part.links]
    links += [link for note in notes for link in _links(note, max(0, len(sections) - 1))]
    return ArticleBody(
        passages=tuple(passages),
        links=tuple(dict.fromkeys(links)),
        footnotes=tuple(one_line(note.text) for note in notes),
    )


def is_footnote(block: Block, body: str) -> bool:
    """Whether a paragraph explains a mark, such as the star behind a changed name."""
    if block.kind is BlockKind.FOOTNOTE:
        return True
    found = NOTE_MARK.match(block.text)
    if not found or block.kind is BlockKind.EMBED:
        return False
    star = found["mark"][0] in STARS
    referred = re.search(rf"[^\s{STARS}]{re.escape(found['mark'])}(?![{STARS}])", body) is not None
    # A star and a space may be a bullet; the other marks are unambiguous.
    plain = found["mark"][0] in "†‡※" or (star and not found["space"])
    if block.kind is BlockKind.HEADING:
        return plain or (referred and star)  # notes in small print are set as small headings
    return referred or (plain and block.kind is BlockKind.PARAGRAPH)


def lines(block: Block) -> list[list[Span]]:
    """The block's spans, split at its line breaks, without empty lines."""
    parted: list[list[Span]] = [[]]
    for span in block.spans:
        if "\n" not in span.text:
            parted[-1].append(span)
            continue
        first, *others = span.text.split("\n")
        parted[-1].append(replace(span, text=first))
        parted.extend([replace(span, text=other)] for other in others)
    return [line for line in parted if one_line(_joined(line))]


def is_heading(block: Block) -> bool:
    """Whether the block heads a section: by its element, or as a short line all in bold."""
    if block.kind is BlockKind.HEADING:
        # One that is only a link is used as a pull link ("> The Market Generation") or as a call.
        linked = all(span.url for span in block.spans if one_line(without_arrows(span.text)))
        calls = linked and any(link.kind is LinkKind.CALL_TO_ACTION for link in _links(block, 0))
        return not (calls or (linked and block.text.startswith(POINTS)))
    words = block.text
    short = len(words) <= MAX_HEADING and len(words.split()) <= MAX_HEADING_WORDS and "\n" not in words
    if block.kind is not BlockKind.PARAGRAPH or not short or words.endswith((".", "!", ",", ":", ";", "”", '"', "…")):
        return False
    inked = [span for span in block.spans if span.text.strip("\u200d\u200b \xa0\n")]
    return all(span.bold and not span.url for span in inked) and re.match(r"[\w¿¡(“\"\u2018#]", words) is not None


def _sections(blocks: list[Block]) -> list[_Section]:
    sections = [_Section()]
    for position, block in enumerate(blocks):
        after = blocks[position + 1] if position + 1 < len(blocks) else None
        # A bold line heads a section only when text follows it.
        followed = after is not None and after.kind is not BlockKind.HEADING and not is_heading(after)
        if is_heading(block) and (block.kind is BlockKind.HEADING or followed):
            sections.append(_Section(one_line(block.text), block.anchor))
            sections[-1].links += _links(block, 0)
            continue
        section = sections[-1]
        section.links += _links(block, 0)
        if block.kind is not BlockKind.EMBED:
            kind = BlockKind.ITEM if BULLET.match(block.text) else block.kind
            text = "\n".join(_shown(kind, line) for line in lines(block))
            close = section.last is kind and kind in (BlockKind.ITEM, BlockKind.QUOTE)
            section.text += (("\n" if close else "\n\n") if section.text else "") + text
            section.last = kind
    return [part for part in sections if part.heading or part.text or part.links]


def _shown(kind: BlockKind, line: list[Span]) -> str:
    """A line as it is stored in a passage: items begin with "• ", quotations with "> ", pull links with neither."""
    text = one_line(_joined(line))
    if kind is BlockKind.ITEM:
        return f"• {BULLET.sub('', text)}"
    if all(span.url for span in line if without_arrows(span.text)):
        return without_arrows(text) or text
    return f"> {text}" if kind is BlockKind.QUOTE else text


def _links(block: Block, passage: int) -> list[Link]:
    return [link for line in lines(block) for link in _line_links(line, passage, block.kind)]


def _line_links(line: list[Span], passage: int, kind: BlockKind) -> list[Link]:
    whole = one_line(BULLET.sub("", one_line(_joined(line))))
    # Neighbouring spans with one address are one link, whose label is their whole text.
    runs: list[tuple[str, Span]] = []
    open_url = ""
    for span in line:
        if span.url and span.url == open_url:
            runs[-1] = (runs[-1][0] + span.text, span)
        elif span.url:
            runs.append((span.text, span))
        open_url = span.url
    found: list[Link] = []
    for label, span in ((label, span) for text, span in runs if (label := one_line(text))):
        link = kind_of(label, span.url, whole, button=span.button)
        if kind is BlockKind.ITEM and link is LinkKind.RELATED and not whole.startswith(POINTS):
            link = LinkKind.TEXT  # a list of addresses is a list, not a row of pull links
        # A button says itself what it does; the line may hold other buttons.
        found.append(Link(label_for(label, label if span.button else whole, link), span.url, link, passage))
    return found


def _joined(line: list[Span]) -> str:
    return clean("".join(span.text for span in line))
