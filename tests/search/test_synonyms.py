from collections import Counter
from dataclasses import replace
from importlib import resources

import pytest

from bot.search.query.synonyms import close_words, forms, phrases_in, variants
from bot.text_analysis import words
from tests.search.archive import Archive, draft


@pytest.mark.parametrize(
    ("typed", "other"),
    [("mom", "mother"), ("mother", "mom"), ("cops", "police"), ("kids", "child"), ("hungry", "hunger")],
)
def test_everyday_words_stand_for_one_another(typed: str, other: str) -> None:
    assert other in forms(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("starved", "famine"),
        ("jobless", "unemployed"),
        ("vanishing", "disappeared"),
        ("snuck", "smuggled"),
        ("unaffordable", "price"),
    ],
)
def test_any_form_of_a_word_has_its_close_words(typed: str, meant: str) -> None:
    assert meant in close_words(typed)[1]


@pytest.mark.parametrize(
    ("typed", "noun", "meant"),
    [
        ("라디오를", "라디오", "radio"),
        ("외로웠던", "외로", "lonely"),
        ("은행에서", "은행", "bank"),
        ("옷처럼", "옷", "clothes"),
        ("쌀", "쌀", "rice"),
    ],
)
def test_a_korean_word_is_translated_by_its_beginning(typed: str, noun: str, meant: str) -> None:
    found, english = close_words(typed)

    assert found == noun
    assert meant in english


@pytest.mark.parametrize("word", ["전기차를", "벌어졌다", "쌀알", "지하철로", "화장실에"])
def test_a_korean_word_that_only_begins_like_another_is_not_translated(word: str) -> None:
    """An electric car is no electricity, and one syllable is a word only where it stands alone."""
    assert close_words(word)[1] == ()


def test_a_korean_word_is_listed_once() -> None:
    """Another line with it would hide the first."""
    lines = (resources.files("bot.search.query") / "korean.txt").read_text("utf-8").splitlines()
    listed = Counter(word for line in lines if line[0] != "#" for word in line.partition(" > ")[0].split())

    assert [word for word, times in listed.items() if times > 1] == []


@pytest.mark.parametrize("word", ["xylophone", "the", "2019", "시옷", "옷걸이", ""])
def test_a_word_that_is_not_listed_has_no_other(word: str) -> None:
    assert (forms(word), close_words(word)[1]) == (frozenset(), ())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sending some money home", "remittance"),
        ("human rights", "humanity"),
        ("did he get caught", "arrested"),
        ("public speaking", "microphone"),
        ("가족한테 돈을 보내는 법", "remittance"),
    ],
)
def test_any_form_of_a_phrase_has_words_to_say_it_with(typed: str, meant: str) -> None:
    assert any(meant in found for _, found in phrases_in(words(typed), {"some", "he", "did", "get"}))


@pytest.mark.parametrize("typed", ["sending her money", "money to send", "human", "public and speaking"])
def test_words_of_a_phrase_apart_or_in_another_order_are_no_phrase(typed: str) -> None:
    assert phrases_in(words(typed), {"to"}) == []


async def test_a_phrase_that_the_archive_lacks_is_also_searched_for_in_other_words(archive: Archive) -> None:
    await archive.add(
        draft("A lesson", "Speak into the microphone. The stage is yours."),
        draft("A library", "It is public. They speak of books there."),
        *[draft(f"Day {day}", "It rained.") for day in range(8)],
    )

    assert await archive.titles("public speaking") == ["A lesson", "A library"]
    assert await archive.titles("public speaking", literal=True) == ["A library", "A lesson"]

    await archive.add(draft("A course", "Public speaking for members."))
    assert await archive.titles("public speaking") == ["A course", "A library", "A lesson"]


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


async def test_a_korean_word_that_no_article_has_is_searched_for_in_english(archive: Archive) -> None:
    await archive.add(
        draft("A voice", "The radio under the blanket."), *[draft(f"Day {day}", "It.") for day in range(8)]
    )

    assert await archive.titles("라디오") == ["A voice"]
    assert await archive.titles("라면") == []


async def test_a_korean_word_that_no_article_has_is_searched_for_by_another(archive: Archive) -> None:
    await archive.add(
        draft("장마당에서", "열 모의 이익입니다.", language="ko"), *[draft(f"Day {day}", "It.") for day in range(8)]
    )

    assert await archive.titles("이윤은") == ["장마당에서"]


async def test_an_english_word_that_no_article_has_is_searched_for_in_korean(archive: Archive) -> None:
    await archive.add(
        draft("장마당에서", "두부 열 모를 팔았습니다.", language="ko"),
        *[draft(f"Day {day}", "It.") for day in range(8)],
    )

    assert await archive.titles("who sold tofu") == ["장마당에서"]


async def test_a_place_is_no_evidence_of_what_is_asked_about_it(archive: Archive) -> None:
    """Alone it is searched for as any word."""
    await archive.add(
        draft("A first winter in Seoul", "The neighbour."), *[draft(f"Day {day}", "It.") for day in range(8)]
    )

    assert await archive.titles("seoul nightlife tips") == []
    assert await archive.titles("seoul winter") == ["A first winter in Seoul"]
    assert await archive.titles("Seoul") == ["A first winter in Seoul"]


async def test_a_small_archive_is_also_searched_for_words_that_mean_nearly_the_same(archive: Archive) -> None:
    """They decide between articles that have what was typed."""
    await archive.add(
        draft("A bakery", "The family baked. The work was early."),
        draft("A notice", "A job for the family."),
        draft("A choir", "The family sang. The song was early."),
        *[draft(f"Day {day}", "It.") for day in range(8)],
    )

    assert await archive.titles("family job") == ["A notice", "A bakery", "A choir"]


async def test_a_word_of_another_subject_that_the_archive_lacks_is_what_is_asked_about(archive: Archive) -> None:
    await archive.add(
        draft("An underground railroad", "The rent of a safe house."), *[draft(f"Day {day}", "It.") for day in range(8)]
    )

    assert await archive.titles("underground safe cave") == ["An underground railroad"]
    assert await archive.titles("underground safe minecraft") == []


async def test_what_follows_a_listed_korean_noun_says_little(archive: Archive) -> None:
    await archive.add(
        draft("첫 겨울", "김장을 도왔다.", language="ko"),
        *[draft(f"Day {day}", "It.", language="ko") for day in range(8)],
    )

    assert await archive.titles("김장철에는 뭐해요") == ["첫 겨울"]


async def test_less_evidence_is_needed_where_the_archive_has_every_word(archive: Archive) -> None:
    days = [draft(f"Day {day}", "It.") for day in range(8)]
    await archive.add(draft("A guard", "A salary for a guard."), draft("A slow dance", "A slow waltz."), *days)

    assert set(await archive.titles("guard waltz")) == {"A slow dance", "A guard"}
    assert await archive.titles("guard xylophone") == []


async def test_the_name_of_an_author_finds_nobody_elses_articles(archive: Archive) -> None:
    await archive.add(
        replace(draft("A kitchen", "Garlic."), author="Tae-il Moon"),
        draft("A night", "The moon over the tae-il river, and il, and tae."),
        *[draft(f"Day {day}", "It.") for day in range(8)],
    )

    assert await archive.titles("stories by Tae-il Moon") == ["A kitchen"]


def test_the_table_has_only_words_that_a_text_can_have() -> None:
    """Each is one word to the analyser: "self-esteem" would be two, and no word of a query."""
    table = (resources.files("bot.search.query") / "synonyms.txt").read_text("utf-8")
    lines = [line.partition(" > ") for line in table.splitlines() if line and not line.startswith("#")]

    assert [line for line in lines if not line[0].strip() or (line[1] and not line[2].strip())] == []
    assert [word for one, _, other in lines for word in (one + " " + other).split() if words(word) != [word]] == []


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
