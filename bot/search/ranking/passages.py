"""Finds the lines of an article that answer a query, and where in them."""

from bisect import bisect_left
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter

from bot.search.query.terms import Query
from bot.search.ranking.candidate import BODY, Candidate, best_window
from bot.search.ranking.reranker import WINDOW_TERMS
from bot.store.search.indexed_text import END

ANYWHERE = 0.25  # of a word's weight, when it is in the line but apart from the others
LOCATIONS = 2


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a body and the term at which its best window ends.

    `matches` are the query's matches in the line, each the first and the last term and the number of the term group.
    Terms are counted from the line's start.
    """

    line: int
    term: int
    matches: tuple[tuple[int, int, int], ...]


def best_locations(query: Query, candidate: Candidate, lines: int) -> tuple[Location, ...]:
    """Returns the lines of a body in which most of the query is close together, best first.

    `lines` is how many lines of the body there are to choose from. Of equal lines the first is better:

        score(line) = best window(line) + 0.25 * weight of distinct groups(line)
    """
    weights = [group.weight for group in query.groups]
    positions, groups = candidate.positions, candidate.groups
    found: list[tuple[float, int, int, int, slice]] = []
    text = candidate.document.text.characters
    start, first = candidate.starts[BODY], candidate.matches[BODY].start
    for line in range(min(lines, text.count(END, start))):
        end = text.index(END, start)
        last = bisect_left(positions, end, first)
        if first < last:
            inside = groups[first:last]
            window, at = best_window(positions[first:last], inside, weights, WINDOW_TERMS)
            anywhere = sum(weights[group] for group in set(inside))
            found.append((window + ANYWHERE * anywhere, line, start, at, slice(first, last)))
        start, first = end + 1, last
    terms = candidate.document.text.terms
    halves = {
        chr(1 + terms.index(one)) + chr(1 + terms.index(two)): group
        for (one, two), group in query.halves.items()
        if one in terms and two in terms
    }
    locations: list[Location] = []
    for _, line, start, window_end, inside in nlargest(LOCATIONS, found, key=itemgetter(0)):
        matches = [
            (at - start, at - start + (halves.get(text[at : at + 2]) == group), group)
            for at, group in zip(positions[inside], groups[inside], strict=True)
        ]
        locations.append(Location(line, window_end - start, tuple(matches)))
    return tuple(locations)
