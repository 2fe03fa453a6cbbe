"""Second stage of ranking: the order of the candidates, from their whole texts.

Pure functions. BM25F, and what it does not see: query words next to each other, how much of the title is
meant, and where in the article they are. The constants are round figures that served five unlike
collections well on average.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import expm1, log

import numpy as np

from bot.search.query.terms import CJK_MISSING, Query
from bot.search.ranking.term_arrays import (
    AUTHOR,
    BODY,
    EPSILON,
    HEADINGS,
    TITLE,
    TOPICS,
    Floats,
    Ints,
    Matches,
    TermArrays,
    best_windows,
    incidence,
    segment_sums,
)
from bot.text_analysis import is_cjk

MAX_WEIGHT = 255  # of a posting

MAX_ASKED = 16.0  # importance: of a long question only some words have to match

K1 = 1.5
B = 0.6  # length normalisation of the body; the other fields are short by nature
FIELD_WEIGHTS = {TITLE: 8.0, HEADINGS: 3.0, AUTHOR: 3.0, TOPICS: 2.0, BODY: 1.0}

ADJACENCY = 0.5  # query words next to each other
TITLE_OVERLAP, TITLE_F1 = 1.25, 0.25
COVERAGE = 0.25  # distinct query words, however often: gains .003 on average
WINDOW, WINDOW_TERMS = 0.6, 25  # distinct query words within a sentence or two
LEAD, LEAD_TERMS = 0.2, 50  # distinct query words at the beginning of an article
HALF_LIFE, LATE_USE = 300, 0.3  # terms; the weight of a use far down an article

_FIELD_WEIGHTS = np.array([FIELD_WEIGHTS[field] for field in sorted(FIELD_WEIGHTS)])


def saturate(frequency: float) -> float:
    """Returns how much a term counts that occurs `frequency` times: tf / (k1 + tf)."""
    return frequency / (K1 + frequency)


def length_norm(length: float, average: float) -> float:
    """Returns what a body's frequencies are divided by, 1 for an average length: 1 - b + b * length / average."""
    return 1 - B + B * length / average


def position_weights(positions: Ints, average: float) -> Floats:
    """Returns how much uses count at some positions of a body: what comes first is what an article is about.

    p(i) = (0.3 + 0.7 * 2^(-i / 300)) / mean of the same over an article of `average` length
    """
    whole = HALF_LIFE / log(2) * -expm1(-average / HALF_LIFE * log(2))
    mean = LATE_USE + (1 - LATE_USE) * whole / average
    return (LATE_USE + (1 - LATE_USE) * np.exp2(-positions / HALF_LIFE)) / mean


def posting_weights(parts: Sequence[Sequence[str]], length: int, average: float) -> dict[str, int]:
    """Returns the posting weight (1 to 255) of every term of an article, given its parts and its body's length."""
    frequencies: defaultdict[str, float] = defaultdict(float)
    for number, terms in enumerate(parts[:BODY]):
        for term in terms:
            frequencies[term] += FIELD_WEIGHTS[number]
    body = Counter[str]()
    for terms in parts[BODY:]:
        body.update(terms)
    weight = FIELD_WEIGHTS[BODY] / length_norm(length, average)
    for term, times in body.items():
        frequencies[term] += weight * times
    return {term: max(1, round(MAX_WEIGHT * saturate(frequency))) for term, frequency in frequencies.items()}


def score_parts(
    query: Query, texts: TermArrays, found: Matches, norms: Floats, title_idf: Floats, average_length: float
) -> dict[str, Floats]:
    """Returns the named parts of the candidates' scores, an array each in their order.

    `norms` are the candidates' `length_norm`s, `title_idf` the idf of the terms at every position of a title,
    `average_length` is the mean length of a body.
    """
    ranking = _Scorer(query, texts, found, norms, average_length)
    is_leading = (found.part >= BODY) & (found.position < texts.bodies[found.document] + LEAD_TERMS)
    return {
        "words": ranking.bm25f(),
        "coverage": COVERAGE * ranking.matched_weight(found),
        "adjacency": ADJACENCY * ranking.adjacency(),
        "title": ranking.title(title_idf),
        "window": WINDOW * ranking.window(),
        "lead": LEAD * ranking.matched_weight(found.where(is_leading)),
    }


def evidence(query: Query, texts: TermArrays, found: Matches) -> Floats:
    """Returns how well each candidate answers what was asked, whatever else the archive has.

    evidence = sum over groups g of importance(g) * tf / (k1 + tf) / min(asked, 16) * sqrt(words that match)

    `asked` is the importance of all words, those that no article has included. One word in passing is a
    coincidence when much else was asked; a word that the article is about is not, and neither are several together.
    """
    count, width = texts.count, len(query.groups)
    importance = np.array([group.importance for group in query.groups])
    parts = np.array([group.part if group.importance else 0.0 for group in query.groups])
    uses = _FIELD_WEIGHTS[np.minimum(found.part, BODY)]
    frequencies = segment_sums(found.document * width + found.group, uses, count * width).reshape(count, width)
    matched = frequencies > 0
    absent = importance * [CJK_MISSING if is_cjk(group.terms[0]) else 1.0 for group in query.groups]
    asked = np.minimum(matched @ (importance - absent) + absent.sum() + query.missing, MAX_ASKED)
    answered = (frequencies / (K1 + frequencies)) @ importance
    return answered / np.where(asked, asked, 1.0) * np.sqrt(np.ceil(matched @ parts - EPSILON))


class _Scorer:
    def __init__(self, query: Query, texts: TermArrays, found: Matches, norms: Floats, average_length: float) -> None:
        self._query, self._texts, self._found = query, texts, found
        self._weights = np.array([group.weight for group in query.groups])
        field = np.minimum(found.part, BODY)
        in_body = np.maximum(found.position - texts.bodies[found.document], 0)
        body_weight = FIELD_WEIGHTS[BODY] / norms[found.document] * position_weights(in_body, average_length)
        self._field_weight = np.where(field == BODY, body_weight, _FIELD_WEIGHTS[field])

    def bm25f(self) -> Floats:
        """Sum over groups g of weight(g) * tf / (k1 + tf), tf = uses of g weighted by field and position."""
        return self._saturated(self._found.document, self._found.group, self._field_weight, self._weights)

    def matched_weight(self, found: Matches) -> Floats:
        """The weight of the distinct groups in some matches: sum of weight(g) over g that occur."""
        shape = (self._texts.count, len(self._weights))
        return incidence(found.document, found.group, shape) @ self._weights

    def adjacency(self) -> Floats:
        """BM25F of pairs of neighbouring query words that are next to each other; a pair weighs as its lighter word."""
        pairs = sorted(self._query.neighbours)
        if not pairs:
            return np.zeros(self._texts.count)
        index = np.full((len(self._weights), len(self._weights)), -1)
        index[tuple(np.array(pairs).T)] = np.arange(len(pairs))
        found = self._found
        pair = np.where(np.diff(found.position) == 1, index[found.group[:-1], found.group[1:]], -1)
        chosen = pair >= 0
        weights = self._weights[np.array(pairs)].min(axis=1)
        return self._saturated(found.document[:-1][chosen], pair[chosen], self._field_weight[:-1][chosen], weights)

    def title(self, title_idf: Floats) -> Floats:
        """How much of the query the title means, and how much of the title the query means.

        Q = weight of the query's groups in the title; m = share of the title's words that match;
        q = Q / weight of the query; t = share of the title's idf that matches
        title = 1.25 * Q * m + 0.25 * 2 Q t / (q + t)
        """
        texts = self._texts
        inside = np.flatnonzero(texts.part == TITLE)
        idf = np.zeros(len(texts.ids))
        idf[inside] = title_idf
        found = self._found.where(self._found.part == TITLE)
        whole_idf = self._sums(texts.document[inside], title_idf)
        matched_idf = self._sums(found.document, idf[found.position])
        words = self._sums(texts.document[inside], np.ones(len(inside))) - 1  # without the end of the part
        matched_share = self._sums(found.document, np.ones(len(found.position))) / np.maximum(words, 1)
        matched = self.matched_weight(found)
        idf_share = matched_idf / np.where(whole_idf, whole_idf, 1)
        both = matched / self._query.weight + idf_share
        f1 = 2 * matched * idf_share / np.where(both, both, 1)
        return TITLE_OVERLAP * matched * matched_share + TITLE_F1 * f1

    def window(self) -> Floats:
        """The highest weight of distinct groups close together in the body."""
        body = self._found.where(self._found.part >= BODY)
        return best_windows(body, body.document, self._texts.count, self._weights, WINDOW_TERMS)[0]

    def _saturated(self, documents: Ints, columns: Ints, uses: Floats, weights: Floats) -> Floats:
        """Sum over columns c of weights(c) * tf / (k1 + tf), tf the sum of the uses in (document, c)."""
        count, width = self._texts.count, len(weights)
        frequencies = segment_sums(documents * width + columns, uses, count * width).reshape(count, width)
        return (frequencies / (K1 + frequencies)) @ weights

    def _sums(self, documents: Ints, values: Floats) -> Floats:
        return segment_sums(documents, values, self._texts.count)
