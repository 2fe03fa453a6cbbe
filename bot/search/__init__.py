"""From a person's words to ranked articles with the passages that answer."""

from bot.search.engine import HITS_PER_PAGE, SearchBusyError, SearchEngine
from bot.search.index.documents import LineKind
from bot.search.index.maintenance import SearchIndex
from bot.search.results import Hit, IndexReport, SearchResults, Span, Suggestion
from bot.store.search.filters import Period, SearchFilters

__all__ = [
    "HITS_PER_PAGE", "Hit", "IndexReport", "LineKind", "Period", "SearchBusyError", "SearchEngine", "SearchFilters",
    "SearchIndex", "SearchResults", "Span", "Suggestion",
]  # fmt: skip
