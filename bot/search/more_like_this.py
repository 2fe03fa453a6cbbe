"""More like this: an article's characteristic terms, as a query."""

from heapq import nlargest

import numpy as np

from bot.search.query.terms import Query, TermGroup, idf
from bot.search.ranking.reranker import FIELD_WEIGHTS, saturate
from bot.search.ranking.term_arrays import BODY, HEADINGS, TITLE, TOPICS, flatten, segment_sums
from bot.store.search.reader import NO_TERM, IndexedDocument, SearchReader

TOP_TERMS = 25
USES = {
    TITLE: FIELD_WEIGHTS[HEADINGS],
    TOPICS: FIELD_WEIGHTS[TOPICS],
}  # uses in the body that one in this part counts as


def related_query(reader: SearchReader, article: int) -> Query:
    """Returns the terms of an indexed article with the highest idf * tf / (k1 + tf)."""
    documents = reader.documents([article])
    frequencies = _frequencies(documents[0]) if documents else {}
    # A term of this article alone relates to nothing.
    known = [term for term in reader.terms(ids=frequencies).values() if term.documents > 1]
    weights = idf(np.array([term.documents for term in known], np.float64), reader.totals().documents).tolist()
    groups = [
        TermGroup((term.text,), (term.id,), weight * saturate(frequencies[term.id]), term.documents)
        for term, weight in zip(known, weights, strict=True)
    ]
    return Query(tuple(nlargest(TOP_TERMS, groups, key=lambda group: (group.weight, group.terms))), frozenset())


def _frequencies(document: IndexedDocument) -> dict[int, float]:
    texts = flatten([document])
    weight = np.array([USES.get(part, 0.0) for part in range(BODY)] + [1.0])[np.minimum(texts.part, BODY)]
    numbers, at = np.unique(texts.ids, return_inverse=True)
    uses = segment_sums(at, weight, len(numbers))
    return {
        number: often
        for number, often in zip(numbers.tolist(), uses.tolist(), strict=True)
        if number != NO_TERM and often
    }
