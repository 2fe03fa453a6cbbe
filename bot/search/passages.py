"""Which passages of articles answer a query."""

from collections.abc import Sequence

import numpy as np

from bot.search.query import Query
from bot.search.reranker import WINDOW_TERMS
from bot.search.term_arrays import BODY, fullest_windows, laid_out, matches, met
from bot.store.search.reader import IndexedDocument

FIRST_PASSAGE = BODY + 1  # the summary comes before
ANYWHERE = 0.25  # for a word of the query that stands in the passage, but apart from the others


def answering_passages(query: Query, documents: Sequence[IndexedDocument], passages: Sequence[int]) -> list[int]:
    """For each article, which has so many passages, the one in which most of the query stands close together.

    The first of equals; 0 also where there is none.
    """
    if not documents or not query.slots:
        return [0] * len(documents)
    texts = laid_out(documents)
    found = matches(texts, query)
    counts = np.array(passages)
    inside = found.where((found.part >= FIRST_PASSAGE) & (found.part < FIRST_PASSAGE + counts[found.document]))
    most = max(1, int(counts.max()))
    group = inside.document * most + inside.part - FIRST_PASSAGE
    weights = np.array([slot.weight for slot in query.slots])
    close = fullest_windows(inside, group, len(documents) * most, weights, WINDOW_TERMS)
    anywhere = met(group, inside.slot, (len(documents) * most, len(weights))) @ weights
    return [int(at) for at in np.argmax((close + ANYWHERE * anywhere).reshape(-1, most), axis=1)]
