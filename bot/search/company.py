"""The company an article keeps: candidates like the best ones are probably right as well.

Gently moves candidates towards those whose telling words they share. Nothing new is fetched for
it: asking again with the best articles' words (relevance feedback) lost more than it found.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from math import log, sqrt

from bot.search.ranking import Scored
from bot.words import DEFAULT_LANGUAGE, GLUE, word_terms

LEADERS = 5
OFTEN_USED = 120  # terms of a leader that are looked up
TELLING = 40  # of which so many stand for it
WORTH = 0.4  # of the best score, for a candidate that uses the leaders' words as they do

GLUE_TERMS = frozenset(term for word in GLUE for term in word_terms(word, DEFAULT_LANGUAGE))


def leaders(scored: Sequence[Scored]) -> list[Scored]:
    """The best candidates so far."""
    return nlargest(LEADERS, scored, key=lambda one: (one.score, one.article))


def often_used(one: Scored) -> list[str]:
    """The terms a candidate uses most, without glue."""
    return sorted((term for term in one.terms if term not in GLUE_TERMS), key=lambda term: (-one.terms[term], term))[
        :OFTEN_USED
    ]


def company(scored: Sequence[Scored], best: Sequence[Scored], rarities: Mapping[str, float]) -> list[float]:
    """A bonus for every candidate, in order: how much it is like the best ones, the better the more."""
    if len(scored) <= 1:
        return [0.0] * len(scored)
    whole = sum(one.score for one in best)
    likes = [_likeness(scored, leader, rarities) for leader in best]
    return [
        WORTH * best[0].score * sum(leader.score * like for leader, like in zip(best, row, strict=True)) / whole
        if whole
        else 0.0
        for row in zip(*likes, strict=True)
    ]


def _likeness(scored: Sequence[Scored], leader: Scored, rarities: Mapping[str, float]) -> Iterator[float]:
    telling = _telling(leader, rarities)
    for one in scored:
        if one.article == leader.article:
            yield 0.0
            continue
        shared = sum(
            weight * (1 + log(one.terms[term])) * rarities[term] for term, weight in telling if term in one.terms
        )
        yield shared / _norm(one)


def _telling(leader: Scored, rarities: Mapping[str, float]) -> list[tuple[str, float]]:
    weights = [
        (term, (1 + log(leader.terms[term])) * rarities[term]) for term in often_used(leader) if term in rarities
    ]
    heaviest = nlargest(TELLING, weights, key=lambda pair: (pair[1], pair[0]))
    length = sqrt(sum(weight * weight for _, weight in heaviest)) or 1.0
    return [(term, weight / length) for term, weight in heaviest]


def _norm(one: Scored) -> float:
    return sqrt(sum((1 + log(times)) ** 2 for term, times in one.terms.items() if term not in GLUE_TERMS)) or 1.0
