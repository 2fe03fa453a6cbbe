"""Words that mean the same or nearly: people ask in other words than articles are written in."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources

from bot.search.query.spelling import korean_noun
from bot.text_analysis import DEFAULT_LANGUAGE, KOREAN_SUFFIX, is_cjk, word_terms

SYLLABLES_OF_NOUN = 2  # it is one term of the index


def same_words(word: str) -> tuple[str, ...]:
    """Returns the words that stand for a word in any search: "mother" for "mom"."""
    return _table()[0].get(word_terms(word, DEFAULT_LANGUAGE), ())


@lru_cache(maxsize=4_096)
def close_words(word: str) -> tuple[str, tuple[str, ...]]:
    """Returns what a word is listed as, and words to search for in place of it: "famine" for "starved".

    A Korean word is listed by its longest beginning.
    """
    if not is_cjk(word):
        return word, _table()[1].get(word_terms(word, DEFAULT_LANGUAGE), ())
    noun = korean_listed(word)
    return noun, _korean().get(noun, ())


@lru_cache(maxsize=4_096)
def korean_listed(word: str) -> str:
    """Returns the longest beginning of a Korean word that is listed; one syllable only alone or before a particle."""
    listed = _korean()
    least = 1 if len(word) == 1 or KOREAN_SUFFIX.sub("", f"_{word}") == f"_{word[0]}" else SYLLABLES_OF_NOUN
    return next((word[:length] for length in range(len(word), least - 1, -1) if word[:length] in listed), "")


def phrases_in(words: Sequence[str], stop_words: Collection[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Returns the listed phrases among some words, each with what articles may say instead.

    Those in `stop_words` may stand between the words of a phrase. A Korean word is listed by its beginning.
    """
    stems = [word if is_cjk(word) else word_terms(word, DEFAULT_LANGUAGE)[0] for word in words]
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for start, stem in enumerate(stems):
        for phrase, meant in _phrases().get(_phrase_key(stem), ()):
            places: list[int] = []
            at = start
            for part in phrase:
                while places and at < len(stems) and not _is_form(stems[at], part) and words[at] in stop_words:
                    at += 1
                if at == len(stems) or not _is_form(stems[at], part):
                    break
                places.append(at)
                at += 1
            else:
                found.append((tuple(words[at] for at in places), meant))
    return found


def _phrase_key(stem: str) -> str:
    return stem[0] if is_cjk(stem) else stem


def _is_form(stem: str, listed: str) -> bool:
    return stem.startswith(listed) if is_cjk(listed) else stem == listed


def is_place(word: str) -> bool:
    """Returns whether a word is a large city or a country, in English or Korean."""
    return (korean_noun(word) if is_cjk(word) else word) in _places()


def is_elsewhere(word: str) -> bool:
    """Returns whether a word is of another subject than most archives, in any form, or a place."""
    if is_cjk(word):
        return is_place(word) or korean_noun(word) in _elsewhere()
    return is_place(word) or word_terms(word, DEFAULT_LANGUAGE)[0] in _elsewhere()


@cache
def _elsewhere() -> frozenset[str]:
    """The Korean words and the English stems of elsewhere.txt."""
    listed = [word for words, _ in _lines("elsewhere.txt") for word in words]
    return frozenset(word if is_cjk(word) else word_terms(word, DEFAULT_LANGUAGE)[0] for word in listed)


@cache
def _places() -> frozenset[str]:
    """The table of places.txt."""
    return frozenset(word for words, _ in _lines("places.txt") for word in words)


@cache
def _table() -> tuple[Mapping[tuple[str, ...], tuple[str, ...]], ...]:
    """Both tables of synonyms.txt, by the terms of the word typed; Korean nouns are close words as well."""
    same: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    close: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for typed, meant in _lines("synonyms.txt"):
        for word in typed:
            found = (close if meant else same)[word_terms(word, DEFAULT_LANGUAGE)]
            found.update((one, None) for one in meant or typed if one != word)
    for korean, meant in _korean().items():
        for word in meant if len(korean) == SYLLABLES_OF_NOUN else ():
            close[word_terms(word, DEFAULT_LANGUAGE)][korean] = None
    return tuple({terms: tuple(words) for terms, words in table.items()} for table in (same, close))


@cache
def _phrases() -> Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """The table of phrases.txt, by the stem of a phrase's first word."""
    found: defaultdict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for typed, meant in _lines("phrases.txt"):
        for phrase in typed:
            parts = phrase.split("_")
            stems = tuple(part if is_cjk(part) else word_terms(part, DEFAULT_LANGUAGE)[0] for part in parts)
            found[_phrase_key(stems[0])].append((stems, tuple(meant)))
    return found


@cache
def _korean() -> Mapping[str, tuple[str, ...]]:
    """The table of korean.txt."""
    return {word: tuple(meant) for typed, meant in _lines("korean.txt") for word in typed}


def _lines(name: str) -> list[tuple[list[str], list[str]]]:
    """The words of each line of a table, those before and those after its ">"."""
    lines = (resources.files("bot.search.query") / name).read_text("utf-8").splitlines()
    parts = [line.partition(" > ") for line in lines if line and not line.startswith("#")]
    return [(typed.split(), meant.split()) for typed, _, meant in parts]
