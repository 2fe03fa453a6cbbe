"""Feeds are parsed before pages, and one host's slow documents delay no other host."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.worker.pool import JobSlots
from tests.limits import HANG_SECONDS


async def take(slots: JobSlots, stack: AsyncExitStack, host: str, *, is_feed: bool) -> None:
    await stack.enter_async_context(slots.slot(host, is_feed=is_feed))


async def test_a_feed_is_parsed_while_ten_pages_of_many_hosts_keep_the_other_process_busy() -> None:
    slots, running = JobSlots(2), list[str]()

    async def page(host: str) -> None:
        async with slots.slot(host, is_feed=False):
            running.append(host)
            await asyncio.Event().wait()

    pages = [asyncio.create_task(page(f"poison{n}.example")) for n in range(10)]
    await asyncio.sleep(0)
    async with asyncio.timeout(HANG_SECONDS), slots.slot("blog.example", is_feed=True):
        assert running == ["poison0.example"]
    for task in pages:
        task.cancel()
    await asyncio.gather(*pages, return_exceptions=True)
    async with asyncio.timeout(HANG_SECONDS), slots.slot("poison0.example", is_feed=False):
        pass


async def test_a_host_has_one_job_at_a_time_and_does_not_delay_others() -> None:
    slots = JobSlots(3)
    async with AsyncExitStack() as stack:
        await take(slots, stack, "a.example", is_feed=False)
        second = asyncio.create_task(take(slots, stack, "a.example", is_feed=False))
        await take(slots, stack, "b.example", is_feed=False)

        assert not second.done()
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)


async def test_feeds_go_first_when_a_slot_becomes_free() -> None:
    slots, order = JobSlots(1), list[str]()

    async def job(host: str, *, is_feed: bool) -> None:
        async with slots.slot(host, is_feed=is_feed):
            order.append(host)

    async with slots.slot("busy.example", is_feed=False):
        jobs = [asyncio.create_task(job(f"page{n}.example", is_feed=False)) for n in range(3)] + [
            asyncio.create_task(job("feed.example", is_feed=True))
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*jobs)

    assert order[0] == "feed.example"


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=20), st.integers(1, 3))
@pytest.mark.parametrize("cancelled_early", [True, False])
def test_cancellation_loses_no_slot(
    cancelled_early: bool,  # noqa: FBT001
    plan: list[tuple[int, bool, bool]],
    processes: int,
) -> None:
    async def run() -> None:
        slots = JobSlots(processes)

        async def job(host: int, *, is_feed: bool) -> None:
            async with slots.slot(str(host), is_feed=is_feed):
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(job(host, is_feed=is_feed)) for host, is_feed, _ in plan]
        if not cancelled_early:
            await asyncio.sleep(0)
        for task, (_, _, cancel) in zip(tasks, plan, strict=True):
            if cancel:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for n in range(processes + 1):
            async with asyncio.timeout(HANG_SECONDS), slots.slot(f"again{n}", is_feed=n % 2 == 0):
                pass

    asyncio.run(run())
