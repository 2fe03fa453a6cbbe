"""Finds the author: bylines in the first and last lines, names in metadata, the author's note."""

import html
import re
from dataclasses import dataclass, replace

from bot.dates.parsing import date_in
from bot.pages.blocks import Block, BlockKind
from bot.plain_text import one_line

BYLINE = re.compile(
    r"^[-\u2013—~\s]{0,9}(?:(?:written|words|text|story|article|essay|post|posted|submitted|published|reported|authored|"
    r"contributed|created|told|guest post|photos? and text|words and photos?|interview(?:ed)?)\s{1,3})?"
    r"(?:by\b\s?:?|author\s?:|writer\s?:)\s{0,3}(?P<name>\S.{0,200})$",
    re.IGNORECASE,
)
BYLINE_LABEL = re.compile(
    r"(?:(?:written|words|story|posted|submitted|published)\s)?by:?|authors?:?|글쓴이:?|작성자:?|지은이:?|필자:?|저자:?",
    re.IGNORECASE,
)
KOREAN_BYLINE = re.compile(
    r"^(?:글쓴이|작성자|지은이|글[·/&]사진|글|필자|저자|취재|글 그림)\s{0,3}(?:[:\uff1a|·]\s{0,3}|\s)(?P<name>[가-힣A-Za-z .·,]{2,40})$"
)
REPORTER = re.compile(
    r"(?:^|[\s\[(=/·])(?P<name>[가-힣]{2,4})\s?(?:(?:선임|수습|인턴|전문|객원|수석)\s?)?"
    r"(?:기자|특파원|논설위원|편집위원|칼럼니스트)(?=$|[\s\])=.,(/|·])"
)
CUT = re.compile(
    r"\s?[|•·—\u2013(]\s?|\s-\s|\sfollow\b|\s@|\s(?=photos? by\b)|,?\s(?:on|updated|published|via)\s|,\s?(?=\d)|"
    r"(?P<place>,?\s(?:at|in|for)\s)|"
    r",?\s(?=(?:january|february|march|april|may|june|july|august|september|october|november|december)\s\d)|"
    r",\s(?=(?:(?:senior|staff|chief|special|contributing|associate|managing|deputy|guest|foreign|political|freelance)\s)?"
    r"(?:writer|reporter|correspondent|editor|contributor|columnist|journalist|analyst|director|producer|author|"
    r"intern|founder|ceo|president|professor|phd|ph\.d|md|m\.d)\b)",
    re.IGNORECASE,
)
PARTICLES = frozenset({
    "and", "al", "bin", "da", "de", "del", "della", "der", "di", "dos", "du", "la", "le", "of", "the", "ten", "van",
    "von", "with", "y", "e", "el", "und", "et", "&", "ter", "af", "av", "i", "den",
})  # fmt: skip
NOT_NAMES = frozenset({
    "admin", "administrator", "editor", "editors", "webmaster", "staff", "author", "guest", "root", "unknown", "user",
    "wordpress", "null", "none", "undefined", "anonymous", "by", "name", "default", "superuser", "test", "관리자", "운영자",
    "편집부", "staff writer", "the editors", "guest author", "guest post", "view all posts", "read more", "follow",
    "about the author", "submitted", "posted", "written", "all posts", "author bio", "share", "comments", "twitter", "facebook", "email",
})  # fmt: skip
MAX_NAME, MAX_NAME_WORDS, MAX_NOTE = 80, 10, 1_200
EDGE_BLOCKS = 4  # at either end of an article, where a byline may stand

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
        if author := author_in(first):
            return _take_out(blocks, position, author, one_line(below))
    return None


def author_in(line: str) -> str:
    """The name in a line such as "By Lindsey Miller" or "김민수 기자", or empty."""
    text = line.strip()[:300]
    if found := BYLINE.match(text) or KOREAN_BYLINE.match(text):
        return _name(found["name"])
    found = REPORTER.search(text) if len(text) <= MAX_NAME else None
    return found["name"] if found else ""


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
            pieces = [piece.strip() for piece in re.split(r"\s?[|•·∙・]\s?|\s[-—\u2013]\s", text)]
            names = [piece for piece in pieces if is_name(piece) and date_in(piece) is None]
            if len(pieces) > 1 and len(names) == 1:
                return names[0]
    return ""


def clean_author(text: str) -> str:
    """A name from metadata without "By", titles, addresses and quotes; empty when it is no name."""
    name = one_line(html.unescape(text)[:400]).strip(" '\"\u2018\u2019“”,;|")
    if not name or "//" in name or len(name) > 2 * MAX_NAME:
        return ""
    if found := REPORTER.search(name):
        return found["name"]
    if found := BYLINE.match(name) or KOREAN_BYLINE.match(name):
        name = found["name"]
    name = re.sub(r"\S+@\S+\.\S+", "", name)
    name = _without_details(name).strip(" ,:*'\"")
    if not name or name.casefold() in NOT_NAMES or not re.search(r"[^\W\d_]{2}", name) or name.startswith("@"):
        return ""
    return name if len(name) <= MAX_NAME else ""


def is_name(text: str) -> bool:
    """Whether a short text on the page reads as the name of one or more people."""
    words = text.replace(",", " ").split()
    if not words or len(text) > MAX_NAME or len(words) > MAX_NAME_WORDS or text.casefold() in NOT_NAMES:
        return False
    if re.search(r"[!?:;\"“”@/\d]|[^\W\d_]{4,}\.$", text):
        return False
    korean = re.fullmatch(r"[가-힣]{2,4}", text) is not None
    proper = [word for word in words if word.lower() not in PARTICLES]
    return korean or (len(proper) >= 2 and all(word[0].isupper() or not word[0].isascii() for word in proper))  # noqa: PLR2004 - given name and family name


def is_note(text: str, author: str, *, italic: bool) -> bool:
    """Whether a paragraph introduces the author rather than beginning the article."""
    if not text or len(text) > MAX_NOTE or (not italic and FIRST_PERSON.search(QUOTED.sub("", text))):
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


def _without_details(text: str) -> str:
    """A name without the role, place or date after it; "in" after one word belongs to it ("Liberty in North Korea")."""
    details = (found.start() for found in CUT.finditer(text) if not found["place"] or " " in text[: found.start()])
    return text[: next(details, len(text))]


def _name(text: str) -> str:
    """The name at the beginning of what follows "by"; empty when it continues as a sentence."""
    name = _without_details(one_line(text)).strip(" ,:*")
    words = name.replace(",", " ").split()
    if not words or len(name) > MAX_NAME or len(words) > MAX_NAME_WORDS:
        return ""
    if re.search(r"[!?:;\"“”]|\w{3,}\.$", name) or name.casefold() in NOT_NAMES:
        return ""
    return (
        name if all(word.lower() in {*PARTICLES, "in", "for", "at"} or not word[0].islower() for word in words) else ""
    )
