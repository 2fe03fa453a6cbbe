"""Finds bylines in the first and last lines of an article, and the note on its author."""

import re
from dataclasses import dataclass, replace

from bot.dates.parsing import date_in
from bot.pages.blocks import Block, BlockKind
from bot.pages.people import MAX_NAME, PARTICLES, author_in, clean_author, is_name
from bot.plain_text import one_line

BYLINE_LABEL = re.compile(
    r"(?:(?:written|words|story|posted|submitted|published)\s)?by:?|authors?:?|autor(?:[/*:_]?in)?:?|auteurs?:?|"
    r"(?:geschrieben |un(?:e)? \w{1,20} )?(?:par|von)|por|door|di|글쓴이:?|작성자:?|지은이:?|필자:?|저자:?",
    re.IGNORECASE,
)
# Places that read as names, beside the date of a report.
PLACE = re.compile(
    r"(?:new|san|los|las|saint|st\.?|port|fort|cape|north|south|east|west)\s.*|"
    r".*\s(?:city|town|county|islands?|beach|republic|kingdom|states|korea|d\.?c\.?)",
    re.IGNORECASE,
)
# What follows the reporter in the first line of a report: "(서울=뉴스) 김민수 기자 = 강이 얼었다."
REPORT = re.compile(r"(?:기자|특파원)\s?=\s?\S")
MAX_NOTE = 1_200
EDGE_BLOCKS = 4  # at either end of an article, where a byline may stand
CLOSING_BLOCKS = 3  # at the end, where a note on the author may stand without a byline

THIRD_PERSON = re.compile(
    r"\b(?:is|was|are|were|has|have|works?|worked|lives?|lived|serves?|served|writes?|wrote|graduated|born|joined|"
    r"joins|holds|studie[sd]|leads?|led|founded|grew|escaped|spent|moved|arrived|resettled|left|fled|teaches|"
    r"shares|currently|originally)\b|(?:입니다|습니다|이다|있다|한다)[.]?",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I\u2019m|my|me|My|Me)\b|(?:나는|저는|내가|제가)")
QUOTED = re.compile(r"[“\"\u2018'][^“”\"\u2018\u2019']{0,1200}[”\"\u2019']")


@dataclass(frozen=True, slots=True)
class Byline:
    """An author, the note on them, and the remaining blocks."""

    author: str
    note: str
    rest: list[Block]


def find_byline(blocks: list[Block]) -> Byline | None:
    """The byline among the first or last blocks; None when there is none."""
    ends = [*range(min(EDGE_BLOCKS, len(blocks))), *range(max(EDGE_BLOCKS, len(blocks) - EDGE_BLOCKS), len(blocks))]
    for position in ends:
        first, _, below = blocks[position].text.partition("\n")
        if blocks[position].kind in (BlockKind.EMBED, BlockKind.FOOTNOTE):
            continue
        if (author := author_in(first)) and REPORT.search(first):
            return Byline(author, "", blocks)
        if author:
            return _take_out(blocks, position, author, one_line(below))
    # The last line of a text whose lines are separated only by breaks: "김민수 기자".
    last = blocks[-1].text.rpartition("\n")[2] if blocks else ""
    return Byline(author, "", blocks) if (author := author_in(last)) else None


def take_note(blocks: list[Block], author: str) -> tuple[str, list[Block]]:
    """The paragraph at the end of an article that introduces its author by name, and the other blocks."""
    for position in range(max(EDGE_BLOCKS, len(blocks) - CLOSING_BLOCKS), len(blocks)):
        text = one_line(blocks[position].text)
        # "Ann Writer: …" is what she says.
        named = author and re.match(rf"(?:글쓴이\s|필자\s)?{re.escape(author)}(?:,?\s|[은는]\s)", text, re.IGNORECASE)
        if named and blocks[position].kind is BlockKind.PARAGRAPH and is_note(text, author, italic=False):
            return text, blocks[:position] + blocks[position + 1 :]
    return "", blocks


def author_among(blocks: list[Block]) -> str:
    """The author named by one of the lines around an article, given nearest first.

    A label and the name may be in two blocks, or date and name in one line ("May 6, 2024 · Ann Writer").
    """
    texts = [one_line(block.text)[:300] for block in blocks]
    for position, text in enumerate(texts):
        if name := author_in(text):
            return name
        if position and BYLINE_LABEL.fullmatch(text) and (name := clean_author(texts[position - 1])):
            return name
    for text in texts:
        if len(text) <= 2 * MAX_NAME and date_in(text) is not None:
            pieces = [piece.strip() for piece in re.split(r"\s?[|•·∙・]\s?|\s[-—\u2013]\s|\s(?=[Bb]y\s)", text)]
            named = [author_in(piece) or piece for piece in pieces if date_in(piece) is None]
            names = [piece for piece in named if is_name(piece) and not PLACE.fullmatch(piece)]
            if len(pieces) > 1 and len(names) == 1:
                return names[0]
    return ""


def is_note(text: str, author: str, *, italic: bool) -> bool:
    """Whether a paragraph introduces the author rather than beginning the article."""
    if (
        not text
        or len(text) > MAX_NOTE
        or REPORT.search(text)
        or (not italic and FIRST_PERSON.search(QUOTED.sub("", text)))
    ):
        return False
    opening = " ".join(text.split()[:12]).casefold()
    names = [name for name in re.split(r"[\s,&]+", author.casefold()) if len(name) > 1 and name not in PARTICLES]
    named = any(name in opening for name in names)
    return italic or (named and THIRD_PERSON.search(" ".join(text.split()[:40])) is not None)


def _take_out(blocks: list[Block], position: int, author: str, below: str) -> Byline:
    before, after = blocks[:position], blocks[position + 1 :]
    if below:
        if is_note(below, author, italic=False):
            return Byline(author, below, before + after)
        block = blocks[position]
        first_break = next(at for at, span in enumerate(block.spans) if "\n" in span.text)
        return Byline(author, "", [*before, replace(block, spans=block.spans[first_break + 1 :]), *after])
    if after and after[0].kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE):
        note = one_line(after[0].text)
        italic = all(span.italic for span in after[0].spans if span.text.strip())
        if is_note(note, author, italic=italic):
            return Byline(author, note, before + after[1:])
    return Byline(author, "", before + after)
