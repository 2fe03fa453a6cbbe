"""Results of a worker process as JSON frames: long lists in rows, the rest in one object."""

from dataclasses import asdict, replace

from bot.discovery.contents import MAX_SOURCES, SourceContents
from bot.feeds.document import MAX_ENTRIES, FeedDocument
from bot.worker.protocol import encode_frames


def contents_frames(contents: SourceContents) -> list[bytes]:
    """The articles as rows, then the rest of the contents."""
    rest = replace(contents, articles=(), sources=contents.sources[:MAX_SOURCES])
    return encode_frames(asdict(rest), map(asdict, contents.articles))


def document_frames(document: FeedDocument) -> list[bytes]:
    """The entries as rows, then the document itself."""
    return encode_frames(asdict(replace(document, entries=())), map(asdict, document.entries[:MAX_ENTRIES]))
