"""The worker process: reads jobs from stdin, writes results to stdout, exits at EOF or out of CPU time.

Started as `python -m bot.worker.child SECONDS BYTES`. It has no secrets in its environment, and
its own limits, in case the parent process is gone. A result is frames of JSON: long lists in rows, the
rest in one object.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

from bot.discovery.contents import MAX_SOURCES, SourceContents
from bot.feeds.document import FeedDocument, newest_first
from bot.models import UnreadableDocumentError

LENGTH = 4
LIST_PAGE = "list"  # the result of extracting one, where the job asks not to
MAX_ANSWER_BYTES = 6_000_000
FRAME_BYTES = 65_536  # of JSON decoded at once, so that reading a result never holds up the event loop

Work = Callable[[bytes, dict[str, Any]], list[bytes]]


def main() -> None:
    """Runs jobs until the input ends."""
    seconds, max_bytes = float(sys.argv[1]), int(sys.argv[2])
    memory_limited = _limit_memory(max_bytes)
    if sys.platform != "win32":
        os.nice(5)  # a hostile feed must not slow the bot itself down
    # The output of a library must not be read as a result.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (head := read_frame(sys.stdin.buffer)) is not None:
        body = read_frame(sys.stdin.buffer) or b""
        job: dict[str, Any] = json.loads(head)
        work = _prepare(job["kind"])
        # The time limit starts here: the imports above do not count against the document.
        _write(output, to_json({"ready": True, "memory_limited": memory_limited}))
        _limit_cpu_time(seconds)
        answer, reusable = _answer(work, body, job)
        _limit_cpu_time(0)
        for frame in answer:
            _write(output, frame)
        if not reusable:
            return


def _write(stream: BinaryIO, frame: bytes) -> None:
    stream.write(len(frame).to_bytes(LENGTH) + frame)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """The bytes after a length of four bytes; None at the end of the input."""
    length = stream.read(LENGTH)
    return stream.read(int.from_bytes(length)) if len(length) == LENGTH else None


def _answer(work: Work, body: bytes, job: dict[str, Any]) -> tuple[list[bytes], bool]:
    """The result as frames of JSON, and whether this process may run another job."""
    try:
        return work(body, job), True
    except MemoryError:
        return [to_json({"failed": "memory", "detail": "needs more memory than it may have"})], False
    except UnreadableDocumentError as error:
        return [to_json({"failed": "error", "detail": str(error)})], True
    except Exception as error:  # noqa: BLE001 - whatever a library raises about hostile input is an answer
        # Not its message, which may quote the document: details reach the log and the table of incidents.
        place = traceback.extract_tb(error.__traceback__)[-1]
        detail = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        return [to_json({"failed": "error", "detail": detail})], True


def _prepare(kind: str) -> Work:
    """What a kind of job runs; its modules are imported when the first such job comes."""
    match kind:
        case "parse":
            import bot.feeds.rss_atom  # noqa: F401  # pyright: ignore[reportUnusedImport] - the slow part of the start
            from bot.feeds.parser import parse_feed

            return lambda body, job: document_frames(parse_feed(body, job["headers"], job["url"], job["time_zone"]))

        case "extract":
            from bot.discovery.sources import is_article_page
            from bot.pages.extractor import extract_page

            def extract(body: bytes, job: dict[str, Any]) -> list[bytes]:
                if job["unless_list"] and not is_article_page(body, job["url"]):
                    return [result_frame(LIST_PAGE)]
                page = extract_page(body, job["url"], job["charset"])
                return [result_frame(asdict(page) if page else None)]

            return extract

        case "broadcast":
            from bot.discovery.broadcasts import broadcast_start

            return lambda body, _: [result_frame(broadcast_start(body))]

        case "listing":
            from bot.discovery.sources import read_source

            return lambda body, job: contents_frames(
                read_source(body, job["headers"], job["url"], is_list=job["is_list"])
            )

        case "robots":
            from bot.discovery.robots import read_robots

            return lambda body, job: [result_frame(asdict(read_robots(body, job["agent"], job["url"])))]

        case _:
            raise ValueError(f"no such job: {kind}")


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


def _limit_memory(max_bytes: int) -> bool:
    """Whether the system accepted the limit; macOS refuses it."""
    if sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
        except (ValueError, OSError):
            return False
    return True


def _limit_cpu_time(seconds: float) -> None:
    """The default action of this signal ends the process even inside a regular expression."""
    if sys.platform != "win32":
        import signal

        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main()
