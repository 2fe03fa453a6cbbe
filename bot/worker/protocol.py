"""Frames of JSON between the bot and a worker process: long lists in rows, the rest in one object."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace

from bot.discovery.contents import MAX_SOURCES, SourceContents
from bot.feeds.document import MAX_ENTRIES, FeedDocument

MAX_ANSWER_BYTES = 6_000_000
FRAME_BYTES = 65_536  # of JSON decoded at once, so that reading a result never holds up the event loop


def encode_frames(result: object, rows: Iterable[object] = ()) -> list[bytes]:
    """A result as JSON: frames with some rows each, and one with the result itself.

    Rows at the end are left out where the whole would grow too large.
    """
    frames: list[list[bytes]] = []
    size = total = 0
    for row in rows:
        piece = to_json(row)
        total += len(piece)
        if total > MAX_ANSWER_BYTES:
            break
        if not frames or size + len(piece) > FRAME_BYTES:
            frames.append([])
            size = 0
        frames[-1].append(piece)
        size += len(piece)
    return [*(b'{"rows":[' + b",".join(pieces) + b"]}" for pieces in frames), b'{"result":' + to_json(result) + b"}"]


def to_json(value: object) -> bytes:
    """JSON in UTF-8; lone surrogates, which no UTF-8 can carry, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def contents_frames(contents: SourceContents) -> list[bytes]:
    """The articles as rows, then the rest of the contents."""
    rest = replace(contents, articles=(), sources=contents.sources[:MAX_SOURCES])
    return encode_frames(asdict(rest), map(asdict, contents.articles))


def document_frames(document: FeedDocument) -> list[bytes]:
    """The entries as rows, then the document itself."""
    return encode_frames(asdict(replace(document, entries=())), map(asdict, document.entries[:MAX_ENTRIES]))
