"""Inverse document frequencies of the archive's terms, kept between searches."""

from array import array
from collections.abc import Iterable, Sequence

from bot.search.query.terms import idf
from bot.store.search.reader import SearchReader

REFRESH_RATIO = 0.05  # of the archive was added or removed since the counts were read


class IdfCache:
    """The document frequency of every term, as read when the archive was about as large as now.

    Reading the hundreds of terms that candidates use would take a third of a search. A few articles
    more or less change an idf in the second decimal.
    """

    def __init__(self) -> None:
        self._idf: Sequence[float] = ()  # by term id
        self._total = 0

    def refresh(self, reader: SearchReader) -> None:
        """Reads the counts again when the archive has grown or shrunk enough to matter."""
        total = reader.totals().documents
        if abs(total - self._total) > REFRESH_RATIO * self._total:
            self._idf = array("d", (idf(count, total) if count else 0.0 for count in reader.term_counts()))
            self._total = total

    def of_each(self, terms: Iterable[int]) -> dict[int, float]:
        """Returns the idf of some terms."""
        known, new = self._idf, idf(1, self._total)
        return {term: known[term] if term < len(known) else new for term in terms}

    def of(self, term: int) -> float:
        """Returns the idf of a term by its id; a term added since counts as one article's, `NO_TERM` as 0."""
        return self._idf[term] if term < len(self._idf) else idf(1, self._total)
