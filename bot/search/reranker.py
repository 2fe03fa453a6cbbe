"""The second stage of ranking: the order of the candidates, from their texts.

Pure functions. BM25F (a word's uses count by the field they stand in), and what it cannot tell:
words that stand together, how much of the title is meant, what stands first. The constants are
round figures that served five unlike collections well on average.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from bot.search.query import Query
from bot.search.term_arrays import (
    AUTHOR,
    BODY,
    HEADINGS,
    TITLE,
    TOPICS,
    Flags,
    Floats,
    Ints,
    Matches,
    Texts,
    fullest_windows,
    met,
    sums,
)

HEAVIEST = 255

K1 = 1.5
B = 0.6  # length normalisation of the body; other fields are short by nature
WORTH = {TITLE: 8.0, HEADINGS: 3.0, AUTHOR: 3.0, TOPICS: 2.0, BODY: 1.0}

ADJACENCY = 0.5  # query words that stand next to each other
OVERLAP, AGREEMENT = 1.25, 0.25  # the title: product and harmonic mean of how much each covers the other
COVERAGE = 0.25  # different query words, however often
WINDOW, WINDOW_TERMS = 0.6, 25  # different query words within a sentence or two
LEAD, LEAD_TERMS = 0.2, 50  # different query words where an article begins

_WORTHS = np.array([WORTH[field] for field in sorted(WORTH)])


def term_weight(frequency: float) -> float:
    """How much a term counts that occurs so often (weighted by field): 0 to 1, soon saturated."""
    return frequency / (K1 + frequency)


def length_norm(length: float, average: float) -> float:
    """What a body's frequencies are divided by: 1 for an average length."""
    return 1 - B + B * length / average


def posting_weights(parts: Sequence[Sequence[str]], length: int, average: float) -> dict[str, int]:
    """The posting weight (1 to 255) of every term of an article, given its parts and its body's length."""
    norm = length_norm(length, average)
    frequencies: defaultdict[str, float] = defaultdict(float)
    for number, terms in enumerate(parts):
        worth = WORTH[number] if number < BODY else WORTH[BODY] / norm
        for term, times in Counter(terms).items():
            frequencies[term] += worth * times
    return {term: max(1, round(HEAVIEST * term_weight(frequency))) for term, frequency in frequencies.items()}


def scores(query: Query, texts: Texts, found: Matches, norms: Floats, rarities: Floats) -> dict[str, Floats]:
    """The named parts of the candidates' scores, an array each in their order.

    `norms` are their `length_norm`s, `rarities` those of the terms at every place of a title.
    """
    ranking = _Ranking(query, texts, found, norms)
    return {
        "words": ranking.words(),
        "coverage": COVERAGE * ranking.meant(found),
        "adjacency": ADJACENCY * ranking.adjacency(),
        "title": ranking.title(rarities),
        "window": WINDOW * ranking.window(),
        "lead": LEAD * ranking.meant(found.where(ranking.leading())),
    }


def title_numbers(texts: Texts) -> Ints:
    """The term numbers at every place of a title, in order; 0 where a title ends."""
    return texts.numbers[texts.part == TITLE]


class _Ranking:
    def __init__(self, query: Query, texts: Texts, found: Matches, norms: Floats) -> None:
        self._query, self._texts, self._found = query, texts, found
        self._weights = np.array([slot.weight for slot in query.slots])
        field = np.minimum(found.part, BODY)
        self._worth = np.where(field == BODY, WORTH[BODY] / norms[found.document], _WORTHS[field])

    def words(self) -> Floats:
        """BM25F."""
        frequencies = self._frequencies(self._found.document, self._found.slot, len(self._weights), self._worth)
        return (frequencies / (K1 + frequencies)) @ self._weights

    def meant(self, found: Matches) -> Floats:
        """The weight of the different slots in some matches, by candidate."""
        shape = (self._texts.count, len(self._weights))
        return met(found.document, found.slot, shape) @ self._weights

    def adjacency(self) -> Floats:
        """BM25F of neighbouring slots that stand next to each other."""
        pairs = sorted(self._query.neighbours)
        if not pairs:
            return np.zeros(self._texts.count)
        number = np.full((len(self._weights), len(self._weights)), -1)
        number[tuple(np.array(pairs).T)] = np.arange(len(pairs))
        found = self._found
        pair = np.where(np.diff(found.place) == 1, number[found.slot[:-1], found.slot[1:]], -1)
        chosen = pair >= 0
        frequencies = self._frequencies(found.document[:-1][chosen], pair[chosen], len(pairs), self._worth[:-1][chosen])
        return (frequencies / (K1 + frequencies)) @ self._weights[np.array(pairs)].min(axis=1)

    def title(self, rarities: Floats) -> Floats:
        """How much of the query is meant by the title, and how much of the title by the query."""
        texts = self._texts
        inside = np.flatnonzero(texts.part == TITLE)
        rarity = np.zeros(len(texts.numbers))
        rarity[inside] = rarities
        found = self._found.where(self._found.part == TITLE)
        told = self._sums(texts.document[inside], rarities)
        matched = self._sums(found.document, rarity[found.place])
        sizes = self._sums(texts.document[inside], np.ones(len(inside))) - 1  # without the end of the part
        covered = self._sums(found.document, np.ones(len(found.place))) / np.maximum(sizes, 1)
        meant = self.meant(found)
        weighed = matched / np.where(told, told, 1)
        both = meant / self._query.weight + weighed
        agreement = 2 * meant * weighed / np.where(both, both, 1)
        return OVERLAP * meant * covered + AGREEMENT * agreement

    def window(self) -> Floats:
        """The most that stands close together in the body."""
        body = self._found.where(self._found.part >= BODY)
        return fullest_windows(body, body.document, self._texts.count, self._weights, WINDOW_TERMS)

    def leading(self) -> Flags:
        """Which matches stand where a body begins."""
        found = self._found
        return (found.part >= BODY) & (found.place < self._texts.bodies[found.document] + LEAD_TERMS)

    def _frequencies(self, documents: Ints, columns: Ints, width: int, worth: Floats) -> Floats:
        count = self._texts.count
        return sums(documents * width + columns, worth, count * width).reshape(count, width)

    def _sums(self, documents: Ints, values: Floats) -> Floats:
        return sums(documents, values, self._texts.count)
