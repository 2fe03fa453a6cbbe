"""A person's words as the index understands them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from bot.words import GLUE, word_terms

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
    """A distinct place of a query that some article fills, and what filling it is worth."""

    terms: tuple[str, ...]
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


def build(asked: Sequence[Place], documents: Mapping[str, int], total: int) -> Query:
    """Weighs the places of a query; those that no article fills are left out."""
    number: dict[Place, int] = {}
    slots: list[Slot] = []
    for place, times in Counter(asked).items():
        known = max((documents.get(term, 0) for term in place.terms), default=0)
        if known:
            number[place] = len(slots)
            share = GLUE_SHARE if place.glue else 1.0
            slots.append(Slot(place.terms, share * rarity(known, total) * (1 + log(times)), known))
    neighbours = {
        (number[one], number[two]) for one, two in pairwise(asked) if one in number and two in number and one != two
    }
    return Query(tuple(slots), frozenset(neighbours))


def rarity(documents: int, total: int) -> float:
    """The inverse document frequency of a term that so many of all articles have; never negative."""
    return log(1 + (total - min(documents, total) + 0.5) / (documents + 0.5))
