"""First stage of ranking: the most promising articles, by the weights stored in the postings.

score(d) = sum over groups g of weight(g) * posting_weight(g, d) / 255

Rare terms are read first. Once the budget is spent, the remaining, commoner terms are left to the second
stage: they move little, and reading them is what would make a query slow.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np

from bot.search.query.terms import Query, TermGroup
from bot.search.ranking.reranker import MAX_WEIGHT
from bot.search.ranking.term_arrays import Floats, Ints, segment_sums
from bot.store.search.reader import BLOCK, Posting

CANDIDATES = 30
MAX_POSTINGS = 30_000  # read for one query
MAX_GROUPS = 32  # whose postings are read; the rarest words characterise a question of a hundred words


def retrieve(
    query: Query,
    read: Callable[[Sequence[int]], Sequence[Posting]],
    allowed: Collection[int] | None,
    last: int,
    limit: int = CANDIDATES,
) -> list[int]:
    """Returns the ids of the most promising articles. `last` is the highest id there is."""
    weights = {term: group.weight / MAX_WEIGHT for group in _within_budget(query.groups) for term in group.ids}
    scores = _accumulate(read(list(weights)), weights, (last // BLOCK + 1) * BLOCK)
    if allowed is not None:
        inside = np.zeros_like(scores)
        inside[[article for article in allowed if article <= last]] = 1.0
        scores *= inside
    return [int(article) for article in _best(scores, limit)]


def _within_budget(groups: Sequence[TermGroup]) -> Iterator[TermGroup]:
    spent = 0
    for group in sorted(groups, key=lambda group: group.documents)[:MAX_GROUPS]:
        if spent and spent + group.documents > MAX_POSTINGS:
            break
        spent += group.documents
        yield group


def _accumulate(postings: Sequence[Posting], weights: Mapping[int, float], size: int) -> Floats:
    known = [posting for posting in postings if posting[1] < size // BLOCK]
    lengths = [len(entries) // 2 for _, _, entries in known]
    pairs = np.frombuffer(b"".join([entries for _, _, entries in known]), np.uint8).reshape(-1, 2)
    articles = np.repeat(np.array([block * BLOCK for _, block, _ in known], np.int64), lengths) + pairs[:, 0]
    scores = np.repeat(np.array([weights[term] for term, _, _ in known], np.float64), lengths) * pairs[:, 1]
    return segment_sums(articles, scores, size)


def _best(scores: Floats, limit: int) -> Ints:
    found = np.flatnonzero(scores)
    if len(found) <= limit:
        return found
    least = np.partition(scores[found], -limit)[-limit]
    better = found[scores[found] > least]
    equal = found[scores[found] == least]  # the newest of equals
    return np.concatenate((better, equal[len(better) - limit :]))
