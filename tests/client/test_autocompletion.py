"""Superseded autocompletions are dropped."""

import asyncio

from bot.client.autocompletion import LatestAutocompletions


async def test_a_newer_autocompletion_of_the_same_member_and_command_cancels_the_older() -> None:
    latest, release = LatestAutocompletions(), asyncio.Event()

    async def complete(key: tuple[int, str]) -> None:
        task = asyncio.current_task()
        assert task is not None
        latest.replace(key, task)
        await release.wait()

    keys = [(1, "search"), (2, "search"), (1, "article"), (1, "search")]
    tasks = [asyncio.create_task(complete(key)) for key in keys]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert [task.cancelled() for task in tasks] == [True, False, False, False]
    assert latest._tasks == {}
