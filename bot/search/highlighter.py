"""Cuts excerpts: whole sentences around the best window of a line, with the query's words marked."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from bot.models import Article, ArticleBody, Passage
from bot.search.index.documents import LINE_MARKS, BodyLine, LineKind, body_lines
from bot.search.query.terms import Query
from bot.search.ranking.passages import Location
from bot.search.results import Span
from bot.text_analysis import MAX_WORD, WORD, is_cjk, latin_stemmer, terms, word_terms, words

MAX_EXCERPT = 280  # characters
MIN_EXCERPT = 60  # a shorter sentence is shown with its neighbour
CONTEXT = 450  # characters around the best window that are looked at, however long the line
MAX_FRAGMENT = 120  # characters of a text fragment's start and of its end, percent-encoded
ENCODED_SPACE = "%20"
MIN_MARKED_WEIGHT = 0.3  # of the query's rarest word; marking "the" would mark everything

# Most words are excluded without stemming: a stem begins like its word, except for a few such as "dying".
PREFIX = 2

SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The spans to show, where they come from, and the address that leads there."""

    source: LineKind
    heading: str
    spans: tuple[Span, ...]
    url: str


_Extent = tuple[int, int]  # the start and end of a part of a text


class _Match(NamedTuple):
    """Characters of a text that match a term group of the query."""

    start: int
    end: int
    group: int


class _Snippet(NamedTuple):
    """Part of a line, and whether it has a word of the query that weighs enough to be marked."""

    line: BodyLine
    start: int
    end: int
    matches: list[_Match]
    answers: bool


class Highlighter:
    """Cuts excerpts for one query."""

    def __init__(self, query: Query) -> None:
        self._weights = [group.weight for group in query.groups]
        self._group_of = {term: number for number, group in enumerate(query.groups) for term in group.terms}
        self._prefixes = {term[:PREFIX] for term in self._group_of}
        # By language and word: texts of one answer share most of their words, so each is analysed once.
        self._known: defaultdict[str, dict[str, tuple[_Match, ...]]] = defaultdict(dict)
        self._min_weight = MIN_MARKED_WEIGHT * max(self._weights, default=0.0)

    def excerpt(self, article: Article, body: ArticleBody, locations: Sequence[Location]) -> Excerpt:
        """Returns the best sentences at the first location with an answer, else those at the beginning."""
        lines = body_lines(article, body)
        beginning = Location(next((at for at, line in enumerate(lines) if line.text), 0), 0)
        known = [at for at in locations if at.line < len(lines)] or [beginning]
        snippets = (self._snippet(lines[at.line], article.language, at.term) for at in known)
        first = next(snippets)
        best = first if first.answers else next((other for other in snippets if other.answers), first)
        shown = best.line.text[best.start : best.end]
        spans = self._spans(best.line.text, best.start, best.end, best.matches)
        return Excerpt(best.line.kind, best.line.heading, spans, _line_url(article.url, body, best.line, shown))

    def _snippet(self, line: BodyLine, language: str, term: int) -> _Snippet:
        text = line.text
        around = _offset_of_term(text, language, term - len(terms(line.heading, language)))
        low, high = max(0, around - CONTEXT), min(len(text), around + CONTEXT)
        matches = self._matches(text, low, high, language)
        sentences = _sentences(text, low, high)
        start, end = self._best_extent(text, sentences, matches)
        answers = any(self._weights[match.group] >= self._min_weight for match in _between(matches, start, end))
        return _Snippet(line, start, end, matches, answers)

    def _spans(self, text: str, start: int, end: int, matches: Sequence[_Match]) -> tuple[Span, ...]:
        """The text between `start` and `end`, split into matched and other spans."""
        shown = [match for match in _between(matches, start, end) if self._weights[match.group] >= self._min_weight]
        spans: list[Span] = []
        for first, last in _joined(shown, text):
            if first > start:
                spans.append(Span(text[start:first]))
            spans.append(Span(text[first:last], matched=True))
            start = last
        if start < end:
            spans.append(Span(text[start:end]))
        return tuple(spans)

    def _best_extent(self, text: str, sentences: Sequence[_Extent], matches: Sequence[_Match]) -> _Extent:
        groups = [{match.group for match in _between(matches, start, end)} for start, end in sentences]
        best, extent = -1.0, (0, 0)
        for first, (start, end) in enumerate(sentences):
            last = _last_shown(text, sentences, first)
            # The first sentence counts twice: an excerpt begins where the answer does.
            weight = self._weight(set[int]().union(*groups[first : last + 1])) + self._weight(groups[first])
            if weight > best:
                best = weight
                extent = (start, sentences[last][1])
                if end - start > MAX_EXCERPT:
                    extent = _shortened(text, start, end, _between(matches, start, end))
                elif extent[1] - start < MIN_EXCERPT and first and not _gap(text, sentences[first - 1][1], start):
                    before = sentences[first - 1][0]
                    extent = (before if extent[1] - before <= MAX_EXCERPT else start, extent[1])
        return extent

    def _weight(self, groups: Iterable[int]) -> float:
        return sum(self._weights[group] for group in groups)

    def _matches(self, text: str, low: int, high: int, language: str) -> list[_Match]:
        known, matches, stem = self._known[language], list[_Match](), latin_stemmer(language)
        for match in WORD.finditer(text, low, high):
            word = match.group()
            found = known.get(word)
            if found is None:
                found = self._latin_matches(word, stem) if word.isascii() else self._other_matches(word, language)
                known[word] = found
            if found:
                start = match.start()
                matches += [_Match(start + one.start, start + one.end, one.group) for one in found]
        return matches

    def _latin_matches(self, text: str, stem: Callable[[str], str]) -> tuple[_Match, ...]:
        word = text[:MAX_WORD].lower()
        group = self._group_of.get(stem(word)) if word[:PREFIX] in self._prefixes else None
        return () if group is None else (_Match(0, len(text), group),)

    def _other_matches(self, text: str, language: str) -> tuple[_Match, ...]:
        return tuple(match for word in words(text) for match in self._word_matches(word, language, len(text)))

    def _word_matches(self, word: str, language: str, length: int) -> Iterator[_Match]:
        cjk = is_cjk(word)
        for at, term in enumerate(word_terms(word, language)):
            if term in self._group_of and at < length:
                yield _Match(at, min(at + len(term), length) if cjk else length, self._group_of[term])


def _offset_of_term(text: str, language: str, term: int) -> int:
    """The character at which the term of that number begins in a text."""
    counted = 0
    for match in WORD.finditer(text):
        word = match.group()
        if word.isascii():
            counted += 1
        else:
            counted += sum(len(word_terms(one, language)) for one in words(word))
        if counted > term:
            return match.start()
    return 0


def _sentences(text: str, low: int, high: int) -> list[_Extent]:
    """The whole sentences of a text between two places; those cut off at either place are not whole."""
    found: list[_Extent] = []
    start = low
    for border in SENTENCE_END.finditer(text, low, high):
        found.append((start, border.start() + len(border.group().rstrip())))
        start = border.end()
    found.append((start, high))
    if low > 0 and len(found) > 1:
        found = found[1:]
    if high < len(text) and len(found) > 1:
        found = found[:-1]
    return [(start, end) for start, end in found if text[start:end].strip(LINE_MARKS)]


def _shortened(text: str, start: int, end: int, matches: Sequence[_Match]) -> _Extent:
    """Part of a sentence too long to show, from a little before its first match, cut between words."""
    first = next((match.start for match in matches), start)
    begin = max(start, first - MAX_EXCERPT // 3)
    begin = start if begin == start else text.find(" ", begin, first + 1) + 1 or first
    stop = text.rfind(" ", begin + 1, begin + MAX_EXCERPT)
    return begin, stop if stop > first else min(end, begin + MAX_EXCERPT)


def _last_shown(text: str, sentences: Sequence[_Extent], first: int) -> int:
    """The last sentence that can be shown together with the first: within the limit, nothing left out between."""
    start, last = sentences[first][0], first
    for start_of_next, end_of_next in sentences[first + 1 :]:
        if end_of_next - start > MAX_EXCERPT or _gap(text, sentences[last][1], start_of_next):
            break
        last += 1
    return last


def _gap(text: str, end: int, start: int) -> bool:
    return any(letter.isalnum() for letter in text[end:start])


def _between(matches: Sequence[_Match], start: int, end: int) -> Sequence[_Match]:
    """The matches that begin between two places."""
    return matches[bisect_left(matches, start, key=itemgetter(0)) : bisect_left(matches, end, key=itemgetter(0))]


def _joined(matches: Iterable[_Match], text: str) -> list[_Extent]:
    """Matches that overlap, touch, or have only a space between them, as one."""
    joined: list[_Extent] = []
    for start, end, _ in matches:
        if joined and not text[joined[-1][1] : start].strip(" "):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _line_url(url: str, body: ArticleBody, line: BodyLine, shown: str) -> str:
    if line.kind is LineKind.PASSAGE:
        return passage_url(url, body.passages[line.number], shown)
    return url if line.kind is LineKind.SUMMARY else _fragment_url(url, shown)


def passage_url(url: str, passage: Passage, shown: str) -> str:
    """Returns an address that opens the page at the passage: its anchor, else a text fragment."""
    if passage.anchor:
        return f"{urldefrag(url).url}#{quote(passage.anchor, safe='')}"
    return _fragment_url(url, shown)


def _fragment_url(url: str, shown: str) -> str:
    """An address with a text fragment, https://wicg.github.io/scroll-to-text-fragment/."""
    line = next((line.strip(LINE_MARKS) for line in shown.splitlines() if line.strip(LINE_MARKS)), "")
    directive = text_directive(line)
    return f"{urldefrag(url).url}#:~:text={directive}" if directive else url


def text_directive(line: str) -> str:
    """Returns the words of a line as a text directive: whole when short, else its first and last words.

    `-`, `,` and `&` are percent-encoded too.
    """
    whole = quote(" ".join(line.split()).encode("utf-8", "ignore"), safe="").replace("-", "%2D")
    if len(whole) <= MAX_FRAGMENT:
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
        if length > MAX_FRAGMENT:
            break
        taken.append(word)
    return taken
