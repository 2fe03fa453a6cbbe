from hypothesis import given
from hypothesis import strategies as st

from bot.search.query.terms import Query, TermGroup
from bot.search.ranking.candidate import AUTHOR, BODY, FIELDS, TITLE, best_window, find_candidates
from tests.search.documents import document

SPAN = 5


def query(*numbers: tuple[int, ...]) -> Query:
    return Query(tuple(TermGroup((), one, 1.0, 1) for one in numbers), frozenset())


def test_matches_are_found_in_each_field() -> None:
    """Parts end with a separator position, so words on both sides are not adjacent."""
    first, second = find_candidates(
        query((3,), (4,)), [document(7, (3,), (), (), (), (3, 4), (4,)), document(9, (), (), (3,), (), ())]
    )

    assert list(zip(first.positions, first.groups, strict=True)) == [(0, 0), (5, 0), (6, 1), (8, 1)]
    assert [first.groups[first.matches[field]] for field in FIELDS] == [[0], [], [], [], [0, 1, 1]]
    assert (first.field(TITLE), first.field(BODY)) == ([3], [3, 4, 4])
    assert [second.positions[second.matches[field]] for field in FIELDS] == [[], [], [second.starts[AUTHOR]], [], []]


def test_any_term_of_a_group_matches_it_and_unknown_terms_are_ignored() -> None:
    texts = [document(1, (5, 6), (), (), (), ())]

    assert [one.groups for one in find_candidates(query((6, 5, 9_999)), texts)] == [[0, 0]]
    assert [one.groups for one in find_candidates(query((9_999,)), texts)] == [[]]


def test_a_group_that_weighs_next_to_nothing_is_located_in_the_title_and_counted_in_the_body() -> None:
    groups = TermGroup((), (3,), 0.01, 900), TermGroup((), (4,), 1.0, 1)
    [found] = find_candidates(Query(groups, frozenset()), [document(1, (3,), (), (), (), (3, 4), (3,))], 0.03)

    assert [found.groups[found.matches[field]] for field in (TITLE, BODY)] == [[0], [1]]
    assert found.counted == {0: 2}


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 3), max_size=20))
def test_the_best_window_counts_every_group_once(uses: dict[int, int]) -> None:
    """Equal to a naive search, with repetitions; of equals the first."""
    positions, weights = sorted(uses), [1.0, 0.5, 0.25, 2.0]
    windows = [
        sum(weights[group] for group in {uses[other] for other in positions if at - SPAN < other <= at})
        for at in positions
    ]

    weight, end = best_window(positions, [uses[at] for at in positions], weights, SPAN)

    assert weight == max(windows, default=0.0)
    assert end == (positions[windows.index(weight)] if positions else -1)
