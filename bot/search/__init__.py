"""From a person's words to a ranked answer."""

from bot.search.engine import SearchEngine
from bot.search.results import Answer, Filters, Hit, IndexReport, Span, Suggestion

__all__ = ["Answer", "Filters", "Hit", "IndexReport", "SearchEngine", "Span", "Suggestion"]
