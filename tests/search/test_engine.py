import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.search
from bot.models import ArticleBody, Link, LinkKind, Passage, Topic
from bot.search.engine import SearchEngine
from bot.search.index import LineKind
from bot.store.search.filters import SearchFilters
from bot.urls import canonical_key
from tests.search.archive import DAY, NOW, TOPICS, Archive, draft, opened

NASTY = (
    "",
    " ",
    "a",
    "가",
    "x" * 4_000,
    "words " * 700,
    "😀😀 🇰🇷",
    '"',
    '"unclosed AND (NEAR OR NOT -* ^title:x',
    "title:market AND body:* NEAR(a b, 3)",
    "nul\x00byte",
    "مرحبا بالعالم שלום",
    "LiNK의 탈북자 jangmadang 市場 рынок",
    "\ud800 lone \udfff",
    "%_'; DROP TABLE articles; --",
    "\u202eright to left",
    "İıſﬁ" * 50,
    "e\u0301" * 500,
)

MARKETS = draft(
    "How markets grew",
    "Nobody planned the jangmadang. Traders carried what they could.",
    ("Who sells", "Women run most stalls. Officials look away."),
    topics=("markets",),
    author="Jane Doe",
)
ESCAPE = draft(
    "Why people leave",
    "Defectors give many reasons for their escape.",
    author="Min Park",
    published=NOW - 800 * DAY,
)
KOREAN = draft("장마당 이야기", "탈북자들은 장마당에서 장사를 배웠습니다. 시장은 매일 열립니다.", language="ko")


def test_what_a_searching_program_needs_is_found_in_the_package() -> None:
    assert [getattr(bot.search, name).__name__ for name in bot.search.MODULES] == list(bot.search.MODULES)
    with pytest.raises(AttributeError, match="Searcher"):
        _ = bot.search.Searcher


async def test_the_article_about_it_comes_first(archive: Archive) -> None:
    await archive.add(ESCAPE, MARKETS, KOREAN)

    assert (await archive.titles("women selling in market stalls"))[0] == "How markets grew"
    assert (await archive.titles("why do defectors escape"))[0] == "Why people leave"
    assert (await archive.titles("탈북자"))[0] == "장마당 이야기"
    assert (await archive.titles("장마당에서"))[0] == "장마당 이야기"


async def test_a_misspelt_word_is_replaced_and_reported(archive: Archive) -> None:
    """The answer says what was searched for instead, in the person's own sentence."""
    await archive.add(MARKETS, ESCAPE)

    answer = await archive.search.search("Why do defecters leave?")

    assert answer.corrected == "Why do defectors leave?"
    assert answer.hits[0].article.title == "Why people leave"


async def test_literal_searches_for_the_words_as_they_are(archive: Archive) -> None:
    await archive.add(ESCAPE)

    answer = await archive.search.search("defecters", literal=True)

    assert (answer.hits, answer.corrected) == ((), None)


async def test_joined_words_are_split(archive: Archive) -> None:
    await archive.add(draft("North Korea", "The north of Korea."))

    assert (await archive.search.search("northkorea")).corrected == "north korea"


async def test_a_hit_shows_the_passage_and_leads_to_it(archive: Archive) -> None:
    """Matches are marked, common words are not; without an anchor a text fragment leads there."""
    await archive.add(MARKETS, ESCAPE)

    hit = (await archive.search.search("the women's stalls")).hits[0]

    assert hit.heading == "Who sells"
    assert [span.text for span in hit.excerpt if span.matched] == ["Women", "stalls"]
    assert "".join(span.text for span in hit.excerpt) == "Women run most stalls. Officials look away."
    assert hit.url.startswith("https://blog.example.org/how-markets-grew#:~:text=Women%20run%20most%20stalls.")


async def test_the_passage_with_adjacent_words_is_preferred(archive: Archive) -> None:
    """Not the one that has one of them often."""
    rice = "Rice in spring. Rice in autumn. Rice again, and more rice."
    await archive.add(draft("Prices", rice, ("A year later", "The price of rice fell.")))

    assert (await archive.search.search("price of rice")).hits[0].heading == "A year later"


async def test_a_link_to_another_article_is_no_part_of_the_passage_around_it(archive: Archive) -> None:
    """It is shown and labelled by itself, when it matches best."""
    text = "She heard it on the radio.\n\nA Radio Under the Blanket\n\nThe next day was quiet."
    made = draft("Night", text)
    pull = Link("A Radio Under the Blanket", "https://blog.example.org/radio", LinkKind.RELATED, 0)
    await archive.add(replace(made, body=ArticleBody(made.body.passages if made.body else (), links=(pull,))))

    heard, linked = [(await archive.search.search(asked)).hits[0] for asked in ("heard radio", "radio blanket")]

    shown = "".join(span.text for span in heard.excerpt)
    assert (heard.source, shown) == (LineKind.PASSAGE, "She heard it on the radio.\n\nThe next day was quiet.")
    assert linked.source is LineKind.READ_ON


async def test_an_anchor_is_preferred_to_a_text_fragment(archive: Archive) -> None:
    await archive.add(draft("Anchored", Passage(0, "Prices", "Rice became cheap.", "prices & rice")))

    assert (await archive.search.search("rice")).hits[0].url == "https://blog.example.org/anchored#prices%20%26%20rice"


async def test_an_article_without_a_body_answers_with_its_summary(archive: Archive) -> None:
    await archive.add(draft("Short", summary="A rescue in winter."))

    hit = (await archive.search.search("rescue")).hits[0]

    assert (hit.url, [span.text for span in hit.excerpt if span.matched]) == (hit.article.url, ["rescue"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (SearchFilters(topic="markets"), {"How markets grew"}),
        (SearchFilters(year=2021), {"Why people leave"}),
        (SearchFilters(author="jane doe"), {"How markets grew"}),
        (SearchFilters(language="ko"), {"장마당 이야기"}),
        (SearchFilters(feed="elsewhere"), set[str]()),
        (SearchFilters(year=99_999), set[str]()),
        (SearchFilters(topic="markets", author="Min Park"), set[str]()),
    ],
)
async def test_filters_limit_what_is_found(archive: Archive, filters: SearchFilters, expected: set[str]) -> None:
    await archive.add(MARKETS, ESCAPE, KOREAN)

    found = [await archive.titles(asked, filters=filters) for asked in ("markets", "people", "장마당")]

    assert {title for titles in found for title in titles} == expected


async def test_pages_follow_one_another_without_overlap(archive: Archive) -> None:
    await archive.add(*(draft(f"Market report {number}", f"Prices of day {number}.") for number in range(7)))

    first = await archive.search.search("market", limit=3)
    rest = await archive.search.search("market", limit=10, offset=3)

    assert first.total == rest.total == 7
    assert len({hit.article.id for hit in (*first.hits, *rest.hits)}) == 7


async def test_newest_orders_hits_by_date_and_lists_articles_without_a_subject(archive: Archive) -> None:
    days = (3.0, 1.0, 2.0)
    await archive.add(*(draft(f"Market {day:.0f}", "A market.", published=NOW + day) for day in days))

    assert await archive.titles("latest market") == ["Market 3", "Market 2", "Market 1"]
    assert await archive.titles("newest articles") == ["Market 3", "Market 2", "Market 1"]


async def test_the_oldest_are_asked_for_by_words(archive: Archive) -> None:
    days = [draft(f"Day {day}", "A market.", published=NOW + day) for day in range(3)]
    await archive.add(*days, draft("Long ago", "A river.", published=NOW - 1))

    assert await archive.titles("what is your oldest article") == ["Long ago", "Day 0", "Day 1"]
    assert await archive.titles("oldest article about a market") == ["Day 0", "Day 1", "Day 2"]


async def test_a_quoted_phrase_is_required(archive: Archive) -> None:
    await archive.add(draft("The underground railroad", "An underground railroad of safe houses."), MARKETS)

    assert await archive.titles('"underground railroad"') == ["The underground railroad"]
    assert await archive.titles('"railroad underground"') == []


async def test_the_askers_language_breaks_ties(archive: Archive) -> None:
    await archive.add(
        draft("Hanawon", "A centre.", language="en", published=NOW),
        draft("Hanawon ", "A centre.", language="ko", published=NOW),
    )

    for language in ("en", "ko"):
        answer = await archive.search.search("hanawon", language=language)
        assert answer.hits[0].article.language == language


async def test_of_a_question_that_says_only_when_no_word_is_marked(archive: Archive) -> None:
    await archive.add(*(draft(f"Day {day}", "It is one or the other. So be it.", published=NOW) for day in range(3)))

    for query in ("articles from 2023 or 2024", "anything new in 2023 or so", "oldest"):
        answer = await archive.search.search(query)
        assert [span.text for span in answer.hits[0].excerpt] == ["It is one or the other. So be it."]


async def test_of_a_year_that_is_named_no_other_is_found_while_it_has_an_answer(archive: Archive) -> None:
    years = [
        draft(f"In {year}", "The market.", published=datetime(year, 5, 1, tzinfo=UTC).timestamp())
        for year in (2021, 2022)
    ]
    await archive.add(*years, *[draft(f"Day {day}", "It rained.") for day in range(8)])

    assert await archive.titles("market 2021") == ["In 2021"]
    assert await archive.titles("market 2020") == ["In 2022", "In 2021"]
    assert (await archive.search.search("market 2021")).years == (2021,)
    assert (await archive.search.search("market 2020")).years == ()


async def test_a_call_that_says_today_is_found_whatever_was_published_today(archive: Archive) -> None:
    call = draft("An ally", "You can stand with them. Sign the pledge today!", published=NOW - 100 * DAY)
    await archive.add(call, draft("Rivers", "It rained.", published=NOW))

    assert await archive.titles("sign the pledge today") == ["An ally"]


async def test_nothing_found_offers_titles_and_topics(archive: Archive) -> None:
    await archive.add(MARKETS, ESCAPE)

    answer = await archive.search.search("marketplaza", literal=True)

    assert answer.hits == ()
    assert [article.title for article in answer.newest] == ["How markets grew", "Why people leave"]
    assert answer.near_topics[0] == "markets"


async def test_related_articles_share_words_topics_or_a_link(archive: Archive) -> None:
    """A link to another article counts even where they share no word."""
    linked = draft("Zebra crossing", "Quiet streets.")
    source = draft("Jangmadang prices", "The jangmadang again: traders, stalls, rice.", links=(linked.url,))
    ids = await archive.add(linked, MARKETS, ESCAPE, source)

    titles = [hit.article.title for hit in await archive.search.related(ids[3], limit=3)]

    assert set(titles[:2]) == {"How markets grew", "Zebra crossing"}
    assert "Jangmadang prices" not in titles
    assert await archive.search.related(999) == ()


async def test_an_answer_sees_one_state_of_the_archive(archive: Archive) -> None:
    """What another connection commits in the middle of it, here when links are read, comes too late."""
    link = draft("Other", "Markets feed a family.").url
    ids = await archive.add(
        draft("One", "Markets feed a family.", links=(link,)), draft("Other", "Markets feed a family.")
    )

    def key_of(url: str) -> str:
        with closing(sqlite3.connect(archive.database.path)) as other, other:
            other.execute("DELETE FROM search_documents")
        return canonical_key(url)

    engine = SearchEngine(archive.database, TOPICS, lambda: NOW, key_of)

    assert [hit.article.title for hit in await engine.related(ids[0])] == ["Other"]
    assert await engine.related(ids[0]) == ()


async def test_related_to_a_message(archive: Archive) -> None:
    await archive.add(MARKETS, ESCAPE)

    answer = await archive.search.search("I read that women run the stalls there, is that true??", limit=1)

    assert answer.hits[0].article.title == "How markets grew"
    assert any(span.matched for span in answer.hits[0].excerpt)


async def test_explaining_names_replaced_words_terms_and_parts(archive: Archive) -> None:
    await archive.add(ESCAPE)

    report = "\n".join(await archive.search.explain("defecters escape"))

    assert "replaced: defecters -> defectors" in report
    assert "term: defector" in report
    assert "words" in report
    assert "Why people leave" in report


async def _ask_everything(archive: Archive, text: str) -> None:
    for literal in (False, True):
        answer = await archive.search.search(text, SearchFilters(author=text), literal=literal)
        assert answer.total >= len(answer.hits)
    for hit in (await archive.search.search(text)).hits:
        hit.url.encode("ascii")
    for suggestion in await archive.search.suggest_titles(text):
        assert len(suggestion.label) <= 100
    assert all(0 < len(choice) <= 100 for choice in await archive.search.suggest_queries(text))
    await archive.search.resolve_title(text)
    await archive.search.suggest_values("author", text)
    await archive.search.search(text)
    await archive.search.explain(text)


@pytest.mark.parametrize("text", NASTY)
async def test_no_query_raises(archive: Archive, text: str) -> None:
    await archive.add(MARKETS, KOREAN)

    await _ask_everything(archive, text)


def test_no_text_at_all_raises(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever is stored and whatever is asked: an answer, and an index that is whole afterwards."""
    folder: Path = tmp_path_factory.mktemp("any")
    pieces = st.sampled_from([*NASTY[2:4], *NASTY[6:], "market", "tradr", "장마당", "OR", "NEAR", "*"])
    texts = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=5).map(" ".join))
    storable = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)

    @settings(max_examples=25)
    @given(title=storable, body=storable, asked=texts)
    def check(title: str, body: str, asked: str) -> None:
        asyncio.run(_store_and_ask(folder, title, body, asked))

    check()


async def _store_and_ask(folder: Path, title: str, body: str, asked: str) -> None:
    (folder / "herald.db").unlink(missing_ok=True)
    async with opened(folder) as archive:
        [article] = await archive.add(draft(title, (title, body), author=body, language="ko"))
        await _ask_everything(archive, asked)
        assert (await archive.index.verify()).is_consistent
        async with archive.database.transaction() as tx:
            await archive.index.remove(tx, article)
        assert (await archive.search.search(title)).hits == ()


async def test_one_word_in_passing_is_no_answer_to_a_long_question(archive: Archive) -> None:
    """By itself, as a word of the taxonomy, or as one that hardly any other text has, it is."""
    body = "She lost her umbrella and went to the inminban. Nobody noticed."
    await archive.add(draft("A day at the river", body), MARKETS, *(draft(f"Rice {number}") for number in range(30)))

    assert await archive.titles("umbrella") == ["A day at the river"]
    assert await archive.titles("guitar umbrella") == []
    assert await archive.titles("umbrella for sale") == []
    assert await archive.titles("music by traders") == ["How markets grew"]
    assert await archive.titles("my guitar teacher says inminban, is that a word") == ["A day at the river"]


async def test_of_a_word_of_korean_several_bigrams_are_more_than_one(archive: Archive) -> None:
    """A noun that another word has by chance is no answer."""
    articles = [draft(f"쌀 {number}", language="ko") for number in range(30)]
    await archive.add(draft("첫 겨울", "방에는 와이파이가 없었다. 서울은 추웠다.", language="ko"), *articles)

    assert await archive.titles("와이파이 공유기 알려 줘") == ["첫 겨울"]
    assert await archive.titles("서울 공유기 추천해 줘") == []


async def test_a_wish_to_help_finds_the_articles_about_helping(archive: Archive) -> None:
    """Of the topics that have a word for it; not when somebody else is to be helped."""
    support = Topic("support", "Support", "Campaigns.", ("fundraiser", "donate", "후원"))
    engine = SearchEngine(archive.database, [*TOPICS, support], lambda: NOW, canonical_key)
    await archive.add(MARKETS, draft("A bake sale", "Rice cakes for everybody.", topics=("support",)))

    for asked in ("how can I help", "can i give my guitar", "저도 돕고 싶어요", "후원금은 어디에 쓰이나요"):
        assert [hit.article.title for hit in (await engine.search(asked)).hits] == ["A bake sale"], asked
    for asked in ("how can I donate to unicef", "유니세프에 기부하는 방법"):
        assert (await engine.search(asked)).hits == (), asked


async def test_words_that_no_article_has_are_not_answered_by_a_date(archive: Archive) -> None:
    """A year that an article names is an answer by itself."""
    await archive.add(MARKETS, draft("A short history", "In 1972 a law was written.", published=NOW - 900 * DAY))

    assert await archive.titles("what did you publish in 2023") == ["How markets grew"]
    assert await archive.titles("what happened in 1972") == ["A short history"]
    assert await archive.titles("arsenal results 2023") == []


@pytest.mark.parametrize(
    ("asked", "helps"),
    [
        ("how can I donate", True),
        ("how can I donate to refugees", True),
        ("how can I donate to the traders", True),
        ("how can I donate to unicef", False),
    ],
)
async def test_a_wish_to_help_somebody_else_is_not_answered_by_our_actions(
    archive: Archive, asked: str, *, helps: bool
) -> None:
    """Somebody else: a name that neither the archive nor a dictionary has."""
    await archive.add(MARKETS)

    assert (await archive.search.search(asked)).help is helps


async def test_a_call_to_action_is_shown_alone_and_said_to_be_one(archive: Archive) -> None:
    text = "She never came back to the valley.\nHelp a newcomer begin again: give now\nHer brother did."
    one = draft("A quiet valley", text)
    call = Link("Help a newcomer begin again: give now", "https://example.org/give", LinkKind.CALL_TO_ACTION, 0)
    assert one.body is not None
    await archive.add(replace(one, body=replace(one.body, links=(call,))))

    hit = (await archive.search.search("newcomer begin again")).hits[0]
    shown = "".join(span.text for span in hit.excerpt)
    other = (await archive.search.search("valley")).hits[0]

    assert (hit.source, shown) == (LineKind.CALL, "Help a newcomer begin again: give now")
    assert (other.source, "".join(span.text for span in other.excerpt)) == (
        LineKind.PASSAGE,
        "She never came back to the valley.",
    )


async def test_an_excerpt_marks_every_word_that_was_asked_for_but_no_stop_word(archive: Archive) -> None:
    """Common words of the archive too, so that one sees why a hit was found."""
    others = [draft(f"Report {number}", "The change goes on.") for number in range(9)]
    await archive.add(draft("A flowchart", "A flowchart shows how the change occurs."), *others)

    hits = (await archive.search.search("flowchart of the change", limit=2)).hits

    assert [[span.text for span in hit.excerpt if span.matched] for hit in hits] == [["flowchart", "change"]]


async def test_an_item_of_a_list_is_shown_alone_and_without_its_mark(archive: Archive) -> None:
    await archive.add(draft("Three rules", "• Clothes from nearby.\n• A telephone, switched off.\n• A wedding story."))

    hit = (await archive.search.search("telephone")).hits[0]

    assert "".join(span.text for span in hit.excerpt) == "A telephone, switched off."
