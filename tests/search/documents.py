"""Indexed documents from lists of term ids."""

from bot.search.ranking.candidate import BODY
from bot.store.search.ids import ids_to_bytes
from bot.store.search.reader import NO_TERM, IndexedDocument


def document(article: int, *parts: tuple[int, ...]) -> IndexedDocument:
    terms = [number for part in parts for number in (*part, NO_TERM)]
    return IndexedDocument(article, sum(map(len, parts[BODY:])), 1.0, ids_to_bytes(terms))
