"""More like this: an article's characteristic terms, as a query."""

from collections import defaultdict
from heapq import nlargest

from bot.search.query.terms import Query, TermGroup, idf
from bot.search.ranking.candidate import BODY, HEADINGS, TITLE, TOPICS, find_candidates
from bot.search.ranking.reranker import FIELD_WEIGHTS, saturate
from bot.store.search.reader import SearchReader

TOP_TERMS = 25
NO_QUERY = Query((), frozenset())

# How many uses in the body one in each field counts as.
USES = {TITLE: FIELD_WEIGHTS[HEADINGS], TOPICS: FIELD_WEIGHTS[TOPICS], BODY: 1.0}


def related_query(reader: SearchReader, article: int) -> Query:
    """Returns the terms of an indexed article with the highest idf * tf / (k1 + tf)."""
    frequencies: defaultdict[int, float] = defaultdict(float)
    for candidate in find_candidates(NO_QUERY, reader.documents([article])):
        for field, use in USES.items():
            for term in candidate.field(field):
                frequencies[term] += use
    total = reader.totals().documents
    # A term of this article alone relates to nothing.
    groups = [
        TermGroup((term.text,), (term.id,), idf(term.documents, total) * saturate(frequencies[term.id]), term.documents)
        for term in reader.terms_of_ids(frequencies)
        if term.documents > 1
    ]
    return Query(tuple(nlargest(TOP_TERMS, groups, key=lambda group: (group.weight, group.terms))), frozenset())
