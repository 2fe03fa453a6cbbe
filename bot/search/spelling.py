"""Spelling: an unknown word's nearest word among those of the archive itself.

Nearness is optimal string alignment (swap, drop, insert, replace): one slip, or two from eight
letters. Hangul is compared by its letters (jamo), so that one wrong vowel is one slip.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

SHORTEST = 3  # letters, typed or meant; of shorter words nearly everything is one slip away
TWO_SLIPS_FROM = 8


@dataclass(slots=True)
class Vocabulary:
    """The words of the archive, by first letter and length. Only grows; counts are asked for anew.

    A word that has since left the archive stays here harmlessly: its count is then 0.
    """

    last: int = 0
    _buckets: defaultdict[tuple[str, int], list[tuple[str, int]]] = field(
        default_factory=lambda: defaultdict[tuple[str, int], list[tuple[str, int]]](list)
    )

    def add(self, words: Iterable[tuple[int, str]]) -> None:
        """Takes in words with their ever growing ids."""
        for number, word in words:
            self.last = number
            letters = spelt(word)
            self._buckets[letters[0], len(letters)].append((word, letter_set(letters)))

    def near(self, word: str) -> dict[str, int]:
        """Words within the slips allowed for a word of this length, with their distance."""
        letters = spelt(word)
        if len(letters) < SHORTEST:
            return {}
        slips = 2 if len(letters) >= TWO_SLIPS_FROM else 1
        return self._same_start(letters, slips)

    def _same_start(self, letters: str, slips: int) -> dict[str, int]:
        wanted = letter_set(letters)
        found: dict[str, int] = {}
        for length in range(max(SHORTEST, len(letters) - slips), len(letters) + slips + 1):
            for other, letter_bits in self._buckets.get((letters[0], length), ()):
                if (wanted ^ letter_bits).bit_count() <= 2 * slips:
                    distance = slips_between(letters, spelt(other), slips)
                    if distance <= slips:
                        found[other] = distance
        return found


def first_letter_variants(word: str) -> list[str]:
    """Every spelling that differs from a Latin word by a slip at its first letter alone."""
    if len(word) <= SHORTEST or not word.isascii():
        return []
    swapped = word[1] + word[0] + word[2:]
    replaced = [letter + word[1:] for letter in ascii_lowercase]
    added = [letter + word for letter in ascii_lowercase]
    return [swapped, word[1:], *replaced, *added]


def spelt(word: str) -> str:
    """A word as the letters a person types: Hangul syllables taken apart."""
    return word if word.isascii() else unicodedata.normalize("NFD", word)


def letter_set(letters: str) -> int:
    """The letters of a word as bits; one slip changes two of them at most."""
    bits = 0
    for letter in letters:
        bits |= 1 << (ord(letter) & 63)
    return bits


def slips_between(one: str, two: str, most: int) -> int:
    """Optimal string alignment distance; gives up with `most` + 1 as soon as it must be more."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def best(near: Mapping[str, int], documents: Mapping[str, int]) -> str | None:
    """The likeliest of near words: fewest slips, then the word most articles have."""
    known = [word for word in near if documents.get(word)]
    return min(known, key=lambda word: (near[word], -documents[word], word), default=None)


def split_in_two(word: str, documents: Callable[[Iterable[str]], Mapping[str, int]]) -> tuple[str, str] | None:
    """A run-together word as two known words, the split whose rarer half is commonest; None if there is none."""
    cuts = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    known = documents({half for cut in cuts for half in cut})
    whole = [cut for cut in cuts if all(half in known for half in cut)]
    return max(whole, key=lambda cut: min(known[cut[0]], known[cut[1]]), default=None)
