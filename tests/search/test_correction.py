"""Corrections never make a search worse: what is certainly a typo is replaced, what may be one is offered."""

import pytest

from tests.search.archive import Archive, draft

STORIES = (
    draft("Songbun and the choir", "In 2020 the ranking of families by songbun decided a case, by any means."),
    draft(
        "Jangmadang days",
        "The jangmadang was long and loud. Officials punished traders. It was published. It brings rice.",
    ),
    draft("The underground railroad", "An underground railroad of safe houses. A song, and a steamed bun."),
    draft("장마당 이야기", "장마당에서 보통이 하나를 팔았다. 그 말은 사실이다.", language="ko"),
)


async def corrected(archive: Archive, asked: str) -> str | None:
    return (await archive.search.search(asked)).corrected


@pytest.mark.parametrize(
    "asked",
    [
        "markets 2022",
        "caste",
        "jeans",
        "furnished",
        "kim jong un",
        "통일",
        "처음 맞은",
        "won",
        "b2b",
        "the 1990s",
        "briding",
    ],
)
async def test_digits_english_words_and_short_words_are_searched_for_as_typed(archive: Archive, asked: str) -> None:
    await archive.add(*STORIES)

    assert await corrected(archive, asked) is None


@pytest.mark.parametrize("asked", ["neighbors", "colors", "보내는"])
async def test_another_spelling_and_a_word_that_is_translated_are_no_typos(archive: Archive, asked: str) -> None:
    """Nothing is replaced and nothing offered."""
    await archive.add(draft("Neighbours", "The neighbours sent colours."), draft("첫 겨울", "보낸 겨울", language="ko"))

    found = await archive.search.search(asked)

    assert (found.corrected, found.did_you_mean) == (None, None)


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("sonbgun", "songbun"),
        ("teh songbun", "the songbun"),
        ("jangmdang", "jangmadang"),
        ("undergroundrailroad", "underground railroad"),
        ("song bun ranking", "songbun ranking"),
        ("tradr songbun", "trader songbun"),
        ("장마덩", "장마당"),
        ("장마덩에서", "장마당에서"),
    ],
)
async def test_certain_typos_are_corrected(archive: Archive, asked: str, used: str) -> None:
    """Words run together are split where the archive has them side by side, and joined where it never has."""
    await archive.add(*STORIES)

    assert await corrected(archive, asked) == used


@pytest.mark.parametrize("asked", ["Rason", "what is rason", "life in rason", "Rajin"])
async def test_what_may_be_a_name_is_not_replaced_by_a_common_word(archive: Archive, asked: str) -> None:
    """It is offered; beside other words, or as a word of the archive's subject, the common word is meant."""
    await archive.add(draft("Why", "There was a reason for the rain at the market."), *STORIES)

    answer = await archive.search.search(asked)

    assert answer.corrected is None
    assert answer.did_you_mean is not None
    assert await corrected(archive, "the rason for the rain") == "the reason for the rain"
    assert await corrected(archive, "markt") == "market"


async def test_a_text_of_mostly_unknown_words_is_searched_for_as_typed(archive: Archive) -> None:
    """It is in another language or about something else: a few corrected words would find the wrong articles."""
    await archive.add(*STORIES)
    unknown = [f"xqzw{letter * 4}" for letter in "abcdefghijklm"]

    assert await corrected(archive, " ".join(["sonbgun", *unknown[:5]])) == " ".join(["songbun", *unknown[:5]])
    assert await corrected(archive, " ".join(["sonbgun", *unknown])) is None


async def test_halves_of_a_word_are_joined_after_a_slip_in_one(archive: Archive) -> None:
    await archive.add(draft("The fellowship", "Twelve of a fellowship, each with a fellow."), *STORIES)

    assert await corrected(archive, "felow ship songbun") == "fellowship songbun"


async def test_beside_a_word_like_no_other_only_a_usual_typo_is_replaced(archive: Archive) -> None:
    """The text may be in another language."""
    await archive.add(*STORIES, draft("The door", "A door to the market."))

    assert await corrected(archive, "lorem ipsum dolor") is None
    assert await corrected(archive, "lorem ipsum sonbgun") == "lorem ipsum songbun"


async def test_a_rare_english_word_beside_a_part_of_a_name_may_be_the_rest_of_it(archive: Archive) -> None:
    await archive.add(draft("Lessons", "A class.", author="Grace Whitfield"), *STORIES)

    assert await corrected(archive, "grace whitefield") == "grace whitfield"
    assert await corrected(archive, "whitefield") is None


async def test_words_adjacent_in_the_archive_are_not_joined(archive: Archive) -> None:
    await archive.add(*STORIES, draft("A song bun", "Her song bun is a steamed bun with a song."))

    assert await corrected(archive, "song bun") is None


async def test_a_rare_word_is_searched_for_together_with_a_much_commoner_one(archive: Archive) -> None:
    """The archive has the same typo once: both spellings are found, the typed one first."""
    await archive.add(
        draft("A slip", "The jangmadnag of a small town."),
        *(draft(f"Report {number}", f"The jangmadang on day {number}.") for number in range(60)),
    )

    answer = await archive.search.search("jangmadnag", limit=5)

    assert answer.corrected is None
    assert answer.total > 5


@pytest.mark.parametrize("asked", ["who won the world cup", "bitcoin price", "a a a", "the", "???", "오늘 날씨 어때요"])
async def test_a_question_about_something_else_finds_nothing(archive: Archive, asked: str) -> None:
    await archive.add(*STORIES)

    answer = await archive.search.search(asked)

    assert (answer.hits, answer.total) == ((), 0)
    assert len(answer.newest) == len(STORIES)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("the boarder", ["At the border"]),
        ("kdramas", ["At the border"]),
        ("bored her", []),
        ("xborder", ["At the border"]),
    ],
)
async def test_a_close_word_is_searched_for_besides_one_that_no_article_has(
    archive: Archive, asked: str, found: list[str]
) -> None:
    """A word that sounds alike and is much commoner, or what is left of an unknown word after its first letter."""
    await archive.add(draft("At the border", "They crossed the border for a drama."))

    results = await archive.search.search(asked)

    assert ([hit.article.title for hit in results.hits], results.corrected) == (found, None)


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("dicide by songbun", None),
        ("songbun dicided", "songbun decided"),
        ("opn source", "open source"),
        ("opn window", None),
    ],
)
async def test_a_neighbouring_word_shows_which_close_word_was_meant(
    archive: Archive, asked: str, used: str | None
) -> None:
    """A word of three letters is close to many: it is replaced only beside a word that the archive has beside it."""
    await archive.add(
        *STORIES,
        draft("Code", "An open source project. A songbun divided families; a songbun decided lives. A dividend."),
        draft("Doors", "The opening door. Divided, divided."),
    )

    assert await corrected(archive, asked) == used
