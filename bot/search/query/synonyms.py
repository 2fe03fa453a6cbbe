"""Words that mean the same or nearly: people ask in other words than articles are written in."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.text_analysis import DEFAULT_LANGUAGE, word_terms


def same_words(word: str) -> tuple[str, ...]:
    """Returns the words that stand for a word in any search: "mother" for "mom"."""
    return _table()[0].get(word_terms(word, DEFAULT_LANGUAGE), ())


def close_words(word: str) -> tuple[str, ...]:
    """Returns words to search for in place of a word that the archive does not have: "famine" for "starved"."""
    return _table()[1].get(word_terms(word, DEFAULT_LANGUAGE), ())


@cache
def _table() -> tuple[Mapping[tuple[str, ...], tuple[str, ...]], ...]:
    """Both tables of synonyms.txt, by the terms of the word typed."""
    same: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    close: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for line in (resources.files("bot.search.query") / "synonyms.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            typed, arrow, meant = line.partition(" > ")
            for word in typed.split():
                found = (close if arrow else same)[word_terms(word, DEFAULT_LANGUAGE)]
                found.update((one, None) for one in (meant or typed).split() if one != word)
    return tuple({terms: tuple(words) for terms, words in table.items()} for table in (same, close))
