"""Lengths of time in seconds."""

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
MAX_DOUBLINGS = 30


def backoff(failures: int, first: float, longest: float) -> float:
    """The pause after `failures` in a row: it doubles from `first`, up to `longest`."""
    return min(first * 2.0 ** min(max(failures - 1, 0), MAX_DOUBLINGS), longest)
