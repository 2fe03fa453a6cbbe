import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.search.query.terms import Query, TermGroup
from bot.search.ranking.term_arrays import AUTHOR, BODY, TITLE, Matches, best_windows, flatten, matches
from tests.search.documents import document

SPAN = 5


def query(*numbers: tuple[int, ...]) -> Query:
    return Query(tuple(TermGroup((), one, 1.0, 1) for one in numbers), frozenset())


def test_every_position_has_its_document_and_part() -> None:
    """Parts end with a separator position, so words on both sides are not adjacent."""
    texts = flatten([document(7, (3,), (), (), (), (3, 4), (4,)), document(9, (), (), (3,), (), ())])

    found = matches(texts, query((3,), (4,)))

    assert found.document.tolist() == [0, 0, 0, 0, 1]
    assert found.part.tolist() == [TITLE, BODY, BODY, BODY + 1, AUTHOR]
    assert found.group.tolist() == [0, 0, 1, 1, 0]
    assert found.position.tolist() == [0, 5, 6, 8, 12]
    assert (texts.starts.tolist(), texts.bodies.tolist()) == ([0, 10], [5, 15])


def test_any_term_of_a_group_matches_it_and_unknown_terms_are_ignored() -> None:
    texts = flatten([document(1, (5, 6), (), (), ())])

    assert matches(texts, query((6, 5, 9_999))).group.tolist() == [0, 0]
    assert matches(texts, query((9_999,))).group.tolist() == []


def plainly(uses: list[tuple[int, int, int]], count: int, weights: list[float]) -> list[float]:
    """The fullest window of every group, looked for in the plainest way."""
    fullest = [0.0] * count
    for group, end, _ in uses:
        inside = {slot for other, place, slot in uses if other == group and end - SPAN < place <= end}
        fullest[group] = max(fullest[group], sum(weights[slot] for slot in inside))
    return fullest


@given(st.sets(st.tuples(st.integers(0, 2), st.integers(0, 30)), max_size=40), st.randoms(use_true_random=False))
def test_the_best_window_counts_every_group_once(places: set[tuple[int, int]], rng: object) -> None:
    """Equal to a naive search, with repetitions, and never across segments."""
    slots = [getattr(rng, "randrange")(4) for _ in places]  # noqa: B009 - hypothesis types its randoms as objects
    uses = [(group, place, slot) for (group, place), slot in zip(sorted(places), slots, strict=True)]
    weights = [1.0, 0.5, 0.25, 2.0]
    columns = np.array(uses, np.int64).reshape(-1, 3).T
    at = columns[0] * 1_000 + columns[1]  # places of different groups lie apart, as texts laid end to end do
    found = Matches(at, columns[0], columns[0], columns[2])

    got, ends = best_windows(found, columns[0], 3, np.array(weights), SPAN)

    assert [end >= 0 for end in ends] == [group in columns[0] for group in range(3)]
    assert np.allclose(got, plainly(uses, 3, weights))
