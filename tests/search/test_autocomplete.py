import asyncio

import pytest

from bot.search import engine
from bot.search.engine import SearchBusyError
from bot.store.search.suggestions import SuggestionReader
from tests.limits import HANG_SECONDS
from tests.search.archive import DAY, NOW, Archive, draft

TITLES = (
    "The Jangmadang Generation",
    "Jangmadang prices in winter",
    "Why people leave",
    "장마당 세대",
    "A generation apart",
)


@pytest.fixture
async def filled(archive: Archive) -> Archive:
    drafts = [
        draft(title, "Text.", published=NOW + number * DAY, author=author, language="ko" if "장" in title else "en")
        for number, (title, author) in enumerate(
            zip(TITLES, ("Jane Doe", "Jane Doe", "Min Park", "Min Park", "Ana Núñez"), strict=True)
        )
    ]
    await archive.add(*drafts)
    return archive


async def labels(archive: Archive, typed: str) -> list[str]:
    return [one.label for one in await archive.search.suggest_titles(typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("jang", "Jangmadang prices in winter"),
        ("the jang", "The Jangmadang Generation"),
        ("gener", "A generation apart"),
        ("jangmadnag gen", "The Jangmadang Generation"),
        ("jangmadnag", "Jangmadang prices in winter"),
        ("peopel", "Why people leave"),
        ("장마", "장마당 세대"),
        ("winter prices jangmadang", "Jangmadang prices in winter"),
    ],
)
async def test_titles_by_the_beginnings_of_their_words(filled: Archive, typed: str, first: str) -> None:
    """A title that begins so comes first; a typo is forgiven."""
    assert (await labels(filled, typed))[0] == first


async def test_the_newest_titles_when_nothing_is_typed(filled: Archive) -> None:
    assert await labels(filled, "") == list(reversed(TITLES))


async def test_frequently_chosen_titles_come_first_when_nothing_is_typed(filled: Archive) -> None:
    first = (await filled.search.suggest_titles("why"))[0]
    await filled.search.resolve_title(first.value)
    await filled.search.counted()

    assert (await labels(filled, ""))[0] == "Why people leave"


async def test_a_choice_resolves_after_the_article_changed(filled: Archive) -> None:
    """An id, a title typed by hand, a misspelt one; a withdrawn article is not brought back."""
    choice = (await filled.search.suggest_titles("why people"))[0]
    by_id = await filled.search.resolve_title(choice.value)
    by_title = await filled.search.resolve_title("  why people leave ")
    misspelt = await filled.search.resolve_title("why peopel leave")
    async with filled.database.transaction() as tx:
        await filled.index.remove(tx, int(choice.value))
        await filled.articles.withdraw(tx, int(choice.value), NOW)

    assert by_id is not None
    assert by_id == by_title == misspelt
    assert await filled.search.resolve_title(choice.value) is None
    assert await filled.search.resolve_title("") is None


async def test_queries_offer_phrases_topics_and_titles(filled: Archive) -> None:
    assert {"jangmadang", "jangmadang generation", "The Jangmadang Generation"} <= set(
        await filled.search.suggest_queries("jangm")
    )
    assert (await filled.search.suggest_queries("mark"))[:2] == ["mark", "Markets"]
    assert "장마당" in await filled.search.suggest_queries("장마")
    assert "jangmadang" in await filled.search.suggest_queries("jangmadnag")


async def test_phrases_that_articles_share_come_first_however_many_begin_so(filled: Archive) -> None:
    """Those of single articles follow in alphabetical order, and fill what the shared ones leave of the choices."""
    single = [(f"tracker {number:04}", 1) for number in range(1_500)]
    async with filled.database.transaction() as tx:
        await tx.executemany(
            "INSERT INTO search_phrases (phrase, documents) VALUES (?, ?)",
            [*single, ("tracker twice", 2), ("tracker often", 3)],
        )

    expected = ["tracker often", "tracker twice", "tracker 0000", "tracker 0001"]
    assert await filled.search.suggest_queries("track", limit=5) == ["track", *expected]
    assert (await filled.search.suggest_queries("tracke"))[1:5] == expected


async def test_frequent_phrases_are_shared_ones_then_the_others(filled: Archive) -> None:
    frequent = await filled.database.read(lambda connection: SuggestionReader(connection).frequent_phrases(8))

    assert frequent[:2] == ["generation", "jangmadang"]
    assert frequent[2:] == sorted(frequent[2:])
    assert len(frequent) == 8


async def test_queries_asked_for_most_come_first_when_nothing_is_typed(filled: Archive) -> None:
    """Only what occurs in the archive's own titles is counted: nothing a person wrote is kept."""
    await filled.search.search("jangmadang prices")
    await filled.search.search("my secret jangmadang question")
    await filled.search.counted()

    assert (await filled.search.suggest_queries(""))[0] == "jangmadang prices"
    rows = await filled.database.all("SELECT value FROM search_asked")
    assert [row["value"] for row in rows] == ["jangmadang prices"]


async def test_authors_years_and_languages(filled: Archive) -> None:
    assert await filled.search.suggest_values("author", "") == ["Jane Doe", "Min Park", "Ana Núñez"]
    assert await filled.search.suggest_values("author", "nun") == ["Ana Núñez"]
    assert await filled.search.suggest_values("author", "jnae") == ["Jane Doe"]
    assert await filled.search.suggest_values("year", "") == ["2023"]
    assert await filled.search.suggest_values("language", "k") == ["ko"]


async def test_no_more_choices_and_no_longer_than_discord_takes(archive: Archive) -> None:
    await archive.add(*(draft(f"Market {number} {'long ' * 40}", "Text.") for number in range(30)))

    found = await archive.search.suggest_titles("market", limit=99)

    assert len(found) == 25
    assert max(len(one.label) for one in found) <= 100


async def test_counting_a_search_never_delays_its_answer(filled: Archive) -> None:
    """The write lock is held by somebody else while two searches are answered; both are counted afterwards."""
    async with filled.database.transaction():
        async with asyncio.timeout(HANG_SECONDS):
            await filled.search.search("jangmadang prices")
            await filled.search.search("jangmadang prices")
    await filled.search.counted()

    rows = await filled.database.all("SELECT value, times FROM search_asked")
    assert [tuple(row) for row in rows] == [("jangmadang prices", 2)]


async def test_searches_within_seconds_of_one_another_are_counted_together(filled: Archive) -> None:
    async def times() -> list[int]:
        return [row[0] for row in await filled.database.all("SELECT times FROM search_asked")]

    await filled.search.search("jangmadang prices")
    await filled.search.counted()
    first = await times()
    for _ in range(2):
        await filled.search.search("jangmadang prices")
    waiting = await times()
    await filled.search.counted()

    assert (first, waiting, await times()) == ([1], [1], [3])


async def test_searches_that_wait_are_bounded_and_suggestions_are_left_out_first(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_WAITING_SUGGESTIONS", 1)
    monkeypatch.setattr(engine, "MAX_WAITING_READS", 2)
    searches = [asyncio.create_task(filled.search.search("prices")) for _ in range(3)]
    await asyncio.sleep(0)

    assert await filled.search.suggest_titles("why") == []
    outcomes = await asyncio.gather(*searches, return_exceptions=True)
    assert [isinstance(outcome, SearchBusyError) for outcome in outcomes] == [False, False, True]
    assert (await filled.search.search("prices")).hits


async def test_what_is_typed_comes_first_even_where_it_is_a_phrase_too(archive: Archive) -> None:
    await archive.add(draft("Women of row nine", "They sold noodles."), draft("The women", "They sold salt."))

    for typed in ("women", "Women", "women of row nine"):
        assert (await archive.search.suggest_queries(typed))[0] == typed


async def test_words_of_the_text_and_topics_with_such_a_word_follow_titles(archive: Archive) -> None:
    await archive.add(draft("Trading places", "The traders brought toothpaste."))

    assert await archive.search.suggest_queries("trad") == ["trad", "trading", "trading places", "traders", "Markets"]
    assert await archive.search.suggest_queries("tooth") == ["tooth", "toothpaste"]
    assert await archive.search.suggest_queries("trad", language="ko") == [
        "trad",
        "trading",
        "trading places",
        "traders",
        "장마당",
    ]
