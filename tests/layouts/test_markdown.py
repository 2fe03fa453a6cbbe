import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.layouts.markdown import BREAK, MAX_LINK, emphasised, link, paragraphs, plain
from bot.plain_text import clean_line, truncate
from tests.layouts.reading import FORMATTING, LIVE_MENTION

HOSTILE = [
    "@everyone @here",
    "<@&1> <@123456789012345678> <#5> </ban:1> <t:1:R> <:smile:1>",
    "**bold** __under__ ~~gone~~ ||spoiler|| `code` ```block```",
    "[click](https://evil.example) and <https://evil.example>",
    "\\**not escaped twice\\",
    "\u202eright to left\u2066 zero\u200bwidth\u0000",
    "# heading\n> quote\n- list\n1. list\n-# small",
]
hostile_text = st.lists(
    st.sampled_from([*"*_~|`<>[]()\\@#-+>.:/ \n\t\u202e\u200b\ud800가a1", "@everyone", "<@&1>", "https://", "]("])
).map("".join)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_escaped(text: str) -> None:
    """Text is shown literally, without format, mention or link."""
    shown = plain(text)

    assert not LIVE_MENTION.search(shown)
    assert not FORMATTING.search(shown)
    assert "](" not in shown.replace("\\](", "")


def test_a_bare_address_is_no_link() -> None:
    assert plain("see https://evil.example/a") == "see https\\://evil.example/a"


def test_marks_at_the_start_of_a_line_do_not_make_lists_or_headings() -> None:
    assert plain("# one") == "\\# one"
    assert plain("-# one") == "\\-# one"
    assert plain("12. one") == "12\\. one"
    assert paragraphs("a\n- b\n\n\n\n1. c", 100) == "a\n\\- b\n\n1\\. c"


@given(hostile_text)
def test_no_text_mentions_or_formats(text: str) -> None:
    """For any order of the pieces, nothing is interpreted, and Discord accepts every character."""
    for shown in (plain(text), paragraphs(text, 500)):
        assert not LIVE_MENTION.search(shown)
        assert not FORMATTING.search(shown)
        shown.encode()
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", shown)


@given(hostile_text, hostile_text)
def test_a_link_leads_only_where_it_says(label: str, path: str) -> None:
    """No label ends the link early, no address breaks out of its brackets."""
    url = "https://example.org/" + re.sub(r"[\s\ud800\u202e\u200b]", "", path)
    shown = link(label, url)

    if shown.startswith("["):
        words, address = shown[1:-1].split("](", 1)
        assert not re.search(r"(?<!\\)[\[\]]", words)
        assert not re.search(r"[()<>*|`\s]", address)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a:b@c.example",
        "",
        "http://[",
        "https://a.example/" + "x" * MAX_LINK,
    ],
)
def test_an_unusable_address_gives_plain_text(url: str) -> None:
    assert link("Read *this*", url) == "Read \\*this\\*"


def test_emoji_joined_from_several_stay_whole() -> None:
    family = "👩\u200d👧"

    assert clean_line(family) == family


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("some words that go on", 12, "some words…"),
        ("가" * 30, 10, "가" * 9 + "…"),
        ("word", 0, ""),
        ("one, two", 5, "one…"),
    ],
)
def test_text_is_cut_at_a_word_where_there_is_one(text: str, limit: int, expected: str) -> None:
    assert truncate(text, limit) == expected


@given(hostile_text, st.integers(0, 60))
def test_cut_text_is_never_longer_than_allowed(text: str, limit: int) -> None:
    assert len(truncate(text, limit)) <= limit


def test_matches_are_bold_and_neighbours_are_one() -> None:
    spans = [("The ", False), ("jang", True), (" ", False), ("madang", True), (" *today*", False)]

    assert emphasised(spans) == "The **jang madang** \\*today\\*"


def test_an_excerpt_is_cut_across_its_spans() -> None:
    assert emphasised([("one two ", False), ("three four five", True)], 14) == "one two **three…**"


def test_mentions_are_broken_even_for_readers_who_ignore_backslashes() -> None:
    assert plain("<@&12>") == f"\\<@{BREAK}&12\\>"
