"""Decides which words of a query are typos, and what was meant.

A correction must never make a search worse: digits, English words and short words are searched for
as typed. A word is replaced only when it is certainly a typo; a likely one is offered ("Did you mean").
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.search.query.request import SubjectWords
from bot.search.query.spelling import (
    Vocabulary,
    by_likelihood,
    english_share,
    first_letter_variants,
    is_english,
    is_likely_typo,
    is_other_vowel,
    korean_noun,
    splits,
    swaps,
)
from bot.search.query.synonyms import korean_listed, variants
from bot.search.query.terms import is_stop_word
from bot.store.search.reader import SearchReader
from bot.text_analysis import PARTICLES, STOP_WORDS, bigrams, is_cjk, word_terms

MAX_EXAMINED = 40  # words, stop words apart; in a longer text a typo more or less changes nothing
MAX_UNKNOWN = 12  # words; a text with more of them is in another language, or about something else
MAX_CORRECTIONS = 5  # unknown words looked up in one query
MAX_SPLITS = 3
MAX_JOINABLE = 12  # words; whoever types more writes sentences
RARE = 3  # articles; a known word as rare as that may be a typo in the archive too ...
MUCH_COMMONER = 50  # ... when a word close to it is in that many times more articles
MUCH_COMMONER_IN_ENGLISH = 100
MUCH_COMMONER_BY_A_VOWEL = 20
SHORT_LENGTH = 3  # letters
MAX_IN_CONTEXT = 4  # candidates looked up next to the neighbours of a misspelt word
SURE_LENGTH = 5  # letters; from here one edit is certainly a typo
RARE_SHARE = 5e-4  # of English articles
COMMON_SHARE = 0.015  # of English articles; nobody searches for such a word alone ("reason"): it is a name ("Rason")
BEFORE_PLACES = frozenset(["in", "from", "at", "near", "around"])
SURE_SYLLABLES = 3
SHORT_SYLLABLES = 2
DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Correction:
    """Words to search for. `replaced` are certain typos, `offered` likely ones, both as (typed, meant).

    `alternatives` are close words that are searched for besides a rare one.
    """

    words: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...] = ()
    offered: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()


class Corrector:
    """Corrects the words of queries within one read."""

    def __init__(self, reader: SearchReader, vocabulary: Vocabulary, subject: SubjectWords) -> None:
        self._reader, self._vocabulary, self._subject = reader, vocabulary, subject

    def correct(self, typed: Sequence[str]) -> Correction:
        """Returns what to search for instead of the words of a query."""
        joined = self._joined(typed) if len(typed) <= MAX_JOINABLE else {}
        pairs: list[tuple[str, ...]] = _with_pairs(typed, joined) if joined else [(word,) for word in typed]
        singles = dict.fromkeys(pair[0] for pair in pairs if len(pair) == 1)
        asked = [word for word in singles if not is_stop_word(word)][:MAX_EXAMINED]
        replaced: dict[str, str] = {}
        offered: dict[str, str] = {}
        unknown = self._unknown(asked)
        has_too_many = len(unknown) > MAX_UNKNOWN
        examined = [] if has_too_many else unknown[:MAX_CORRECTIONS]
        found = {word: self._meant(word, typed) for word in examined}
        # Beside a word that is like no other, another language is likelier than an unusual typo.
        is_foreign = any(meant is None and not (is_cjk(word) or is_english(word)) for word, (meant, _) in found.items())
        for word, (meant, sure) in found.items():
            if meant is not None and (not is_foreign or is_cjk(word) or is_likely_typo(word, meant)):
                (replaced if sure else offered)[word] = meant
        rare = [] if has_too_many else [word for word in asked if word.isalpha() and word not in replaced]
        alternatives = self._alternatives(rare)
        used = [joined[pair] if pair in joined else replaced.get(pair[0], pair[0]) for pair in pairs]
        again = self._joined(used) if replaced and len(used) <= MAX_JOINABLE else {}  # "felow ship"
        at = 0
        for one in _with_pairs(used, again) if again else ():
            if one in again:
                joined[*pairs[at], *pairs[at + 1]] = again[one]
            at += len(one)
        if again:
            used = [again.get(one, one[0]) for one in _with_pairs(used, again)]
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
            (one, two): one + two
            for one, two in pairs
            if one + two in known and not self._reader.are_adjacent(one, two, when_common=True)
        }

    def _unknown(self, asked: Sequence[str]) -> list[str]:
        """The words of which the archive lacks the terms: of a Korean word any of its noun's, of another all.

        A Korean word that is translated is none, nor is another spelling of an English word ("neighbors").
        """
        readings: dict[str, Collection[str]] = {}
        for word in asked:
            if DIGIT.search(word):
                continue
            if is_cjk(word):
                noun = korean_noun(word)
                if len(korean_listed(word)) >= len(noun):
                    continue
                pairs = bigrams(noun)
                readings[word] = pairs[:-1] if len(pairs) > 1 and noun[-1] in PARTICLES else pairs
            else:
                readings[word] = {term for language in self._reader.languages for term in word_terms(word, language)}
        known = self._reader.terms([term for reading in readings.values() for term in reading]).keys()
        return [
            word
            for word, reading in readings.items()
            if (not known >= set(reading) if is_cjk(word) else known.isdisjoint(reading))
            and not any(map(is_english, variants(word)))
        ]

    def _meant(self, word: str, typed: Sequence[str]) -> tuple[str | None, bool]:
        """What was probably meant by an unknown word, and whether that is sure.

        Of equally close words, one that the archive has next to a typed neighbour is certainly meant.
        """
        if is_cjk(word):
            return self._meant_korean(word)
        in_english = is_english(word)
        if not in_english and (stop := next((one for one in swaps(word) if one in STOP_WORDS), None)):
            return stop, True
        if in_english:  # a rare word may be part of a name
            is_rare = english_share(word) < RARE_SHARE
            near = dict.fromkeys(self._vocabulary.near(word, 1), 1) if is_rare else {}
        else:
            near = self._vocabulary.near(word)
        singular: dict[str, str] = {}
        if not in_english and len(word) > SHORT_LENGTH:
            # The archive may have the word in the plural only.
            plurals = [one for one, distance in self._vocabulary.near(f"{word}s", 1).items() if distance]
            singular = {
                one[:-1]: one for one in plurals if one[-1] == "s" and one[-3:] != "ies" and len(one) == len(word) + 2
            }
            singular = {one: plural for one, plural in singular.items() if is_likely_typo(word, one)}
            near = (near or dict.fromkeys(plurals, 1)) | dict.fromkeys(singular, 1)
            near[word[1] + word[0] + word[2:]] = 1
        documents = self._reader.word_documents([*near, *singular.values()])
        known = {one: documents.get(one, 0) or documents.get(singular.get(one, ""), 0) for one in near}
        ranked = by_likelihood(word, near, known)
        closest = [one for one in ranked if near[one] == near[ranked[0]]]
        likely = [one for one in closest if in_english or is_likely_typo(word, one)][:MAX_IN_CONTEXT]
        certain = next((one for one in likely if self._in_context(one, word, typed)), None) or self._split(word)
        if certain or in_english or len(word) <= SHORT_LENGTH:
            return certain, certain is not None
        found = ranked[0] if ranked else self._split(word, when_common=True)
        if found is None and len(word) > SURE_LENGTH:
            near = dict.fromkeys(first_letter_variants(word), 1)
            found = next(iter(by_likelihood(word, near, self._reader.word_documents(near))), None)
            return found, found is not None and is_likely_typo(word, found)
        # Alone, or with a plural added, a short word may as well be another one.
        is_doubtful = len(found or "") > len(word) + 1 or all(one == word or is_stop_word(one) for one in typed)
        is_sure = found is not None and (len(word) >= SURE_LENGTH + is_doubtful or is_likely_typo(word, found))
        return found, is_sure and not self._may_be_name(word, found or "", typed)

    def _may_be_name(self, word: str, meant: str, typed: Sequence[str]) -> bool:
        """Whether a short word close to a common English one may be a name: it is the only word or follows "in".

        A word of the archive's subject is meant all the same ("markt"), and one of the same length, with letters that
        are swapped or next to each other on the keyboard.
        """
        if len(word) > SURE_LENGTH or len(word) == len(meant) or english_share(meant) < COMMON_SHARE:
            return False
        is_alone = all(one == word or is_stop_word(one) for one in typed)
        follows = any(one in BEFORE_PLACES and other == word for one, other in pairwise(typed))
        return (is_alone or follows) and not self._subject.named_in([meant])

    def _split(self, word: str, *, when_common: bool = False) -> str | None:
        """Two words of the archive that were run together; `when_common` also two too common to be checked."""
        halves = splits(word, self._reader.word_documents)[:MAX_SPLITS]
        return next(
            (f"{one} {two}" for one, two in halves if self._reader.are_adjacent(one, two, when_common=when_common)),
            None,
        )

    def _meant_korean(self, word: str) -> tuple[str | None, bool]:
        near = self._vocabulary.near(word)
        syllables = len(korean_noun(word))
        if syllables <= SHORT_SYLLABLES:
            # A noun of one syllable with its particle is close to every noun of two.
            near = {one: distance for one, distance in near.items() if korean_noun(one)[-1] not in PARTICLES}
        ranked = by_likelihood(word, near, self._reader.word_documents(near))
        if not ranked:
            return None, False
        particle = word[syllables:]
        return korean_noun(ranked[0]) + particle, syllables >= SURE_SYLLABLES

    def _in_context(self, meant: str, word: str, typed: Sequence[str]) -> bool:
        """Whether the archive has a word next to one that was typed next to the misspelt word."""
        pairs = [(one, meant) for one, other in pairwise(typed) if other == word]
        pairs += [(meant, other) for one, other in pairwise(typed) if one == word]
        return any(
            not (is_stop_word(one) or is_stop_word(other)) and self._reader.are_adjacent(one, other, when_common=False)
            for one, other in pairs
        )

    def _alternatives(self, asked: Sequence[str]) -> dict[str, str]:
        """Words that are searched for besides one that was asked for, because it may be a typo for them.

        A word that few articles have and no dictionary: a close one that is in 50 times more articles; one that no
        article has: the rest of it after a letter ("kdrama"). An English word that no article has: one with two
        letters swapped that is 100 times commoner in English ("joni us"), or with another vowel and 20 times commoner
        ("boarder"). A Korean noun that begins no word of the archive: a close one.
        """
        documents = self._reader.word_documents(asked)
        close_to: dict[str, Mapping[str, int]] = {}
        for word in asked:
            rare = documents.get(word, 0)
            if is_cjk(word):
                noun = korean_noun(word)
                is_new = len(noun) >= SURE_SYLLABLES and not self._reader.has_word_with_prefix(noun)
                near = self._vocabulary.near(word) if is_new else {}
            elif len(word) <= SHORT_LENGTH or rare > RARE:
                continue
            elif not is_english(word):
                rest = [word[1:], word[1:].removesuffix("s")] if len(word) > SURE_LENGTH else []
                near = self._vocabulary.near(word) if rare else dict.fromkeys(rest, 1)
            elif rare:
                near = {}
            else:
                close = dict.fromkeys(swaps(word), MUCH_COMMONER_IN_ENGLISH)
                if len(asked) <= MAX_JOINABLE:
                    vowels = [one for one in self._vocabulary.near(word) if is_other_vowel(word, one)]
                    close |= dict.fromkeys(vowels, MUCH_COMMONER_BY_A_VOWEL)
                own = english_share(word)
                near = {one: 1 for one, times in close.items() if english_share(one) >= times * own}
            close_to[word] = near
        counts = self._reader.word_documents(one for near in close_to.values() for one in near)
        found: dict[str, str] = {}
        for word, near in close_to.items():
            least = MUCH_COMMONER * documents.get(word, 0)
            commoner = {one: counts[one] for one in near if counts.get(one, 0) >= max(1, least)}
            if ranked := by_likelihood(word, near, commoner):
                found[word] = ranked[0]
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
