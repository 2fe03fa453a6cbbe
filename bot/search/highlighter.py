"""The passage that answers: which one, cut at sentence borders, and the address that leads there."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from bot.models import Article, ArticleBody, LinkKind, Passage
from bot.search.query import Query
from bot.search.results import Span
from bot.text_analysis import LONGEST_WORD, WORD, is_paired, latin_stemmer, word_terms, words

LONGEST_EXCERPT = 320  # characters
LONGEST_FRAGMENT = 120  # characters of a text fragment's start and of its end, percent-encoded
ENCODED_SPACE = "%20"
WORTH_MARKING = 0.3  # of the query's rarest word; marking "the" would mark everything

# Most words are told apart without stemming: a stem begins like its word, but for a few such as "dying".
BEGINNING = 2

SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|\n+")  # noqa: RUF001 - full-width marks end sentences too
LINE_MARKS = "•> \t"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage's heading, the spans to show, and the address that leads to it."""

    heading: str
    spans: tuple[Span, ...]
    url: str


_Extent = tuple[int, int]  # the places in a text where something begins and ends


class _Mark(NamedTuple):
    """Characters of a text that fill a slot of the query."""

    start: int
    end: int
    slot: int


class _Cut(NamedTuple):
    """What of a passage is to be shown, and whether it has a telling word of the query."""

    passage: Passage
    start: int
    end: int
    marks: list[_Mark]
    answers: bool


class Excerpter:
    """Cuts excerpts for one query."""

    def __init__(self, query: Query) -> None:
        self._weights = [slot.weight for slot in query.slots]
        self._slot_of = {term: number for number, slot in enumerate(query.slots) for term in slot.terms}
        self._beginnings = {term[:BEGINNING] for term in self._slot_of}
        # By language and word: texts of one answer share most of their words, so what a word matches is looked up once.
        self._known: defaultdict[str, dict[str, tuple[_Mark, ...]]] = defaultdict(dict)
        self._floor = WORTH_MARKING * max(self._weights, default=0.0)

    def excerpt(self, article: Article, body: ArticleBody, answering: int) -> Excerpt:
        """The best sentences of an article's passage of that number; of its summary when it has no body.

        Where nothing in it answers (only a line that leads elsewhere had the words), of another passage.
        """
        passages = body.passages or (Passage(0, "", article.summary),)
        likeliest = passages[answering] if body.passages else passages[0]
        others = (passage for passage in passages if passage is not likeliest)
        cuts = (self._cut(passage, body, article.language) for passage in (likeliest, *others))
        first = next(cuts)
        cut = first if first.answers else next((other for other in cuts if other.answers), first)
        shown = cut.passage.text[cut.start : cut.end]
        url = passage_url(article.url, cut.passage, shown) if body.passages else article.url
        return Excerpt(cut.passage.heading, self._spans(cut.passage.text, cut.start, cut.end, cut.marks), url)

    def _cut(self, passage: Passage, body: ArticleBody, language: str) -> _Cut:
        marks = self._marks(passage.text, language)
        sentences = _sentences(passage.text, marks, _leading_on(body, passage)) or _sentences(passage.text, marks)
        start, end = self._best_cut(passage.text, sentences, marks)
        answers = any(self._weights[mark.slot] >= self._floor for mark in _between(marks, start, end))
        return _Cut(passage, start, end, marks, answers)

    def _spans(self, text: str, start: int, end: int, marks: Sequence[_Mark]) -> tuple[Span, ...]:
        """What stands between `start` and `end`, cut into what the query asked for and the rest."""
        shown = [mark for mark in _between(marks, start, end) if self._weights[mark.slot] >= self._floor]
        spans: list[Span] = []
        for first, last in _joined(shown, text):
            if first > start:
                spans.append(Span(text[start:first]))
            spans.append(Span(text[first:last], matched=True))
            start = last
        if start < end:
            spans.append(Span(text[start:end]))
        return tuple(spans)

    def _best_cut(self, text: str, sentences: Sequence[_Extent], marks: Sequence[_Mark]) -> _Extent:
        slots = [{mark.slot for mark in _between(marks, start, end)} for start, end in sentences]
        best, cut = -1.0, (0, 0)
        for first, (start, _) in enumerate(sentences):
            last = _last_shown(text, sentences, first)
            # The first sentence counts twice: an excerpt begins where the answer does.
            worth = self._worth(set[int]().union(*slots[first : last + 1])) + self._worth(slots[first])
            if worth > best:
                best, cut = worth, (start, min(sentences[last][1], start + LONGEST_EXCERPT))
        return cut

    def _worth(self, slots: Iterable[int]) -> float:
        return sum(self._weights[slot] for slot in slots)

    def _marks(self, text: str, language: str) -> list[_Mark]:
        known, marks, stem = self._known[language], list[_Mark](), latin_stemmer(language)
        for match in WORD.finditer(text):
            word = match.group()
            found = known.get(word)
            if found is None:
                found = self._latin_marks(word, stem) if word.isascii() else self._other_marks(word, language)
                known[word] = found
            if found:
                start = match.start()
                marks += [_Mark(start + mark.start, start + mark.end, mark.slot) for mark in found]
        return marks

    def _latin_marks(self, text: str, stem: Callable[[str], str]) -> tuple[_Mark, ...]:
        word = text[:LONGEST_WORD].lower()
        slot = self._slot_of.get(stem(word)) if word[:BEGINNING] in self._beginnings else None
        return () if slot is None else (_Mark(0, len(text), slot),)

    def _other_marks(self, text: str, language: str) -> tuple[_Mark, ...]:
        return tuple(mark for word in words(text) for mark in self._written_marks(word, language, len(text)))

    def _written_marks(self, word: str, language: str, length: int) -> Iterator[_Mark]:
        paired = is_paired(word)
        for at, term in enumerate(word_terms(word, language)):
            if term in self._slot_of and at < length:
                yield _Mark(at, min(at + len(term), length) if paired else length, self._slot_of[term])


def _leading_on(body: ArticleBody, passage: Passage) -> frozenset[str]:
    """Lines of a passage that lead to another article and so answer nothing themselves."""
    pulls = (link for link in body.links if link.kind is LinkKind.RELATED and link.passage == passage.position)
    return frozenset(link.label.strip() for link in pulls)


def _sentences(text: str, marks: Sequence[_Mark], left_out: Collection[str] = ()) -> list[_Extent]:
    found: list[_Extent] = []
    start = 0
    for border in [*SENTENCE_END.finditer(text), None]:
        end = border.start() + len(border.group().rstrip()) if border else len(text)
        said = text[start:end].strip(LINE_MARKS)
        if said and said not in left_out:
            found.append(_shortened(text, start, end, marks))
        start = border.end() if border else end
    return found


def _shortened(text: str, start: int, end: int, marks: Sequence[_Mark]) -> _Extent:
    # A sentence too long to show begins a little before its first match, at a word's border.
    if end - start <= LONGEST_EXCERPT:
        return start, end
    first = next((mark.start for mark in _between(marks, start, end)), start)
    begin = max(start, first - LONGEST_EXCERPT // 3)
    begin = start if begin == start else text.find(" ", begin, first + 1) + 1 or first
    stop = text.rfind(" ", begin + 1, begin + LONGEST_EXCERPT)
    return begin, stop if stop > first else min(end, begin + LONGEST_EXCERPT)


def _last_shown(text: str, sentences: Sequence[_Extent], first: int) -> int:
    """The last of the sentences that can be shown together with the first: near, and with nothing left out."""
    start, last = sentences[first][0], first
    for start_of_next, end_of_next in sentences[first + 1 :]:
        between = text[sentences[last][1] : start_of_next]
        if end_of_next - start > LONGEST_EXCERPT or any(letter.isalnum() for letter in between):
            break
        last += 1
    return last


def _between(marks: Sequence[_Mark], start: int, end: int) -> Sequence[_Mark]:
    """The marks that begin between two places."""
    return marks[bisect_left(marks, start, key=itemgetter(0)) : bisect_left(marks, end, key=itemgetter(0))]


def _joined(marks: Iterable[_Mark], text: str) -> list[tuple[int, int]]:
    """Marks that overlap, touch, or have only a space between them, as one."""
    joined: list[tuple[int, int]] = []
    for start, end, _ in marks:
        if joined and not text[joined[-1][1] : start].strip(" "):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def passage_url(url: str, passage: Passage, shown: str) -> str:
    """An address that opens the page at the passage: its anchor, else a text fragment.

    Rules of https://wicg.github.io/scroll-to-text-fragment/: `-`, `,` and `&` are encoded too.
    """
    page = urldefrag(url).url
    if passage.anchor:
        return f"{page}#{quote(passage.anchor, safe='')}"
    line = next((line.strip(LINE_MARKS) for line in shown.splitlines() if line.strip(LINE_MARKS)), "")
    directive = text_directive(line)
    return f"{page}#:~:text={directive}" if directive else url


def text_directive(line: str) -> str:
    """The words of a line as a text directive: whole when short, else its first and last words."""
    whole = quote(" ".join(line.split()).encode("utf-8", "ignore"), safe="").replace("-", "%2D")
    if len(whole) <= LONGEST_FRAGMENT:
        return whole
    run = whole.split(ENCODED_SPACE)
    start = _words_within(run)
    end = _words_within(run[len(start) :][::-1])[::-1]
    return ",".join(ENCODED_SPACE.join(part) for part in (start, end) if part)


def _words_within(run: Sequence[str]) -> list[str]:
    taken: list[str] = []
    length = -len(ENCODED_SPACE)
    for word in run:
        length += len(ENCODED_SPACE) + len(word)
        if length > LONGEST_FRAGMENT:
            break
        taken.append(word)
    return taken
