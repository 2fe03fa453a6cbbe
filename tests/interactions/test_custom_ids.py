import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import Catalogue
from bot.interactions.custom_ids import (
    LATEST,
    MAX_CUSTOM_ID,
    MAX_ID,
    SEARCH,
    MalformedIdError,
    Search,
    decode,
    encode,
    latest_id,
    parse_id,
    search_id,
)
from bot.layouts.components import pager
from bot.store.search.filters import SearchFilters

ENGLISH = Catalogue.of("en")
short = st.one_of(st.none(), st.text(max_size=12))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
filters = st.builds(
    SearchFilters,
    topic=short,
    year=st.one_of(st.none(), st.integers(1900, 2100)),
    feed=short,
    author=short,
    language=short,
)


@given(
    st.builds(Search, query=st.text(min_size=1, max_size=60), filters=filters, literal=st.booleans()),
    st.integers(0, 9_999),
)
def test_a_search_is_restored_from_its_custom_id(search: Search, page: int) -> None:
    """A button restores exactly its search, whatever was typed."""
    identity = search_id(page, encode(search))

    match = SEARCH.fullmatch(identity)
    assert match is not None
    assert (int(match["page"]), decode(match["state"])) == (page, search)
    if len(search_id(9_999, encode(search))) <= MAX_CUSTOM_ID:
        assert len(identity) <= MAX_CUSTOM_ID


def test_a_short_search_has_a_short_custom_id() -> None:
    assert encode(Search("women at the market")) == '["women at the market"]'


@pytest.mark.parametrize("state", ["", "{}", "[]", "[1]", '"text"', "=abc", '["a",1,2,3,4,5,6,7]', '["a",false,1]'])
def test_other_states_are_refused(state: str) -> None:
    with pytest.raises(MalformedIdError):
        decode(state)


@settings(max_examples=500)
@given(st.text(max_size=100) | st.recursive(scalars, lambda inner: st.lists(inner, max_size=9)).map(json.dumps))
def test_any_state_is_a_search_or_refused(state: str) -> None:
    """Any forged state is a search with valid types, or raises MalformedIdError."""
    try:
        found = decode(state)
    except MalformedIdError:
        return
    assert found.query
    assert found.filters.year is None or 1 <= found.filters.year <= 9_999
    texts = (found.filters.topic, found.filters.feed, found.filters.author, found.filters.language)
    assert all(text is None or isinstance(text, str) for text in texts)


@settings(max_examples=500)
@given(st.text(max_size=25) | st.integers().map(str) | st.from_regex(r"[0-9]{1,25}", fullmatch=True))
def test_any_id_is_a_number_that_can_be_stored_or_refused(text: str) -> None:
    try:
        found = parse_id(text)
    except MalformedIdError:
        return
    assert 1 <= found <= MAX_ID
    assert str(found) == text


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [
        (0, 5, None),
        (0, 6, [("Previous page", True), ("Next page", False)]),
        (1, 11, [("Previous page", False), ("Next page", False)]),
        (2, 11, [("Previous page", False), ("Next page", True)]),
    ],
)
def test_buttons_of_pages_that_do_not_exist_are_disabled(
    page: int, total: int, expected: list[tuple[str, bool]] | None
) -> None:
    row = pager(lambda number: latest_id(number, "women"), page, total, ENGLISH)

    if expected is None:
        assert row is None
        return
    assert row is not None
    buttons = [button.to_component_dict() for button in row.children]
    assert [(button["label"], button.get("disabled", False)) for button in buttons] == expected
    assert len({button["custom_id"] for button in buttons}) == 2


def test_a_list_remembers_its_topic() -> None:
    match = LATEST.fullmatch(latest_id(3, "life-inside"))

    assert match is not None
    assert (match["page"], match["topic"]) == ("3", "life-inside")
    assert LATEST.fullmatch(latest_id(0, None)) is not None
