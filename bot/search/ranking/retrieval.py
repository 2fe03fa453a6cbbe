"""First stage of ranking: the most promising articles, by the weights stored in the postings.

score(d) = sum over groups g of weight(g) * posting_weight(g, d) / 255

Rare terms are read first. Once the budget is spent, the remaining, commoner terms are left to the second
stage: they move little, and reading them is what would make a query slow.
"""

import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import nlargest

from bot.search.query.terms import Query, TermGroup
from bot.search.ranking.reranker import MAX_WEIGHT
from bot.store.search.reader import BLOCK, POSTING, Posting

CANDIDATES = 22
MAX_POSTINGS = 7_000  # read for one query
MIN_WEIGHT_READ = 0.12  # of a query's heaviest group; lighter ones move little, and their postings use up the budget
MAX_GROUPS = 32  # whose postings are read; the rarest words characterise a question of a hundred words

SCORES = struct.Struct(f"<{BLOCK}I")  # of a block's articles
MAX_SCORE = 2**30 - 1  # numbers up to here are compared fastest
BYTES = bytes(range(256))  # every weight, and every place that shares its high byte with others
MANY = BLOCK // 4 * POSTING.size  # bytes of postings in a block, for which a list of scores is the faster one
COMMON = BLOCK // 2 * POSTING.size  # bytes of postings of one term in a block, for which one addition is
PART = 64  # scores that are compared before any of them is looked at


def retrieve(
    query: Query,
    read: Callable[[Sequence[int]], Sequence[Posting]],
    allowed: Collection[int] | None,
    limit: int = CANDIDATES,
) -> list[int]:
    """Returns the ids of the most promising articles, the newest of equals."""
    min_weight = MIN_WEIGHT_READ * max((group.weight for group in query.groups), default=0.0)
    heavy = [group for group in query.groups if group.weight >= min_weight]
    groups: list[TermGroup] = []
    for group in sorted(heavy, key=lambda group: group.documents)[:MAX_GROUPS]:
        if groups and sum(one.documents for one in groups) + group.documents > MAX_POSTINGS:
            break
        groups.append(group)
    weight_of = {term: group.weight for group in groups for term in group.ids}
    unit = MAX_SCORE / MAX_WEIGHT / (sum(weight_of.values()) or 1.0)
    weights = {term: int(unit * weight) for term, weight in weight_of.items()}
    postings = read(list(weights))
    if allowed is None and len(weights) == 1:
        return _of_one_term(postings, limit)
    blocks = _scores(postings, weights, MANY if allowed is None else 0)
    if allowed is not None:
        inside = [(block, place) for block, place in (divmod(article, BLOCK) for article in allowed) if block in blocks]
        scored = ((blocks[block][place], block * BLOCK + place) for block, place in inside)
        return [article for score, article in nlargest(limit, scored) if score]
    listed: dict[int, tuple[Sequence[int], Sequence[int]]] = {
        block: (range(BLOCK), scores) if isinstance(scores, list) else (list(scores), list(scores.values()))
        for block, scores in blocks.items()
    }
    parts = [
        (max(scores[start : start + PART]), block, start)
        for block, (_, scores) in listed.items()
        for start in range(0, len(scores), PART)
    ]
    # The best articles of the best parts are `limit` articles: no worse one is looked at.
    least = max(1, min(nlargest(limit, (best for best, *_ in parts)))) if len(parts) > limit else 1
    found = [
        (score, block * BLOCK + place)
        for best, block, start in parts
        if best >= least
        for place, score in zip(*(column[start : start + PART] for column in listed[block]), strict=True)
        if score >= least
    ]
    return [article for _, article in nlargest(limit, found)]


def _of_one_term(postings: Sequence[Posting], limit: int) -> list[int]:
    """The articles in which a term weighs most. It may be in all of them, which is too many to look at one by one."""
    by_block = [(block, entries, entries[2::3]) for _, block, entries in postings]
    weights = b"".join(of_block for *_, of_block in by_block)
    # The highest weight that `limit` articles have, or more.
    least = bisect_left(
        range(MAX_WEIGHT), 1 - limit, key=lambda light: -len(weights.translate(None, BYTES[: light + 1]))
    )
    is_heavy = bytes(weight >= least for weight in BYTES)
    found: list[tuple[int, int]] = []
    for block, entries, of_block in by_block:
        heavy = of_block.translate(is_heavy)
        at = heavy.find(1)
        while at >= 0:
            place, weight = POSTING.unpack_from(entries, at * POSTING.size)
            found.append((weight, block * BLOCK + place))
            at = heavy.find(1, at + 1)
    return [article for _, article in nlargest(limit, found)]


def _scores(
    postings: Sequence[Posting], weights: Mapping[int, int], many: int
) -> dict[int, list[int] | dict[int, int]]:
    """The scores of a block's articles, by block and place; those of blocks with `many` bytes of postings as lists.

    Postings of a common term are added for a whole block at once: as one long number with four bytes for each article.
    """
    sizes, sums = Counter[int](), Counter[int]()
    for term, block, entries in postings:
        sizes[block] += len(entries)
        if len(entries) >= COMMON:
            slots = bytearray(SCORES.size)
            slots[:: SCORES.size // BLOCK] = _weights_by_place(entries)
            sums[block] += weights[term] * int.from_bytes(slots, "little")
    scores: dict[int, list[int] | dict[int, int]] = {}
    for block, size in sizes.items():
        if block in sums:
            scores[block] = list(SCORES.unpack(sums[block].to_bytes(SCORES.size, "little")))
        else:
            scores[block] = [0] * BLOCK if size >= many else {}
    for term, block, entries in postings:
        if len(entries) >= COMMON:
            continue
        weight, of_block = weights[term], scores[block]
        if isinstance(of_block, list):
            for place, posting_weight in POSTING.iter_unpack(entries):
                of_block[place] += weight * posting_weight
        else:  # without a default value, which would take most of the time
            for place, posting_weight in POSTING.iter_unpack(entries):
                of_block[place] = of_block.get(place, 0) + weight * posting_weight
    return scores


def _weights_by_place(entries: bytes) -> bytearray:
    """The posting weight of each place in a block.

    Places with the same high byte follow one another, so that they are moved to their places in one step.
    """
    found = bytearray(BLOCK)
    lows, highs, weights = entries[::3], entries[1::3], entries[2::3]
    start = 0
    while highs:
        others = highs.lstrip(highs[:1])
        end = start + len(highs) - len(others)
        first = highs[0] << 8
        here = slice(first, first + len(BYTES))
        # Of two weights for one place, the later one remains.
        found[here] = bytes.maketrans(BYTES + lows[start:end], found[here] + weights[start:end])
        highs, start = others, end
    return found
