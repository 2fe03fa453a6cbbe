"""Frames of JSON between the bot and a worker process."""

import json
from collections.abc import Iterable

MAX_ANSWER = 6_000_000  # bytes of JSON altogether


FRAME = 65_536  # bytes of JSON read at once, so that reading an answer never holds up the event loop


def frames(result: object, rows: Iterable[object] = ()) -> list[bytes]:
    """An answer as JSON: frames with some rows each, and one with the result.

    Rows at the end are left out where the answer would grow too large.
    """
    found: list[bytes] = []
    pieces: list[bytes] = []
    size = total = 0
    for row in rows:
        piece = to_json(row)
        total += len(piece)
        if total > MAX_ANSWER:
            break
        if size + len(piece) > FRAME and pieces:
            found.append(_rows(pieces))
            pieces, size = [], 0
        pieces.append(piece)
        size += len(piece)
    return [*found, *([_rows(pieces)] if pieces else []), b'{"result":' + to_json(result) + b"}"]


def to_json(value: object) -> bytes:
    """JSON in UTF-8; lone surrogates, which no UTF-8 can carry, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _rows(pieces: list[bytes]) -> bytes:
    return b'{"rows":[' + b",".join(pieces) + b"]}"
