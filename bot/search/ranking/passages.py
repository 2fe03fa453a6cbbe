"""Finds the lines of an article that answer a query, and where in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.query.terms import Query
from bot.search.ranking.reranker import WINDOW_TERMS
from bot.search.ranking.term_arrays import BODY, best_windows, flatten, incidence, matches
from bot.store.search.reader import NO_TERM, IndexedDocument

ANYWHERE = 0.25  # of a word's weight, when it is in the line but apart from the others
LOCATIONS = 2


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a body, and the term in it, counted from the line's start, where the best window ends."""

    line: int
    term: int


def best_locations(
    query: Query, documents: Sequence[IndexedDocument], lines: Sequence[int]
) -> list[tuple[Location, ...]]:
    """Returns for each article the lines in which most of the query is close together, best first.

    `lines` has the number of body lines of each article. Of equal lines the first is better:

        score(line) = best window(line) + 0.25 * weight of distinct groups(line)
    """
    if not documents or not query.groups:
        return [()] * len(documents)
    texts = flatten(documents)
    counts = np.array(lines)
    found = matches(texts, query)
    found = found.where((found.part >= BODY) & (found.part < BODY + counts[found.document]))
    width = max(1, int(counts.max()))
    segment = found.document * width + found.part - BODY
    weights = np.array([group.weight for group in query.groups])
    windows, ends = best_windows(found, segment, len(documents) * width, weights, WINDOW_TERMS)
    anywhere = incidence(segment, found.group, (len(documents) * width, len(weights))) @ weights
    scores = (windows + ANYWHERE * anywhere).reshape(-1, width)
    line_starts = np.concatenate(([0], np.flatnonzero(texts.ids == NO_TERM) + 1))
    terms = (ends - line_starts[np.searchsorted(line_starts, ends, side="right") - 1]).reshape(-1, width)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :LOCATIONS].tolist()
    return [
        tuple(Location(line, int(terms[document, line])) for line in order if scores[document, line] > 0)
        for document, order in enumerate(best)
    ]
