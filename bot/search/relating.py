"""What an article is about, as a query: its heaviest words."""

from collections import Counter
from heapq import nlargest

from bot.search.query import Query, Slot, rarity
from bot.search.ranking import FIELDS, term_weight
from bot.store.search import IndexedDocument, SearchReader

TELLING_TERMS = 25


def related_query(reader: SearchReader, article: int) -> Query:
    """The terms that tell most about an indexed article, weighed by how rare they are."""
    documents = reader.documents([article])
    frequencies = _frequencies(documents[0]) if documents else Counter[str]()
    known = reader.term_documents(frequencies)
    total = reader.totals().documents
    slots = [
        Slot((term,), rarity(count, total) * term_weight(frequencies[term]), count)
        for term, count in known.items()
        if count > 1  # a word no other article has relates to nothing
    ]
    return Query(tuple(nlargest(TELLING_TERMS, slots, key=lambda slot: (slot.weight, slot.terms))), frozenset())


def _frequencies(document: IndexedDocument) -> Counter[str]:
    frequencies = Counter(document.body_terms.split())
    for field, worth in ((document.title_terms, FIELDS["headings"]), (document.topic_terms, FIELDS["topics"])):
        for term in field.split():
            frequencies[term] += round(worth)
    return frequencies
