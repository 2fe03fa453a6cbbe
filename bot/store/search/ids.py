"""Lists of ids as the index stores them: four bytes each, little-endian."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

ID_BYTES = 4


def ids_to_bytes(ids: Sequence[int]) -> bytes:
    """Returns ids as they are stored."""
    return struct.pack(f"<{len(ids)}I", *ids)


def ids_from_bytes(stored: bytes) -> tuple[int, ...]:
    """Returns the ids that `ids_to_bytes` stored."""
    return struct.unpack(f"<{len(stored) // ID_BYTES}I", stored)


def pack_ids(ids: Iterable[int]) -> bytes:
    """Returns ids as compressed differences."""
    return zlib.compress(ids_to_bytes([after - before for before, after in pairwise([0, *sorted(ids)])]), 1)


def unpack_ids(packed: bytes) -> list[int]:
    """Returns the ids that `pack_ids` packed, ascending."""
    return list(accumulate(ids_from_bytes(zlib.decompress(packed))))
