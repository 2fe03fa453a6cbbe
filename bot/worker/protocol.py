"""Frames of JSON between the bot and a worker process: long lists in rows, the rest in one object."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace

from bot.discovery.contents import MAX_SOURCES, SourceContents
from bot.feeds.document import FeedDocument, newest_first

MAX_ANSWER_BYTES = 6_000_000
FRAME_BYTES = 65_536  # of JSON decoded at once, so that reading a result never holds up the event loop


def row_frames(rows: Iterable[object]) -> tuple[list[bytes], int]:
    """Frames with some rows each, and how many rows they have: those at the end that are too much are left out."""
    frames: list[list[bytes]] = []
    size = total = kept = 0
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
        kept += 1
    return [b'{"rows":[' + b",".join(pieces) + b"]}" for pieces in frames], kept


def result_frame(result: object) -> bytes:
    """The last frame, with the result itself."""
    return b'{"result":' + to_json(result) + b"}"


def to_json(value: object) -> bytes:
    """JSON in UTF-8; lone surrogates, which no UTF-8 can carry, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def contents_frames(contents: SourceContents) -> list[bytes]:
    """The articles as rows, then the rest of the contents. With more articles than fit they are not complete."""
    frames, kept = row_frames(map(asdict, contents.articles))
    truncated = contents.truncated or kept < len(contents.articles)
    rest = replace(contents, articles=(), sources=contents.sources[:MAX_SOURCES], truncated=truncated)
    return [*frames, result_frame(asdict(rest))]


def document_frames(document: FeedDocument) -> list[bytes]:
    """The entries as rows, then the document itself. Of more than fit the newest are kept, and the others counted."""
    entries = document.entries
    frames, kept = row_frames(map(asdict, entries))
    if kept < len(entries):
        frames, kept = row_frames(map(asdict, newest_first(entries)))
    rest = replace(document, entries=(), left_out=document.left_out + len(entries) - kept)
    return [*frames, result_frame(asdict(rest))]
