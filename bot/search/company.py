"""The company an article keeps: candidates like the best ones are probably right as well.

Gently moves candidates towards those whose telling words they share. Nothing new is fetched for
it: asking again with the best articles' words (relevance feedback) lost more than it found.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from heapq import nlargest
from math import log, sqrt

from bot.search.ranking import Scored
from bot.words import GLUE_TERMS

LEADERS = 5
OFTEN_USED = 120  # terms of a leader that are looked up
TELLING = 40  # of which so many stand for it
WORTH = 0.4  # of the best score, for a candidate that uses the leaders' words as they do


def leaders(scored: Sequence[Scored]) -> list[Scored]:
    """The best candidates so far."""
    return nlargest(LEADERS, scored, key=lambda one: (one.score, one.article))


def often_used(one: Scored) -> list[str]:
    """The terms a candidate uses most, without glue."""
    telling = [term for term in one.terms if term not in GLUE_TERMS]
    return sorted(telling, key=one.terms.__getitem__, reverse=True)[:OFTEN_USED]


def company(scored: Sequence[Scored], best: Sequence[Scored], rarities: Mapping[str, float]) -> list[float]:
    """A bonus for every candidate, in order: how much it is like the best ones, the better the more."""
    whole = sum(one.score for one in best)
    if len(scored) <= 1 or not whole:
        return [0.0] * len(scored)
    shares = {one.article: _telling(one, one.score / whole, rarities) for one in best}
    centre: Counter[str] = Counter()
    for telling in shares.values():
        centre.update(telling)
    worth = WORTH * best[0].score
    # Nobody is company for himself, or the first would always stay the first.
    return [worth * (_shared(one, centre) - _shared(one, shares.get(one.article, {}))) / _norm(one) for one in scored]


def _telling(leader: Scored, share: float, rarities: Mapping[str, float]) -> dict[str, float]:
    """A leader's heaviest terms, of length `share` together, ready to be met by how often another uses them."""
    weights = [(term, _use(leader.terms[term]) * rarities[term]) for term in often_used(leader) if term in rarities]
    heaviest = nlargest(TELLING, weights, key=lambda pair: (pair[1], pair[0]))
    length = sqrt(sum(weight * weight for _, weight in heaviest)) or 1.0
    return {term: share * weight / length * rarities[term] for term, weight in heaviest}


def _shared(one: Scored, telling: Mapping[str, float]) -> float:
    return sum(telling[term] * _use(one.terms[term]) for term in telling.keys() & one.terms.keys())


def _norm(one: Scored) -> float:
    times = Counter(one.terms.values())
    times.subtract(one.terms[term] for term in GLUE_TERMS & one.terms.keys())
    return sqrt(sum(terms * _use(often) ** 2 for often, terms in times.items() if terms)) or 1.0


@cache
def _use(times: int) -> float:
    return 1 + log(times)
