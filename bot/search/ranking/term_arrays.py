"""Candidates' texts as arrays of term ids, and where they match a query.

Pure functions over numpy arrays: a candidate has some hundred terms and a question of a hundred words
matches most of them, too many to visit one by one in Python.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.search.query.terms import Query
from bot.store.search.reader import NO_TERM, TERM_ID, IndexedDocument

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EPSILON = 1e-9  # rounding of cumulative sums

TITLE, HEADINGS, AUTHOR, TOPICS, BODY = range(5)  # parts of an article; later ones are more lines of the body


@dataclass(frozen=True, slots=True)
class TermArrays:
    """The texts of some documents, concatenated, with the end of each part.

    `ids` has a term id for every position, `document` and `part` the document and the part it belongs
    to; `starts` is where each document begins and `bodies` where its body does.
    """

    ids: Ints
    document: Ints
    part: Ints
    starts: Ints
    bodies: Ints

    @property
    def count(self) -> int:
        """The number of documents."""
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class Matches:
    """The positions where documents match a query, in reading order, as columns.

    `position` counts through all texts, `group` is the index of the query's term group.
    """

    position: Ints
    document: Ints
    part: Ints
    group: Ints

    def where(self, chosen: Flags) -> "Matches":
        """Returns some of the matches."""
        return Matches(self.position[chosen], self.document[chosen], self.part[chosen], self.group[chosen])


def flatten(documents: Sequence[IndexedDocument]) -> TermArrays:
    """Concatenates the texts of one or more documents, in order."""
    sizes = np.array([len(one.terms) // TERM_ID.itemsize for one in documents])
    ids = np.frombuffer(b"".join(one.terms for one in documents), TERM_ID).astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    ends = ids == NO_TERM
    before = np.cumsum(ends) - ends  # ends of parts before each position
    first = before[starts]
    bodies = np.flatnonzero(ends)[first + TOPICS] + 1
    document = np.repeat(np.arange(len(documents)), sizes)
    return TermArrays(ids, document, before - first[document], starts, bodies)


def matches(texts: TermArrays, query: Query) -> Matches:
    """Returns where the texts match the query."""
    group_of = np.zeros(int(texts.ids.max(initial=0)) + 1, np.int64)  # by term id; 0: none
    for number, group in enumerate(query.groups, 1):
        for term in group.ids:
            if term < len(group_of):
                group_of[term] = number
    groups = group_of[texts.ids]
    positions = np.flatnonzero(groups)
    return Matches(positions, texts.document[positions], texts.part[positions], groups[positions] - 1)


def segment_sums(segments: Ints, values: Floats, count: int) -> Floats:
    """Returns the sum of the values of each of `count` segments: sum over i with segments[i] = s of values[i]."""
    return np.bincount(segments, values, count).astype(np.float64, copy=False)


def incidence(segments: Ints, groups: Ints, shape: tuple[int, int]) -> Floats:
    """Returns a matrix of `shape` (segments, groups): 1 where a segment matches a group, else 0."""
    matrix = np.zeros(shape)
    matrix[segments, groups] = 1.0
    return matrix


def best_windows(found: Matches, segments: Ints, count: int, weights: Floats, span: int) -> tuple[Floats, Ints]:
    """Returns for each segment the highest weight of distinct groups within `span` positions, and that window's end.

    `segments` numbers the segment of every match and never decreases. A match counts in every window that
    ends between it and the next match of the same group, or until it is `span` positions back:

        window(i) = sum of weights(j) for j <= i < until(j)

    computed as a cumulative sum of the weights that enter minus those that leave at each match. The end is
    the position of the window's last match, -1 for a segment without matches.
    """
    total = len(found.position)
    best, ends = np.zeros(count), np.full(count, -1)
    if not total:
        return best, ends
    order = np.lexsort((found.position, found.group, segments))
    same = (found.group[order][1:] == found.group[order][:-1]) & (segments[order][1:] == segments[order][:-1])
    until = np.full(total, total)
    until[order[:-1][same]] = order[1:][same]
    until = np.minimum(until, np.searchsorted(found.position, found.position + span))
    until = np.minimum(until, np.searchsorted(segments, segments, side="right"))
    entering = weights[found.group]
    windows = np.cumsum(entering - segment_sums(until, entering, total + 1)[:-1])
    np.maximum.at(best, segments, windows)
    # Of equal windows the first: written last to first, so that it is what remains.
    fullest = np.flatnonzero(windows >= best[segments] - EPSILON)[::-1]
    ends[segments[fullest]] = found.position[fullest]
    return best, ends
