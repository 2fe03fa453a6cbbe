"""Finds compounds: words that the archive writes both as one and apart, "nonlinear" and "non-linear"."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from bot.search.query.terms import Compound, is_stop_word
from bot.text_analysis import word_terms

MAX_CUT = 20  # words of a query that are looked at for halves
MIN_PART = 2  # letters
MIN_HALF = 3  # letters of the halves of a word, which are guessed: many words end with some short word
MIN_HALF_ARTICLES = 2  # that have a half; that of a single article is often a word broken at the end of a line


def find_compounds(
    typed: Sequence[str], languages: Sequence[str], documents: Callable[[Iterable[str]], Mapping[str, int]]
) -> list[Compound]:
    """Returns the compounds among some words, as terms. `documents` looks up in how many articles words are."""
    parts = [
        len(word) >= MIN_PART and word.isascii() and word.isalnum() and not (word.isdigit() or is_stop_word(word))
        for word in typed
    ]
    apart = [pair for pair, both in zip(pairwise(typed), pairwise(parts), strict=True) if all(both)]
    halves = [
        (word[:at], word[at:])
        for word, is_part in list(zip(typed, parts, strict=True))[:MAX_CUT]
        if is_part and word.isalpha()
        for at in range(MIN_HALF, len(word) - MIN_HALF + 1)
    ]
    known = documents({*(one + two for one, two in apart), *(one for one, _ in halves)})
    halves = [
        (one, two)
        for one, two in halves
        if known.get(one, 0) >= MIN_HALF_ARTICLES and not (is_stop_word(one) or is_stop_word(two))
    ]
    ends = documents(two for _, two in halves)
    found = [(one, two, False) for one, two in apart if one != two and one + two in known]
    found += [(one, two, True) for one, two in halves if ends.get(two, 0) >= MIN_HALF_ARTICLES]
    compounds: dict[Compound, None] = {}
    for one, two, is_whole in found:
        for language in languages:
            (first,), (second,), (whole,) = (word_terms(word, language) for word in (one, two, one + two))
            compounds[Compound(first, second, whole, is_whole)] = None
    return list(compounds)
