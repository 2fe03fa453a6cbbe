"""First stage of ranking: the most promising articles, by the weights stored in the postings.

score(d) = sum over groups g of weight(g) * posting_weight(g, d) / 255

Rare terms are read first. Once the budget is spent, the remaining, commoner terms are left to the second
stage: they move little, and reading them is what would make a query slow.
"""

import struct
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import nlargest

from bot.search.query.terms import Query, TermGroup
from bot.search.ranking.reranker import MAX_WEIGHT
from bot.store.search.reader import BLOCK, Posting

CANDIDATES = 30
MAX_POSTINGS = 15_000  # read for one query
MAX_GROUPS = 32  # whose postings are read; the rarest words characterise a question of a hundred words

SCORES = struct.Struct(f"<{BLOCK}I")  # of a block's articles
MAX_SCORE = 2**32 - 1
NO_SCORES = (0,) * BLOCK
PLACES = bytes(range(BLOCK))
MANY = 64  # bytes of postings of a term in a block


def retrieve(
    query: Query,
    read: Callable[[Sequence[int]], Sequence[Posting]],
    allowed: Collection[int] | None,
    limit: int = CANDIDATES,
) -> list[int]:
    """Returns the ids of the most promising articles, the newest of equals."""
    groups = _within_budget(query.groups)
    unit = MAX_SCORE / MAX_WEIGHT / (sum(group.weight for group in groups) or 1.0)
    weights = {term: int(unit * group.weight) for group in groups for term in group.ids}
    blocks = _scores(read(list(weights)), weights)
    if allowed is not None:
        inside = ((blocks.get(article // BLOCK, NO_SCORES)[article % BLOCK], article) for article in allowed)
        return [article for score, article in nlargest(limit, inside) if score]
    # The best articles of the best blocks are `limit` articles: no worse one is looked at.
    best = {block: max(scores) for block, scores in blocks.items()}
    least = min(nlargest(limit, best.values()), default=0) if len(blocks) > limit else 1
    found = [
        (score, block * BLOCK + place)
        for block, scores in blocks.items()
        if best[block] >= least
        for place, score in enumerate(scores)
        if score >= least
    ]
    return [article for _, article in nlargest(limit, found)]


def _scores(postings: Sequence[Posting], weights: Mapping[int, int]) -> dict[int, list[int]]:
    """The scores of a block's articles, by block.

    Postings of a common term are added for a whole block at once: as one long number with four bytes for each article.
    """
    sums: defaultdict[int, int] = defaultdict(int)
    few: list[Posting] = []
    for posting in postings:
        term, block, pairs = posting
        if len(pairs) < MANY:
            few.append(posting)
            sums[block] += 0
        else:
            places = pairs[::2]
            others = PLACES.translate(None, places)
            slots = bytearray(SCORES.size)
            slots[:: SCORES.size // BLOCK] = bytes.maketrans(places + others, pairs[1::2] + bytes(len(others)))
            sums[block] += weights[term] * int.from_bytes(slots, "little")
    scores = {block: list(SCORES.unpack(total.to_bytes(SCORES.size, "little"))) for block, total in sums.items()}
    for term, block, pairs in few:
        weight, of_block = weights[term], scores[block]
        for place, posting_weight in zip(pairs[::2], pairs[1::2], strict=True):
            of_block[place] += weight * posting_weight
    return scores


def _within_budget(groups: Sequence[TermGroup]) -> list[TermGroup]:
    """The rarest groups, of which the postings are read."""
    found: list[TermGroup] = []
    for group in sorted(groups, key=lambda group: group.documents)[:MAX_GROUPS]:
        if found and sum(one.documents for one in found) + group.documents > MAX_POSTINGS:
            break
        found.append(group)
    return found
