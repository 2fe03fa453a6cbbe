"""At most two rows of buttons on a phone, the important ones first."""

from typing import Any

import discord
from hypothesis import given
from hypothesis import strategies as st

from bot.layouts.components import BUTTON_GAP, MAX_ROWS, PHONE_ROW, button_rows, button_width

LABELS = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=80)


def link(label: str) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, url="https://example.org/")


def plain(label: str) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, custom_id=label[:50])


@given(st.lists(LABELS, max_size=6))
def test_whatever_the_labels_there_are_at_most_two_rows(labels: list[str]) -> None:
    first, last = link("Read article"), plain("More")
    rows = button_rows([first], [link(label) for label in labels], last)

    assert len(rows) <= MAX_ROWS
    assert rows[0][0] is first
    assert any(last in row for row in rows)
    for row in rows:
        assert len(row) <= 5
        assert len(row) == 1 or sum(map(button_width, row)) + BUTTON_GAP * (len(row) - 1) <= PHONE_ROW


def test_the_first_of_two_that_do_not_both_fit_is_shown() -> None:
    own, configured = link("Sign the pledge for the neighbours"), link("Help a family settle in")
    rows = button_rows([link("Read article")], [own, configured], plain("More"))

    shown = [button.label for row in rows for button in row]
    assert own.label in shown
    assert configured.label not in shown


def test_short_labels_are_all_shown() -> None:
    rows = button_rows([link("Read")], [link("Donate"), link("Pledge")], plain("More"))

    assert [len(row) for row in rows] == [2, 2]


def test_korean_letters_are_counted_wider() -> None:
    assert button_width(plain("가나다라")) > button_width(plain("abcd"))
