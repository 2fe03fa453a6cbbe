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
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain
from math import log, sqrt

from bot.search.query.terms import Query
from bot.search.ranking.candidate import EPSILON, Candidate
from bot.search.ranking.reranker import K1, IdfCache, length_norm
from bot.store.search.reader import MAX_USES, IndexedText
from bot.text_analysis import STOP_TERMS

LEADERS = 4  # top results
FREQUENT_TERMS = 150  # of a leader, by tf
TOP_TERMS = 60  # of those, by tf-idf
CLUSTER = 0.4
MAX_CLUSTER = 0.3  # of the best score: a cluster never outweighs what the words say
EXPANSION = 0.5
EXPANSION_TERMS = 40
MIN_LEADERS = 2  # that use a term of the expansion

TITLE_USES = 3  # a word of the title counts as this many in the body

NO_USES = b"\0"
ONE_USE = b"\0\1"
DAMPED = (0.0, *(1 + log(uses) for uses in range(1, MAX_USES + 1)))  # 1 + log tf, by tf

Weights = dict[int, float]  # by term id


def term_uses(title: Sequence[str], body: Iterable[str]) -> dict[str, int]:
    """Returns how often an article uses each term except stop words, in its body and title."""
    uses = Counter(body)
    for term in title:
        uses[term] += TITLE_USES
    return {term: min(times, MAX_USES) for term, times in uses.items() if term not in STOP_TERMS}


def similarity_norm(uses: Mapping[str, int]) -> float:
    """Returns the length of an article's term vector: sqrt(sum of (1 + log tf)^2)."""
    return sqrt(sum(DAMPED[times] ** 2 for times in uses.values())) or 1.0


@dataclass(frozen=True, slots=True)
class _Leader:
    """How often a top result uses terms, and its part of the cluster's and of the expansion's weights."""

    uses: Mapping[int, int]
    cluster: Weights
    expansion: Weights


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
    # With tf / norm for tf: tf / (k1 + tf) = uses / (k + uses).
    ks = [K1 * length_norm(candidate.document.length, average_length) for candidate in candidates]
    asked = query.wholes.keys() | {term for group in query.groups for term in group.ids}
    leading = [(candidates[at].document.text, scores[at] / whole, ks[at]) for at in top]
    leaders = dict(zip(top, _leaders(leading, asked, idf), strict=True))
    cluster, expansion, leaders_with = defaultdict[int, float](float), defaultdict[int, float](float), Counter[int]()
    for leader in leaders.values():
        leaders_with.update(leader.expansion.keys())
        for term, weight in leader.cluster.items():
            cluster[term] += weight
        for term, weight in leader.expansion.items():
            expansion[term] += weight
    # With any one leader left out, the heaviest terms are nearly always among these.
    expansion = _heaviest(expansion, 2 * EXPANSION_TERMS)
    heaviest = _normalised(_heaviest(expansion, EXPANSION_TERMS))
    no_weights = dict.fromkeys(cluster.keys() | heaviest.keys(), 0.0)
    whole_cluster, whole_expansion = no_weights | cluster, no_weights | heaviest
    parts: list[dict[str, float]] = []
    for at, (candidate, k) in enumerate(zip(candidates, ks, strict=True)):
        leader = leaders.get(at)
        if leader is None:
            # Most terms are used once, and need no more than to be found.
            text = candidate.document.text
            often = len(text.uses.rstrip(ONE_USE))
            once = [term for term in text.terms[often:] if term in no_weights]
            more = [(term, n) for term, n in zip(text.terms, text.uses[:often], strict=False) if term in no_weights]
            similarity = sum([whole_cluster[term] for term in once])
            similarity += sum([DAMPED[n] * whole_cluster[term] for term, n in more])
            expanded = sum([whole_expansion[term] for term in once]) / (k + 1)
            expanded += sum([n / (k + n) * whole_expansion[term] for term, n in more])
        else:  # what the other leaders add to the weights
            uses = leader.uses
            shared = [(term, weight) for term, weight in cluster.items() if term in uses]
            similarity = sum([DAMPED[uses[term]] * (weight - leader.cluster.get(term, 0.0)) for term, weight in shared])
            of_others = {
                term: weight - leader.expansion.get(term, 0.0)
                for term, weight in expansion.items()
                if leaders_with[term] > MIN_LEADERS or term not in leader.expansion
            }
            weights = _normalised(_heaviest(of_others, EXPANSION_TERMS))
            expanded = sum([uses[term] / (k + uses[term]) * weights[term] for term in weights.keys() & uses.keys()])
        cluster_part = best * min(CLUSTER * similarity / candidate.document.norm, MAX_CLUSTER)
        parts.append({"cluster": cluster_part, "expansion": best * EXPANSION * expanded})
    return parts


def _leaders(
    leading: Sequence[tuple[IndexedText, float, float]], asked: Collection[int], idf: IdfCache
) -> list[_Leader]:
    """The leaders, given for each its text, its share of the leaders' scores, and k1 times its length norm."""
    rarity = idf.of_each(set(chain.from_iterable(text.terms[:FREQUENT_TERMS] for text, *_ in leading)))
    used = [
        {term: n for term, n in zip(text.terms, text.uses.rstrip(NO_USES), strict=False) if term in rarity}
        for text, *_ in leading
    ]
    leaders_with = Counter(chain.from_iterable(used))
    shared = {term for term, times in leaders_with.items() if times >= MIN_LEADERS}.difference(asked)
    leaders: list[_Leader] = []
    for uses, (_, share, k) in zip(used, leading, strict=True):
        vector = _heaviest({term: DAMPED[n] * rarity[term] for term, n in uses.items()}, TOP_TERMS)
        length = sqrt(sum([weight**2 for weight in vector.values()])) or 1.0
        cluster = {term: share * rarity[term] * weight / length for term, weight in vector.items()}
        expansion = {term: share * rarity[term] * n / (k + n) for term, n in uses.items() if term in shared}
        leaders.append(_Leader(uses, cluster, expansion))
    return leaders


def _heaviest(weights: Weights, count: int) -> Weights:
    """The terms that weigh most: `count`, or more where their weights are equal."""
    least = min(sorted(weights.values())[-count:], default=0.0) - EPSILON
    return {term: weight for term, weight in weights.items() if weight >= least}


def _normalised(weights: Weights) -> Weights:
    """Weights that sum to 1."""
    whole = sum(weights.values()) or 1.0
    return {term: weight / whole for term, weight in weights.items()}
