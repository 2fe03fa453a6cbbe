"""Plain text: one normal form, computed in linear time."""

import unicodedata

import pytest

from bot.plain_text import MAX_MARKS, clean_line


@pytest.mark.parametrize("marks", ["\u0301", "\u0301\u0323", "\u05b0\u05bc", "\u0e48\u0e38"])
def test_no_character_carries_more_marks_than_a_language_has(marks: str) -> None:
    """Sorting thousands of marks on one character takes quadratic time, so the excess is dropped first."""
    found = clean_line("a" + marks * 5_000 + "b")

    assert len(found) <= MAX_MARKS + 2
    assert found.startswith(unicodedata.normalize("NFC", "a" + marks)[0])
    assert found.endswith("b")


@pytest.mark.parametrize("text", ["Müller café", "שָׁלוֹם", "통일시장", "ก็่", "Z̧̛͟a̧l͘g̕ơ"])
def test_what_people_write_keeps_its_marks(text: str) -> None:
    assert clean_line(text) == unicodedata.normalize("NFC", text)
