"""Frames of JSON between the bot and a worker process."""

import json
from collections.abc import Iterable

MAX_ANSWER_BYTES = 6_000_000
FRAME_BYTES = 65_536  # of JSON decoded at once, so that reading a result never holds up the event loop


def encode_frames(result: object, rows: Iterable[object] = ()) -> list[bytes]:
    """A result as JSON: frames with some rows each, and one with the result itself.

    Rows at the end are left out where the whole would grow too large.
    """
    found: list[bytes] = []
    pieces: list[bytes] = []
    size = total = 0
    for row in rows:
        piece = to_json(row)
        total += len(piece)
        if total > MAX_ANSWER_BYTES:
            break
        if size + len(piece) > FRAME_BYTES and pieces:
            found.append(_rows_frame(pieces))
            pieces, size = [], 0
        pieces.append(piece)
        size += len(piece)
    return [*found, *([_rows_frame(pieces)] if pieces else []), b'{"result":' + to_json(result) + b"}"]


def to_json(value: object) -> bytes:
    """JSON in UTF-8; lone surrogates, which no UTF-8 can carry, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _rows_frame(pieces: list[bytes]) -> bytes:
    return b'{"rows":[' + b",".join(pieces) + b"]}"
