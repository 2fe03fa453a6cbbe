from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.store.search.reader import ids_from_bytes, ids_to_bytes, pack_ids, unpack_ids

ids = st.integers(0, 2**32 - 1)


@given(st.lists(ids))
def test_ids_are_stored_as_four_bytes_each_the_lowest_first(listed: Sequence[int]) -> None:
    stored = ids_to_bytes(listed)

    assert stored == b"".join(number.to_bytes(4, "little") for number in listed)
    assert ids_from_bytes(stored) == tuple(listed)


@given(st.sets(ids))
def test_packed_ids_are_unpacked_ascending(listed: set[int]) -> None:
    assert unpack_ids(pack_ids(listed)) == sorted(listed)
