"""Indexed documents from lists of term ids."""

import numpy as np

from bot.search.ranking.term_arrays import BODY
from bot.store.search.reader import NO_TERM, TERM_ID, IndexedDocument


def document(article: int, *parts: tuple[int, ...]) -> IndexedDocument:
    terms = [number for part in parts for number in (*part, NO_TERM)]
    return IndexedDocument(article, sum(map(len, parts[BODY:])), 1.0, np.array(terms, TERM_ID).tobytes())
