"""What a query's words weigh: which of them only ask, and how common the others are elsewhere."""

import pytest

from bot.search.query.english import english_words
from bot.search.query.terms import QueryToken, build_query, is_stop_word
from bot.store.search.reader import Term


@pytest.mark.parametrize(
    ("word", "stops"),
    [
        ("getting", True),
        ("gets", True),
        ("reads", True),
        ("plsss", True),
        ("posting", False),
        ("having", False),
        ("publisher", False),
        ("goods", False),
        ("famine", False),
        ("얘기를", True),
        ("어디서", True),
        ("장마당", False),
    ],
)
def test_words_that_only_ask_are_known_in_any_form(word: str, stops: bool) -> None:  # noqa: FBT001 - a table
    assert is_stop_word(word) is stops


def test_a_word_is_as_common_as_all_its_forms_together() -> None:
    """As the index does not tell them apart."""
    words = english_words()
    ending = words.family_share("ending")

    assert ending == pytest.approx(words.family_share("end"))
    assert words.share("ending") < ending < 1
    assert words.family_share("songbun") == 0.0


def test_the_longer_a_number_the_rarer_it_is() -> None:
    assert [english_words().family_share(number) for number in ("2", "2024")] == [0.5, 0.5**4]


@pytest.mark.parametrize(("term", "share", "least", "most"), [("songbun", 0.0, 2.0, 9.0), ("price", 0.3, 0.0, 0.0)])
def test_a_word_is_peculiar_that_the_archive_has_far_more_often(
    term: str, share: float, least: float, most: float
) -> None:
    """Which is not the same as rare: both are in one article of a hundred."""
    token = QueryToken((term,), english_share=share)

    [group] = build_query([token], {term: Term(term, 1, 1)}, 100).groups

    assert least <= group.peculiarity <= most


def test_two_letters_weigh_less_than_a_word_that_is_as_rare() -> None:
    tokens = [QueryToken(("un",)), QueryToken(("byol",))]

    short, long = build_query(tokens, {"un": Term("un", 1, 1), "byol": Term("byol", 2, 1)}, 100).groups

    assert (short.importance, short.peculiarity) < (long.importance / 2, long.peculiarity / 2)
