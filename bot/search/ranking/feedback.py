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

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nlargest
from itertools import chain
from math import log, sqrt

from bot.search.query.terms import Query
from bot.search.ranking.candidate import BODY, EPSILON, TITLE, Candidate
from bot.search.ranking.idf import IdfCache
from bot.search.ranking.reranker import length_norm, saturate
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

Weights = Mapping[int, float]  # by term id


def similarity_norm(title: Sequence[str], body: Iterable[str]) -> float:
    """Returns the length of an article's term vector: sqrt(sum of (1 + log tf)^2), without stop words."""
    times = Counter(body)
    for term in title:
        times[term] += TITLE_USES
    return sqrt(sum((1 + log(often)) ** 2 for term, often in times.items() if term not in STOP_TERMS)) or 1.0


def feedback_parts(
    query: Query, candidates: Sequence[Candidate], scores: Sequence[float], idf: IdfCache, average_length: float
) -> list[dict[str, float]]:
    """Returns the named parts that feedback adds to the candidates' scores, in their order.

    `average_length` is the mean length of a body.
    """
    top = nlargest(LEADERS, range(len(scores)), key=scores.__getitem__)
    whole = sum(scores[at] for at in top)
    if len(scores) <= 1 or not whole:
        return [{} for _ in scores]
    best = scores[top[0]]
    used_by = {at: _uses(candidates[at]) for at in top}
    frequent: set[int] = set()
    for uses in used_by.values():
        content = [term for term in uses if term not in idf.stop_terms]
        frequent.update(sorted(content, key=uses.__getitem__, reverse=True)[:FREQUENT_TERMS])
    rarity = {term: idf.of(term) for term in sorted(frequent)}
    asked = query.wholes.keys() | {term for group in query.groups for term in group.ids}
    leaders_with = Counter(chain.from_iterable(used_by.values()))
    shared = [term for term in rarity if leaders_with[term] >= MIN_LEADERS and term not in asked]
    logarithms: dict[int, Weights] = {}  # of each leader
    clusters: dict[int, Weights] = {}
    expansions: dict[int, Weights] = {}
    for at, uses in used_by.items():
        share, norm = scores[at] / whole, length_norm(candidates[at].document.length, average_length)
        logarithms[at] = {term: 1 + log(uses[term]) for term in rarity if term in uses}
        vector = {term: logarithm * rarity[term] for term, logarithm in logarithms[at].items()}
        heaviest = sorted(vector, key=vector.__getitem__, reverse=True)[:TOP_TERMS]
        length = sqrt(sum([vector[term] ** 2 for term in heaviest])) or 1.0
        clusters[at] = {term: share * rarity[term] * vector[term] / length for term in heaviest}
        expansions[at] = {term: share * rarity[term] * saturate(uses[term] / norm) for term in shared if term in uses}
    cluster, expansion = _sums(clusters.values()), _sums(expansions.values())
    heaviest_shared = _heaviest(expansion)
    counted = cluster.keys() | heaviest_shared.keys()
    parts: list[dict[str, float]] = []
    for at, candidate in enumerate(candidates):
        norm = length_norm(candidate.document.length, average_length)
        if at not in used_by:
            uses, weights = _uses(candidate, counted), heaviest_shared
            similarity = _weighted_sum({term: 1 + log(times) for term, times in uses.items()}, cluster)
        else:
            uses, own = used_by[at], expansions[at]
            similarity = _weighted_sum(logarithms[at], cluster) - _weighted_sum(logarithms[at], clusters[at])
            weights = _heaviest(
                {
                    term: weight - own.get(term, 0.0)
                    for term, weight in expansion.items()
                    if leaders_with[term] - (term in own) >= MIN_LEADERS
                }
            )
        expanded = sum([saturate(uses[term] / norm) * weight for term, weight in weights.items() if term in uses])
        cluster_part = best * min(CLUSTER * similarity / candidate.document.norm, MAX_CLUSTER)
        parts.append({"cluster": cluster_part, "expansion": best * EXPANSION * expanded})
    return parts


def _uses(candidate: Candidate, counted: Collection[int] | None = None) -> Counter[int]:
    """How often a candidate uses each term, or each of some terms, in its title and body."""
    title, body = candidate.field(TITLE), candidate.field(BODY)
    if counted is not None:
        title, body = filter(counted.__contains__, title), filter(counted.__contains__, body)
    uses = Counter(body)
    for term in title:
        uses[term] += TITLE_USES
    del uses[NO_TERM]
    return uses


def _weighted_sum(values: Mapping[int, float], weights: Weights) -> float:
    """Sum over terms t of value(t) * weight(t)."""
    return sum([weight * values[term] for term, weight in weights.items() if term in values])


def _sums(leaders: Iterable[Weights]) -> Weights:
    found: defaultdict[int, float] = defaultdict(float)
    for weights in leaders:
        for term, weight in weights.items():
            found[term] += weight
    return found


def _heaviest(expansion: Weights) -> Weights:
    """The terms that weigh most, with weights that sum to 1."""
    least = min(sorted(expansion.values())[-EXPANSION_TERMS:], default=0.0) - EPSILON
    whole = sum([weight for weight in expansion.values() if weight >= least]) or 1.0
    return {term: weight / whole for term, weight in expansion.items() if weight >= least}
