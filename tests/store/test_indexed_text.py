from collections import Counter
from collections.abc import Sequence
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from bot.store.search.reader import END, ids_to_bytes, index_text, text_from_bytes, text_to_bytes

terms = st.integers(1, 2**32 - 1)


def written(parts: Sequence[Sequence[int]]) -> list[list[int]]:
    """The parts as an indexed text has them."""
    text = index_text(parts, {}, int)
    return [[text.terms[ord(one) - 1] for one in part] for part in text.characters.split(END)[:-1]]


@given(st.lists(st.lists(terms)))
def test_a_text_has_every_term_in_its_place(parts: list[list[int]]) -> None:
    assert written(parts) == parts


@given(st.lists(st.lists(st.integers(1, 9))))
def test_a_stored_text_is_read_as_it_was(parts: list[list[int]]) -> None:
    text = index_text(parts, Counter(chain(*parts)), int)

    assert text_from_bytes(ids_to_bytes(text.terms), text.uses, text_to_bytes(text.characters)) == text
    assert dict(zip(text.terms, text.uses, strict=True)) == Counter(chain(*parts))
    assert list(text.uses) == sorted(text.uses, reverse=True)


def test_a_text_may_have_more_terms_than_there_are_characters_without_surrogates() -> None:
    parts = [range(1, 60_000)]
    text = index_text(parts, {}, int)

    assert written(parts) == [list(range(1, 60_000))]
    assert text_from_bytes(ids_to_bytes(text.terms), text.uses, text_to_bytes(text.characters)) == text


def test_a_run_of_terms_is_found_within_a_part() -> None:
    text = index_text([[1, 1, 2], [5, 2]], {}, int)
    runs = [[5], [1, 2], [2, 5], [1, 5], [2, 1], [1, 1, 2], [5, 2]]

    assert [run for run in runs if text.has_run(run)] == [[5], [1, 2], [1, 1, 2], [5, 2]]
