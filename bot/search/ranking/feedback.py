"""Pseudo-relevance feedback: candidates that share their words with the top results are probably relevant too.

Two parts of a score. The leaders l are the top results, share(l) is a leader's part of the leaders' scores:

    cluster(d)   = best * min(0.3, 0.4 * sum over l of share(l) * cos(d, l))
    expansion(d) = best * 0.5 * sum over terms t of weight(t) * tf(t, d) / (k1 + tf(t, d))
    weight(t)    ~ idf(t) * sum over l of share(l) * tf(t, l) / (k1 + tf(t, l))

cos compares vectors of (1 + log tf) * idf over the leaders' heaviest terms. The expansion's tf is normalised by
length; its terms are the 40 heaviest outside the query that two leaders or more use, and their weights sum to 1.
How often an article uses each term is counted when it is indexed: counting took a quarter of an answer.
A leader is left out when its own score is computed, or rank 1 could never change. No further articles are fetched:
asking again with the expansion's terms lost more than it found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from itertools import chain, islice
from math import log, sqrt

from bot.search.query.terms import Query
from bot.search.ranking.candidate import EPSILON, Candidate
from bot.search.ranking.idf import IdfCache
from bot.search.ranking.reranker import length_norm, saturate
from bot.store.search.indexed_text import MAX_USES
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

NO_USES = b"\0"
DAMPED = (0.0, *(1 + log(uses) for uses in range(1, MAX_USES + 1)))  # 1 + log tf, by tf

Weights = Mapping[int, float]  # by term id


def term_uses(title: Sequence[str], body: Iterable[str]) -> dict[str, int]:
    """Returns how often an article uses each term except stop words, in its body and title."""
    uses = Counter(body)
    for term in title:
        uses[term] += TITLE_USES
    return {term: min(times, MAX_USES) for term, times in uses.items() if term not in STOP_TERMS}


def similarity_norm(uses: Mapping[str, int]) -> float:
    """Returns the length of an article's term vector: sqrt(sum of (1 + log tf)^2)."""
    return sqrt(sum(DAMPED[times] ** 2 for times in uses.values())) or 1.0


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
    norms = [length_norm(candidate.document.length, average_length) for candidate in candidates]
    asked = query.wholes.keys() | {term for group in query.groups for term in group.ids}
    leaders = [(at, candidates[at].document.text) for at in top]
    used_by = {at: dict(zip(text.terms, text.uses.rstrip(NO_USES), strict=False)) for at, text in leaders}
    leaders_with = Counter(chain.from_iterable(used_by.values()))
    rarity = idf.of_each(chain.from_iterable(islice(uses, FREQUENT_TERMS) for uses in used_by.values()))
    shared = [term for term in rarity if leaders_with[term] >= MIN_LEADERS and term not in asked]
    clusters: dict[int, Weights] = {}  # of each leader
    expansions: dict[int, Weights] = {}
    for at, uses in used_by.items():
        share, norm = scores[at] / whole, norms[at]
        vector = {term: DAMPED[times] * rarity[term] for term, times in uses.items() if term in rarity}
        heaviest = sorted(vector, key=vector.__getitem__, reverse=True)[:TOP_TERMS]
        length = sqrt(sum([vector[term] ** 2 for term in heaviest])) or 1.0
        clusters[at] = {term: share * rarity[term] * vector[term] / length for term in heaviest}
        expansions[at] = {term: share * rarity[term] * saturate(uses[term] / norm) for term in shared if term in uses}
    cluster, expansion = _sums(clusters.values()), _sums(expansions.values())
    heaviest_shared = _heaviest(expansion)
    counted = cluster.keys() | heaviest_shared.keys()
    parts: list[dict[str, float]] = []
    for at, (candidate, norm) in enumerate(zip(candidates, norms, strict=True)):
        if at not in used_by:
            text, weights = candidate.document.text, heaviest_shared
            uses = {term: times for term, times in zip(text.terms, text.uses, strict=True) if term in counted}
            similarity = _similarity(uses, cluster)
        else:
            uses, own = used_by[at], expansions[at]
            similarity = _similarity(uses, cluster) - _similarity(uses, clusters[at])
            weights = _heaviest(
                {
                    term: weight - own.get(term, 0.0)
                    for term, weight in expansion.items()
                    if leaders_with[term] - (term in own) >= MIN_LEADERS
                }
            )
        expanded = sum([saturate(uses[term] / norm) * weights[term] for term in weights.keys() & uses.keys()])
        cluster_part = best * min(CLUSTER * similarity / candidate.document.norm, MAX_CLUSTER)
        parts.append({"cluster": cluster_part, "expansion": best * EXPANSION * expanded})
    return parts


def _similarity(uses: Mapping[int, int], weights: Weights) -> float:
    """Sum over terms t of (1 + log tf(t)) * weight(t)."""
    return sum([DAMPED[uses[term]] * weights[term] for term in weights.keys() & uses.keys()])


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
