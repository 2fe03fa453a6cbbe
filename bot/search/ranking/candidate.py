"""Candidates: the stored texts of articles, and where they match a query."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from bot.search.query.terms import Query
from bot.store.search.reader import END, IndexedDocument

FIELDS = TITLE, HEADINGS, AUTHOR, TOPICS, BODY = range(5)  # the body has a part for each line, every other field one

MIN_WEIGHT = 0.03  # of a query's heaviest group, for a group that is located in bodies
EPSILON = 1e-9  # rounding of sums


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document and the positions at which it matches a query, in reading order.

    `starts` is where each field begins in the document's text. `groups` are the indexes of the query's term groups
    that match at `positions`, several at one that is a compound, and `matches[field]` is the slice of both that lies
    in a field. `counted` has how often the body uses the groups that are not located in it.
    """

    document: IndexedDocument
    starts: tuple[int, ...]
    positions: Sequence[int]
    groups: Sequence[int]
    matches: tuple[slice, ...]
    counted: Mapping[int, int]

    def field(self, field: int) -> list[int]:
        """Returns the term ids of a field."""
        text = self.document.text
        extent = slice(self.starts[field], self.starts[field + 1] if field < BODY else None)
        return [text.terms[ord(character) - 1] for character in text.characters[extent] if character != END]


def find_candidates(query: Query, documents: Sequence[IndexedDocument], min_weight: float = 0.0) -> list[Candidate]:
    """Returns where each document matches the query.

    Groups of less than `min_weight` times the heaviest one's weight are most of the words that match, and say little:
    their uses in a body are only counted.
    """
    group_of = {term: number for number, group in enumerate(query.groups) for term in group.ids}
    asked = frozenset(chain(group_of, query.wholes, *query.halves))
    least = min_weight * max((group.weight for group in query.groups), default=0.0)
    light = {number for number, group in enumerate(query.groups) if group.weight < least}
    found: list[Candidate] = []
    for document in documents:
        terms, text = document.text.terms, document.text.characters
        starts = [0]
        for _ in FIELDS[1:]:
            starts.append(text.index(END, starts[-1]) + 1)
        characters = {term: chr(1 + terms.index(term)) for term in asked.intersection(terms)}
        runs = [(character, group_of[term]) for term, character in characters.items() if term in group_of]
        # Compounds: a whole matches two groups, and two halves that follow one another match one.
        runs += [(characters[one], group) for one in query.wholes.keys() & characters for group in query.wholes[one]]
        runs += [
            (characters[one] + characters[two], group)
            for (one, two), group in query.halves.items()
            if one in characters and two in characters
        ]
        counted = dict[int, int]()
        matches: list[tuple[int, int]] = []
        for run, group in runs:
            end = len(text)
            if group in light:
                counted[group] = counted.get(group, 0) + text.count(run, starts[BODY])
                end = starts[BODY]
            at = text.find(run, 0, end)
            while at >= 0:
                matches.append((at, group))
                at = text.find(run, at + 1, end)
        matches.sort(key=itemgetter(0))
        positions, groups = [at for at, _ in matches], [group for _, group in matches]
        first = [bisect_left(positions, start) for start in starts]
        extents = tuple(slice(*extent) for extent in zip(first, [*first[1:], len(positions)], strict=True))
        found.append(Candidate(document, tuple(starts), positions, groups, extents, counted))
    return found


def best_window(
    positions: Sequence[int], groups: Sequence[int], weights: Sequence[float], span: int
) -> tuple[float, int]:
    """Returns the highest weight of distinct groups within `span` positions, and where that window ends.

    Of equal windows it is the first; without matches it ends at -1.
    """
    best, end = 0.0, -1
    most = sum([weights[group] for group in set(groups)]) - EPSILON
    weight = 0.0
    inside = [0] * len(weights)  # how often each group is in the window
    first = 0
    for position, group in zip(positions, groups, strict=True):
        while positions[first] <= position - span:
            left = groups[first]
            inside[left] -= 1
            if not inside[left]:
                weight -= weights[left]
            first += 1
        inside[group] += 1
        if inside[group] == 1:
            weight += weights[group]
            if weight > best + EPSILON:
                best, end = weight, position
                if best >= most:
                    break
    return best, end
