"""The first stage of ranking: the most promising articles, by weights written with the postings.

Rare words are read first. Once the budget is spent the remaining, commoner words are left to the
second stage: they move little, and reading them is what would make a query slow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from bot.search.query import Query, Slot
from bot.search.reranker import HEAVIEST
from bot.search.term_arrays import Floats, Ints, sums
from bot.store.search.reader import BLOCK, Posting

CANDIDATES = 50
MOST_POSTINGS = 40_000  # read for one query
MOST_SLOTS = 32  # of which postings are read; a question of a hundred words is told by its rarest


def candidates(
    query: Query, read: Callable[[Sequence[int]], Sequence[Posting]], allowed: Sequence[int] | None, last: int
) -> list[int]:
    """The ids of the most promising articles. `last` is the highest id there is."""
    worth = {number: slot.weight / HEAVIEST for slot in _affordable(query.slots) for number in slot.numbers}
    scores = _added_up(read(list(worth)), worth, (last // BLOCK + 1) * BLOCK)
    if allowed is not None:
        inside = np.zeros_like(scores)
        inside[[article for article in allowed if article <= last]] = 1.0
        scores *= inside
    return [int(article) for article in _best(scores)]


def _affordable(slots: Sequence[Slot]) -> Iterator[Slot]:
    spent = 0
    for slot in sorted(slots, key=lambda slot: slot.documents)[:MOST_SLOTS]:
        if spent and spent + slot.documents > MOST_POSTINGS:
            break
        spent += slot.documents
        yield slot


def _added_up(postings: Sequence[Posting], worth: Mapping[int, float], size: int) -> Floats:
    known = [posting for posting in postings if posting[1] < size // BLOCK]
    lengths = [len(entries) // 2 for _, _, entries in known]
    pairs = np.frombuffer(b"".join([entries for _, _, entries in known]), np.uint8).reshape(-1, 2)
    articles = np.repeat(np.array([block * BLOCK for _, block, _ in known], np.int64), lengths) + pairs[:, 0]
    weights = np.repeat(np.array([worth[term] for term, _, _ in known], np.float64), lengths) * pairs[:, 1]
    return sums(articles, weights, size)


def _best(scores: Floats) -> Ints:
    found = np.flatnonzero(scores)
    if len(found) <= CANDIDATES:
        return found
    least = np.partition(scores[found], -CANDIDATES)[-CANDIDATES]
    better = found[scores[found] > least]
    equal = found[scores[found] == least]  # of equals the newest
    return np.concatenate((better, equal[len(better) - CANDIDATES :]))
