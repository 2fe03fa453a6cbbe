"""A person's words as the index understands them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt

from bot.store.search.reader import Term
from bot.text_analysis import GLUE, word_terms

LONGEST_QUERY = 4_000  # characters; Discord sends at most 6,000
MOST_WORDS = 120
GLUE_SHARE = 0.1  # of what a word of the same rarity counts that is not glue


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a query: the terms that fill it equally well, and whether the word is mere glue.

    A word has one place with its stem in each language of the archive, or a place for each of its
    pairs of characters.
    """

    terms: tuple[str, ...]
    glue: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A distinct place of a query that some article fills, and what filling it is worth.

    `terms` are all that fill it, `numbers` those the index has.
    """

    terms: tuple[str, ...]
    numbers: tuple[int, ...]
    weight: float
    documents: int


@dataclass(frozen=True, slots=True)
class Query:
    """The distinct slots of a query, and which slots are neighbours in it (pairs of their numbers)."""

    slots: tuple[Slot, ...]
    neighbours: frozenset[tuple[int, int]]

    @property
    def weight(self) -> float:
        """What an article that fills every slot gets."""
        return sum(slot.weight for slot in self.slots)


def places(words: Sequence[str], languages: Sequence[str]) -> list[Place]:
    """The places of a query, in order, with their terms in every language."""
    found: list[Place] = []
    for word in words[:MOST_WORDS]:
        readings = dict.fromkeys(word_terms(word, language) for language in languages)
        longest = max((len(reading) for reading in readings), default=0)
        columns = ([reading[at] for reading in readings if at < len(reading)] for at in range(longest))
        found += [Place(tuple(dict.fromkeys(column)), word in GLUE) for column in columns]
    return found


def build(asked: Sequence[Place], terms: Mapping[str, Term], total: int) -> Query:
    """Weighs the places of a query; those that no article fills are left out."""
    times = Counter(asked)
    known = {place: [terms[term] for term in place.terms if term in terms] for place in times}
    filled = [place for place in times if known[place]]
    documents = [max(term.documents for term in known[place]) for place in filled]
    rarities = rarity(np.array(documents), total).tolist()
    slots = [
        Slot(
            place.terms,
            tuple(term.number for term in known[place]),
            (GLUE_SHARE if place.glue else 1.0) * rare * (1 + log(times[place])),
            count,
        )
        for place, rare, count in zip(filled, rarities, documents, strict=True)
    ]
    number = {place: at for at, place in enumerate(filled)}
    neighbours = {
        (number[one], number[two]) for one, two in pairwise(asked) if one in number and two in number and one != two
    }
    return Query(tuple(slots), frozenset(neighbours))


def rarity(documents: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.float64]:
    """The inverse document frequencies of terms that so many of all articles have; never negative."""
    return np.log1p((total - np.minimum(documents, total) + 0.5) / (documents + 0.5))
