from collections.abc import Iterable

import pytest

from bot.search.query.terms import Compound, QueryToken, build_query, find_compounds
from bot.search.ranking.candidate import find_candidates
from bot.store.search.reader import Term
from tests.search.archive import Archive, draft
from tests.search.documents import document

WORDS = {
    "non": 9,
    "linear": 9,
    "nonlinear": 4,
    "data": 5,
    "bases": 5,
    "databases": 3,
    "arch": 1,
    "market": 8,
    "some": 7,
    "one": 7,
}
NON, LINEAR, NONLINEAR, OTHER = 1, 2, 3, 4  # term ids
TERMS = {
    "non": Term("non", NON, 30),
    "linear": Term("linear", LINEAR, 20),
    "nonlinear": Term("nonlinear", NONLINEAR, 10),
}


def documents(words: Iterable[str]) -> dict[str, int]:
    return {word: WORDS[word] for word in words if word in WORDS}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("non linear flow", [Compound("non", "linear", "nonlinear", is_whole=False)]),
        ("nonlinear flow", [Compound("non", "linear", "nonlinear", is_whole=True)]),
        ("all databases", [Compound("data", "base", "databas", is_whole=True)]),
        ("market data", []),  # never written as one
        ("search", []),  # "se arch": broken at the end of a line
        ("the market", []),
        ("someone", []),  # halves that are stop words
        ("시장 경제", []),
    ],
)
def test_compounds_are_words_that_the_archive_writes_both_ways(typed: str, found: list[Compound]) -> None:
    assert find_compounds(typed.split(), ["en", "ko"], documents) == found


def test_a_word_written_as_one_matches_both_words_that_were_typed() -> None:
    tokens = [QueryToken(("non",)), QueryToken(("linear",))]
    query = build_query(tokens, TERMS, 100, compounds=[Compound("non", "linear", "nonlinear", is_whole=False)])

    [candidate] = find_candidates(query, [document(1, (), (), (), (), (OTHER, NONLINEAR, LINEAR))])

    assert list(zip(candidate.positions, candidate.groups, strict=True)) == [(5, 0), (5, 1), (6, 1)]


def test_words_written_apart_match_the_one_that_was_typed_where_they_stand_together() -> None:
    compound = Compound("non", "linear", "nonlinear", is_whole=True)
    query = build_query([QueryToken(("nonlinear",))], TERMS, 100, compounds=[compound])

    texts = [
        document(1, (NONLINEAR, NON), (), (), (), (LINEAR, NON, LINEAR, LINEAR)),
        document(2, (), (), (), (), (NON,)),
    ]

    assert [tuple(one.positions) for one in find_candidates(query, texts)] == [(0, 7), ()]


def test_a_word_that_is_also_written_apart_is_as_common_as_its_halves_may_be() -> None:
    tokens = [QueryToken(("nonlinear",))]
    alone, both = (
        build_query(tokens, TERMS, 100, compounds=found).weight
        for found in ([], [Compound("non", "linear", "nonlinear", is_whole=True)])
    )

    assert both < alone
    assert both == build_query(tokens, {"nonlinear": Term("nonlinear", NONLINEAR, 10 + 20)}, 100).weight


async def test_both_ways_of_writing_a_compound_count(archive: Archive) -> None:
    """Whichever way it is typed, articles with the compound come before one with its halves."""
    await archive.add(
        draft("Small contracts", "A micropurchase is bought in a day."),
        draft("Auctions", "A micro-purchase is bought in a day. We held an auction for one micro-purchase."),
        draft("Cards", "A purchase is bought with a card. We held a talk about the small and the micro card."),
        *[draft(f"Day {day}", "It rained.") for day in range(8)],
    )

    for typed in ("micro purchase bought", "micro-purchase bought", "micropurchase bought"):
        assert set((await archive.titles(typed))[:2]) == {"Auctions", "Small contracts"}


async def test_an_excerpt_marks_a_compound_that_is_written_apart(archive: Archive) -> None:
    await archive.add(
        draft("Auctions", "We held an auction for one Micro-Purchase in a day. The micro part was small."),
        draft("Cards", "A micro-purchase or micropurchase is a small purchase."),
        *[draft(f"Day {day}", "It rained.") for day in range(8)],
    )

    [first, *_] = (await archive.search.search("auction micropurchase")).hits

    assert [span.text for span in first.excerpt if span.matched] == ["auction", "Micro-Purchase"]
