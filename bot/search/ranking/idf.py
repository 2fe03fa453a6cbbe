"""Inverse document frequencies of the archive's terms, kept between searches."""

import numpy as np

from bot.search.query.terms import idf
from bot.search.ranking.term_arrays import Floats, Ints
from bot.store.search.reader import SearchReader
from bot.text_analysis import STOP_TERMS

REFRESH_RATIO = 0.05  # of the archive was added or removed since the counts were read


class IdfCache:
    """The document frequency of every term, as read when the archive was about as large as now.

    Reading the hundreds of terms that candidates use would take a third of a search. A few articles
    more or less change an idf in the second decimal.
    """

    def __init__(self) -> None:
        self.stop_terms: Ints = np.zeros(0, np.int64)
        self._documents: Ints = np.zeros(1, np.int64)
        self._total = 0

    def refresh(self, reader: SearchReader) -> None:
        """Reads the counts again when the archive has grown or shrunk enough to matter."""
        total = reader.totals().documents
        if abs(total - self._total) > REFRESH_RATIO * self._total:
            counted = np.array(reader.term_counts(), np.int64).reshape(-1, 2)
            self._documents = np.zeros(int(counted[:, 0].max(initial=0)) + 1, np.int64)
            self._documents[counted[:, 0]] = counted[:, 1]
            self.stop_terms = np.array([term.id for term in reader.terms(STOP_TERMS).values()], np.int64)
            self._total = total

    def of(self, ids: Ints) -> Floats:
        """Returns the idf of terms by id; a term added since counts as one article's, `NO_TERM` as 0."""
        known = self._documents[np.minimum(ids, len(self._documents) - 1)]
        documents = np.where(ids < len(self._documents), known, 1)
        return np.where(documents > 0, idf(documents.astype(np.float64), self._total), 0.0)
