"""What is an English word, and how common it is: decides what is a typo and what is only new to the archive."""

from functools import cache, lru_cache
from importlib import resources
from itertools import groupby
from math import expm1

from bot.text_analysis import DEFAULT_LANGUAGE, stem

TYPICAL_ARTICLE = 300  # words
ENDINGS = ("", "e", "s", "es", "ed", "d", "ing", "ings", "er", "ers", "r", "rs", "ly", "ment", "ments", "ion", "ions")
PREFIX = 3  # letters


class EnglishWords:
    """A frequency list of English words, made of lines of `word count`.

    The lines of each prefix are kept as one text: 2 MB in place of 15 for a dict.
    """

    def __init__(self, listed: str) -> None:
        lines = sorted(listed.splitlines())
        self._lines = {
            prefix: "\n".join(("", *same, "")) for prefix, same in groupby(lines, key=lambda line: line[:PREFIX])
        }
        self.family_share = lru_cache(maxsize=1_024)(self._family_share)
        self._all = sum(int(line.partition(" ")[2]) for line in lines)

    def share(self, word: str) -> float:
        """Returns the share of typical English articles that use a word; 0 when it is not on the list.

        A possessive is as common as its noun.
        """
        return self._share_of(self._count(word.removesuffix("'s")))

    def has(self, word: str) -> bool:
        """Returns whether a word is on the list, perhaps without its apostrophe."""
        return self.share(word) > 0 or ("'" in word and self.share(word.replace("'", "")) > 0)

    def _family_share(self, word: str) -> float:
        """The share of typical English articles that use a word in any form, as the index has it.

        Forms are taken to be independent. A number is the rarer the longer it is: no dictionary has them.
        """
        if word.isdecimal():
            return 0.5 ** len(word)
        own = word.removesuffix("'s")
        root = stem(own, DEFAULT_LANGUAGE)
        if len(root) < PREFIX:
            return self.share(own)
        counts = {} if own.startswith(root) else {own: self._count(own)}
        for base in (root, root[:-1] + "y") if root.endswith("i") else (root,):
            lines = self._lines.get(base[:PREFIX], "")
            first = lines.find(f"\n{base}")
            if first < 0:
                continue  # most words of a name or of another language begin none of the list
            family = lines[first : lines.index("\n", lines.rindex(f"\n{base}") + 1) + 1]
            forms = (own, *(base + ending for ending in ENDINGS))
            counts.update((form, _count_in(family, form)) for form in forms if f"\n{form} " in family)
        return self._share_of(sum(count for form, count in counts.items() if stem(form, DEFAULT_LANGUAGE) == root))

    def _count(self, word: str) -> int:
        return _count_in(self._lines.get(f"{word} "[:PREFIX], ""), word)

    def _share_of(self, count: int) -> float:
        """1 - exp(-300 f), f the share of all running words."""
        return -expm1(-TYPICAL_ARTICLE * count / self._all)


def _count_in(lines: str, word: str) -> int:
    """The count on the line of a word; 0 without one."""
    start = f"\n{word} "
    at = lines.find(start)
    return int(lines[at + len(start) : lines.index("\n", at + 1)]) if at >= 0 else 0


@cache
def english_words() -> EnglishWords:
    """Loads the list of the package symspellpy."""
    listed = resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    return EnglishWords(listed.read_bytes().decode("utf-8-sig"))
