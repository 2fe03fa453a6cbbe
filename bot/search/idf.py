"""How rare the archive's terms are, by their numbers. Kept between searches."""

import numpy as np

from bot.search.query import rarity
from bot.search.term_arrays import Floats, Ints
from bot.store.search.reader import SearchReader
from bot.text_analysis import GLUE_TERMS

STALE = 0.05  # of the archive came or went: time to count anew


class Rarities:
    """In how many articles every term occurs, as counted when the archive was about as large as now.

    Asking the file for the hundreds of terms that candidates use would take a third of a search.
    A few articles more or less change a rarity in the second decimal.
    """

    def __init__(self) -> None:
        self.glue: Ints = np.zeros(0, np.int64)
        self._documents: Ints = np.zeros(1, np.int64)
        self._total = 0

    def refresh(self, reader: SearchReader) -> None:
        """Counts anew when the archive has grown or shrunk enough to matter."""
        total = reader.totals().documents
        if abs(total - self._total) > STALE * self._total:
            counted = np.array(reader.term_counts(), np.int64).reshape(-1, 2)
            self._documents = np.zeros(int(counted[:, 0].max(initial=0)) + 1, np.int64)
            self._documents[counted[:, 0]] = counted[:, 1]
            self.glue = np.array([term.number for term in reader.terms(GLUE_TERMS).values()], np.int64)
            self._total = total

    def of(self, numbers: Ints) -> Floats:
        """How rare the terms of these numbers are; one that came since counts as a single article's, 0 as none."""
        known = self._documents[np.minimum(numbers, len(self._documents) - 1)]
        documents = np.where(numbers < len(self._documents), known, 1)
        return np.where(documents > 0, rarity(documents, self._total), 0.0)
