"""What an article is about, as a query: its heaviest words."""

from collections import Counter
from heapq import nlargest
from math import log

from bot.search.query import Query, Slot
from bot.search.ranking import RANKING, term_weight
from bot.store.search import IndexedDocument, SearchReader

TELLING_TERMS = 25


def related_query(reader: SearchReader, article: int) -> Query:
    """The terms that tell most about an indexed article, weighed by how rare they are."""
    documents = reader.documents([article])
    frequencies = _frequencies(documents[0]) if documents else Counter[str]()
    known = reader.term_documents(frequencies)
    total = reader.totals().documents
    slots = [
        Slot((term,), _rarity(count, total) * term_weight(frequencies[term], RANKING.k1), count)
        for term, count in known.items()
        if count > 1  # a word no other article has relates to nothing
    ]
    return Query(tuple(nlargest(TELLING_TERMS, slots, key=lambda slot: (slot.weight, slot.terms))), frozenset())


def _frequencies(document: IndexedDocument) -> Counter[str]:
    frequencies = Counter(document.body_terms.split())
    for field, worth in ((document.title_terms, RANKING.headings), (document.topic_terms, RANKING.topics)):
        for term in field.split():
            frequencies[term] += round(worth)
    return frequencies


def _rarity(documents: int, total: int) -> float:
    return log(1 + (total - min(documents, total) + 0.5) / (documents + 0.5))
