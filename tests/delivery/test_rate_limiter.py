"""The rate limiter, in virtual time."""

import asyncio
from collections import deque
from random import Random

import pytest

from bot.delivery.rate_limiter import NoLongerWantedError, RateLimiter, RateLimiterClosedError, Suspension


class VirtualTime:
    """Time that passes only in sleep; a wake-up may come `late` seconds late."""

    def __init__(self, late: float = 0.0) -> None:
        self.now = 0.0
        self._late, self._rng = late, Random(1)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + self._rng.uniform(0.0, self._late)
        await asyncio.sleep(0)


class GlobalLimit:
    """Discord's limit over any second, as requests arrive there."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._accepted: deque[float] = deque()

    def retry_after(self, arrival: float) -> float:
        """0 where the request is accepted."""
        while self._accepted and self._accepted[0] <= arrival - 1.0:
            self._accepted.popleft()
        if len(self._accepted) >= self._limit:
            return self._accepted[0] + 1.0 - arrival
        self._accepted.append(arrival)
        return 0.0


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


def limiter_for(time: VirtualTime, rate: float = 47.0, budget: int = 1_000) -> RateLimiter:
    return RateLimiter(rate, clock=lambda: time.now, sleep=time.sleep, invalid_budget=budget)


async def send_all(
    limiter: RateLimiter, time: VirtualTime, discord: GlobalLimit, count: int, latency: tuple[float, float]
) -> tuple[float, int]:
    """Sends until `count` requests were accepted; returns the pace and the number of 429s."""
    rng, under_way, answers = Random(2), list[tuple[float, float]](), list[tuple[float, float, float]]()
    accepted = refused = 0
    while accepted < count:
        sent = await limiter.acquire()
        under_way.append((sent + rng.uniform(*latency) / 10, sent))
        for arrival, sent in sorted(request for request in under_way if request[0] <= time.now):
            under_way.remove((arrival, sent))
            answers.append((sent + rng.uniform(*latency), sent, discord.retry_after(arrival)))
        for answer in sorted(answer for answer in answers if answer[0] <= time.now):
            answers.remove(answer)
            _, sent, retry_after = answer
            refused, accepted = (refused + 1, accepted) if retry_after else (refused, accepted + 1)
            status = 429 if retry_after else 200
            limiter.record_response(
                status, {}, sent_at=sent, global_limit=status == 429, retry_after=retry_after or None
            )
    return accepted / time.now, refused


async def test_at_most_one_more_than_the_rate_in_any_second_and_hardly_fewer(time: VirtualTime) -> None:
    limiter, turns = limiter_for(time), list[float]()

    async def worker(number: int) -> None:
        for _ in range(25):
            turns.append(await limiter.acquire())
            if number == 0:
                turns.append(await limiter.acquire_priority())

    await asyncio.gather(*(worker(number) for number in range(20)))

    assert max(sum(start <= turn < start + 1.0 for turn in turns) for start in turns) <= 50
    assert len(turns) / turns[-1] > 46.0


async def test_late_wake_ups_do_not_lower_the_average() -> None:
    time = VirtualTime(late=0.008)
    limiter = limiter_for(time, rate=49.0)
    turns = [await limiter.acquire() for _ in range(2_000)]

    assert len(turns) / turns[-1] > 48.5
    assert max(sum(start <= turn < start + 1.0 for turn in turns) for start in turns) <= 50


@pytest.mark.parametrize("latency", [(0.02, 0.08), (0.15, 0.35)])
async def test_at_49_a_second_a_limit_of_50_is_used_up_and_not_exceeded(
    time: VirtualTime, latency: tuple[float, float]
) -> None:
    pace, refused = await send_all(limiter_for(time, rate=49.0), time, GlobalLimit(50), 5_000, latency)

    assert pace > 48.4
    assert refused <= 5


async def test_a_limit_lower_than_configured_is_found_and_nearly_used_up(time: VirtualTime) -> None:
    pace, refused = await send_all(limiter_for(time, rate=49.0), time, GlobalLimit(44), 5_000, (0.15, 0.35))

    assert pace > 41.5
    assert refused < 30


@pytest.mark.parametrize(("stall", "least_pace"), [(0.04, 48.0), (0.15, 42.0)])
async def test_after_a_stall_turns_catch_up_only_as_far_as_the_limit_over_any_second_permits(
    time: VirtualTime, stall: float, least_pace: float
) -> None:
    """Counted as requests arrive, which is less evenly than they leave."""
    limiter, turns = limiter_for(time, rate=49.0), list[float]()
    for number in range(2_000):
        turns.append(await limiter.acquire())
        if number % 50 == 25:
            time.now += stall

    assert min(later - turn for turn, later in zip(turns, turns[50:], strict=False)) >= 1.019
    assert len(turns) / turns[-1] > least_pace


async def test_refusals_that_a_lower_pace_does_not_prevent_hardly_lower_it(time: VirtualTime) -> None:
    """Such as those of a network that delays some requests and delivers them together."""
    limiter, paces = limiter_for(time, rate=49.0), list[float]()
    for _ in range(20):
        sent = [await limiter.acquire() for _ in range(500)]
        paces.append((len(sent) - 1) / (sent[-1] - sent[0]))
        limiter.record_response(429, {}, sent_at=sent[-1], global_limit=True, retry_after=0.05)

    assert min(paces) > 0.97 * 49.0


async def test_one_global_429_costs_its_own_fraction_of_a_second_and_a_little_pace(time: VirtualTime) -> None:
    limiter = limiter_for(time, rate=49.0)
    sent = [await limiter.acquire() for _ in range(100)][-1]
    limiter.record_response(429, {"Retry-After": "1"}, sent_at=sent, global_limit=True, retry_after=0.25)
    before = time.now

    assert await limiter.acquire() - before == pytest.approx(0.25, abs=0.03)
    assert limiter.rate == pytest.approx(48.5, abs=0.1)
    time.now += 60.0
    await limiter.acquire()
    assert limiter.rate == 49.0


async def test_a_request_that_is_no_longer_wanted_leaves_its_turn_to_the_next(time: VirtualTime) -> None:
    async def unwanted() -> bool:
        return False

    limiter = limiter_for(time)
    await limiter.acquire()
    with pytest.raises(NoLongerWantedError):
        await limiter.acquire(unwanted)
    await limiter.acquire()

    assert time.now == pytest.approx(1 / 47.0)


async def test_whether_a_request_is_wanted_is_asked_again_after_a_pause_that_began_then(
    time: VirtualTime,
) -> None:
    limiter, asked = limiter_for(time), list[float]()

    async def wanted() -> bool:
        asked.append(time.now)
        if len(asked) == 1:
            limiter.pause(30.0)
        return True

    assert await limiter.acquire(wanted) == pytest.approx(30.0)
    assert asked == [pytest.approx(0.0), pytest.approx(30.0)]


async def test_requests_whose_check_takes_long_leave_at_their_turns_nevertheless(time: VirtualTime) -> None:
    """A slow read delays the requests behind it; it never sends them all at once."""
    limiter, turns = limiter_for(time, rate=49.0), list[float]()

    async def slow_now_and_then() -> bool:
        time.now += 0.08 if len(turns) % 30 == 0 else 0.001
        return True

    for _ in range(1_000):
        turns.append(await limiter.acquire(slow_now_and_then))

    assert min(later - turn for turn, later in zip(turns, turns[50:], strict=False)) >= 1.019
    assert len(turns) / turns[-1] > 0.95 * 49.0


async def test_refusals_of_requests_already_under_way_lower_the_pace_once(time: VirtualTime) -> None:
    limiter = limiter_for(time, rate=49.0)
    sent = [await limiter.acquire() for _ in range(60)]
    for instant in sent[-20:]:
        limiter.record_response(429, {}, sent_at=instant, global_limit=True, retry_after=0.1)

    assert limiter.rate == pytest.approx(48.5, abs=0.1)


async def test_a_global_pause_holds_everyone_once(time: VirtualTime) -> None:
    limiter = limiter_for(time)
    for _ in range(10):
        limiter.record_response(429, {}, global_limit=True, retry_after=5.0)
    await limiter.acquire()

    assert time.now == pytest.approx(5.0)


async def test_a_429_from_cloudflare_pauses_everything_for_a_minute(time: VirtualTime) -> None:
    limiter = limiter_for(time)
    limiter.record_response(429, {})
    await limiter.acquire()

    assert time.now == pytest.approx(60.0)


async def test_a_channels_own_limit_pauses_nobody_else(time: VirtualTime) -> None:
    limiter = limiter_for(time)
    limiter.record_response(429, {"Retry-After": "5", "X-RateLimit-Scope": "user", "Via": "1.1 google"})
    await limiter.acquire()

    assert time.now < 0.1


async def test_too_many_refusals_stop_everything_until_they_expire(time: VirtualTime) -> None:
    limiter = limiter_for(time, budget=3)
    for status in (401, 403, 403):
        assert not limiter.exhausted
        limiter.record_response(status, {})
    assert limiter.exhausted

    await limiter.acquire()

    assert time.now == pytest.approx(600.0)
    assert not limiter.exhausted


async def test_refusals_of_a_limit_shared_with_others_do_not_count(time: VirtualTime) -> None:
    limiter = limiter_for(time, budget=3)
    for _ in range(10):
        limiter.record_response(429, {"X-RateLimit-Scope": "shared", "Via": "1.1 google"})

    assert not limiter.exhausted
    assert limiter.rate_limited == 10


async def test_a_suspended_limiter_lets_one_request_through_at_a_time(time: VirtualTime) -> None:
    limiter, turns = limiter_for(time), list[float]()
    limiter.suspend(Suspension.TOKEN, 60.0)

    async def worker() -> None:
        turns.append(await limiter.acquire())

    workers = [asyncio.create_task(worker()) for _ in range(5)]
    for _ in range(200):
        await asyncio.sleep(0)
    assert turns == [pytest.approx(60.0, abs=1.0)]

    limiter.record_response(401, {})
    limiter.suspend(Suspension.TOKEN, 60.0)
    again = time.now + 60.0
    for _ in range(200):
        await asyncio.sleep(0)
    assert len(turns) == 2
    assert turns[1] == pytest.approx(again, abs=1.0)

    limiter.record_response(200, {})
    await asyncio.gather(*workers)
    assert limiter.suspension is None
    assert len(turns) == 5


async def test_a_request_without_a_response_ends_the_trial_but_not_the_suspension(time: VirtualTime) -> None:
    limiter = limiter_for(time)
    limiter.suspend(Suspension.QUARANTINE, 10.0)
    await limiter.acquire()
    limiter.record_response(0, {})

    await limiter.acquire()
    assert limiter.suspension is Suspension.QUARANTINE


async def test_waiting_requests_get_an_error_when_the_limiter_closes(time: VirtualTime) -> None:
    limiter = limiter_for(time)
    limiter.pause(1_000.0)
    waiting = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    limiter.closed = True

    with pytest.raises(RateLimiterClosedError):
        await waiting


async def test_a_request_sent_before_the_suspension_does_not_end_it_by_succeeding(time: VirtualTime) -> None:
    limiter = limiter_for(time)
    in_progress = await limiter.acquire()
    time.now += 0.1
    limiter.suspend(Suspension.QUARANTINE, 60.0)
    limiter.record_response(200, {}, sent_at=in_progress)

    assert limiter.suspension is Suspension.QUARANTINE
