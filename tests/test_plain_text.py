"""Plain text: one normal form, computed in linear time."""

import unicodedata

import pytest

from bot.plain_text import MAX_MARKS, clean, clean_line, language_of, one_line, reading_minutes


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


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("The river froze.", "The river froze."),
        ("The  river\tfroze,\xa0 twice", "The river froze, twice"),
        ("“It is  frozen”", "“It is frozen”"),
        ("얼어붙은  강", "얼어붙은 강"),
        ("강\u3164물 강\u115f강", "강물 강강"),  # fillers, which are letters to Unicode
        ("cafe\u0301  ole\u0301", "café olé"),
        ("a\u200bb\ufeffc\x00d", "abcd"),
        ("👩\u200d🚀 a\u200db", "👩\u200d🚀 ab"),
    ],
)
def test_a_line_is_cleaned_alike_alone_and_among_others(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(f"above\n{text}\nbelow") == f"above\n{cleaned}\nbelow"
    assert one_line(f" {text}\r\n {text} ") == f"{cleaned} {cleaned}"


def test_language_and_reading_time_count_letters_of_every_script() -> None:
    korean, english = "강이 얼어붙었다. " * 100, "The ice was “thick” there. " * 100

    assert (language_of(korean, "en"), reading_minutes(korean)) == ("ko", 1)
    assert (language_of(english, ""), reading_minutes(english)) == ("en", 2)
    assert (language_of(english + korean * 4, "en"), reading_minutes(english + korean * 4)) == ("ko", 8)
    assert (language_of("1 2 3", "ko"), reading_minutes("1 2 3")) == ("ko", None)
