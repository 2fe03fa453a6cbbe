"""Arranges buttons in at most two rows of a phone's width. Pure.

Discord wraps a row of buttons on a narrow screen. The widths here were measured on a window of
390 pixels; they are estimates, on the safe side.
"""

import re
from collections.abc import Sequence

from bot.layouts.components import MAX_ROW, Button

PHONE_ROW = 265.0  # pixels inside a card
GAP = 8.0
PADDING = 24.0
ICON = 22.0  # of a link that leads elsewhere, or an emoji
LETTER, WIDE_LETTER = 7.4, 14.0
MAX_ROWS = 2
WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")


def arrange(first: Sequence[Button], optional: Sequence[Button], last: Button | None) -> list[list[Button]]:
    """The buttons in at most two rows: all of `first`, then as many `optional` ones as fit, in order.

    `last` is always shown, because it opens what did not fit.
    """
    chosen = list(first)
    for candidate in optional:
        if _rows([*chosen, candidate], last) is not None:
            chosen.append(candidate)
    rows = _rows(chosen, last)
    return rows if rows is not None else [[*chosen, *([last] if last else [])][:MAX_ROW]]


def width(button: Button) -> float:
    """The width of a button on a phone; a label that is too long is cut at the end of the row."""
    label = button.label or ""
    wide = len(WIDE.findall(label))
    letters = wide * WIDE_LETTER + (len(label) - wide) * LETTER
    icons = ICON * ((button.url is not None) + (button.emoji is not None))
    return min(PADDING + letters + icons, PHONE_ROW)


def _rows(buttons: Sequence[Button], last: Button | None) -> list[list[Button]] | None:
    rows: list[list[Button]] = [[]]
    for button in buttons:
        if not _has_room(rows[-1], button):
            rows.append([])
        rows[-1].append(button)
    if last is not None:
        # In the last row if it fits there, so that the order of the others stays what it is.
        row = next((row for row in reversed(rows) if _has_room(row, last)), None)
        if row is None:
            rows.append(row := [])
        row.append(last)
    return rows if len(rows) <= MAX_ROWS else None


def _has_room(row: Sequence[Button], button: Button) -> bool:
    used = sum(width(one) + GAP for one in row)
    return len(row) < MAX_ROW and (not row or used + width(button) <= PHONE_ROW)
