"""Two stages: candidates from weighted postings, then their order from the texts themselves.

Pure functions. The first stage adds up BM25F weights written with the postings (one byte each),
rarest words first, until it has read enough; the second computes BM25F anew and adds what
postings cannot tell: words that stand together, how much of the title is meant, what stands first.
The constants are round figures that served five unlike collections well on average.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

from bot.search.query import Query
from bot.store.search import BLOCK, IndexedDocument, Postings

HEAVIEST = 255
CANDIDATES = 30
MOST_POSTINGS = 40_000  # read in the first stage

K1 = 1.5
B = 0.6  # length normalisation of the body; other fields are short by nature
FIELDS = {"title": 8.0, "headings": 3.0, "author": 3.0, "topics": 2.0, "body": 1.0}

ADJACENCY = 0.5  # query words that stand next to each other
OVERLAP, AGREEMENT = 1.25, 0.25  # the title: product and harmonic mean of how much each covers the other
COVERAGE = 0.25  # different query words, however often
WINDOW, WINDOW_TERMS = 0.5, 25  # different query words within a sentence or two
LEAD, LEAD_TERMS = 0.25, 50  # different query words where an article begins

NEVER_NOTHING = 0.01  # the rarity of a word that all titles have

TITLE_USES = 3  # a title's word says as much of what an article is about as so many uses in its body

Matches = list[tuple[int, int]]  # place in a field, number of the slot it fills


def term_weight(frequency: float) -> float:
    """How much a term counts that occurs so often (weighted by field): 0 to 1, soon saturated."""
    return frequency / (K1 + frequency)


def length_norm(length: int, average: float) -> float:
    """What a body's frequencies are divided by: 1 for an average length."""
    return 1 - B + B * length / average


def posting_weights(fields: Mapping[str, Sequence[str]], average: float) -> dict[str, int]:
    """The posting weight (1 to 255) of every term of an article, given its terms by field."""
    norm = length_norm(len(fields["body"]), average)
    frequencies: defaultdict[str, float] = defaultdict(float)
    for field, terms in fields.items():
        worth = FIELDS[field] / (norm if field == "body" else 1.0)
        for term, times in Counter(terms).items():
            frequencies[term] += worth * times
    return {term: max(1, round(HEAVIEST * term_weight(frequency))) for term, frequency in frequencies.items()}


def candidates(query: Query, read: Callable[[str], Postings], allowed: set[int] | None) -> list[tuple[int, float]]:
    """The most promising articles with their first-stage score, best first.

    Rare words are read first. Once the budget is spent the remaining, commoner words are left to
    the second stage: they move little, and reading them is what would make a query slow.
    """
    blocks: dict[int, list[float]] = {}
    spent = 0
    for slot in sorted(query.slots, key=lambda slot: slot.documents):
        if blocks and spent + slot.documents > MOST_POSTINGS:
            break
        spent += slot.documents
        for term in slot.terms:
            _add(blocks, read(term), slot.weight / HEAVIEST)
    return [(article, score) for score, article in _best(blocks, allowed)]


def _add(blocks: dict[int, list[float]], postings: Postings, worth: float) -> None:
    for block, entries in postings:
        scores = blocks.get(block)
        if scores is None:
            scores = blocks[block] = [0.0] * BLOCK
        for place, weight in zip(entries[::2], entries[1::2], strict=True):
            scores[place] += worth * weight


def _best(blocks: Mapping[int, list[float]], allowed: set[int] | None) -> list[tuple[float, int]]:
    best: list[tuple[float, int]] = []
    floor = 0.0  # what it takes to be among the best of the blocks seen so far
    for block, scores in blocks.items():
        first = block * BLOCK
        promising = ((score, first + place) for place, score in enumerate(scores) if score > floor)
        best += promising if allowed is None else (pair for pair in promising if pair[1] in allowed)
        if len(best) > 2 * CANDIDATES:
            best = nlargest(CANDIDATES, best)
            floor = best[-1][0]
    return nlargest(CANDIDATES, best)


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the named parts of its score, and how often it uses each term."""

    article: int
    parts: tuple[tuple[str, float], ...]
    score: float
    terms: Counter[str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    matches: dict[str, Matches]
    norm: float  # what frequencies in the body are divided by
    title: list[str]

    def worth(self, field: str) -> float:
        return FIELDS[field] / (self.norm if field == "body" else 1.0)


class Scorer:
    """Scores candidates of one query.

    `average` is the mean body length of the archive in terms, `rarities` how rare the terms of the
    candidates' titles are.
    """

    def __init__(self, query: Query, average: float, rarities: Mapping[str, float]) -> None:
        self._rarities = rarities
        self._weights = [slot.weight for slot in query.slots]
        self._whole = query.weight
        self._neighbours = query.neighbours
        self._slot_of = {term: number for number, slot in enumerate(query.slots) for term in slot.terms}
        self._average = average

    def scored(self, document: IndexedDocument) -> Scored:
        """A candidate's score and its parts."""
        fields = {
            "title": document.title_terms.split(),
            "headings": document.heading_terms.split(),
            "author": document.author_terms.split(),
            "topics": document.topic_terms.split(),
            "body": document.body_terms.split(),
        }
        matches = {field: self._matches(terms) for field, terms in fields.items()}
        candidate = _Candidate(matches, length_norm(document.length, self._average), fields["title"])
        parts = (
            ("words", self._words(candidate)),
            ("coverage", COVERAGE * self._sum({slot for found in matches.values() for _, slot in found})),
            ("adjacency", ADJACENCY * self._adjacency(candidate)),
            ("title", self._title(candidate)),
            ("window", WINDOW * self._window(matches["body"])),
            ("lead", LEAD * self._sum({slot for at, slot in matches["body"] if at < LEAD_TERMS})),
        )
        used = Counter(fields["body"])
        used.update(fields["title"] * TITLE_USES)
        return Scored(document.article, parts, sum(part for _, part in parts), used)

    def _matches(self, terms: Sequence[str]) -> Matches:
        slot_of = self._slot_of
        return [(at, slot_of[term]) for at, term in enumerate(terms) if term in slot_of]

    def _sum(self, slots: set[int]) -> float:
        return sum(self._weights[slot] for slot in slots)

    def _words(self, candidate: _Candidate) -> float:
        frequencies: defaultdict[int, float] = defaultdict(float)
        for field, matches in candidate.matches.items():
            worth = candidate.worth(field)
            for _, slot in matches:
                frequencies[slot] += worth
        return sum(self._weights[slot] * term_weight(frequency) for slot, frequency in frequencies.items())

    def _adjacency(self, candidate: _Candidate) -> float:
        frequencies: defaultdict[tuple[int, int], float] = defaultdict(float)
        for field, matches in candidate.matches.items():
            worth = candidate.worth(field)
            for (at, slot), (next_at, next_slot) in pairwise(matches):
                if next_at == at + 1 and (slot, next_slot) in self._neighbours:
                    frequencies[slot, next_slot] += worth
        return sum(
            min(self._weights[one], self._weights[two]) * term_weight(frequency)
            for (one, two), frequency in frequencies.items()
        )

    def _title(self, candidate: _Candidate) -> float:
        matches = candidate.matches["title"]
        if not matches:
            return 0.0
        meant = self._sum({slot for _, slot in matches})  # of the query, by weight
        covered = len(matches) / len(candidate.title)  # of the title, by its words
        told = sum(self._rarity(term) for term in candidate.title)
        weighed = sum(self._rarity(candidate.title[at]) for at, _ in matches) / told  # by how rare they are
        agreement = 2 * meant * weighed / (meant / self._whole + weighed)
        return OVERLAP * meant * covered + AGREEMENT * agreement

    def _rarity(self, term: str) -> float:
        return self._rarities.get(term, 0.0) or NEVER_NOTHING

    def _window(self, matches: Matches) -> float:
        """The most weight of different slots within WINDOW_TERMS terms of each other."""
        inside: Counter[int] = Counter()
        best = now = 0.0
        first = 0
        for at, slot in matches:
            now += 0.0 if inside[slot] else self._weights[slot]
            inside[slot] += 1
            while matches[first][0] <= at - WINDOW_TERMS:
                left = matches[first][1]
                inside[left] -= 1
                now -= 0.0 if inside[left] else self._weights[left]
                first += 1
            best = max(best, now)
        return best
