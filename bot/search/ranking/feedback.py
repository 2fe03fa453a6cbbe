"""Pseudo-relevance feedback: candidates that share their words with the top results are probably relevant too.

Two parts of a score. The leaders l are the top results, share(l) is a leader's part of the leaders' scores:

    cluster(d)   = best * min(0.3, 0.4 * sum over l of share(l) * cos(d, l))
    expansion(d) = best * 0.5 * sum over terms t of weight(t) * tf(t, d) / (k1 + tf(t, d))
    weight(t)    ~ idf(t) * sum over l of share(l) * tf(t, l) / (k1 + tf(t, l))

cos compares vectors of (1 + log tf) * idf over the leaders' heaviest terms. The expansion's tf is normalised by
length; its terms are the 40 heaviest outside the query that two leaders or more use, and their weights sum to 1.
A leader is left out when its own score is computed, or rank 1 could never change. No further articles are fetched:
asking again with the expansion's terms lost more than it found.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, sqrt
from typing import NamedTuple

import numpy as np

from bot.search.query.terms import Query
from bot.search.ranking.idf import IdfCache
from bot.search.ranking.reranker import K1
from bot.search.ranking.term_arrays import BODY, TITLE, Floats, Ints, TermArrays, segment_sums
from bot.store.search.reader import NO_TERM
from bot.text_analysis import STOP_TERMS

LEADERS = 5  # top results
FREQUENT_TERMS = 150  # of a leader, by tf
TOP_TERMS = 60  # of those, by tf-idf
CLUSTER = 0.4
MAX_CLUSTER = 0.3  # of the best score: a cluster never outweighs what the words say
EXPANSION = 0.5
EXPANSION_TERMS = 40
MIN_LEADERS = 2  # that use a term of the expansion

TITLE_USES = 3  # a word of the title counts as this many in the body


def similarity_norm(title: Sequence[str], body: Iterable[str]) -> float:
    """Returns the length of an article's term vector: sqrt(sum of (1 + log tf)^2), without stop words."""
    times = Counter(body)
    for term in title:
        times[term] += TITLE_USES
    return sqrt(sum((1 + log(often)) ** 2 for term, often in times.items() if term not in STOP_TERMS)) or 1.0


def feedback_parts(
    query: Query, texts: TermArrays, scores: Floats, norms: Floats, similarity_norms: Floats, idf: IdfCache
) -> dict[str, Floats]:
    """Returns the named parts that feedback adds to the candidates' scores, an array each in their order.

    `norms` are the candidates' `length_norm`s, `similarity_norms` their `similarity_norm`s.
    """
    leaders = np.argsort(-scores, kind="stable")[:LEADERS]
    whole = scores[leaders].sum()
    if len(scores) <= 1 or not whole:
        return {}
    title = texts.part == TITLE
    used = np.flatnonzero((title | (texts.part >= BODY)) & (texts.ids != NO_TERM))
    uses = _Uses(texts.ids[used], texts.document[used], np.where(title[used], float(TITLE_USES), 1.0))
    frequent = [_frequent_terms(uses, int(leader), idf.stop_terms) for leader in leaders]
    terms = np.unique(np.concatenate(frequent))
    times, weight, shares = _times(uses, terms, texts.count), idf.of(terms), scores[leaders] / whole
    similarity = _similarity(times, weight, leaders, shares) / similarity_norms
    asked = np.isin(terms, [term for group in query.groups for term in group.ids])
    expansion = _expansion(times / norms[:, None], np.where(asked, 0.0, weight), leaders, shares)
    best = scores[leaders[0]]
    return {"cluster": best * np.minimum(CLUSTER * similarity, MAX_CLUSTER), "expansion": best * EXPANSION * expansion}


class _Uses(NamedTuple):
    """The uses of terms in titles and bodies, in reading order, as columns."""

    term: Ints
    document: Ints
    times: Floats


def _frequent_terms(uses: _Uses, document: int, stop_terms: Ints) -> Ints:
    """Returns the terms a candidate uses most."""
    inside = slice(*np.searchsorted(uses.document, (document, document + 1)))
    numbers, at = np.unique(uses.term[inside], return_inverse=True)
    times = segment_sums(at, uses.times[inside], len(numbers))
    times[np.isin(numbers, stop_terms)] = 0
    most = np.argsort(-times, kind="stable")[:FREQUENT_TERMS]
    return numbers[most[times[most] > 0]]


def _times(uses: _Uses, terms: Ints, count: int) -> Floats:
    """Returns how often every candidate uses each of the terms: a matrix (candidates, terms)."""
    column_of = np.full(int(uses.term.max(initial=0)) + 1, -1)
    column_of[terms] = np.arange(len(terms))
    column = column_of[uses.term]
    inside = np.flatnonzero(column >= 0)
    cells = uses.document[inside] * len(terms) + column[inside]
    return segment_sums(cells, uses.times[inside], count * len(terms)).reshape(count, len(terms))


def _similarity(times: Floats, weight: Floats, leaders: Ints, shares: Floats) -> Floats:
    """Sum over leaders l of share(l) * cos(d, l), not yet divided by the length of d's own vector."""
    logarithms = np.where(times > 0, 1 + np.log(np.maximum(times, 1)), 0)
    vectors = logarithms[leaders] * weight
    vectors[np.argsort(np.argsort(-vectors, axis=1, kind="stable"), axis=1) >= TOP_TERMS] = 0
    lengths = np.sqrt((vectors**2).sum(axis=1))
    weighted = vectors / np.where(lengths, lengths, 1)[:, None] * weight * shares[:, None]
    similarity = logarithms @ weighted.sum(axis=0)
    similarity[leaders] -= (logarithms[leaders] * weighted).sum(axis=1)
    return similarity


def _expansion(frequencies: Floats, weight: Floats, leaders: Ints, shares: Floats) -> Floats:
    """Sum over terms t of weight(t) * tf / (k1 + tf); for a leader with the weights of the other leaders."""
    saturated = frequencies / (K1 + frequencies)
    from_leader = saturated[leaders] * weight * shares[:, None]
    is_used = frequencies[leaders] > 0
    # The first row is of all leaders, each other one of all but one.
    weights = from_leader.sum(axis=0) - np.vstack([np.zeros_like(weight), from_leader])
    weights[is_used.sum(axis=0) - np.vstack([np.zeros_like(is_used[0]), is_used]) < MIN_LEADERS] = 0
    if weights.shape[1] > EXPANSION_TERMS:
        weights[weights < np.partition(weights, -EXPANSION_TERMS, axis=1)[:, -EXPANSION_TERMS, None]] = 0
    sums = weights.sum(axis=1, keepdims=True)
    weights /= np.where(sums > 0, sums, 1)
    expansion = saturated @ weights[0]
    expansion[leaders] = (saturated[leaders] * weights[1:]).sum(axis=1)
    return expansion
