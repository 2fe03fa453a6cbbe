import pytest

from bot.search.query.terms import Query, TermGroup
from bot.search.ranking.candidate import find_candidates
from bot.search.ranking.feedback import MAX_CLUSTER, feedback_parts
from bot.search.ranking.reranker import IdfCache
from tests.search.documents import document

ASKED = 1  # a term number
QUERY = Query((TermGroup((), (ASKED,), 2.0, 5),), frozenset())
AVERAGE_LENGTH = 3.0
LEADERS = [((ASKED, 10, 11), 9.0), ((ASKED, 10, 12), 8.0), ((20,), 7.0), ((21,), 6.0), ((22,), 5.0)]


def feedback(part: str, *bodies: tuple[int, ...]) -> list[float]:
    """A part of the scores of five leaders, of which two share the term 10, and of candidates with some bodies."""
    scored = [*LEADERS, *((body, 1.0) for body in bodies)]
    documents = [document(at, (), (), (), (), body) for at, (body, _) in enumerate(scored)]
    scores = [score for _, score in scored]
    parts = feedback_parts(QUERY, find_candidates(QUERY, documents), scores, IdfCache(), AVERAGE_LENGTH)
    return [of[part] for of in parts]


@pytest.mark.parametrize("other", [(30,), (11,), (ASKED,)], ids=["nobody's", "one leader's", "the query's"])
def test_a_word_that_two_leaders_share_expands_the_query(other: tuple[int, ...]) -> None:
    shared, alone = feedback("expansion", (10,), other)[-2:]

    assert shared > alone == 0


def test_a_leader_is_not_raised_by_its_own_words() -> None:
    assert feedback("expansion") == [0.0] * len(LEADERS)


def test_a_cluster_raises_what_is_like_the_leaders_up_to_a_share_of_the_best_score() -> None:
    like, unlike = feedback("cluster", (10, 11, 12), (30, 31, 32))[-2:]

    assert MAX_CLUSTER * 9.0 >= like > unlike == 0


@pytest.mark.parametrize("scores", [[], [3.0], [0.0, 0.0]])
def test_without_two_candidates_and_a_score_there_is_no_feedback(scores: list[float]) -> None:
    documents = [document(at, (), (), (), (), (ASKED, 10)) for at in range(len(scores))]

    parts = feedback_parts(QUERY, find_candidates(QUERY, documents), scores, IdfCache(), AVERAGE_LENGTH)

    assert parts == [{}] * len(scores)
