"""Parser pools for tests."""

from typing import Any

from bot.worker.pool import ParseWorker


def parse_worker(*, seconds: float = 10.0, max_bytes: int = 536_870_912, **options: Any) -> ParseWorker:
    """A pool with limits that no test reaches unless it sets them."""
    return ParseWorker(seconds=seconds, max_bytes=max_bytes, **options)
