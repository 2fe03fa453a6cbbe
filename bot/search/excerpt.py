"""The passage that answers: which one, cut at sentence borders, and the address that leads there."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from urllib.parse import quote, urldefrag

from bot.models import Article, ArticleBody, Passage
from bot.search.answer import Span
from bot.search.query import Query
from bot.words import Word, is_paired, located_words, word_terms, words

LONGEST_EXCERPT = 320  # characters
CLOSELY_READ = 2  # passages of an article in which the best sentence is looked for
LONGEST_FRAGMENT = 120  # characters of a text fragment's start and of its end, percent-encoded
ENCODED_SPACE = "%20"
HEADING_SHARE = 0.5  # a heading's match counts for its passage, less than the passage's own
WORTH_MARKING = 0.3  # of the query's rarest word; marking "the" would mark everything

# Stemming every word would take longest of all: a stem begins like its word, but for a few such as "dying".
BEGINNING = 2

SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|\n+")  # noqa: RUF001 - full-width marks end sentences too
LINE_MARKS = "•> \t"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage's heading, the spans to show, and the address that leads to it."""

    heading: str
    spans: tuple[Span, ...]
    url: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    slots: frozenset[int]


class Excerpter:
    """Cuts excerpts for one query."""

    def __init__(self, query: Query) -> None:
        self._weights = [slot.weight for slot in query.slots]
        self._slot_of = {term: number for number, slot in enumerate(query.slots) for term in slot.terms}
        self._beginnings = {term[:BEGINNING] for term in self._slot_of}
        self._known: defaultdict[str, dict[str, frozenset[int]]] = defaultdict(dict)  # by language, by word
        self._floor = WORTH_MARKING * max(self._weights, default=0.0)

    def excerpt(self, article: Article, body: ArticleBody) -> Excerpt:
        """The best passage of an article; its summary when it has no body."""
        passages = self._likeliest(body.passages or (Passage(0, "", article.summary),), article.language)
        cuts = [(self._best_cut(passage, article.language), passage) for passage in passages]
        (_, start, end), passage = max(cuts, key=lambda cut: (cut[0][0], -cut[1].position))
        shown = passage.text[start:end]
        url = passage_url(article.url, passage, shown) if body.passages else article.url
        return Excerpt(passage.heading, self.spans(shown, article.language), url)

    def _likeliest(self, passages: Sequence[Passage], language: str) -> Sequence[Passage]:
        # Words without their places are quick to find; only the best passages are read closely.
        if len(passages) <= CLOSELY_READ:
            return passages
        return nlargest(
            CLOSELY_READ,
            passages,
            key=lambda passage: (
                self._worth(self._slots(passage.text, language))
                + HEADING_SHARE * self._worth(self._slots(passage.heading, language)),
                -passage.position,
            ),
        )

    def spans(self, text: str, language: str) -> tuple[Span, ...]:
        """A text cut into what the query asked for and what stands between."""
        spans: list[Span] = []
        shown = 0
        for start, end in _joined(self._marks(text, language), text):
            if start > shown:
                spans.append(Span(text[shown:start]))
            spans.append(Span(text[start:end], matched=True))
            shown = end
        if shown < len(text):
            spans.append(Span(text[shown:]))
        return tuple(spans)

    def _best_cut(self, passage: Passage, language: str) -> tuple[float, int, int]:
        heading = self._worth(self._slots(passage.heading, language))
        sentences = self._sentences(passage.text, language)
        best = (0.0, 0, 0)
        for first in range(len(sentences)):
            worth, end = self._window(sentences, first)
            if worth > best[0] or not best[2]:
                best = (worth, sentences[first].start, end)
        return (best[0] + HEADING_SHARE * heading, best[1], best[2])

    def _window(self, sentences: Sequence[_Sentence], first: int) -> tuple[float, int]:
        start, slots = sentences[first].start, sentences[first].slots
        end = min(sentences[first].end, start + LONGEST_EXCERPT)
        for sentence in islice(sentences, first + 1, first + LONGEST_EXCERPT):
            if sentence.end - start > LONGEST_EXCERPT:
                break
            slots, end = slots | sentence.slots, sentence.end
        # The first sentence counts twice: an excerpt begins where the answer does.
        return self._worth(slots) + self._worth(sentences[first].slots), end

    def _sentences(self, text: str, language: str) -> list[_Sentence]:
        return [
            _Sentence(start, end, self._slots(text[start:end], language)) for start, end in self._pieces(text, language)
        ]

    def _pieces(self, text: str, language: str) -> Iterable[tuple[int, int]]:
        start = 0
        for border in [*SENTENCE_END.finditer(text), None]:
            end = border.start() + len(border.group().rstrip()) if border else len(text)
            if text[start:end].strip(LINE_MARKS):
                yield self._shortened(text, start, end, language)
            start = border.end() if border else end

    def _shortened(self, text: str, start: int, end: int, language: str) -> tuple[int, int]:
        # A sentence too long to show begins a little before its first match, at a word's border.
        if end - start <= LONGEST_EXCERPT:
            return start, end
        first = next(self._marks(text[start:end], language), (0, 0))[0]
        begin = max(start, start + first - LONGEST_EXCERPT // 3)
        begin = start if begin == start else text.find(" ", begin, start + first + 1) + 1 or start + first
        stop = text.rfind(" ", begin + 1, begin + LONGEST_EXCERPT)
        return begin, stop if stop > start + first else min(end, begin + LONGEST_EXCERPT)

    def _worth(self, slots: Iterable[int]) -> float:
        return sum(self._weights[slot] for slot in slots)

    def _slots(self, text: str, language: str) -> frozenset[int]:
        known, found = self._known[language], set[int]()
        # Texts of one answer share most of their words, so what a word matches is looked up once.
        for word in set(words(text)):
            slots = known.get(word)
            if slots is None:
                slots = known[word] = self._slots_of(word, language)
            if slots:
                found |= slots
        return frozenset(found)

    def _slots_of(self, word: str, language: str) -> frozenset[int]:
        if word[:BEGINNING] not in self._beginnings and not is_paired(word):
            return frozenset()
        slot_of = self._slot_of
        return frozenset(slot_of[term] for term in word_terms(word, language) if term in slot_of)

    def _marks(self, text: str, language: str) -> Iterator[tuple[int, int]]:
        for word in located_words(text):
            if is_paired(word.text):
                yield from self._paired_marks(word)
            elif word.text[:BEGINNING] in self._beginnings and self._marked(word_terms(word.text, language)[0]):
                yield word.start, word.end

    def _paired_marks(self, word: Word) -> Iterator[tuple[int, int]]:
        for at, term in enumerate(word_terms(word.text, "")):
            if self._marked(term):
                start = min(word.start + at, word.end)
                yield start, min(start + len(term), word.end)

    def _marked(self, term: str) -> bool:
        slot = self._slot_of.get(term)
        return slot is not None and self._weights[slot] >= self._floor


def _joined(marks: Iterable[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Marks that overlap, touch, or have only a space between them, as one."""
    joined: list[tuple[int, int]] = []
    for start, end in marks:
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
    whole = _encoded(line)
    if len(whole) <= LONGEST_FRAGMENT:
        return whole
    run = line.split()
    start = _words_within(run)
    rest = run[len(start) :]
    end = _words_within(rest[::-1])[::-1]
    return ",".join(_encoded(" ".join(part)) for part in (start, end) if part)


def _words_within(run: Sequence[str]) -> list[str]:
    taken: list[str] = []
    length = -len(ENCODED_SPACE)
    for word in run:
        length += len(ENCODED_SPACE) + len(_encoded(word))
        if length > LONGEST_FRAGMENT:
            break
        taken.append(word)
    return taken


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "ignore"), safe="").replace("-", "%2D")
