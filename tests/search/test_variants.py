import pytest

from bot.search.query.synonyms import variants
from tests.search.archive import Archive, draft


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("organisation", "organization"),
        ("organizing", "organising"),
        ("colour", "color"),
        ("behavioral", "behavioural"),
        ("travelled", "traveled"),
        ("centre", "center"),
        ("defense", "defence"),
        ("women", "woman"),
        ("women's", "woman"),
        ("crises", "crisis"),
        ("flee", "fled"),
        ("fleeing", "fled"),
        ("written", "write"),
    ],
)
def test_other_spellings_and_irregular_forms_of_a_word(word: str, other: str) -> None:
    assert other in variants(word)


@pytest.mark.parametrize("word", ["market", "our", "four", "is", "founded", "filled", "2019", "시장", "marché", ""])
def test_a_word_with_one_form_has_no_other(word: str) -> None:
    assert variants(word) == frozenset()


async def test_an_article_is_found_by_another_form_of_its_words(archive: Archive) -> None:
    await archive.add(
        draft("The river", "She fled with her daughter in winter."),
        draft("An office", "The organization hires staff."),
        *[draft(f"Day {day}", "It rained.") for day in range(8)],
    )

    assert await archive.titles("why did she flee") == ["The river"]
    assert await archive.titles("organisation") == ["An office"]
    assert (await archive.search.search("organisation")).corrected is None
