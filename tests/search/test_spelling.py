import pytest

from bot.search.query.spelling import (
    Vocabulary,
    by_likelihood,
    decompose,
    english_share,
    family_share,
    first_letter_variants,
    is_english,
    is_likely_typo,
    splits,
    within_distance,
)


@pytest.mark.parametrize(
    ("one", "two", "distance"),
    [
        ("defector", "defector", 0),
        ("defecter", "defector", 1),
        ("dfeector", "defector", 1),
        ("deector", "defector", 1),
        ("deffector", "defector", 1),
        ("dfecter", "defector", 2),
        ("market", "movement", 3),
    ],
)
def test_typos_within_edit_distance(one: str, two: str, distance: int) -> None:
    """A swap, a drop, a double and a wrong letter are one typo each; what is further off is not near."""
    assert within_distance(one, ["else", two], 2) == ([(1, distance)] if distance <= 2 else [])


def vocabulary(*words: str) -> Vocabulary:
    made = Vocabulary()
    made.add(enumerate(words, 1))
    return made


def test_two_typos_are_corrected_in_long_words_only() -> None:
    known = vocabulary("jangmadang", "trade")

    assert known.near("jangmadnag") == {"jangmadang": 1}
    assert known.near("jangmdnag") == {"jangmadang": 2}
    assert known.near("trrdae") == {}
    assert vocabulary("east").near("ea") == {}


def test_one_wrong_vowel_in_hangul_is_one_typo() -> None:
    assert vocabulary("탈북자", "시장").near("탈복자") == {"탈북자": 1}


def test_candidates_are_ordered_by_distance_then_likelihood_then_frequency() -> None:
    counts = {"defector": 9, "detector": 2, "defended": 50, "while": 300, "whole": 3}

    assert by_likelihood("defecter", {"defector": 1, "detector": 1, "defended": 2}, counts)[0] == "defector"
    assert by_likelihood("whple", {"while": 1, "whole": 1}, counts)[0] == "whole"
    assert by_likelihood("gnoe", {"gone": 1}, {}) == []


@pytest.mark.parametrize(
    ("typed", "meant", "easy"),
    [
        ("clac", "calc", True),  # swapped
        ("mids", "midas", True),  # left out
        ("calcc", "calc", True),  # doubled
        ("whple", "whole", True),  # a neighbour on the keyboard
        ("defecter", "defector", True),  # a vowel for another
        ("탈복자", "탈북자", True),  # in Hangul as well
        ("cacl", "call", False),
        ("whple", "while", False),
        ("xcalc", "calc", False),
        ("same", "same", False),
        ("", "", False),
    ],
)
def test_likely_typing_errors(typed: str, meant: str, easy: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_likely_typo(decompose(typed), decompose(meant)) is easy


def test_a_typo_in_the_first_letter_is_among_the_variants() -> None:
    variants = first_letter_variants("nagmadang")

    assert {"angmadang", "anagmadang"} & set(variants)
    assert "jagmadang" in variants


def test_joined_words_are_split_where_both_halves_are_common() -> None:
    counts = {"north": 90, "korea": 80, "nor": 1, "thkorea": 1}

    found = splits("northkorea", lambda words: {word: counts[word] for word in words if word in counts})

    assert found == [("north", "korea"), ("nor", "thkorea")]


@pytest.mark.parametrize("word", ["market", "market's", "women", "don't"])
def test_a_word_of_english_is_known_also_with_an_apostrophe(word: str) -> None:
    assert is_english(word)


@pytest.mark.parametrize("word", ["jangmadang", "markett", "시장", "2019", ""])
def test_a_name_a_typo_and_a_number_are_no_words_of_english(word: str) -> None:
    assert not is_english(word)


def test_the_more_forms_of_a_word_count_the_more_articles_use_it() -> None:
    assert 0 < english_share("market") == english_share("market's") < english_share("market", "markets")
    assert english_share("market", "markets") < family_share("market") == family_share("market's") < 1
    assert family_share("jangmadang") == 0


def test_a_number_is_the_rarer_the_longer_it_is() -> None:
    assert 0 < family_share("2019") < family_share("19") < family_share("7")
