"""The answers to members: their content, and that no outside text breaks them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.config.settings import Settings
from bot.i18n import LANGUAGES, Catalogue
from bot.layouts.actions import action_list, one_action
from bot.layouts.article_page import (
    OpenArticle,
    article_page,
    full_article_page,
    is_protection_note,
    unknown_article,
)
from bot.layouts.articles import article_list, like_page, topic_list
from bot.layouts.components import Brand
from bot.layouts.help import CommandLine, about_page, help_page, moderators_help_page
from bot.layouts.search import nothing_found, related_page, search_page
from bot.models import Action, ArticleBody, CallToAction, Image, Link, LinkKind, Passage, Topic
from bot.search.index import LineKind
from bot.search.results import Hit, SearchResults, Span
from bot.store.search.filters import Period, SearchFilters
from tests.conftest import make_article
from tests.layouts.reading import LIVE_MENTION, addresses, check_limits, components, labels, said

ENGLISH = Catalogue.of("en")
HOSTILE = "@everyone <@&1> **x** [a](javascript:alert(1)) # \u202e 가나다 😀 " * 90
NASTY_URL = "https://example.org/" + "(*)" * 50
hostile_text = st.one_of(st.text(max_size=120), st.integers(0, len(HOSTILE)).map(lambda length: HOSTILE[:length]))
fixture_once = hypothesis_settings(max_examples=30)


def make_hit(number: int = 1, **changes: str) -> Hit:
    article = make_article(id=number, title=changes.get("title", "The Jangmadang Generation"))
    words = changes.get("words", "sells at the ")
    spans = (Span(words), Span(changes.get("match", "market"), matched=True), Span(" every day."))
    return Hit(article, changes.get("heading", "A morning"), spans, f"{article.url}#a-morning", 1.0)


def test_a_hit_shows_the_passage_and_leads_to_it(brand: Brand) -> None:
    """The title links to the article, the heading to the passage; matches are bold."""
    view = search_page(SearchResults((make_hit(),), 1, "market"), SearchFilters(), 0, '["market"]', ENGLISH, brand)

    assert "## Results for “market”\n-# 1 article\n" in said(view)
    assert "> sells at the **market** every day." in said(view)
    assert "[Read: A morning](https://libertyinnorthkorea.org/blog/the-jangmadang?utm_source=" in said(view)
    assert said(view).count("#a-morning") == 1
    assert not labels(view)


def test_a_correction_is_shown_and_can_be_undone(brand: Brand) -> None:
    answer = SearchResults((make_hit(),), 1, "markt", corrected="market")

    view = search_page(answer, SearchFilters(), 0, '["markt"]', ENGLISH, brand, literal='["markt",true]')

    assert "## Results for “market”" in said(view)
    assert "You wrote “markt”; I corrected the spelling." in said(view)
    button = next(part for part in components(view) if part["type"] == 2)
    assert (button["label"], button["custom_id"]) == ("Search exactly as written", 'search:0:["markt",true]')


def test_limits_of_a_search_are_named(brand: Brand) -> None:
    filters = SearchFilters(topic="women", year=2024, feed="blog", author="Jane", language="ko")

    view = search_page(SearchResults((make_hit(),), 12, "x"), filters, 1, '["x"]', ENGLISH, brand)

    assert "-# 12 articles · page 2 of 4 · Women · 2024 · LiNK Blog · by Jane · 한국어" in said(view)


def test_nothing_found_says_what_to_try(brand: Brand) -> None:
    answer = SearchResults((), 0, "xyz", near_titles=(make_article(),), near_topics=("women",))

    view = nothing_found(answer, SearchFilters(), Catalogue("en", {"topics": "</topics:5>"}), brand)

    assert "I found nothing for “xyz”" in said(view)
    assert "- [The Jangmadang Generation](" in said(view)
    assert "Women" in said(view)
    assert "</topics:5>" in said(view)


BODY = ArticleBody(
    passages=(
        Passage(0, "", "Lead."),
        Passage(1, "At dawn", "…", "dawn"),
        Passage(2, "Who pays?", "…"),
        *(Passage(number, f"Stall {number}", "…") for number in range(3, 9)),
    ),
    images=(
        Image("https://example.org/a.jpg", "Rows of stalls", "The market before it opens"),
        Image("https://example.org/b.jpg"),
    ),
    links=(Link("The Price of Salt", "https://example.org/salt", LinkKind.RELATED, 1),),
    footnotes=("The figures are from 2019.", "*Her name has been changed to keep her family safe."),
)


def opened_article(settings: Settings) -> OpenArticle:
    article = make_article(
        author_note="Jane Doe keeps a notebook of markets.",
        calls=(CallToAction("Write a letter", "https://libertyinnorthkorea.org/letter"),),
    )
    return OpenArticle(article, BODY, (make_article(title="A sister"),), settings.actions[:2])


def test_an_open_article_is_short_first(settings: Settings, brand: Brand) -> None:
    """Summary, the beginning of the outline with deep links, who is protected, actions."""
    view = article_page(opened_article(settings), ENGLISH, brand)

    assert "- [At dawn](" in said(view)
    assert any(address.endswith("#dawn") for address in addresses(view))
    assert any(address.endswith("#:~:text=Who%20pays%3F") for address in addresses(view))
    assert "and 3 more sections" in said(view)
    assert "Her name has been changed" in said(view)
    assert "figures are from 2019" not in said(view)
    assert "A sister" not in said(view)
    # Its own call comes first, then one action; what has no room in two rows of a phone waits behind More.
    assert labels(view) == ["Read article", "More", "Write a letter", "Donate"]


def test_an_open_article_has_room_for_a_long_call_of_its_own(settings: Settings, brand: Brand) -> None:
    opened = opened_article(settings)
    call = CallToAction("Stand with the women of the market and sign", "https://libertyinnorthkorea.org/allies")

    view = article_page(replace(opened, article=replace(opened.article, calls=(call,))), ENGLISH, brand)

    assert labels(view) == ["Read article", "More", call.label]


def test_the_details_show_everything_that_is_stored(settings: Settings, brand: Brand) -> None:
    """Author's note, whole outline, read-on links, captions with their pictures, footnotes, related, calls."""
    view = full_article_page(opened_article(settings), ENGLISH, brand)

    words = said(view)
    assert "Jane Doe keeps a notebook of markets." in words
    assert "- [Stall 8](" in words
    assert "- [The Price of Salt](https://example.org/salt" in words
    assert "- The market before it opens" in words
    assert "figures are from 2019" in words
    assert "Her name has been changed" in words
    assert "- [A sister](" in words
    pictures = [item["description"] for part in components(view) for item in part.get("items", [])]
    assert pictures == ["Rows of stalls", "Picture for “The Jangmadang Generation”"]
    assert labels(view) == [
        "Read article",
        "Write a letter",
        "Donate",
        "Sign the Allies pledge",
        "More like this",
        "Share here",
    ]


def test_a_summary_that_begins_the_authors_note_is_shown_once(brand: Brand) -> None:
    """A blog may give a guest's biography as the summary."""
    article = make_article(summary="Jane Doe keeps a notebook…", author_note="Jane Doe keeps a notebook of markets.")

    words = said(full_article_page(OpenArticle(article), ENGLISH, brand))

    assert words.count("Jane Doe keeps a notebook") == 1
    assert "**About the author**\nJane Doe keeps a notebook of markets." in words


@pytest.mark.parametrize(
    ("note", "protects"),
    [
        ("*Her name has been changed to keep her family safe.", True),
        ("Names in this story were altered.", True),
        ("Some identifying details have been omitted.", True),
        ("A pseudonym is used.", True),
        ("Not his real name.", True),
        ("Faces are blurred to protect the people shown.", True),
        ("등장인물의 이름은 가명입니다.", True),
        ("신변 보호를 위해 이름을 바꾸었습니다.", True),
        ("The figures are from 2019.", False),
        ("Photograph: Jane Doe.", False),
        ("The market was renamed in 2003.", False),
        ("사진: 김하늘", False),
    ],
)
def test_a_note_that_protects_somebody_is_recognised(note: str, *, protects: bool) -> None:
    assert is_protection_note(note) is protects


def test_topics_have_their_counts_and_a_menu(brand: Brand) -> None:
    view = topic_list(brand.topics, {"women": 1, "markets": 1_000}, ENGLISH)

    assert "**Women** · 1 article\n" in said(view)
    assert "**Markets and entrepreneurs** · 1000 articles" in said(view)
    menu = next(part for part in components(view) if part["type"] == 3)
    assert [option["value"] for option in menu["options"]] == [topic.key for topic in brand.topics]


def test_actions_beyond_discords_limit_are_mentioned(brand: Brand) -> None:
    actions = [Action(f"a{n}", f"Action {n}", "Do it.", f"https://example.org/{n}", "other") for n in range(14)]

    view = action_list(actions, ENGLISH, brand)

    assert labels(view) == [f"Action {number}" for number in range(10)]
    assert "Also: Action 10 · Action 11 · Action 12 · Action 13" in said(view)
    check_limits(view)


def test_an_action_without_a_usable_link_has_no_button(brand: Brand) -> None:
    view = one_action(Action("a", "Act", "Now.", "https://example.org/" + "x" * 600, "other"), ENGLISH, brand)

    assert labels(view) == []
    assert "**Act**" in said(view)


def test_help_lists_moderators_commands_separately(brand: Brand) -> None:
    lines = [CommandLine("</search:1>", "Find"), CommandLine("</announcements add:2>", "Add", moderator=True)]

    first = help_page(lines, ["Find related articles"], ENGLISH, brand)
    words, second = said(first), said(moderators_help_page(lines, ENGLISH))

    assert "</search:1> Find" in words
    assert "**Find related articles**" in words
    assert "</announcements add:2> Add" in second
    assert "</announcements" not in words
    assert "</search" not in second
    assert labels(first) == ["For moderators"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_about_leads_to_source_and_privacy(language: str, brand: Brand) -> None:
    view = about_page(
        Catalogue.of(language),
        brand,
        version="1.2.3",
        source_url="https://example.org/source",
        privacy_url="https://example.org/privacy",
        contact="a@example.org",
    )

    assert addresses(view) == ["https://example.org/source", "https://example.org/privacy"]
    assert "Herald 1.2.3" in said(view)
    check_limits(view)


@fixture_once
@given(hostile_text, hostile_text, hostile_text, st.sampled_from(LANGUAGES))
async def test_hostile_words_never_break_an_answer(brand: Brand, one: str, two: str, three: str, language: str) -> None:
    """Titles, excerpts, queries, headings: every page keeps Discord's limits and mentions nobody."""
    text = Catalogue.of(language)
    article = make_article(title=one, summary=two, author=three, url=NASTY_URL, image=Image(NASTY_URL, two))
    spans = (Span(three), Span(one, matched=True), Span(two))
    hits = tuple(Hit(replace(article, id=number), two, spans, f"{NASTY_URL}#x", 1.0) for number in range(5))
    body = ArticleBody(
        passages=tuple(Passage(number, two, three) for number in range(20)),
        images=tuple(Image(f"https://example.org/{number}.png", one, two) for number in range(9)),
        links=tuple(Link(one, NASTY_URL, LinkKind.RELATED, 0) for _ in range(20)),
        footnotes=(one, two, three) * 5,
    )
    neighbours = tuple(make_article(id=number, title=one, url=NASTY_URL) for number in range(5))
    filters = SearchFilters(author=three, topic="women", language=two)
    topics = [Topic(f"t{number}", one or "x", two, ("x",)) for number in range(30)]
    views = [
        search_page(SearchResults(hits, 99, one, two), filters, 3, '["x"]', text, brand, literal='["x",true]'),
        related_page(SearchResults(hits[:3], 3, one, incomplete=True), text, brand),
        nothing_found(
            SearchResults((), 0, one, near_titles=neighbours, near_topics=("women",)),
            filters,
            text,
            brand,
        ),
        article_page(OpenArticle(article, body, neighbours), text, brand),
        full_article_page(OpenArticle(article, body, neighbours), text, brand),
        unknown_article(one, neighbours, text, brand),
        article_list(list(neighbours), 50, 1, topics[0], text, brand),
        like_page(article, neighbours[:3], text, brand),
        topic_list(topics, {}, text),
        help_page([CommandLine(f"</c{number}:1>", three) for number in range(60)], [one], text, brand),
    ]

    for view in views:
        check_limits(view)
        live = LIVE_MENTION.sub("", said(view)) if view is views[-1] else said(view).replace("<t:", "")
        assert not LIVE_MENTION.search(live)
        assert all(address.startswith("https://") for address in addresses(view))


def test_a_question_how_to_help_is_answered_by_the_actions(settings: Settings, brand: Brand) -> None:
    found = SearchResults((make_hit(),), 1, "how can I help", help=True)

    view = search_page(found, SearchFilters(), 0, '["x"]', ENGLISH, brand, actions=settings.actions)

    assert said(view).startswith("## What you can do")
    assert labels(view)[:3] == [dict(action.labels).get("en", action.label) for action in settings.actions[:3]]
    check_limits(view)


@pytest.mark.parametrize(
    ("source", "label"),
    [
        (LineKind.CAPTION, "From a picture caption:"),
        (LineKind.FOOTNOTE, "From a footnote:"),
        (LineKind.READ_ON, "From a link to another article:"),
        (LineKind.AUTHOR_NOTE, "About the author:"),
        (LineKind.CALL, "From a call to action:"),
        (LineKind.PASSAGE, ""),
    ],
)
def test_a_hit_names_the_source_of_its_excerpt(source: LineKind, label: str, brand: Brand) -> None:
    found = SearchResults((replace(make_hit(), source=source),), 1, "x")

    words = said(search_page(found, SearchFilters(), 0, '["x"]', ENGLISH, brand))

    assert ("From a" in words or "About the author" in words) is bool(label)
    assert label in words


@pytest.mark.parametrize(
    ("since", "before", "line"),
    [
        ("2023-12-31", None, "since <t:1704024000:D>"),
        (None, "2024-02-01", "until <t:1706702400:D>"),
        ("2023-12-31", "2025-01-01", "<t:1704024000:D> \u2013 <t:1735646400:D>"),
        ("2024-01-01", None, "since 2024"),
        (None, "2025-01-01", "until 2024"),
        ("2023-01-01", "2025-01-01", "2023 \u2013 2024"),
        ("2024-01-01", "2025-01-01", "2024"),
        ("2024-01-01", "2024-01-02", "<t:1704110400:D>"),
        (None, "1950-01-01", ""),
        ("2090-01-01", None, ""),
    ],
)
def test_the_days_that_limit_an_answer_are_named(
    since: str | None, before: str | None, line: str, brand: Brand
) -> None:
    """By instants at noon in UTC, which are the same day for readers elsewhere, or as years where these are whole.

    A span without articles is no limit.
    """
    period = Period(*(datetime.fromisoformat(f"{day}T00:00Z").timestamp() if day else None for day in (since, before)))
    hit = replace(make_hit(), article=make_article(published=datetime(2024, 1, 1, 9, tzinfo=UTC).timestamp()))
    found = SearchResults((hit,), 1, "x", period=period)
    nothing = SearchResults((), 0, "x", period=period)

    heading = said(search_page(found, SearchFilters(), 0, '["x"]', ENGLISH, brand)).splitlines()[1]
    assert heading == " · ".join(filter(None, ("-# 1 article", line)))
    assert f"-# {line}" in said(nothing_found(nothing, SearchFilters(), ENGLISH, brand))


def test_years_are_named_as_readers_write_them(brand: Brand) -> None:
    found = SearchResults((make_hit(),), 1, "x", years=(2023, 2024), oldest_first=True)

    lines = [
        said(search_page(found, SearchFilters(year=2022), 0, '["x"]', Catalogue.of(language), brand)).splitlines()[1]
        for language in LANGUAGES
    ]

    assert lines == [
        "-# 1 article · 2023 · 2024 · oldest first · 2022",
        "-# 글 1편 · 2023년 · 2024년 · 오래된순 · 2022년",
    ]


def test_a_possible_correction_is_offered(brand: Brand) -> None:
    found = SearchResults((make_hit(),), 1, "jeans", did_you_mean="means")
    view = search_page(found, SearchFilters(), 0, '["jeans"]', ENGLISH, brand, suggested='["means"]')

    button = next(part for part in components(view) if part.get("custom_id") == 'search:0:["means"]')
    assert button["label"] == "Did you mean “means”?"


def test_a_wish_to_help_without_a_hit_is_answered_by_the_actions_alone(settings: Settings, brand: Brand) -> None:
    found = SearchResults((), 0, "how can I help if I am broke", help=True, newest=(make_article(title="A New Story"),))

    words = said(nothing_found(found, SearchFilters(), ENGLISH, brand, actions=settings.actions))

    assert words.startswith("## What you can do")
    assert "I found nothing" not in words
    assert "What you can try" not in words
    assert "A New Story" in words


def test_searching_without_limits_is_suggested_only_where_there_are_any(brand: Brand) -> None:
    found = SearchResults((), 0, "xyz")

    assert "without a topic" not in said(nothing_found(found, SearchFilters(), ENGLISH, brand))
    assert "without a topic" in said(nothing_found(found, SearchFilters(year=2020), ENGLISH, brand))


def test_nothing_found_shows_the_newest_articles(brand: Brand) -> None:
    found = SearchResults((), 0, "bitcoin price", newest=(make_article(title="A New Story"),))
    words = said(nothing_found(found, SearchFilters(), ENGLISH, brand))

    assert "**Our newest articles**\n- [A New Story](" in words
