"""Two stages: candidates from weighted postings, then their order from the texts themselves.

Pure functions. The first stage adds up BM25F weights written with the postings (one byte each),
rarest words first, until it has read enough; the second computes BM25F anew and adds what
postings cannot tell: words that stand next to each other, and how much of the title is meant.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from operator import itemgetter

from bot.search.query import Query
from bot.store.search import BLOCK, IndexedDocument, Postings

HEAVIEST = 255


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranking's constants, chosen by the mean over five unlike collections."""

    k1: float = 1.5
    b: float = 0.6  # length normalisation of the body; other fields are short by nature
    title: float = 8.0
    headings: float = 3.0
    author: float = 3.0
    topics: float = 2.0
    body: float = 1.0
    adjacency: float = 0.5
    overlap: float = 1.0
    window: float = 0.0
    window_size: int = 100
    candidates: int = 60
    postings: int = 40_000


RANKING = Ranking()


def term_weight(frequency: float, k1: float) -> float:
    """How much a term counts that occurs so often (weighted by field): 0 to 1, soon saturated."""
    return frequency / (k1 + frequency)


def length_norm(length: int, average: float, b: float) -> float:
    """What a body's frequencies are divided by: 1 for an average length."""
    return 1 - b + b * length / average


def posting_weights(fields: Mapping[str, Sequence[str]], average: float, ranking: Ranking = RANKING) -> dict[str, int]:
    """The posting weight (1 to 255) of every term of an article, given its terms by field."""
    norm = length_norm(len(fields["body"]), average, ranking.b)
    frequencies: defaultdict[str, float] = defaultdict(float)
    for field, terms in fields.items():
        worth = getattr(ranking, field) / (norm if field == "body" else 1.0)
        for term, times in Counter(terms).items():
            frequencies[term] += worth * times
    return {
        term: max(1, round(HEAVIEST * term_weight(frequency, ranking.k1))) for term, frequency in frequencies.items()
    }


def candidates(
    query: Query, read: Callable[[str], Postings], allowed: set[int] | None, ranking: Ranking = RANKING
) -> list[tuple[int, float]]:
    """The most promising articles with their first-stage score, best first.

    Rare words are read first. Once the budget is spent the remaining, commoner words are left to
    the second stage: they move little, and reading them is what would make a query slow.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    spent = 0
    for slot in sorted(query.slots, key=lambda slot: slot.documents):
        if scores and spent + slot.documents > ranking.postings:
            break
        spent += slot.documents
        worth = [slot.weight * weight / HEAVIEST for weight in range(HEAVIEST + 1)]
        for term in slot.terms:
            _add(scores, read(term), worth)
    if allowed is not None:
        scores = defaultdict(float, {article: score for article, score in scores.items() if article in allowed})
    return nlargest(ranking.candidates, scores.items(), key=itemgetter(1))


def _add(scores: defaultdict[int, float], postings: Postings, worth: Sequence[float]) -> None:
    for block, entries in postings:
        first = block * BLOCK
        for place, weight in zip(entries[::2], entries[1::2], strict=True):
            scores[first + place] += worth[weight]


class Scorer:
    """Scores candidates of one query. `average` is the mean body length of the archive in terms."""

    def __init__(self, query: Query, average: float, ranking: Ranking = RANKING) -> None:
        self._query = query
        self._average = average
        self._ranking = ranking
        self._slot_of = {term: number for number, slot in enumerate(query.slots) for term in slot.terms}

    def score(self, document: IndexedDocument) -> tuple[tuple[str, float], ...]:
        """The named parts of a candidate's score."""
        places = self._places(document)
        return (
            ("words", self._words(document, places)),
            ("adjacency", self._adjacency(document, places)),
            ("title", self._overlap(document, places)),
            ("window", self._window(places)),
        )

    def _places(self, document: IndexedDocument) -> dict[str, list[tuple[int, int]]]:
        fields = {
            "title": document.title_terms,
            "headings": document.heading_terms,
            "author": document.author_terms,
            "topics": document.topic_terms,
            "body": document.body_terms,
        }
        return {field: self._matches(text.split()) for field, text in fields.items()}

    def _matches(self, terms: Iterable[str]) -> list[tuple[int, int]]:
        slot_of = self._slot_of
        return [(at, slot_of[term]) for at, term in enumerate(terms) if term in slot_of]

    def _words(self, document: IndexedDocument, places: Mapping[str, list[tuple[int, int]]]) -> float:
        frequencies: defaultdict[int, float] = defaultdict(float)
        norm = length_norm(document.length, self._average, self._ranking.b)
        for field, matches in places.items():
            worth = getattr(self._ranking, field) / (norm if field == "body" else 1.0)
            for _, slot in matches:
                frequencies[slot] += worth
        slots = self._query.slots
        return sum(slots[slot].weight * term_weight(times, self._ranking.k1) for slot, times in frequencies.items())

    def _adjacency(self, document: IndexedDocument, places: Mapping[str, list[tuple[int, int]]]) -> float:
        frequencies: defaultdict[tuple[int, int], float] = defaultdict(float)
        norm = length_norm(document.length, self._average, self._ranking.b)
        for field, matches in places.items():
            worth = getattr(self._ranking, field) / (norm if field == "body" else 1.0)
            for (at, slot), (next_at, next_slot) in pairwise(matches):
                if next_at == at + 1 and (slot, next_slot) in self._query.neighbours:
                    frequencies[slot, next_slot] += worth
        slots = self._query.slots
        return self._ranking.adjacency * sum(
            min(slots[one].weight, slots[two].weight) * term_weight(times, self._ranking.k1)
            for (one, two), times in frequencies.items()
        )

    def _overlap(self, document: IndexedDocument, places: Mapping[str, list[tuple[int, int]]]) -> float:
        slots = self._query.slots
        found = {slot for _, slot in places["title"]}
        if not found:
            return 0.0
        meant = sum(slots[slot].weight for slot in found) / self._query.weight
        covered = len({at for at, _ in places["title"]}) / len(document.title_terms.split())
        return self._ranking.overlap * meant * covered * self._query.weight

    def _window(self, places: Mapping[str, list[tuple[int, int]]]) -> float:
        if not self._ranking.window:
            return 0.0
        size = self._ranking.window_size
        slots = self._query.slots
        matches = places["body"]
        count: Counter[int] = Counter()
        best = now = 0.0
        first = 0
        for at, slot in matches:
            if not count[slot]:
                now += slots[slot].weight
            count[slot] += 1
            while matches[first][0] <= at - size:
                left = matches[first][1]
                count[left] -= 1
                if not count[left]:
                    now -= slots[left].weight
                first += 1
            best = max(best, now)
        return self._ranking.window * best
