"""Indexed documents from lists of term ids."""

from collections import Counter
from itertools import chain

from bot.search.ranking.candidate import BODY, TITLE
from bot.search.ranking.feedback import TITLE_USES
from bot.store.search.reader import IndexedDocument, index_text


def document(article: int, *parts: tuple[int, ...]) -> IndexedDocument:
    uses = Counter(chain(*parts[BODY:], TITLE_USES * parts[TITLE]))
    return IndexedDocument(article, sum(map(len, parts[BODY:])), 1.0, index_text(parts, uses, int))
