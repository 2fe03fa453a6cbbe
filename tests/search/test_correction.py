"""Corrections never make a search worse: what is certainly a typo is replaced, what may be one is offered."""

from dataclasses import replace

import pytest

from bot.models import ArticleBody, Image, Link, LinkKind, Passage
from bot.search.index import LineKind
from tests.search.archive import NOW, Archive, draft

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
    await archive.add(replace(draft("Lessons", "A class."), author="Grace Whitfield"), *STORIES)

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


async def test_a_quoted_phrase_is_required(archive: Archive) -> None:
    await archive.add(*STORIES)

    assert await archive.titles('"underground railroad"') == ["The underground railroad"]
    assert await archive.titles('"railroad underground"') == []


async def test_newest_orders_hits_by_date_and_lists_articles_without_a_subject(archive: Archive) -> None:
    days = (3.0, 1.0, 2.0)
    await archive.add(*(draft(f"Market {day:.0f}", "A market.", published=NOW + day) for day in days))

    assert await archive.titles("latest market") == ["Market 3", "Market 2", "Market 1"]
    assert await archive.titles("newest articles") == ["Market 3", "Market 2", "Market 1"]


async def test_the_askers_language_breaks_ties(archive: Archive) -> None:
    await archive.add(
        draft("Hanawon", "A centre.", language="en", published=NOW),
        draft("Hanawon ", "A centre.", language="ko", published=NOW),
    )

    for language in ("en", "ko"):
        answer = await archive.search.search("hanawon", language=language)
        assert answer.hits[0].article.language == language


async def test_whatever_is_not_a_passage_is_shown_and_labelled(archive: Archive) -> None:
    one = draft("A market", "Nothing else is said here.")
    body = ArticleBody(
        (Passage(0, "", "Nothing else is said here.\n\n> How songs cross the river"),),
        images=(Image("https://x.example/a.jpg", "A biscuit tin with coins.", "The tin was the bank."),),
        footnotes=("*Names were changed to protect relatives.",),
        links=(Link("How songs cross the river", "https://blog.example.org/songs", LinkKind.RELATED, 0),),
    )
    await archive.add(replace(one, body=body, author_note="Ann Example is a composer from Glasgow."))

    sources = {}
    for asked in (
        "biscuit tin",
        "protect relatives",
        "nothing else said here",
        "songs cross rivers",
        "glasgow composer",
    ):
        hit = (await archive.search.search(asked)).hits[0]
        sources[asked] = hit.source
        assert any(span.matched for span in hit.excerpt)

    assert sources == {
        "biscuit tin": LineKind.CAPTION,
        "protect relatives": LineKind.FOOTNOTE,
        "nothing else said here": LineKind.PASSAGE,
        "songs cross rivers": LineKind.READ_ON,
        "glasgow composer": LineKind.AUTHOR_NOTE,
    }


async def test_an_excerpt_is_one_or_more_whole_sentences(archive: Archive) -> None:
    """Also in the middle of a very long passage, and never a scrap of two words."""
    filler = " ".join(f"Sentence number {number} is about nothing at all." for number in range(400))
    await archive.add(draft("Long", f"{filler} A café. The salamander sleeps below the bridge. {filler}"))

    excerpt = "".join(span.text for span in (await archive.search.search("salamander")).hits[0].excerpt)

    assert "The salamander sleeps below the bridge." in excerpt
    assert excerpt[0].isupper()
    assert excerpt.endswith(".")
    assert 60 <= len(excerpt) <= 280


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
