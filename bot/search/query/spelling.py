"""Spelling: the words of the archive that are close to a typed one, and the words of English.

Distance is optimal string alignment (swap, drop, insert, replace). Latin words may differ by one
edit, or two from eight letters. Korean words are compared by syllables, particles apart: one syllable
may differ, by one letter (jamo).

English is a frequency list: it decides what is a typo, what is only new to the archive, and how much a word says.
"""

import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby
from math import expm1
from string import ascii_lowercase

from editdistpy import damerau_osa

from bot.text_analysis import DEFAULT_LANGUAGE, KOREAN_SUFFIX, is_cjk, stem

MIN_LENGTH = 3  # letters; nearly everything is one edit away from a shorter word
TWO_EDITS_FROM = 8

# English words and their forms.
TYPICAL_ARTICLE = 300  # words
ENDINGS = ("", "e", "s", "es", "ed", "d", "ing", "ings", "er", "ers", "r", "rs", "ly", "ment", "ments", "ion", "ions")
PREFIX = 3  # letters, by which the list is divided

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # the keyboard; each row is half a key further right
SOUND_ALIKE = frozenset(["cs", "sc", "ck", "kc", "sz", "zs"])
VOWELS = frozenset("aeiouy") | frozenset(map(chr, range(0x1161, 0x1176)))  # Latin, and Hangul's


def _neighbour_keys() -> dict[str, str]:
    found: defaultdict[str, str] = defaultdict(str)
    for row, letters in enumerate(_ROWS):
        for at, letter in enumerate(letters):
            found[letter] += letters[max(0, at - 1) : at] + letters[at + 1 : at + 2]
            for other in _ROWS[row + 1][max(0, at - 1) : at + 1] if row + 1 < len(_ROWS) else "":
                found[letter] += other
                found[other] += letter
    return found


NEIGHBOUR_KEYS = _neighbour_keys()


@dataclass(slots=True)
class _Bucket:
    """Words of one length, and of one first letter when they are Latin, with the letters that are compared."""

    words: list[str] = field(default_factory=list[str])
    letters: list[str] = field(default_factory=list[str])
    signatures: "array[int]" = field(default_factory=lambda: array("I"))

    def within(self, letters: str, edits: int) -> list[tuple[int, int]]:
        """Returns the indexes of the words within `edits` of some letters, with their distance."""
        # An edit changes at most two bits of a signature: few words are left whose distance must be computed.
        typed, most = signature(letters), 2 * edits
        near = [at for at, other in enumerate(self.signatures) if (other ^ typed).bit_count() <= most]
        found = within_distance(letters, [self.letters[at] for at in near], edits)
        return [(near[at], distance) for at, distance in found]


class Vocabulary:
    """The words of the archive, kept between searches.

    Words are only added; document frequencies are read when they are needed, so a word that has left
    the archive stays here harmlessly.
    """

    def __init__(self) -> None:
        self.last = 0  # the id of the newest word
        self._buckets: defaultdict[tuple[str, int], _Bucket] = defaultdict(_Bucket)

    def add(self, words: Iterable[tuple[int, str]]) -> None:
        """Adds words with their ids, which ascend."""
        for number, word in words:
            letters = korean_noun(word) if is_cjk(word) else decompose(word)
            bucket = self._buckets["" if is_cjk(letters) else letters[0], len(letters)]
            bucket.words.append(word)
            bucket.letters.append(letters)
            bucket.signatures.append(signature(letters))
            self.last = number

    def near(self, word: str, most: int = 2) -> dict[str, int]:
        """Returns the words within the distance allowed for a word of this length, with their distance.

        `most` is the highest distance that is of use.
        """
        if is_cjk(word):
            return self._near_korean(korean_noun(word))
        letters = decompose(word)
        if len(letters) < MIN_LENGTH:
            return {}
        edits = min(most, 2 if len(letters) >= TWO_EDITS_FROM else 1)
        found: dict[str, int] = {}
        for length in range(max(MIN_LENGTH, len(letters) - edits), len(letters) + edits + 1):
            bucket = self._buckets.get((letters[0], length))
            if bucket is not None:
                found |= {bucket.words[at]: distance for at, distance in bucket.within(letters, edits)}
        return found

    def _near_korean(self, noun: str) -> dict[str, int]:
        bucket = self._buckets.get(("", len(noun)))
        if bucket is None or len(noun) < 2:  # noqa: PLR2004 - everything is near a single syllable
            return {}
        typed = decompose(noun)
        close = [at for at, _ in bucket.within(noun, 1)]
        return {
            bucket.words[at]: 1 for at in close if damerau_osa.distance(typed, decompose(bucket.letters[at]), 1) == 1
        }


def signature(letters: str) -> int:
    """Returns the set of some letters as 32 bits; letters that share a bit only make a filter less strict."""
    bits = 0
    for letter in letters:
        bits |= 1 << ord(letter) % 32
    return bits


def within_distance(letters: str, texts: Sequence[str], edits: int) -> list[tuple[int, int]]:
    """Returns the indexes of the texts within `edits` of some letters, with their distance."""
    found = ((at, damerau_osa.distance(letters, text, edits)) for at, text in enumerate(texts))
    return [(at, distance) for at, distance in found if distance >= 0]


def first_letter_variants(word: str) -> list[str]:
    """Returns every spelling that differs from a Latin word by one edit at its first letter."""
    if len(word) <= MIN_LENGTH or not word.isascii():
        return []
    swapped = word[1] + word[0] + word[2:]
    replaced = [letter + word[1:] for letter in ascii_lowercase]
    added = [letter + word for letter in ascii_lowercase]
    return [swapped, word[1:], *replaced, *added]


def decompose(word: str) -> str:
    """Returns a word as the letters a person types: Hangul syllables taken apart."""
    return word if word.isascii() else unicodedata.normalize("NFD", word)


def korean_noun(word: str) -> str:
    """Returns a Korean word without the particle or ending attached to it."""
    suffix = KOREAN_SUFFIX.search(word)
    return word[: suffix.start()] if suffix and suffix.start() > 1 else word


def by_likelihood(typed: str, near: Mapping[str, int], documents: Mapping[str, int]) -> list[str]:
    """Returns those of some words that the archive has, the likeliest first.

    In this order: fewest edits, a letter left out, another frequent kind of typo, the most articles.
    """
    letters = decompose(typed)

    def unlikeliness(word: str) -> tuple[int, int, int, str]:
        meant = decompose(word)
        kind = 2 if not is_likely_typo(letters, meant) else len(meant) <= len(letters)
        return near[word], int(kind), -documents[word], word

    return sorted((word for word in near if documents.get(word)), key=unlikeliness)


def is_likely_typo(typed: str, meant: str) -> bool:
    """Returns whether an edit is a frequent one.

    A letter is left out, doubled, swapped with the next one, replaced by a neighbour on the keyboard,
    or by one that sounds like it: a vowel by another vowel, "c" by "s" or "k", "s" by "z".
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
    one, other = typed[at : at + 1], meant[at : at + 1]
    confused = other in NEIGHBOUR_KEYS.get(one, "") or {one, other} <= VOWELS or one + other in SOUND_ALIKE
    return confused and typed[at + 1 :] == meant[at + 1 :]


def is_other_vowel(typed: str, meant: str) -> bool:
    """Returns whether two words differ only by their vowels, as words that sound alike often do."""
    return typed != meant and [one for one in typed if one not in VOWELS] == [one for one in meant if one not in VOWELS]


def swaps(word: str) -> list[str]:
    """Returns every spelling with two neighbouring letters swapped."""
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def splits(word: str, documents: Callable[[Iterable[str]], Mapping[str, int]]) -> list[tuple[str, str]]:
    """Returns the ways to split a word into two known ones, the split whose rarer half is commonest first."""
    cuts = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    known = documents({half for cut in cuts for half in cut})
    whole = [cut for cut in cuts if all(half in known for half in cut)]
    return sorted(whole, key=lambda cut: min(known[cut[0]], known[cut[1]]), reverse=True)


def is_english(word: str) -> bool:
    """Returns whether a word is on the list of English words, perhaps without its apostrophe."""
    return english_share(word) > 0 or ("'" in word and english_share(word.replace("'", "")) > 0)


def english_share(*forms: str) -> float:
    """Returns the share of typical English articles that use a word in some forms: 1 - exp(-300 f).

    f is the share of the forms in all running words, 0 when none is on the list; forms are taken to be independent.
    A possessive is as common as its noun.
    """
    lines_of, total = _frequencies()
    count = 0
    for form in forms:
        start = "\n" + form.removesuffix("'s") + " "
        lines = lines_of.get(start[1 : PREFIX + 1], "")
        at = lines.find(start)
        if at >= 0:
            count += int(lines[at + len(start) : lines.index("\n", at + 1)])
    return -expm1(-TYPICAL_ARTICLE * count / total)


@lru_cache(maxsize=1_024)
def family_share(word: str) -> float:
    """Returns the share of typical English articles that use a word in any form, as the index has it.

    A number is the rarer the longer it is: no dictionary has them.
    """
    if word.isdecimal():
        return 0.5 ** len(word)
    own = word.removesuffix("'s")
    root = stem(own, DEFAULT_LANGUAGE)
    if len(root) < PREFIX:
        return english_share(own)
    known = set[str]() if own.startswith(root) else {own}
    for base in (root, root[:-1] + "y") if root.endswith("i") else (root,):
        lines = _frequencies()[0].get(base[:PREFIX], "")
        first = lines.find(f"\n{base}")
        if first < 0:
            continue  # most words of a name or of another language begin none of the list
        family = lines[first : lines.index("\n", lines.rindex(f"\n{base}") + 1) + 1]
        known.update(form for form in (own, *(base + ending for ending in ENDINGS)) if f"\n{form} " in family)
    return english_share(*[form for form in known if stem(form, DEFAULT_LANGUAGE) == root]) if known else 0.0


@cache
def _frequencies() -> tuple[Mapping[str, str], int]:
    """The list of the package symspellpy, as the lines `word count` of each prefix, and the sum of all counts.

    The lines of a prefix are one text: 2 MB in place of 15 for a dict.
    """
    listed = resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = sorted(listed.read_bytes().decode("utf-8-sig").splitlines())
    lines_of = {prefix: "\n".join(("", *same, "")) for prefix, same in groupby(lines, key=lambda line: line[:PREFIX])}
    return lines_of, sum(int(line.partition(" ")[2]) for line in lines)
