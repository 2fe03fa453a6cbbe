"""A person's words as the index understands them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from bot.words import word_terms

LONGEST_QUERY = 4_000  # characters; Discord sends at most 6,000
MOST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a query: the terms that fill it equally well, and what filling it is worth.

    A word has one slot with its stem in each language of the archive, or one slot for each pair
    of characters. `weight` is the inverse document frequency times the emphasis of repetition.
    """

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


def slot_terms(words: Sequence[str], languages: Sequence[str]) -> list[tuple[str, ...]]:
    """The terms of every place of a query, in order, with their stems in every language."""
    places: list[tuple[str, ...]] = []
    for word in words[:MOST_WORDS]:
        readings = dict.fromkeys(word_terms(word, language) for language in languages)
        longest = max((len(reading) for reading in readings), default=0)
        places += [
            tuple(dict.fromkeys(reading[at] for reading in readings if at < len(reading))) for at in range(longest)
        ]
    return places


def build(places: Sequence[tuple[str, ...]], documents: Mapping[str, int], total: int) -> Query:
    """Weighs the places of a query; those that no article fills are left out."""
    emphasis = Counter(places)
    number: dict[tuple[str, ...], int] = {}
    slots: list[Slot] = []
    for place, times in emphasis.items():
        known = max((documents.get(term, 0) for term in place), default=0)
        if known:
            number[place] = len(slots)
            rarity = log(1 + (total - min(known, total) + 0.5) / (known + 0.5))
            slots.append(Slot(place, rarity * (1 + log(times)), known))
    neighbours = {
        (number[one], number[next_one])
        for one, next_one in pairwise(places)
        if one in number and next_one in number and one != next_one
    }
    return Query(tuple(slots), frozenset(neighbours))
