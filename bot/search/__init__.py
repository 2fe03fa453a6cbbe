"""From a person's words to a ranked answer."""

from bot.search.answer import Answer, Filters, Hit, IndexReport, Span, Suggestion
from bot.search.engine import SearchEngine

__all__ = ["Answer", "Filters", "Hit", "IndexReport", "SearchEngine", "Span", "Suggestion"]
