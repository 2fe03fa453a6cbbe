import pytest

from bot.models import Topic
from bot.search.engine import SearchEngine
from bot.search.query.request import SubjectWords
from bot.text_analysis import word_terms
from bot.urls import canonical_key
from tests.search.archive import ESCAPE, MARKETS, NOW, TOPICS, Archive, draft

LIFE = Topic("life", "Life in North Korea", "Everyday life.", ("school", "food"), (("ko", "북한의 일상"),))


@pytest.mark.parametrize("word", ["north", "northern", "korea", "koreans", "북한", "북한은"])
def test_a_place_in_the_name_of_a_topic_is_what_most_articles_are_about(word: str) -> None:
    assert SubjectWords([LIFE]).is_place(word_terms(word, "en"))


@pytest.mark.parametrize("word", ["south", "life", "seoul", "일상"])
def test_any_other_word_is_not(word: str) -> None:
    assert not SubjectWords([LIFE]).is_place(word_terms(word, "en"))
    assert not SubjectWords(TOPICS).is_place(word_terms("korea", "en"))


@pytest.mark.parametrize(("word", "named"), [("schools", True), ("korea", True), ("북한은", True), ("north", False)])
def test_a_question_names_the_subject_by_a_word_of_it_or_its_place(word: str, named: bool) -> None:  # noqa: FBT001 - a table
    assert SubjectWords([LIFE]).named_in(["what", word]) == named


def test_terms_name_the_topics_that_list_their_words() -> None:
    subject = SubjectWords([MARKETS, ESCAPE])

    assert subject.topics_of(word_terms("traders", "en")) == {"markets"}
    assert subject.topics_of([*word_terms("escaped", "en"), *word_terms("장마당", "ko")]) == {"markets", "defectors"}
    assert subject.topics_of(word_terms("river", "en")) == frozenset()


async def test_an_article_of_the_topic_that_is_asked_about_comes_first(archive: Archive) -> None:
    river = "The traders went along the river. They went home."
    await archive.add(
        draft("A morning", river, topics=("markets",)),
        draft("An evening", river, topics=("defectors",)),
        *[draft(f"Day {day}", "It rained.") for day in range(8)],
    )

    assert await archive.titles("trader") == ["A morning", "An evening"]
    assert await archive.titles("river") == ["An evening", "A morning"]


async def test_the_place_that_an_archive_is_about_weighs_less_than_what_is_asked_about_it(archive: Archive) -> None:
    await archive.add(
        draft("A call", "North Korea is far away."),
        draft("A train", "The train was late."),
        *[draft(f"Day {day}", "The train ran in the north.") for day in range(8)],
    )
    aware = SearchEngine(archive.database, [LIFE], lambda: NOW, canonical_key)

    assert (await archive.titles("late in north korea"))[0] == "A call"
    assert (await aware.search("late in north korea")).hits[0].article.title == "A train"
    assert (await aware.search("north korea")).hits[0].article.title == "A call"
