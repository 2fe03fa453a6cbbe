import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import Text
from bot.interactions.custom_ids import (
    LATEST,
    MAX_CUSTOM_ID,
    SEARCH,
    Search,
    decode,
    encode,
    fits,
    latest_id,
    search_id,
)
from bot.layouts.pagination import pager
from bot.search.results import Filters

ENGLISH = Text.of("en")
short = st.one_of(st.none(), st.text(max_size=12))
filters = st.builds(
    Filters, topic=short, year=st.one_of(st.none(), st.integers(1900, 2100)), feed=short, author=short, language=short
)


@given(st.builds(Search, query=st.text(max_size=60), filters=filters, literal=st.booleans()), st.integers(0, 9_999))
def test_a_search_comes_back_from_its_button(search: Search, page: int) -> None:
    """What a button carries is exactly the search it stands for, whatever was typed."""
    identity = search_id(page, encode(search))

    match = SEARCH.fullmatch(identity)
    assert match is not None
    assert (int(match["page"]), decode(match["state"])) == (page, search)
    if fits(encode(search)):
        assert len(identity) <= MAX_CUSTOM_ID


def test_a_short_search_stays_short() -> None:
    assert encode(Search("women at the market")) == '["women at the market"]'


@pytest.mark.parametrize("state", ["", "{}", "[]", "[1]", '"text"', "=abc", '["a",1,2,3,4,5,6,7]'])
def test_other_states_are_refused(state: str) -> None:
    with pytest.raises(ValueError, match=r"state|Expecting"):
        decode(state)


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [
        (0, 5, None),
        (0, 6, [("Previous page", True), ("Next page", False)]),
        (1, 11, [("Previous page", False), ("Next page", False)]),
        (2, 11, [("Previous page", False), ("Next page", True)]),
    ],
)
def test_only_pages_that_exist_can_be_turned_to(page: int, total: int, expected: list[tuple[str, bool]] | None) -> None:
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
