"""From a person's words to ranked articles with the passages that answer.

A program that searches needs `SearchEngine`, `SearchFilters` and `SearchIndex`. Each is loaded when it is first asked
for: a command that does not search does without the engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.search.engine import SearchEngine as SearchEngine
    from bot.search.index import SearchIndex as SearchIndex
    from bot.store.search.filters import SearchFilters as SearchFilters

MODULES = {
    "SearchEngine": "bot.search.engine",
    "SearchFilters": "bot.store.search.filters",
    "SearchIndex": "bot.search.index",
}


def __getattr__(name: str) -> object:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(MODULES[name]), name)
