"""Candidates: the stored texts of articles, and where they match a query."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.search.query.terms import Query
from bot.store.search.ids import ids_from_bytes
from bot.store.search.reader import NO_TERM, IndexedDocument

FIELDS = TITLE, HEADINGS, AUTHOR, TOPICS, BODY = range(5)  # the body has a part for each line, every other field one

EPSILON = 1e-9  # rounding of sums


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document and the positions at which it matches a query, in reading order.

    `starts` is where each field begins in `terms`. `groups` are the indexes of the query's term groups that match
    at `positions`, several at one that is a compound, and `matches[field]` is the slice of both that lies in a field.
    """

    document: IndexedDocument
    terms: Sequence[int]
    starts: tuple[int, ...]
    positions: Sequence[int]
    groups: Sequence[int]
    matches: tuple[slice, ...]

    def field(self, field: int) -> Sequence[int]:
        """Returns the term ids of a field, with `NO_TERM` after each part."""
        return self.terms[self.starts[field] : self.starts[field + 1] if field < BODY else None]


def find_candidates(query: Query, documents: Sequence[IndexedDocument]) -> list[Candidate]:
    """Returns where each document matches the query."""
    group_of = {term: number for number, group in enumerate(query.groups) for term in group.ids}
    found: list[Candidate] = []
    for document in documents:
        terms = ids_from_bytes(document.terms)
        starts = [0]
        for _ in FIELDS[1:]:
            starts.append(terms.index(NO_TERM, starts[-1]) + 1)
        if query.wholes or query.halves:
            positions, groups = _matches_of_compounds(query, terms, group_of)
        else:
            positions = [at for at, term in enumerate(terms) if term in group_of]
            groups = [group_of[terms[at]] for at in positions]
        first = [bisect_left(positions, start) for start in starts]
        matches = tuple(slice(*extent) for extent in zip(first, [*first[1:], len(positions)], strict=True))
        found.append(Candidate(document, terms, tuple(starts), positions, groups, matches))
    return found


def _matches_of_compounds(
    query: Query, terms: Sequence[int], group_of: Mapping[int, int]
) -> tuple[list[int], list[int]]:
    """Where a text matches a query with compounds: a whole matches two groups at its position."""
    first_halves = {one for one, _ in query.halves}
    matching = group_of.keys() | query.wholes.keys() | first_halves
    positions: list[int] = []
    groups: list[int] = []
    for at in [at for at, term in enumerate(terms) if term in matching]:
        term = terms[at]
        found = [group_of[term]] if term in group_of else [*query.wholes.get(term, ())]
        if term in first_halves and (group := query.halves.get((term, terms[at + 1]))) is not None:
            found.append(group)
        positions += [at] * len(found)
        groups += found
    return positions, groups


def best_window(
    positions: Sequence[int], groups: Sequence[int], weights: Sequence[float], span: int
) -> tuple[float, int]:
    """Returns the highest weight of distinct groups within `span` positions, and where that window ends.

    Of equal windows it is the first; without matches it ends at -1.
    """
    best, end = 0.0, -1
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
    return best, end
