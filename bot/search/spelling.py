"""Spelling: an unknown word's nearest word among those of the archive itself.

Nearness is optimal string alignment (swap, drop, insert, replace): one slip, or two from eight
letters. Hangul is compared by its letters (jamo), so that one wrong vowel is one slip.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.store.search.reader import SearchReader

SHORTEST = 3  # letters; of shorter words nearly everything is one slip away
SHORTEST_LATIN = 4  # typed: "eat" in an archive that never ate is no slip for "east"
TWO_SLIPS_FROM = 8

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # the keyboard; each row stands half a key to the right
VOWELS = frozenset("aeiouy") | frozenset(map(chr, range(0x1161, 0x1176)))  # Latin, and Hangul's


def _neighbours() -> dict[str, str]:
    found: defaultdict[str, str] = defaultdict(str)
    for row, letters in enumerate(_ROWS):
        for at, letter in enumerate(letters):
            found[letter] += letters[max(0, at - 1) : at] + letters[at + 1 : at + 2]
            for other in _ROWS[row + 1][max(0, at - 1) : at + 1] if row + 1 < len(_ROWS) else "":
                found[letter] += other
                found[other] += letter
    return found


NEIGHBOURS = _neighbours()


@dataclass(slots=True)
class _Bucket:
    """Words of one first letter and length, and the letters each is typed with."""

    words: list[str] = field(default_factory=list[str])
    letters: list[str] = field(default_factory=list[str])


class Vocabulary:
    """The words of the archive, as spelling compares them. Kept between searches.

    Words only grow, their counts are asked for anew: a word that has since left the archive stays
    here harmlessly.
    """

    def __init__(self) -> None:
        self._last = 0
        self._buckets: defaultdict[tuple[str, int], _Bucket] = defaultdict(_Bucket)

    def refresh(self, reader: SearchReader) -> None:
        """Takes in the words that are new in the archive."""
        new = reader.words_after(self._last)
        if new:
            self.add(word for _, word in new)
            self._last = new[-1][0]

    def add(self, words: Iterable[str]) -> None:
        """Takes in words."""
        for word in words:
            letters = spelt(word)
            bucket = self._buckets[letters[0], len(letters)]
            bucket.words.append(word)
            bucket.letters.append(letters)

    def near(self, word: str) -> dict[str, int]:
        """Words of the same first letter within the slips allowed for a word of this length, with their distance."""
        letters = spelt(word)
        if len(letters) < (SHORTEST_LATIN if word.isascii() else SHORTEST):
            return {}
        slips = 2 if len(letters) >= TWO_SLIPS_FROM else 1
        found: dict[str, int] = {}
        for length in range(max(SHORTEST, len(letters) - slips), len(letters) + slips + 1):
            bucket = self._buckets.get((letters[0], length))
            if bucket is not None:
                found |= {bucket.words[at]: distance for at, distance in near_texts(letters, bucket.letters, slips)}
        return found


def near_texts(letters: str, texts: Sequence[str], slips: int) -> list[tuple[int, int]]:
    """The numbers of the texts within so many slips of some letters, with their distance."""
    found = process.extract(letters, texts, scorer=OSA.distance, processor=None, score_cutoff=slips, limit=None)
    return [(at, int(distance)) for _, distance, at in found]


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


def best(typed: str, near: Mapping[str, int], documents: Mapping[str, int]) -> str | None:
    """The likeliest of the words near to a typed one: fewest slips, the commonest kind of slip, most articles."""
    known = [word for word in near if documents.get(word)]
    return min(
        known,
        key=lambda word: (near[word], not is_easy_slip(spelt(typed), spelt(word)), -documents[word], word),
        default=None,
    )


def is_easy_slip(typed: str, meant: str) -> bool:
    """Whether fingers slip so: a letter left out, doubled, swapped with the next, or a neighbour on the keyboard.

    A vowel in place of another is easy too: that is how words are misheard.
    """
    if typed == meant:
        return False
    at = next((at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), len(meant))
    if len(typed) == len(meant) - 1:
        return typed[at:] == meant[at + 1 :]
    if len(typed) == len(meant) + 1:
        return typed[at + 1 :] == meant[at:] and typed[at] in typed[max(0, at - 1) : at] + typed[at + 1 : at + 2]
    if len(typed) != len(meant):
        return False
    if typed[at : at + 2] == meant[at : at + 2][::-1] and typed[at + 2 :] == meant[at + 2 :]:
        return True
    return typed[at + 1 :] == meant[at + 1 :] and _is_confused(typed[at : at + 1], meant[at : at + 1])


def _is_confused(one: str, other: str) -> bool:
    return other in NEIGHBOURS.get(one, "") or (one in VOWELS and other in VOWELS)


def split_in_two(word: str, documents: Callable[[Iterable[str]], Mapping[str, int]]) -> tuple[str, str] | None:
    """A run-together word as two known words, the split whose rarer half is commonest; None if there is none."""
    cuts = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    known = documents({half for cut in cuts for half in cut})
    whole = [cut for cut in cuts if all(half in known for half in cut)]
    return max(whole, key=lambda cut: min(known[cut[0]], known[cut[1]]), default=None)
