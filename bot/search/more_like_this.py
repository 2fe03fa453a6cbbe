"""What an article is about, as a query: its heaviest words."""

from heapq import nlargest

import numpy as np

from bot.search.query import Query, Slot, rarity
from bot.search.reranker import WORTH, term_weight
from bot.search.term_arrays import BODY, HEADINGS, TITLE, TOPICS, laid_out, sums
from bot.store.search.reader import IndexedDocument, SearchReader
from bot.store.search.writer import NONE

TELLING_TERMS = 25
USES = {TITLE: WORTH[HEADINGS], TOPICS: WORTH[TOPICS]}  # how many uses in the body one in this part is worth


def related_query(reader: SearchReader, article: int) -> Query:
    """The terms that tell most about an indexed article, weighed by how rare they are."""
    documents = reader.documents([article])
    frequencies = _frequencies(documents[0]) if documents else {}
    # A word no other article has relates to nothing.
    known = [term for term in reader.numbered_terms(frequencies) if term.documents > 1]
    rarities = rarity(np.array([term.documents for term in known], np.int64), reader.totals().documents).tolist()
    slots = [
        Slot((term.text,), (term.number,), rare * term_weight(frequencies[term.number]), term.documents)
        for term, rare in zip(known, rarities, strict=True)
    ]
    return Query(tuple(nlargest(TELLING_TERMS, slots, key=lambda slot: (slot.weight, slot.terms))), frozenset())


def _frequencies(document: IndexedDocument) -> dict[int, float]:
    texts = laid_out([document])
    worth = np.array([USES.get(part, 0.0) for part in range(BODY)] + [1.0])[np.minimum(texts.part, BODY)]
    numbers, at = np.unique(texts.numbers, return_inverse=True)
    uses = sums(at, worth, len(numbers))
    return {
        number: often for number, often in zip(numbers.tolist(), uses.tolist(), strict=True) if number != NONE and often
    }
