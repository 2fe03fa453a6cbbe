"""The worker process: reads jobs from its input, answers on its output, dies when told or alone.

Started as `python -m bot.worker.child SECONDS BYTES`. It has no secrets in its
environment and limits of its own, in case the process that started it is gone.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from bot.worker.codecs import document_frames
from bot.worker.protocol import frames, to_json

LENGTH = 4

Work = Callable[[bytes, dict[str, Any]], list[bytes]]


def main() -> None:
    """Answers jobs until the input ends."""
    seconds, max_bytes = float(sys.argv[1]), int(sys.argv[2])
    _limit_memory(max_bytes)
    _yield_to_others()
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (head := read_frame(sys.stdin.buffer)) is not None:
        body = read_frame(sys.stdin.buffer) or b""
        job: dict[str, Any] = json.loads(head)
        work = JOBS[job["kind"]]()
        # From here on the time counts: what was imported above is no fault of the document.
        _write(answers, to_json({"ready": True}))
        _alarm(seconds * 2)
        answer, sound = _answer(work, body, job)
        _alarm(0)
        for frame in answer:
            _write(answers, frame)
        if not sound:
            return


def _write(stream: BinaryIO, frame: bytes) -> None:
    stream.write(len(frame).to_bytes(LENGTH) + frame)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """A length of four bytes and so many bytes; None at the end of the input."""
    length = stream.read(LENGTH)
    return stream.read(int.from_bytes(length)) if len(length) == LENGTH else None


def _answer(work: Work, body: bytes, job: dict[str, Any]) -> tuple[list[bytes], bool]:
    """The answer as frames of JSON, and whether this process is fit for another job."""
    try:
        return work(body, job), True
    except MemoryError:
        return [to_json({"failed": "memory", "detail": "needs more memory than it may have"})], False
    except Exception as error:  # noqa: BLE001 - whatever a library raises about hostile input is an answer
        return [to_json({"failed": "error", "detail": f"{type(error).__name__}: {error}"[:300]})], True


def _parsing() -> Work:
    import bot.feeds.rss_atom  # noqa: F401  # pyright: ignore[reportUnusedImport] - the slow part of the start
    from bot.feeds.parser import parse_feed

    return lambda body, job: document_frames(parse_feed(body, job["headers"], job["url"]))


def _extracting() -> Work:
    from bot.pages.extractor import extract_page

    def extract(body: bytes, job: dict[str, Any]) -> list[bytes]:
        page = extract_page(body, job["url"], job["charset"])
        return frames(asdict(page) if page else None)

    return extract


def _surveying() -> Work:
    from bot.discovery.sources import read_source
    from bot.worker.codecs import contents_frames

    return lambda body, job: contents_frames(read_source(body, job["headers"], job["url"]))


JOBS: dict[str, Callable[[], Work]] = {"parse": _parsing, "extract": _extracting, "survey": _surveying}


def _limit_memory(max_bytes: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))


def _yield_to_others() -> None:
    """A hostile feed must not take the processor from the bot itself."""
    if sys.platform != "win32":
        os.nice(5)


def _alarm(seconds: float) -> None:
    """The default action of this signal ends the process even inside a regular expression."""
    if sys.platform != "win32":
        import signal

        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
