import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text_analysis import located_words, normalise, word_terms, words


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Traders trading", "en", ["trader", "trade"]),
        ("women's rights", "en", ["women", "right"]),
        ("women\u2019s", "en", ["women"]),
        ("café NAÏVE", "en", ["cafe", "naiv"]),
        ("LiNK의 탈북자", "ko", ["link", "의", "탈북", "북자"]),
        ("nationale Bewegungen", "de", ["national", "beweg"]),
        ("hi-fi 3.5", "en", ["hi", "fi", "3", "5"]),
        ("हिन्दी", "xx", ["हिन्दी"]),
        ("snake_case \ud800 ok", "en", ["snake", "case", "ok"]),
        ("", "en", []),
    ],
)
def test_terms(text: str, language: str, expected: list[str]) -> None:
    """Words become stems of the text's language, Korean ones overlapping pairs; nothing is left out."""
    assert [term for word in words(text) for term in word_terms(word, language)] == expected


@given(st.text(st.characters(codec="ascii")))
def test_ascii_text_has_the_same_words_beside_other_text(text: str) -> None:
    assert words(f"{text} \u3042") == [*words(text), "\u3042"]


def test_latin_words_in_korean_text_are_stemmed_like_english_ones() -> None:
    """A Korean article's "defectors" is found by an English question."""
    assert word_terms("defectors", "ko") == word_terms("defector", "en")


@given(st.text())
def test_normalising_words_again_changes_nothing(text: str) -> None:
    """Normalising a word again changes nothing, so that stored and typed words match."""
    for word in words(text):
        assert words(word) == [word] or len(normalise(word)) != len(word)


@given(st.text())
def test_located_words_have_correct_positions(text: str) -> None:
    """Positions are inside the text and in order."""
    last = 0
    for word in located_words(text):
        assert 0 <= last <= word.start < word.end <= len(text)
        last = word.start
