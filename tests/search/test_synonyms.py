import pytest

from bot.search.query.synonyms import close_words, same_words
from tests.search.archive import Archive, draft


@pytest.mark.parametrize(
    ("typed", "other"), [("mom", "mother"), ("mother", "mom"), ("cops", "police"), ("kids", "child")]
)
def test_everyday_words_stand_for_one_another(typed: str, other: str) -> None:
    assert other in same_words(typed)


@pytest.mark.parametrize(
    ("typed", "meant"), [("starved", "famine"), ("jobless", "unemployed"), ("vanishing", "disappeared")]
)
def test_any_form_of_a_word_has_its_close_words(typed: str, meant: str) -> None:
    assert meant in close_words(typed)


@pytest.mark.parametrize("word", ["songbun", "the", "2019", "시장", ""])
def test_a_word_that_is_not_listed_has_no_other(word: str) -> None:
    assert same_words(word) == close_words(word) == ()


async def test_an_article_is_found_by_a_word_that_means_the_same(archive: Archive) -> None:
    await archive.add(
        draft("A portrait", "Her mother sold tofu."),
        draft("A letter", "The moms of the row wrote it."),
        *[draft(f"Day {day}", "It rained.") for day in range(8)],
    )

    assert set(await archive.titles("mom")) == {"A portrait", "A letter"}


async def test_a_close_word_is_searched_for_only_in_place_of_one_that_the_archive_lacks(archive: Archive) -> None:
    await archive.add(draft("That winter", "The famine."), *[draft(f"Day {day}", "It rained.") for day in range(8)])
    without = await archive.titles("starvation")

    await archive.add(draft("A report", "The starvation of the north-east."))

    assert without == ["That winter"]
    assert await archive.titles("starvation") == ["A report"]
