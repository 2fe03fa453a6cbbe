from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import ArticleBody, Image, Link, LinkKind, Passage
from bot.search.highlighter import places_of_terms
from bot.search.index import LineKind
from bot.text_analysis import word_terms, words
from tests.search.archive import Archive, draft

ANY = 1_000  # terms


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Traders don't trade", ["Traders", "don't", "trade"]),
        ("the women\u2019s market…", ["the", "women\u2019s", "market"]),
        ("“LiNK의 탈북자”", ["LiNK", "의", "탈북", "북자"]),
        ("시장에서 BBC는 곳", ["시장", "장에", "에서", "BBC", "는", "곳"]),
        ("\u1112\u1161\u11ab국에", ["\u1112\u1161\u11ab국에"] * 2),
        ("l'été 1½", ["l'été", "1½", "1½"]),
        ("5 ㎞ to go", ["5", "㎞", "to", "go"]),
        ("20℃/68℉ at noon", ["20℃/68℉"] * 4 + ["at", "noon"]),
    ],
)
def test_a_term_of_a_text_has_the_characters_to_mark(text: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in places_of_terms(text, ANY)] == marked


@given(st.text("aé가\u1112\u1161\u11ab'\u2019“…㎞℃½™\n -_.•1"))
def test_every_term_of_a_text_has_a_place(text: str) -> None:
    """A place more or less would mark the neighbours of all later words that were asked for."""
    count = sum(len(word_terms(word, "en")) for word in words(text))
    places = places_of_terms(text, count)

    assert len(places) == count
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


async def test_an_excerpt_marks_words_after_characters_that_are_words_once_normalised(archive: Archive) -> None:
    await archive.add(draft("Winter", ("At ㎞ 5", "At 20 ℃ below, 5 ㎞ from the river, she saw a lantern.")))

    [hit] = (await archive.search.search("lantern river")).hits

    assert [span.text for span in hit.excerpt if span.matched] == ["river", "lantern"]


async def test_an_excerpt_is_cut_around_an_answer_far_into_a_line(archive: Archive) -> None:
    await archive.add(draft("Long", "It rained, 탈북자도 보았다. " * 300 + "She saw a lantern. " + "It rained. " * 300))

    [hit] = (await archive.search.search("lantern")).hits

    assert [span.text for span in hit.excerpt if span.matched] == ["lantern"]


async def test_an_excerpt_is_one_or_more_whole_sentences(archive: Archive) -> None:
    """Also in the middle of a very long passage, and never a scrap of two words."""
    filler = " ".join(f"Sentence number {number} is about nothing at all." for number in range(400))
    await archive.add(draft("Long", f"{filler} A café. The salamander sleeps below the bridge. {filler}"))

    excerpt = "".join(span.text for span in (await archive.search.search("salamander")).hits[0].excerpt)

    assert "The salamander sleeps below the bridge." in excerpt
    assert excerpt[0].isupper()
    assert excerpt.endswith(".")
    assert 60 <= len(excerpt) <= 280


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
