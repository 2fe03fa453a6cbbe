"""Cluster boost: candidates similar to the top results are probably relevant too.

    boost(d) = best * min(0.3, 0.4 * sum over leaders l of share(l) * cos(d, l))

where share(l) is the leader's part of the leaders' scores, and the vectors are (1 + log tf) * idf over
the leaders' heaviest terms. No further articles are fetched: asking again with the words of the best
articles (relevance feedback) lost more than it found.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, sqrt
from typing import NamedTuple

import numpy as np

from bot.search.ranking.idf import IdfCache
from bot.search.ranking.term_arrays import BODY, TITLE, Floats, Ints, TermArrays, segment_sums
from bot.store.search.reader import NO_TERM
from bot.text_analysis import STOP_TERMS

LEADERS = 5  # top results
FREQUENT_TERMS = 150  # of a leader, by tf
TOP_TERMS = 60  # of those, by tf-idf
BOOST = 0.4
MAX_BOOST = 0.3  # of the best score: a cluster never outweighs what the words say

TITLE_USES = 3  # a word of the title counts as this many in the body


def similarity_norm(title: Sequence[str], body: Iterable[str]) -> float:
    """Returns the length of an article's term vector: sqrt(sum of (1 + log tf)^2), without stop words."""
    times = Counter(body)
    for term in title:
        times[term] += TITLE_USES
    return sqrt(sum((1 + log(often)) ** 2 for term, often in times.items() if term not in STOP_TERMS)) or 1.0


def cluster_boost(texts: TermArrays, scores: Floats, norms: Floats, idf: IdfCache) -> Floats:
    """Returns the boost of every candidate, in order. `norms` are the candidates' `similarity_norm`s."""
    leaders = np.argsort(-scores, kind="stable")[:LEADERS]
    whole = scores[leaders].sum()
    if len(scores) <= 1 or not whole:
        return np.zeros(len(scores))
    title = texts.part == TITLE
    used = np.flatnonzero((title | (texts.part >= BODY)) & (texts.ids != NO_TERM))
    uses = _Uses(texts.ids[used], texts.document[used], np.where(title[used], float(TITLE_USES), 1.0))
    frequent = [_frequent_terms(uses, int(leader), idf.stop_terms) for leader in leaders]
    terms = np.unique(np.concatenate([numbers for numbers, _ in frequent]))
    weight = idf.of(terms)
    shares = np.zeros((len(leaders), len(terms)))
    for row, (numbers, weights) in enumerate(frequent):
        column = np.searchsorted(terms, numbers)
        heaviest = np.argsort(-weights * weight[column], kind="stable")[:TOP_TERMS]
        column, vector = column[heaviest], (weights * weight[column])[heaviest]
        shares[row, column] = scores[leaders[row]] / whole * vector / (sqrt(vector @ vector) or 1.0) * weight[column]
    vectors = _vectors(uses, terms, texts.count)
    similarity = vectors @ shares.sum(axis=0)
    # A leader must not boost itself, or rank 1 could never change.
    similarity[leaders] -= (vectors[leaders] * shares).sum(axis=1)
    return scores[leaders[0]] * np.minimum(BOOST * similarity / norms, MAX_BOOST)


class _Uses(NamedTuple):
    """The uses of terms in titles and bodies, in reading order, as columns."""

    term: Ints
    document: Ints
    times: Floats


def _frequent_terms(uses: _Uses, document: int, stop_terms: Ints) -> tuple[Ints, Floats]:
    """Returns the terms a candidate uses most, and 1 + log tf of each."""
    inside = slice(*np.searchsorted(uses.document, (document, document + 1)))
    numbers, at = np.unique(uses.term[inside], return_inverse=True)
    times = segment_sums(at, uses.times[inside], len(numbers))
    times[np.isin(numbers, stop_terms)] = 0
    most = np.argsort(-times, kind="stable")[:FREQUENT_TERMS]
    most = most[times[most] > 0]
    return numbers[most], 1 + np.log(times[most])


def _vectors(uses: _Uses, terms: Ints, count: int) -> Floats:
    """Returns 1 + log tf of every candidate and term, 0 where it is not used: a matrix (candidates, terms)."""
    column_of = np.full(int(uses.term.max(initial=0)) + 1, -1)
    column_of[terms] = np.arange(len(terms))
    column = column_of[uses.term]
    inside = np.flatnonzero(column >= 0)
    cells = uses.document[inside] * len(terms) + column[inside]
    times = segment_sums(cells, uses.times[inside], count * len(terms))
    return np.where(times > 0, 1 + np.log(np.maximum(times, 1)), 0).reshape(count, len(terms))
