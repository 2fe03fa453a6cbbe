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
    """A line of a body, and the term in it, counted from the line's start, where the best window ends."""

    line: int
    term: int


def best_locations(query: Query, candidate: Candidate, lines: int) -> tuple[Location, ...]:
    """Returns the lines of a body in which most of the query is close together, best first.

    `lines` is how many lines of the body there are to choose from. Of equal lines the first is better:

        score(line) = best window(line) + 0.25 * weight of distinct groups(line)
    """
    weights = [group.weight for group in query.groups]
    positions, groups = candidate.positions, candidate.groups
    found: list[tuple[float, Location]] = []
    start, first = candidate.starts[BODY], candidate.matches[BODY].start
    text = candidate.document.text.characters
    for line in range(min(lines, text.count(END, start))):
        end = text.index(END, start)
        last = bisect_left(positions, end, first)
        window, at = best_window(positions[first:last], groups[first:last], weights, WINDOW_TERMS)
        if first < last:
            anywhere = sum(weights[group] for group in set(groups[first:last]))
            found.append((window + ANYWHERE * anywhere, Location(line, at - start)))
        start, first = end + 1, last
    return tuple(location for _, location in nlargest(LOCATIONS, found, key=itemgetter(0)))
