import asyncio

import pytest

from bot.delivery.rate_limiter import RateLimiter, RateLimiterClosedError


class Time:
    """Virtual time: it passes only in sleep."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time() -> Time:
    return Time()


def limiter(time: Time, rate: float = 47.0, budget: int = 1_000) -> RateLimiter:
    return RateLimiter(rate, clock=lambda: time.now, sleep=time.sleep, invalid_budget=budget)


async def test_never_more_than_discord_allows_in_any_second(time: Time) -> None:
    """And hardly fewer: the rate is used."""
    paced, turns = limiter(time), list[float]()

    async def worker(number: int) -> None:
        for _ in range(25):
            await paced.acquire()
            turns.append(time.now)
            if number == 0:
                await paced.acquire_priority()
                turns.append(time.now)

    await asyncio.gather(*(worker(number) for number in range(20)))

    assert max(sum(start <= turn < start + 1.0 for turn in turns) for start in turns) <= 48
    assert len(turns) / turns[-1] > 46.0


async def test_a_global_pause_holds_everybody_once(time: Time) -> None:
    paced = limiter(time)
    for _ in range(10):
        paced.record_response(429, {"Retry-After": "5"}, global_limit=True)

    await paced.acquire()

    assert time.now == pytest.approx(5.0)


async def test_a_429_that_is_not_discords_own_pauses_everything(time: Time) -> None:
    paced = limiter(time)
    paced.record_response(429, {})
    await paced.acquire()

    assert time.now == pytest.approx(60.0)


async def test_a_channels_own_limit_pauses_nobody_else(time: Time) -> None:
    paced = limiter(time)
    paced.record_response(429, {"Retry-After": "5", "X-RateLimit-Scope": "user", "Via": "1.1 google"})
    await paced.acquire()

    assert time.now < 0.1


async def test_too_many_refusals_stop_everything_until_they_are_old(time: Time) -> None:
    paced = limiter(time, budget=3)
    for status in (401, 403, 403):
        assert not paced.exhausted
        paced.record_response(status, {})
    assert paced.exhausted

    await paced.acquire()

    assert time.now == pytest.approx(600.0)
    assert not paced.exhausted


async def test_whoever_waits_at_the_end_is_told(time: Time) -> None:
    paced = limiter(time)
    paced.pause(1_000.0)
    waiting = asyncio.create_task(paced.acquire())
    await asyncio.sleep(0)
    paced.close()

    with pytest.raises(RateLimiterClosedError):
        await waiting
