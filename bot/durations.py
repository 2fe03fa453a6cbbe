"""Durations in seconds."""

from random import Random

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
MAX_DOUBLINGS = 30


def backoff(failures: int, first: float, longest: float, rng: Random | None = None) -> float:
    """The delay after `failures` in a row: it doubles from `first`, up to `longest`.

    With `rng` it is between half of that and all of it, so that what failed together is not repeated together.
    """
    pause = min(first * 2.0 ** min(max(failures - 1, 0), MAX_DOUBLINGS), longest)
    return pause if rng is None else pause * rng.uniform(0.5, 1.0)
