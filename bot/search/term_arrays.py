"""Candidates' texts as arrays of term numbers, and where they use the words of a query.

Pure functions over numpy arrays: a candidate has some hundred terms and a question of a hundred
words meets most of them, which is too much to look at one by one in the time an answer may take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.search.query import Query
from bot.store.search.reader import IndexedDocument
from bot.store.search.writer import NONE, NUMBER

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TITLE, HEADINGS, AUTHOR, TOPICS, BODY = range(5)  # parts of an article; what follows are more lines of the body


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of some documents laid end to end, the end of each part included.

    `document` and `part` say of every place to which document and which of its parts it belongs,
    `starts` where each document begins and `bodies` where its body does.
    """

    numbers: Ints
    document: Ints
    part: Ints
    starts: Ints
    bodies: Ints

    @property
    def count(self) -> int:
        """How many documents there are."""
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class Matches:
    """The places where documents use a query's words, in reading order: a column each.

    `slot` numbers the query's slots, `place` counts through all texts.
    """

    place: Ints
    document: Ints
    part: Ints
    slot: Ints

    def where(self, chosen: Flags) -> "Matches":
        """Some of the matches."""
        return Matches(self.place[chosen], self.document[chosen], self.part[chosen], self.slot[chosen])


def laid_out(documents: Sequence[IndexedDocument]) -> Texts:
    """The texts of one or more documents, in order."""
    sizes = np.array([len(one.terms) // NUMBER.itemsize for one in documents])
    numbers = np.frombuffer(b"".join(one.terms for one in documents), NUMBER).astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    ends = numbers == NONE
    before = np.cumsum(ends) - ends  # ends of parts before a place
    first = before[starts]
    bodies = np.flatnonzero(ends)[first + TOPICS] + 1
    document = np.repeat(np.arange(len(documents)), sizes)
    return Texts(numbers, document, before - first[document], starts, bodies)


def matches(texts: Texts, query: Query) -> Matches:
    """Where the texts use the query's words."""
    slot_of = np.zeros(int(texts.numbers.max(initial=0)) + 1, np.int64)
    for slot, one in enumerate(query.slots, 1):
        for number in one.numbers:
            if number < len(slot_of):
                slot_of[number] = slot
    slots = slot_of[texts.numbers]
    places = np.flatnonzero(slots)
    return Matches(places, texts.document[places], texts.part[places], slots[places] - 1)


def sums(groups: Ints, values: Floats, count: int) -> Floats:
    """What the values of each of so many groups add up to."""
    return np.bincount(groups, values, count).astype(np.float64, copy=False)


def met(groups: Ints, slots: Ints, shape: tuple[int, int]) -> Floats:
    """Which group meets which slot: a table of `shape` (groups, slots) of ones and zeros."""
    table = np.zeros(shape)
    table[groups, slots] = 1.0
    return table


def fullest_windows(found: Matches, groups: Ints, count: int, weights: Floats, span: int) -> Floats:
    """For each group of matches the most weight of different slots within `span` places of each other.

    `groups` numbers the group of every match and never falls. Every match adds its slot's weight to
    all windows that end between it and the next use of the same slot, or where it falls out.
    """
    fullest = np.zeros(count)
    total = len(found.place)
    if not total:
        return fullest
    order = np.lexsort((found.place, found.slot, groups))
    same = (found.slot[order][1:] == found.slot[order][:-1]) & (groups[order][1:] == groups[order][:-1])
    until = np.full(total, total)
    until[order[:-1][same]] = order[1:][same]
    until = np.minimum(until, np.searchsorted(found.place, found.place + span))
    until = np.minimum(until, np.searchsorted(groups, groups, side="right"))
    change = weights[found.slot] - sums(until, weights[found.slot], total + 1)[:-1]
    np.maximum.at(fullest, groups, np.cumsum(change))
    return fullest
