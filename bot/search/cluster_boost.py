"""The company an article keeps: candidates like the best ones are probably right as well.

Gently moves candidates towards those whose telling words they share. Nothing new is fetched for
it: asking again with the best articles' words (relevance feedback) lost more than it found.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, sqrt
from typing import NamedTuple

import numpy as np

from bot.search.idf import Rarities
from bot.search.term_arrays import BODY, TITLE, Floats, Ints, Texts, sums
from bot.store.search.writer import NONE
from bot.text_analysis import GLUE_TERMS

LEADERS = 5
OFTEN_USED = 150  # terms of a leader that are weighed
TELLING = 60  # of which so many stand for it
WORTH = 0.4  # of the best score, for a candidate that uses the leaders' words as they do

TITLE_USES = 3  # a title's word says as much of what an article is about as so many uses in its body


def likeness_norm(title: Sequence[str], body: Iterable[str]) -> float:
    """What an article's likeness to others is divided by: the length of its uses of words, glue left out."""
    times = Counter(body)
    for term in title:
        times[term] += TITLE_USES
    return sqrt(sum((1 + log(often)) ** 2 for term, often in times.items() if term not in GLUE_TERMS)) or 1.0


def company(texts: Texts, scores: Floats, norms: Floats, rarities: Rarities) -> Floats:
    """A bonus for every candidate, in order: how much it is like the best ones, the better the more.

    `norms` are the candidates' `likeness_norm`s.
    """
    leaders = np.argsort(-scores, kind="stable")[:LEADERS]
    whole = scores[leaders].sum()
    if len(scores) <= 1 or not whole:
        return np.zeros(len(scores))
    uses = _uses(texts)
    used = [_often_used(uses, int(leader), rarities.glue) for leader in leaders]
    terms = np.unique(np.concatenate([numbers for numbers, _ in used]))
    rarity = rarities.of(terms)
    shares = np.zeros((len(leaders), len(terms)))
    for row, (numbers, weights) in enumerate(used):
        column = np.searchsorted(terms, numbers)
        shares[row, column] = scores[leaders[row]] / whole * _telling(weights * rarity[column]) * rarity[column]
    met = _table(uses, terms, texts.count)
    likeness = met @ shares.sum(axis=0)
    # Nobody is company for himself, or the first would always stay the first.
    likeness[leaders] -= (met[leaders] * shares).sum(axis=1)
    return WORTH * scores[leaders[0]] * likeness / norms


class _Uses(NamedTuple):
    """Places that tell what candidates are about, in reading order: a column each."""

    number: Ints
    document: Ints
    times: Floats


def _uses(texts: Texts) -> _Uses:
    title = texts.part == TITLE
    told = np.flatnonzero((title | (texts.part >= BODY)) & (texts.numbers != NONE))
    return _Uses(texts.numbers[told], texts.document[told], np.where(title[told], float(TITLE_USES), 1.0))


def _often_used(uses: _Uses, document: int, glue: Ints) -> tuple[Ints, Floats]:
    """The terms a candidate uses most, and how much it uses each."""
    inside = slice(*np.searchsorted(uses.document, (document, document + 1)))
    numbers, at = np.unique(uses.number[inside], return_inverse=True)
    times = sums(at, uses.times[inside], len(numbers))
    times[np.isin(numbers, glue)] = 0
    most = np.argsort(-times, kind="stable")[:OFTEN_USED]
    most = most[times[most] > 0]
    return numbers[most], 1 + np.log(times[most])


def _telling(weights: Floats) -> Floats:
    """Only the heaviest weights, of length 1 together; the others become 0."""
    kept = np.zeros_like(weights)
    heaviest = np.argsort(-weights, kind="stable")[:TELLING]
    kept[heaviest] = weights[heaviest]
    return kept / (sqrt(kept @ kept) or 1.0)


def _table(uses: _Uses, terms: Ints, count: int) -> Floats:
    """How much every candidate uses some terms: a table (candidates, terms)."""
    column_of = np.full(int(uses.number.max(initial=0)) + 1, -1)
    column_of[terms] = np.arange(len(terms))
    column = column_of[uses.number]
    inside = np.flatnonzero(column >= 0)
    cells = uses.document[inside] * len(terms) + column[inside]
    times = sums(cells, uses.times[inside], count * len(terms))
    return np.where(times > 0, 1 + np.log(np.maximum(times, 1)), 0).reshape(count, len(terms))
