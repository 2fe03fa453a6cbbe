import random
from collections import defaultdict
from statistics import fmean

import pytest

from bot.search.query.terms import Query, TermGroup
from bot.search.ranking import retrieval
from bot.search.ranking.candidate import MIN_WEIGHT, find_candidates
from bot.search.ranking.reranker import MAX_WEIGHT, IdfCache, Scorer, mean_position_weight, position_weights
from bot.search.ranking.retrieval import retrieve
from bot.store.search.reader import BLOCK, POSTING, Posting
from tests.search.documents import document

RED, FOX, DEN = 1, 2, 3  # term numbers
OTHER = tuple(range(10, 90))


def asked(*numbers: int, neighbours: bool = True) -> Query:
    pairs = frozenset({(0, 1)} if neighbours and len(numbers) > 1 else set[tuple[int, int]]())
    return Query(tuple(TermGroup((), (number,), 2.0, 5) for number in numbers), pairs)


def scores(part: str, query: Query, *documents: tuple[tuple[int, ...], ...]) -> list[float]:
    scorer = Scorer(query, IdfCache(), average_length=100.0)
    candidates = find_candidates(query, [document(at, *one) for at, one in enumerate(documents)])
    return [scorer.parts(candidate)[part] for candidate in candidates]


@pytest.mark.parametrize(
    ("part", "better", "worse"),
    [
        ("words", (RED, FOX), (RED, *OTHER[:1])),
        ("words", (RED, RED, FOX), (RED, FOX)),
        ("words", (RED, *OTHER), (*OTHER, RED)),
        ("coverage", (RED, FOX), (RED, RED)),
        ("adjacency", (RED, FOX), (RED, 10, FOX)),
        ("adjacency", (RED, FOX), (FOX, RED)),
        ("window", (RED, *OTHER[:9], FOX), (RED, *OTHER, FOX)),
        ("lead", (RED, *OTHER), (*OTHER, RED)),
    ],
)
def test_what_each_part_of_the_score_rewards(part: str, better: tuple[int, ...], worse: tuple[int, ...]) -> None:
    """More of the query, its order, its nearness, its place in the body."""
    first, second = scores(part, asked(RED, FOX), ((), (), (), (), better), ((), (), (), (), worse))

    assert first > second


def test_what_weighs_next_to_nothing_beside_the_rest_is_evidence_in_a_body_and_no_score() -> None:
    """A question about "the korea of tomorrow" in an archive about Korea."""
    light, heavy = TermGroup((), (RED,), 0.01, 900, importance=4.0), TermGroup((), (FOX,), 5.0, 3, importance=4.0)
    scorer = Scorer(Query((light, heavy), frozenset()), IdfCache(), average_length=100.0)
    texts = [((), (), (), (), body) for body in ((FOX, 10, 10), (FOX, RED, 10), (FOX, RED, RED))]
    none, once, twice = find_candidates(
        Query((light, heavy), frozenset()), [document(at, *one) for at, one in enumerate(texts)], MIN_WEIGHT
    )

    assert scorer.parts(none) == scorer.parts(once) == scorer.parts(twice)
    assert scorer.evidence(none) < scorer.evidence(once) < scorer.evidence(twice)


def test_a_title_that_is_the_query_beats_one_that_holds_it() -> None:
    titles = [((RED, FOX), (), (), (), ()), ((RED, FOX, 10, 11), (), (), (), ()), ((10,), (), (), (), ())]

    whole, part, other = scores("title", asked(RED, FOX), *titles)

    assert whole > part > other == 0


def test_a_title_counts_for_more_than_a_body() -> None:
    title, body = scores("words", asked(RED), ((RED,), (), (), (), (10,)), ((10,), (), (), (), (RED,)))

    assert title > body


def test_terms_not_adjacent_in_the_query_get_no_adjacency_score() -> None:
    assert scores("adjacency", asked(RED, FOX, neighbours=False), ((), (), (), (), (RED, FOX))) == [0.0]


def test_a_pair_weighs_as_the_geometric_mean_of_its_words() -> None:
    def pair(*weights: float) -> float:
        groups = tuple(TermGroup((), (at,), weight, 5) for at, weight in enumerate(weights, RED))
        [score] = scores("adjacency", Query(groups, frozenset({(0, 1)})), ((), (), (), (), (RED, FOX)))
        return score

    assert pair(1.0, 4.0) == pytest.approx(pair(2.0, 2.0))
    assert pair(0.0, 4.0) == 0


def test_the_mean_of_position_weights_is_that_of_every_position() -> None:
    assert mean_position_weight(400.0) == pytest.approx(fmean(position_weights(1)[:400]), rel=0.01)


class Index:
    """Postings of some terms, with the numbers asked for."""

    def __init__(self, entries: dict[int, dict[int, int]]) -> None:
        self._entries = entries
        self.read = set[int]()

    def postings(self, numbers: object) -> list[Posting]:
        found: list[Posting] = []
        for number in list(numbers):  # type: ignore[call-overload]
            self.read.add(number)
            blocks: defaultdict[int, bytearray] = defaultdict(bytearray)
            for article, weight in self._entries[number].items():
                blocks[article // BLOCK] += POSTING.pack(article % BLOCK, weight)
            found += [(number, block, bytes(entries)) for block, entries in blocks.items()]
        return found


@pytest.mark.parametrize(
    ("archive", "articles"),
    [
        (900, {1: 20, 2: 300, 3: 600}),
        (9_000, {1: 20, 2: 1_500, 3: 5_000}),
        (90_000, {1: 20, 2: 300, 3: 5_000}),
        (9_000, {1: 20}),
        (90_000, {3: 30_000}),
    ],
)
def test_candidates_equal_those_of_a_simple_sum(archive: int, articles: dict[int, int]) -> None:
    """Over blocks' borders, of common and rare terms, in any order of reading; of equals the newest."""
    rng = random.Random(5)
    index = {
        number: {rng.randrange(1, archive): rng.randint(1, 255) for _ in range(count)}
        for number, count in articles.items()
    }
    weights = {1: 3.0, 2: 1.0, 3: 0.5}
    query = Query(tuple(TermGroup((), (number,), weights[number], 300) for number in index), frozenset())
    sums: dict[int, float] = {}
    for number, entries in index.items():
        for article, weight in entries.items():
            sums[article] = sums.get(article, 0.0) + weights[number] / MAX_WEIGHT * weight
    best = sorted(sums, key=lambda article: (-round(sums[article], 9), -article))[: retrieval.CANDIDATES]

    assert set(retrieve(query, Index(index).postings, None)) == set(best)


def test_only_what_is_allowed_is_a_candidate() -> None:
    index = Index({RED: {1: 255, 2: 10, 300: 5}})

    assert set(retrieve(asked(RED), index.postings, [2, 300, 301])) == {2, 300}
    assert retrieve(asked(RED), index.postings, []) == []


def test_common_words_are_left_to_the_second_stage_when_rare_ones_spent_the_budget() -> None:
    """The rarest word is read whatever it costs."""
    index = Index({RED: {1: 9}, FOX: {2: 9}, DEN: {3: 9}})
    most = retrieval.MAX_POSTINGS
    slots = (TermGroup((), (DEN,), 1.0, most), TermGroup((), (RED,), 3.0, 1), TermGroup((), (FOX,), 2.0, 2))

    assert set(retrieve(Query(slots, frozenset()), index.postings, None)) == {1, 2}
    assert index.read == {RED, FOX}
    assert retrieve(Query(slots[:1], frozenset()), index.postings, None) == [3]
