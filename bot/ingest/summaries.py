"""Informative summaries: without boilerplate, or the beginning of the body where nothing is left. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.models import Passage

MAX_SUMMARY = 300
ENOUGH = 80  # characters of an introduction after which no further sentence is needed
MIN_WORDS = 3  # fewer words are uninformative ...
MIN_CHARACTERS = 8  # ... and so do fewer Korean or Chinese characters
MAX_PERSON_WORDS = 6  # a byline longer than this is a sentence

CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?"
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = re.compile(
    rf"(?:{_WEEKDAY}\s+)?(?:{_MONTH}\s+{_NUMBER},?(?:\s+\d{{4}})?|{_NUMBER}\s+{_MONTH},?(?:\s+\d{{4}})?|{_MONTH}\s+\d{{4}}"
    r"|\d{4}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{1,2}\.?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
    r"|\d{4}\s*년(?:\s*\d{1,2}\s*월)?(?:\s*\d{1,2}\s*일)?)"
    r"(?:,?\s+(?:at\s+)?\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)?",
    re.IGNORECASE,
)
READING_TIME = re.compile(
    r"(?:\d{1,3}|one)\s*-?\s*min(?:ute)?s?(?:\s+read(?:ing)?(?:\s+time)?)?\b"
    r"|(?:읽는 시간\s*)?\d{1,3}분(?:\s*(?:분량|읽기))?",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"(?:posted|published|written|updated|last updated|story|words|text|photos?|photography|reported|guest post|author)"
    r"(?:\s+(?:on|by|in|and))?\s*[:·|-]?\s*|(?:작성자|글쓴이|작성일|등록일|게시일|글|기자)\s*[:·|]\s*",
    re.IGNORECASE,
)
# The endings that blog software appends to a summary.
TAILS = (
    re.compile(
        r"\s*the (?:post|article|entry) .{0,400}?(?:first )?appeared (?:first )?on\b.*$", re.IGNORECASE | re.DOTALL
    ),
    re.compile(
        r"\s*this (?:post|article|entry) (?:was )?(?:first|originally) (?:appeared|published|posted) (?:on|at|in)\b.*$",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(
        r"\s*\(?(?:continue reading|read more|read the full (?:story|article|post)|click here to read(?: more)?"
        r"|keep reading|더 보기|더 읽기|계속 읽기|자세히 보기)\b[^.!?]{0,200}[.!?)]*\s*[→»›>]*\s*$",
        re.IGNORECASE,
    ),
    re.compile(r"\s*(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|[→»›]+)\s*$"),
)
MEDIUM = "was originally published in"  # looked for first: the tail with it takes as long to search as all others
MEDIUM_TAIL = re.compile(
    rf"\s*[^.!?]{{1,250}}? {MEDIUM} .{{1,200}}? on medium, where people.*$", re.IGNORECASE | re.DOTALL
)
DOTS = re.compile(r"\.{4,}$")  # how Naver cuts a text
BYLINE = re.compile(r"^(?:by|von|par|por)\s+(?P<person>[^\n.!?|•·–—]{2,80}?)\s*(?:[|•·–—,\n.]|$)", re.IGNORECASE)
KOREAN_BYLINE = re.compile(r"^[가-힣]{2,4}\s*(?:기자|작가|인턴|에디터)\s*(?:[|•·,=]|$)")
# Words inside names that are written in lower case.
PARTICLES = frozenset({
    "and", "with", "of", "the", "de", "del", "della", "di", "da", "dos", "la", "le", "du", "van", "von", "der", "den",
    "bin", "al", "y", "e",
})  # fmt: skip
SEPARATORS = " \t\r\n|•·–—-:,/"
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*(?=\s|$)")
LINE_MARKS = re.compile(r"^(?:[•>]\s*)+", re.MULTILINE)


def telling_summary(summary: str, *, title: str, author: str, passages: Sequence[Passage]) -> str:
    """The summary without boilerplate; where nothing is left, the first informative sentences of the body.

    Where the body has none either, what is left of the summary.
    """
    cleaned = without_boilerplate(summary, title=title, author=author)
    if says_something(cleaned):
        return cleaned
    return introduction(passages, title=title, author=author) or cleaned


def introduction(passages: Iterable[Passage], *, title: str, author: str) -> str:
    """The first informative sentences of a body, whole ones while they fit."""
    found = ""
    paragraphs = (part for passage in passages for part in LINE_MARKS.sub("", passage.text).split("\n\n"))
    for paragraph in filter(str.strip, paragraphs):
        text = without_boilerplate(paragraph, title=title, author=author)
        if not text or not (found or says_something(text)):
            continue
        for sentence in _sentences(text):
            longer = f"{found} {sentence}".strip()
            if len(longer) > MAX_SUMMARY:
                return found or f"{longer[: MAX_SUMMARY - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"
            found = longer
            if len(found) >= ENOUGH:
                return found
    return found


def without_boilerplate(text: str, *, title: str, author: str) -> str:
    """The text without byline, date, reading time, a leading title, and the endings that blog software appends."""
    left = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    while True:
        before = left
        if MEDIUM in left.lower():
            left = MEDIUM_TAIL.sub("", left)
        for tail in TAILS:
            left = tail.sub("", left)
        left = DOTS.sub("…", left)
        left = _without_start(left.strip(), title, author)
        if left == before:
            return " ".join(left.split())


def says_something(text: str) -> bool:
    """Whether there are enough words to inform a reader."""
    words = text.split()
    characters = len(CJK.findall(text))
    return characters >= MIN_CHARACTERS if characters > len(text) / 2 else len(words) >= MIN_WORDS


def _without_start(text: str, title: str, author: str) -> str:
    for name in (" ".join(known.split()) for known in (title, author)):
        if name and text.casefold().startswith(name.casefold()) and _ends_there(text, len(name)):
            return text[len(name) :].lstrip(SEPARATORS + ".")
    byline = BYLINE.match(text)
    if byline and _is_person(byline["person"]):
        return text[byline.end("person") :].lstrip(SEPARATORS + ".")
    for pattern in (KOREAN_BYLINE, DATE, READING_TIME):
        found = pattern.match(text)
        if found and (
            _ends_there(text, found.end()) or (pattern is DATE and text[found.end() :].lstrip()[:1].isupper())
        ):
            return text[found.end() :].lstrip(SEPARATORS + ".")
    label = LABEL.match(text)
    if label:
        rest = text[label.end() :]
        if DATE.match(rest) or (author and rest.casefold().startswith(author.casefold())) or BYLINE.match(rest):
            return rest
    return text


def _ends_there(text: str, end: int) -> bool:
    """Whether the text before `end` is a separate piece rather than the beginning of a sentence."""
    rest = text[end:].lstrip(" ")
    return not rest or rest[0] in SEPARATORS + ".!?" or rest.casefold().startswith("by ")


def _is_person(words: str) -> bool:
    """Whether these words look like names: capitals or Korean, and few of them."""
    parts = [part for part in re.split(r"[\s,&]+", words) if part.casefold() not in PARTICLES]
    return 0 < len(parts) <= MAX_PERSON_WORDS and all(part[0].isupper() or CJK.match(part) for part in parts)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in SENTENCE_END.finditer(text):
        if sentence := text[start : end.end()].strip():
            yield sentence
        start = end.end()
    if rest := text[start:].strip():
        yield rest
