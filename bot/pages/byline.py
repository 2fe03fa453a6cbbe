"""Finds who wrote an article in its first and last lines, and the note that introduces them."""

import re
from dataclasses import dataclass

from bot.pages.blocks import Block, BlockKind
from bot.plain_text import one_line

BYLINE = re.compile(
    r"^[-\u2013—~\s]*(?:(?:written|words|text|story|article|essay|posted|told|guest post|interview(?:ed)?)\s+)?"
    r"by\b:?\s+(?P<name>.+)$",
    re.IGNORECASE,
)
KOREAN_BYLINE = re.compile(
    r"^(?:글쓴이|작성자|지은이|글|필자|저자)(?:\s*[:\uff1a|·]\s*|\s+)(?P<name>[가-힣A-Za-z .·,]{2,40})$"
)
CUT = re.compile(r"\s*[|•·—\u2013(]\s*|\s+-\s+|\s+(?=photos? by\b)", re.IGNORECASE)
PARTICLES = frozenset({
    "and", "al", "bin", "da", "de", "del", "della", "der", "di", "dos", "du", "la", "le", "of", "the", "ten", "van",
    "von", "with", "y", "&",
})  # fmt: skip
MAX_NAME, MAX_NAME_WORDS, MAX_NOTE = 80, 10, 1_200
LOOKED_AT = 4  # blocks at either end where a byline may stand

THIRD_PERSON = re.compile(
    r"\b(?:is|was|are|were|has|have|works?|worked|lives?|lived|serves?|served|writes?|wrote|graduated|born|joined|"
    r"joins|holds|studie[sd]|leads?|led|founded|grew|escaped|spent|moved|arrived|resettled|left|fled|teaches|"
    r"shares|currently|originally)\b|(?:입니다|습니다|이다|있다|한다)[.]?",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I\u2019m|my|me)\b|(?:나는|저는|내가|제가)")
QUOTED = re.compile(r"[“\"\u2018'].*?[”\"\u2019']")


@dataclass(frozen=True, slots=True)
class Byline:
    """An author, the note on them, and the blocks that remain when both are taken out."""

    author: str
    note: str
    rest: list[Block]


def find_byline(blocks: list[Block]) -> Byline | None:
    """The byline among the first or last blocks; None when there is none."""
    ends = [*range(min(LOOKED_AT, len(blocks))), *range(max(LOOKED_AT, len(blocks) - LOOKED_AT), len(blocks))]
    for position in ends:
        first, _, below = blocks[position].text.partition("\n")
        if blocks[position].kind is not BlockKind.EMBED and (author := author_in(first)):
            return _take_out(blocks, position, author, one_line(below))
    return None


def author_in(line: str) -> str:
    """The name in a line such as "By Lindsey Miller", or empty."""
    found = BYLINE.match(line.strip()) or KOREAN_BYLINE.match(line.strip())
    return _name(found["name"]) if found else ""


def is_note(text: str, author: str, *, italic: bool) -> bool:
    """Whether a paragraph introduces the author rather than beginning the article."""
    if (
        not text
        or len(text) > MAX_NOTE
        or (not italic and FIRST_PERSON.search(re.sub(r"[“\"\u2018'].*?[”\"\u2019']", "", text)))
    ):
        return False
    opening = " ".join(text.split()[:12])
    named = any(name in opening for name in re.split(r"[\s,&]+", author) if len(name) > 1 and name not in PARTICLES)
    return italic or (named and THIRD_PERSON.search(" ".join(text.split()[:40])) is not None)


def _take_out(blocks: list[Block], position: int, author: str, below: str) -> Byline:
    before, after = blocks[:position], blocks[position + 1 :]
    if below:
        if is_note(below, author, italic=False):
            return Byline(author, below, before + after)
        spans = _below_first_line(blocks[position])
        return Byline(author, "", [*before, spans, *after])
    if after and after[0].kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE):
        note = one_line(after[0].text)
        if is_note(note, author, italic=_all_italic(after[0])):
            return Byline(author, note, before + after[1:])
    return Byline(author, "", before + after)


def _below_first_line(block: Block) -> Block:
    first_break = next(at for at, span in enumerate(block.spans) if "\n" in span.text)
    return Block(block.kind, block.spans[first_break + 1 :], block.anchor)


def _all_italic(block: Block) -> bool:
    return all(span.italic for span in block.spans if span.text.strip())


def _name(text: str) -> str:
    name = CUT.split(one_line(text), maxsplit=1)[0].strip(" ,:*")
    words = name.replace(",", " ").split()
    if not words or len(name) > MAX_NAME or len(words) > MAX_NAME_WORDS or re.search(r"[!?:;\"“”]|\w{3,}\.$", name):
        return ""
    return name if all(_name_word(word) for word in words) else ""


def _name_word(word: str) -> bool:
    return word.lower() in PARTICLES or not word[0].islower()
