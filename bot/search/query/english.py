"""What is an English word, and how common it is: decides what is a typo and what is only new to the archive."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

WORD_BYTES = 24
TYPICAL_ARTICLE = 300  # words


class EnglishWords:
    """A frequency list of English words as two arrays, ordered by word: 3 MB in place of 15 for a dict."""

    def __init__(self, words: npt.NDArray[np.bytes_], counts: npt.NDArray[np.float64]) -> None:
        order = np.argsort(words)
        self._words = words[order]
        # The share of typical articles that use a word: 1 - exp(-n f), f its share of all running words.
        self._shares = -np.expm1(-TYPICAL_ARTICLE * counts[order] / counts.sum())

    def shares(self, words: Sequence[str]) -> npt.NDArray[np.float64]:
        """Returns for each word the share of typical English articles that use it; 0 when it is not on the list."""
        # A possessive is as common as its noun.
        asked = np.array([_encoded(word.removesuffix("'s")) for word in words], f"S{WORD_BYTES}")
        at = np.minimum(np.searchsorted(self._words, asked), len(self._words) - 1)
        return np.where(self._words[at] == asked, self._shares[at], 0.0)

    def has(self, word: str) -> bool:
        """Returns whether a word is on the list, perhaps without its apostrophe."""
        return bool(self.shares([word, word.replace("'", "")]).any())


@cache
def english_words() -> EnglishWords:
    """Loads the list of the package symspellpy: `word count` lines."""
    listed = (resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_bytes().decode("utf-8-sig")
    columns = listed.split()
    return EnglishWords(
        np.array([_encoded(word) for word in columns[::2]], f"S{WORD_BYTES}"), np.array(columns[1::2], np.float64)
    )


def _encoded(word: str) -> bytes:
    return word.encode("ascii", "replace")[:WORD_BYTES]
