"""Decides which words of a query are slips, and what was meant.

A correction must never make a search worse: digits, English words and short words are searched for
as typed. A word is replaced only when it is surely a slip; a likely one is offered ("Did you mean").
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.search.query.english import EnglishWords
from bot.search.query.spelling import (
    Vocabulary,
    best_candidate,
    first_letter_variants,
    is_likely_typo,
    korean_noun,
    splits,
)
from bot.search.query.terms import is_stop_word
from bot.store.search.reader import SearchReader, Term
from bot.text_analysis import PARTICLES, bigrams, is_cjk, word_terms

MAX_CORRECTIONS = 5  # unknown words looked up in one query
MAX_SPLITS = 3
MAX_JOINABLE = 12  # words; whoever types more writes sentences
RARE = 3  # articles; a known word as rare as that may be a slip in the archive too ...
MUCH_COMMONER = 50  # ... when a word close to it is in that many times more articles
SURE_LENGTH = 5  # letters; from here one edit is surely a slip
SURE_SYLLABLES = 3
SHORT_SYLLABLES = 2


@dataclass(frozen=True, slots=True)
class Correction:
    """Words to search for. `replaced` are surely slips, `offered` likely ones, both as (typed, meant).

    `alternatives` are close words that are searched for besides a rare one.
    """

    words: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...] = ()
    offered: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()


class Corrector:
    """Corrects the words of one query.

    `terms` looks up index terms; `adjacent` says whether two words stand next to each other in the archive,
    and for words too common to check its third argument.
    """

    def __init__(
        self,
        reader: SearchReader,
        vocabulary: Vocabulary,
        english: EnglishWords,
        languages: Sequence[str],
        terms: Callable[[Collection[str]], Mapping[str, Term]],
        adjacent: Callable[[str, str, bool], bool],
    ) -> None:
        self._reader, self._vocabulary, self._english = reader, vocabulary, english
        self._languages, self._terms, self._adjacent = languages, terms, adjacent

    def correct(self, typed: Sequence[str]) -> Correction:
        """Returns what to search for."""
        joined = self._joined(typed) if len(typed) <= MAX_JOINABLE else {}
        singles = [word for pair in _with_pairs(typed, joined) for word in pair if len(pair) == 1]
        replaced: dict[str, str] = {}
        offered: dict[str, str] = {}
        for word in self._unknown(singles)[:MAX_CORRECTIONS]:
            meant, sure = self._meant(word)
            if meant is not None:
                (replaced if sure else offered)[word] = meant
        alternatives = self._alternatives([word for word in singles if word not in replaced])
        pairs = _with_pairs(typed, joined)
        used = [joined[pair] if pair in joined else replaced.get(pair[0], pair[0]) for pair in pairs if pair]
        return Correction(
            tuple(part for word in used for part in word.split()),
            (*((" ".join(pair), whole) for pair, whole in joined.items()), *replaced.items()),
            tuple(offered.items()),
            tuple(alternatives.items()),
        )

    def _joined(self, typed: Sequence[str]) -> dict[tuple[str, ...], str]:
        """Neighbouring words that the archive writes as one and never side by side."""
        pairs = [
            (one, two)
            for one, two in pairwise(typed)
            if one.isalpha()
            and two.isalpha()
            and not (is_stop_word(one) or is_stop_word(two))
            and not is_cjk(one + two)
        ]
        known = self._reader.word_documents(one + two for one, two in pairs)
        return {
            (one, two): one + two for one, two in pairs if one + two in known and not self._adjacent(one, two, True)
        }

    def _unknown(self, typed: Sequence[str]) -> list[str]:
        distinct = [word for word in dict.fromkeys(typed) if not is_stop_word(word) and not _has_digit(word)]
        readings = {word: self._readings(word) for word in distinct}
        known = self._terms([term for reading in readings.values() for term in reading])
        return [word for word in distinct if not _is_known(word, readings[word], known)]

    def _readings(self, word: str) -> list[str]:
        if is_cjk(word):
            noun = korean_noun(word)
            found = bigrams(noun)
            return list(found[:-1] if len(found) > 1 and noun[-1] in PARTICLES else found)
        return list(dict.fromkeys(term for language in self._languages for term in word_terms(word, language)))

    def _meant(self, word: str) -> tuple[str | None, bool]:
        """What was probably meant by an unknown word, and whether that is sure."""
        if not is_cjk(word):
            is_english = self._english.has(word)
            for one, two in splits(word, self._reader.word_documents)[:MAX_SPLITS]:
                if self._adjacent(one, two, not is_english):
                    return f"{one} {two}", True
            if is_english:
                return None, False
        near = self._vocabulary.near(word) or self._vocabulary.near(f"{word}s")
        if is_cjk(word) and len(korean_noun(word)) <= SHORT_SYLLABLES:
            # A noun of one syllable with its particle is close to every noun of two.
            near = {one: distance for one, distance in near.items() if korean_noun(one)[-1] not in PARTICLES}
        found = best_candidate(word, near, self._reader.word_documents(near))
        if found is not None:
            return found, _is_sure(word, found)
        if len(word) <= SURE_LENGTH:
            return None, False
        variants = dict.fromkeys(first_letter_variants(word), 1)
        found = best_candidate(word, variants, self._reader.word_documents(variants))
        return found, found is not None and is_likely_typo(word, found)

    def _alternatives(self, typed: Sequence[str]) -> dict[str, str]:
        """For known but rare words that are not English, a close word that is much commoner."""
        asked = [word for word in dict.fromkeys(typed) if word.isascii() and word.isalpha() and not is_stop_word(word)]
        documents = self._reader.word_documents(asked)
        found: dict[str, str] = {}
        for word in asked:
            if 0 < documents.get(word, 0) <= RARE and not self._english.has(word):
                near = self._vocabulary.near(word)
                counts = self._reader.word_documents(near)
                other = best_candidate(
                    word,
                    near,
                    {one: count for one, count in counts.items() if count >= MUCH_COMMONER * documents[word]},
                )
                if other is not None:
                    found[word] = other
        return found


def _with_pairs(typed: Sequence[str], joined: Collection[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The words in order, each alone or in a pair that is joined."""
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(typed):
        pair = tuple(typed[at : at + 2])
        found.append(pair if pair in joined else pair[:1])
        at += len(found[-1])
    return found


def _is_sure(word: str, meant: str) -> bool:
    if is_cjk(word):
        return len(korean_noun(word)) >= SURE_SYLLABLES
    return len(word) >= SURE_LENGTH or is_likely_typo(word, meant)


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _is_known(word: str, reading: Sequence[str], known: Collection[str]) -> bool:
    return (all if is_cjk(word) else any)(term in known for term in reading)
