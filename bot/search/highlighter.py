"""Cuts excerpts: the line of an article that answers a query, whole sentences of it, with the query's words marked."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from functools import lru_cache
from heapq import nlargest
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from bot.models import Article, ArticleBody, LinkKind
from bot.search.index import LINE_MARKS, BodyLine, LineKind, body_lines
from bot.search.query.terms import Query
from bot.search.ranking.candidate import BODY, Candidate, best_window
from bot.search.ranking.reranker import WINDOW_TERMS
from bot.search.results import Hit, Span
from bot.store.search.reader import END
from bot.text_analysis import MAX_WORD, WORD, bigrams, is_cjk, words

MAX_EXCERPT = 280  # characters
MIN_EXCERPT = 60  # a shorter sentence is shown with its neighbour
CONTEXT = 450  # characters around the best window that are looked at, however long the line
MAX_FRAGMENT = 120  # characters of a text fragment's start and of its end, percent-encoded
ENCODED_SPACE = "%20"
ENCODED = [quote(bytes([byte]), safe="").replace("-", "%2D") for byte in range(256)]  # by byte
ANYWHERE = 0.25  # of a word's weight, when it is in the line but apart from the others
LOCATIONS = 2
MIN_ANSWERING_WEIGHT = 0.3  # of the query's rarest word, for a sentence that answers
LIST_MARK = "•"  # an item of a list is shown alone: several would run into one line

# All begin with one of a few characters, which are looked for fast.
SENTENCE_END = re.compile(r"[.!?…。！？\n](?:(?<!\n)[\"'”’»)\]]*\s+|(?<=\n)\n*)")

# A word of plain letters; one of Hangul; or, where other characters are in or next to them, everything up to a space
# or a punctuation mark, because normalising may join or split words there ("㎞").
APART = r"\s–—‘“”…、。，！？「」"
PIECE = re.compile(
    rf"[0-9A-Za-z]++(?:'[0-9A-Za-z]++)*+('?[^\x00-\x7f{APART}][^{APART}]*+)?+"
    rf"|(?P<hangul>[가-힣]++)(?![^\x00-\x7f{APART}])|([^\x00-\x7f{APART}][^{APART}]*+)"
)


class _Location(NamedTuple):
    """A line of a body and the term at which its best window ends.

    `matches` are the query's matches in the line, each the first and the last term and the number of the term group.
    Terms are counted from the line's start.
    """

    line: int
    term: int
    matches: tuple[tuple[int, int, int], ...]


_Extent = tuple[int, int]  # the start and end of a part of a text


class _Match(NamedTuple):
    """Characters of a text that match a term group of the query."""

    start: int
    end: int
    group: int


class _Snippet(NamedTuple):
    """Part of a line, the matches that begin in it, and whether one of them weighs enough for an answer."""

    line: BodyLine
    start: int
    end: int
    matches: Sequence[_Match]
    answers: bool


class Highlighter:
    """Cuts excerpts for one query."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._weights = [group.weight for group in query.groups]
        self._min_weight = MIN_ANSWERING_WEIGHT * max(self._weights, default=0.0)
        # Stop words are marked only where nothing else was asked; marking "the" would mark everything.
        content = [group.importance > 0 for group in query.groups]
        self._marked = content if any(content) else [weight >= self._min_weight for weight in self._weights]

    def hit(self, article: Article, body: ArticleBody, candidate: Candidate, score: float) -> Hit:
        """Returns an article with the best sentences at the first location with an answer, else at the beginning."""
        lines = body_lines(article, body)
        beginning = _Location(next((at for at, line in enumerate(lines) if line.text), 0), 0, ())
        calls = {link.label.strip() for link in body.links if link.kind is LinkKind.CALL_TO_ACTION}
        snippets = (
            self._snippet(lines[at.line], at, calls)
            for at in self._best_locations(candidate, len(lines)) or [beginning]
        )
        nearest = next(snippets)
        best = nearest if nearest.answers else next((other for other in snippets if other.answers), nearest)
        line, text = best.line, best.line.text
        marked: list[_Extent] = []  # matches that overlap, touch, or have only spaces between them are one
        for match in best.matches:
            if not self._marked[match.group]:
                continue
            if marked and not text[marked[-1][1] : match.start].strip(" "):
                marked[-1] = (marked[-1][0], max(match.end, marked[-1][1]))
            else:
                marked.append((match.start, match.end))
        spans: list[Span] = []
        copied = best.start
        for start, end in marked:
            spans += [Span(text[copied:start]), Span(text[start:end], matched=True)]
            copied = end
        spans.append(Span(text[copied : best.end]))
        shown = text[best.start : best.end]
        anchor = body.passages[line.number].anchor if line.kind is LineKind.PASSAGE else ""
        url = article.url if line.kind is LineKind.SUMMARY else _passage_url(article.url, anchor, shown)
        kind = LineKind.CALL if shown.strip(LINE_MARKS) in calls else line.kind
        return Hit(article, line.heading, tuple(span for span in spans if span.text), url, score, kind)

    def _best_locations(self, candidate: Candidate, lines: int) -> list[_Location]:
        """The lines of a body in which most of the query is close together, best first.

        `lines` is how many lines of the body there are to choose from. Of equal lines the first is better:

            score(line) = best window(line) + 0.25 * weight of distinct groups(line)
        """
        positions, groups = candidate.positions, candidate.groups
        found: list[tuple[float, int, int, int, slice]] = []
        text = candidate.document.text.characters
        start, first = candidate.starts[BODY], candidate.matches[BODY].start
        for line in range(min(lines, text.count(END, start))):
            end = text.index(END, start)
            last = bisect_left(positions, end, first)
            if first < last:
                inside = groups[first:last]
                window, at = best_window(positions[first:last], inside, self._weights, WINDOW_TERMS)
                anywhere = sum(self._weights[group] for group in set(inside))
                found.append((window + ANYWHERE * anywhere, line, start, at, slice(first, last)))
            start, first = end + 1, last
        terms = candidate.document.text.terms
        halves = {
            chr(1 + terms.index(one)) + chr(1 + terms.index(two)): group
            for (one, two), group in self._query.halves.items()
            if one in terms and two in terms
        }
        locations: list[_Location] = []
        for _, line, start, window_end, inside in nlargest(LOCATIONS, found, key=itemgetter(0)):
            matches = [
                (at - start, at - start + (halves.get(text[at : at + 2]) == group), group)
                for at, group in zip(positions[inside], groups[inside], strict=True)
            ]
            locations.append(_Location(line, window_end - start, tuple(matches)))
        return locations

    def _snippet(self, line: BodyLine, location: _Location, alone: Collection[str]) -> _Snippet:
        """The sentences to show around a location in a line. What is in `alone` is not shown with others."""
        text = line.text
        before = len(places_of_terms(line.heading, len(line.heading)))
        last_match = location.matches[-1][0] + 1 if location.matches else 0  # a compound is two terms
        places = places_of_terms(text, max(0, min(location.term + CONTEXT, last_match) + 1 - before))
        around = places[location.term - before][0] if before <= location.term < before + len(places) else 0
        low, high = max(0, around - CONTEXT), min(len(text), around + CONTEXT)
        matches = [
            _Match(places[first - before][0], places[last - before][1], group)
            for first, last, group in location.matches
            if before <= first and last < before + len(places) and places[last - before][1] <= high
        ]
        start, end = self._best_extent(text, low, high, matches, alone)
        start = end - len(text[start:end].lstrip(LINE_MARKS))
        inside = _between(matches, start, end)
        answers = any(self._weights[match.group] >= self._min_weight for match in inside)
        return _Snippet(line, start, end, inside, answers)

    def _best_extent(
        self, text: str, low: int, high: int, matches: Sequence[_Match], alone: Collection[str]
    ) -> _Extent:
        """The sentences to show: those with the highest weight of distinct groups, as many as fit in an excerpt.

        They are whole and between two places. Items of a list, and what is in `alone`, are not shown with others.
        """
        sentences: list[_Extent] = []
        start = low
        for border in SENTENCE_END.finditer(text, max(0, low - 1), high):
            sentences.append((start, border.start() + len(border.group().rstrip())))
            start = border.end()
        sentences.append((start, high))
        if low > 0 and len(sentences) > 1:  # cut off
            del sentences[0]
        if high < len(text) and len(sentences) > 1:
            del sentences[-1]
        sentences = [(start, end) for start, end in sentences if text[start:end].strip(LINE_MARKS)]
        apart = [
            at
            for at, (start, end) in enumerate(sentences)
            if text.startswith(LIST_MARK, start) or text[start:end].strip(LINE_MARKS) in alone
        ]
        groups = [{match.group for match in _between(matches, start, end)} for start, end in sentences]
        ends = [end for _, end in sentences]
        best, extent = -1.0, (0, 0)
        for first, (start, end) in enumerate(sentences):
            stop = first + 1 if first in apart else next((at for at in apart if at > first), len(sentences))
            last = max(first, min(bisect_right(ends, start + MAX_EXCERPT), stop) - 1)
            # The first sentence counts twice: an excerpt begins where the answer does.
            counted = (*set[int]().union(*groups[first : last + 1]), *groups[first])
            weight = sum(self._weights[group] for group in counted)
            if weight > best:
                best = weight
                extent = (start, ends[last])
                if end - start > MAX_EXCERPT:
                    extent = _shortened(text, start, end, _between(matches, start, end))
                elif ends[last] - start < MIN_EXCERPT and first and not {first, first - 1}.intersection(apart):
                    before = sentences[first - 1][0]
                    extent = (before if ends[last] - before <= MAX_EXCERPT else start, ends[last])
        return extent


def places_of_terms(text: str, most: int) -> list[_Extent]:
    """Returns the characters of each index term of a text, in order, at least of the first `most`."""
    places: list[_Extent] = []
    for piece in PIECE.finditer(text):
        if len(places) >= most:
            break
        if piece.lastindex is None:
            places.append(piece.span())
        elif piece.lastgroup == "hangul":
            start, end = piece.span()
            places += [(at, at + 2) for at in range(start, min(end, start + MAX_WORD) - 1)] or [(start, end)]
        else:
            start = piece.start()
            places += [(start + first, start + last) for first, last in _places_in_piece(piece.group())]
    return places


@lru_cache(maxsize=1_024)
def _places_in_piece(piece: str) -> list[_Extent]:
    """As `places_of_terms`; where normalising joins or splits words, the whole piece for each term."""
    found = words(piece)
    extents = [match.span() for match in WORD.finditer(piece)]
    if len(found) != len(extents):
        return [(0, len(piece)) for word in found for _ in (bigrams(word) if is_cjk(word) else (word,))]
    places: list[_Extent] = []
    for word, (start, end) in zip(found, extents, strict=True):
        if is_cjk(word):
            places += [(min(at, end - 1), min(at + 2, end)) for at in range(start, start + len(bigrams(word)))]
        else:
            places.append((start, end))
    return places


def _shortened(text: str, start: int, end: int, matches: Sequence[_Match]) -> _Extent:
    """Part of a sentence too long to show, from a little before its first match, cut between words."""
    first = next((match.start for match in matches), start)
    begin = max(start, first - MAX_EXCERPT // 3)
    begin = start if begin == start else text.find(" ", begin, first + 1) + 1 or first
    stop = text.rfind(" ", begin + 1, begin + MAX_EXCERPT)
    return begin, stop if stop > first else min(end, begin + MAX_EXCERPT)


def _between(matches: Sequence[_Match], start: int, end: int) -> Sequence[_Match]:
    """The matches that begin between two places."""
    return matches[bisect_left(matches, start, key=itemgetter(0)) : bisect_left(matches, end, key=itemgetter(0))]


def _passage_url(url: str, anchor: str, shown: str) -> str:
    """An address that opens the page at a passage: its anchor, else a text fragment.

    The fragment is the first line, whole when it is short, else its first and last words.
    https://wicg.github.io/scroll-to-text-fragment/
    """
    if anchor:
        return f"{urldefrag(url).url}#{quote(anchor, safe='')}"
    line = next((line.strip(LINE_MARKS) for line in shown.splitlines() if line.strip(LINE_MARKS)), "")
    # `-`, `,` and `&` are percent-encoded too.
    directive = "".join(map(ENCODED.__getitem__, " ".join(line.split()).encode("utf-8", "ignore")))
    if len(directive) > MAX_FRAGMENT:
        most = MAX_FRAGMENT + len(ENCODED_SPACE)  # whole words and the space beside them
        start = directive[:most].rpartition(ENCODED_SPACE)[0]
        rest = directive[len(start) :].removeprefix(ENCODED_SPACE)
        end = rest if len(rest) <= MAX_FRAGMENT else rest[-most:].partition(ENCODED_SPACE)[2]
        directive = ",".join(part for part in (start, end) if part)
    return f"{urldefrag(url).url}#:~:text={directive}" if directive else url
