"""An article's text as the index stores it: a string in which each of its distinct terms is one character.

Where a term stands is then a search in a string, which takes a tenth of the time of comparing term ids one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from bot.store.search.ids import ids_from_bytes

T = TypeVar("T")

END = "\0"  # after each part
MAX_USES = 255  # of a term that are counted


@dataclass(frozen=True, slots=True)
class IndexedText:
    """The terms of an article, and their order.

    `terms` are distinct ids, the most used first, `uses` how often the article uses each (one byte each). A term is
    the character `chr(1 + its index in terms)`. The parts are the title, headings, author, topics, then the lines of
    the body (the summary, the passages, captions, footnotes, links to read on, the author's note).
    """

    terms: tuple[int, ...]
    uses: bytes
    characters: str

    def has_run(self, run: Sequence[int]) -> bool:
        """Returns whether some terms, all of them the article's, follow one another in it."""
        return "".join(chr(1 + self.terms.index(term)) for term in run) in self.characters


def index_text(parts: Sequence[Sequence[T]], uses: Mapping[T, int], id_of: Callable[[T], int]) -> IndexedText:
    """Returns a text made of terms; a term without uses counts as not used."""
    times = {term: uses.get(term, 0) for term in dict.fromkeys(chain.from_iterable(parts))}
    terms = sorted(times, key=times.__getitem__, reverse=True)
    characters = {term: chr(at) for at, term in enumerate(terms, 1)}
    text = "".join(f"{''.join(map(characters.__getitem__, part))}{END}" for part in parts)
    return IndexedText(tuple(map(id_of, terms)), bytes(map(times.__getitem__, terms)), text)


def text_to_bytes(characters: str) -> bytes:
    """Returns the characters as stored: one byte each for the 127 most used terms, then two."""
    return characters.encode("utf-8", "surrogatepass")


def text_from_bytes(terms: bytes, uses: bytes, characters: bytes) -> IndexedText:
    """Returns a text as stored."""
    return IndexedText(ids_from_bytes(terms), uses, characters.decode("utf-8", "surrogatepass"))
