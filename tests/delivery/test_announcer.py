import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Change
from bot.delivery.ports import PermissionMissing, RetryLater, Step, StepResult
from bot.models import ChannelKind
from bot.store.database import Database
from bot.store.deliveries import DeliveryState
from bot.store.outbox import DueDelivery
from tests.delivery.delivery_world import GUILD, DeliveryWorld
from tests.delivery.fakes import no_fault


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DeliveryWorld]:
    database = await Database.open(tmp_path / "herald.db")
    yield DeliveryWorld(database, DeliverySettings())
    await database.close()


async def test_every_channel_gets_every_article_once_in_order(world: DeliveryWorld) -> None:
    for channel in range(1, 6):
        await world.subscribe(channel)
    for number in (2, 1, 3):
        await world.publish(number)
    await world.settle()

    assert [article for article, _ in world.discord.order] == [2] * 5 + [1] * 5 + [3] * 5
    assert await world.states(1) == [DeliveryState.POSTED] * 3


async def test_publishing_and_threads_follow_the_post(world: DeliveryWorld) -> None:
    await world.subscribe(1, ChannelKind.ANNOUNCEMENT, publish=True, open_thread=True)
    await world.publish(1)
    await world.settle()

    (post,) = world.discord.posts
    assert (post.published, post.thread) == (True, True)


async def test_a_step_that_ends_while_the_outbox_is_read_is_not_taken_again(world: DeliveryWorld) -> None:
    """A row read before the step ended is out of date."""
    await world.subscribe(1, ChannelKind.ANNOUNCEMENT, publish=True, open_thread=True)
    read = world.announcer._outbox.due

    async def slow(now: float, limit: int, busy: Collection[int] = ()) -> list[DueDelivery]:
        works = await read(now, limit, busy)
        await asyncio.gather(*world.announcer._tasks.values())
        return works

    world.announcer._outbox.due = slow
    await world.publish(1)
    await world.settle()

    assert [step for step, _ in world.sender.taken] == [Step.POST, Step.OPEN_THREAD, Step.PUBLISH]


@pytest.mark.parametrize("jump", [7_200.0, -7_200.0])
async def test_a_clock_jump_delays_and_doubles_nothing(world: DeliveryWorld, jump: float) -> None:
    """With a response lost before the jump, and with an article planned right after it."""
    await world.subscribe(1)
    await world.subscribe(2, ChannelKind.FORUM)
    jumped = asyncio.Event()
    world.announcer._clocks = replace(world.announcer._clocks, now=lambda: world.now + world.sender.ahead)
    await world.publish(1)

    def fault(_step: Step, _work: DueDelivery, when: str) -> RetryLater | None:
        if when == "before" or world.sender.ahead:
            return None
        world.sender.ahead = jump
        jumped.set()
        return RetryLater("lost", maybe_sent=True)

    world.sender.fault = fault
    running = asyncio.create_task(world.announcer.run())
    await jumped.wait()
    await world.publish(2, ahead=jump)
    for _ in range(60):
        await world.idle(running)
        world.now += 1.0
        world.announcer.wake()
    await world.announcer.stop()
    await running

    assert sorted(post.channel for post in world.discord.posts) == [1, 1, 2, 2]


async def test_at_most_ten_publishes_an_hour_and_the_rest_later_in_order(world: DeliveryWorld) -> None:
    await world.subscribe(1, ChannelKind.ANNOUNCEMENT, publish=True)
    for number in range(13):
        await world.publish(number)
    await world.settle(3_000.0)
    assert [post.published for post in world.discord.posts] == [True] * 10 + [False] * 3
    await world.settle(8_000.0)
    assert all(post.published for post in world.discord.posts)


async def test_a_changed_article_is_edited_once_and_a_withdrawn_one_replaced(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    article = await world.publish(1)
    await world.settle()
    await world.retitle(article, "New title")
    await world.settle()
    (post,) = world.discord.posts
    assert (post.shows, post.edits) == (("New title",), 1)

    await world.withdraw(article)
    await world.settle()
    assert (post.state, post.shows) == ("notice", ())
    assert await world.states(1) == [DeliveryState.WITHDRAWN]


async def test_a_withdrawn_article_that_waits_is_never_posted(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    await world.withdraw(await world.publish(1))
    await world.settle()

    assert world.discord.posts == []


async def test_a_blocked_channel_catches_up_with_the_newest_and_one_list(world: DeliveryWorld) -> None:
    """Oldest first, at most `catch_up_articles` as single posts, older ones in one list."""
    await world.subscribe(1)
    await world.subscribe(2)
    world.sender.problems[1] = "send_messages"
    for number in range(9):
        await world.publish(number)
    await world.settle()
    assert {post.channel for post in world.discord.posts} == {2}
    assert len([1 for _, sentence in world.discord.said if "<#1>" in sentence]) == 1

    world.sender.problems.clear()
    await world.announcer.follow(Change.CHANNEL, 1)
    await world.settle()
    shown = [post.shows for post in world.discord.posts if post.channel == 1]
    assert shown == [tuple(f"Article {n}" for n in range(4))] + [(f"Article {n}",) for n in range(4, 9)]
    assert len([1 for _, sentence in world.discord.said if "<#1>" in sentence]) == 2


async def test_an_old_post_is_withdrawn_as_soon_as_the_bot_may(world: DeliveryWorld) -> None:
    """Corrections are retried for some days only, withdrawals always: a name must not stay public."""
    subscription = await world.subscribe(1)
    article = await world.publish(1)
    await world.settle()
    world.now += 100 * 86_400.0
    world.sender.fault = lambda _step, _work, when: PermissionMissing("missing_access") if when == "before" else None
    await world.withdraw(article)
    await world.settle()
    (post,) = world.discord.posts
    assert (post.state, await world.deliveries.pending(article)) == ("standing", 0)
    assert await world.deliveries.unreachable(article) == [(GUILD, 1, post.id)]

    world.sender.fault = no_fault
    await world.announcer.follow(Change.CHANNEL, 1)
    await world.settle()

    assert post.state == "notice"
    assert await world.deliveries.unreachable(article) == []
    assert [report.state for report in await world.deliveries.recent(subscription, 5)] == [DeliveryState.WITHDRAWN]


async def test_a_post_whose_response_was_lost_is_repeated_with_its_nonce(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    await world.publish(1)
    lost = iter([True] * 3)
    world.sender.fault = lambda _s, _w, when: (
        RetryLater("x", maybe_sent=True) if when == "after" and next(lost, False) else None
    )
    await world.settle()

    assert len(world.discord.posts) == 1
    assert [step for step, _ in world.sender.taken] == [Step.POST] * 4


async def test_a_possibly_sent_forum_post_is_looked_up_and_not_repeated(world: DeliveryWorld) -> None:
    await world.subscribe(1, ChannelKind.FORUM)
    await world.publish(1)
    lost = iter([True])
    world.sender.fault = lambda _s, _w, when: (
        RetryLater("x", maybe_sent=True) if when == "after" and next(lost, False) else None
    )
    await world.settle()

    assert len(world.discord.posts) == 1
    assert [step for step, _ in world.sender.taken] == [Step.POST, Step.VERIFY]


async def test_an_unverifiable_post_waits_for_a_moderator(world: DeliveryWorld) -> None:
    subscription = await world.subscribe(1, ChannelKind.FORUM)
    await world.publish(1)
    world.sender.hidden.add(1)
    world.sender.fault = lambda step, _w, when: (
        RetryLater("x", maybe_sent=True) if (step, when) == (Step.POST, "before") else None
    )
    await world.settle()
    assert await world.states(1) == [DeliveryState.UNVERIFIED]

    world.sender.fault = lambda _s, _w, _when: None
    (report,) = await world.deliveries.recent(subscription, 5)
    await world.deliveries.resolve_unverified(report.id, there=False)
    await world.settle()
    assert await world.states(1) == [DeliveryState.POSTED]


async def test_a_channel_that_hangs_delays_no_other(world: DeliveryWorld) -> None:
    for channel in range(1, 4):
        await world.subscribe(channel)
    await world.publish(1)
    await world.publish(2)
    world.sender.gates[1] = asyncio.Event()
    running = asyncio.create_task(world.announcer.run())
    await world.idle(running)
    assert {post.channel for post in world.discord.posts} == {2, 3}
    world.sender.gates[1].set()
    await world.announcer.stop()
    await running


async def test_first_posts_go_out_before_cards_and_cards_before_publishing(world: DeliveryWorld) -> None:
    """Push notifications go out first; then the posts become cards, and only cards are published."""
    for channel in (1, 2, 3):
        await world.subscribe(channel, ChannelKind.ANNOUNCEMENT, role_id=5, publish=True)
    await world.publish(1)

    await world.settle()

    steps = [step for step, _ in world.sender.taken]
    assert steps == [Step.POST] * 3 + [Step.EDIT] * 3 + [Step.PUBLISH] * 3
    assert all(post.published and not post.text for post in world.discord.posts)


async def test_a_withdrawal_goes_before_pending_posts_and_cards(world: DeliveryWorld) -> None:
    for channel in range(1, 4):
        await world.subscribe(channel, role_id=5)
    first = await world.publish(1)
    await world.settle()
    for number in range(2, 6):
        await world.publish(number)
    await world.withdraw(first)
    world.sender.taken.clear()

    await world.settle()

    assert [step for step, _ in world.sender.taken][:3] == [Step.REPLACE] * 3


async def test_an_article_withdrawn_before_its_post_is_a_card_is_replaced_at_once(world: DeliveryWorld) -> None:
    await world.subscribe(1, role_id=5)
    article = await world.publish(1)

    def busy(step: Step, _work: DueDelivery, _when: str) -> StepResult | None:
        return RetryLater("busy", maybe_sent=False, wait=60) if step is Step.EDIT else None

    world.sender.fault = busy
    await world.settle(30)
    assert [post.text for post in world.discord.posts] == [True]
    await world.withdraw(article)
    await world.settle()

    assert [post.state for post in world.discord.posts] == ["notice"]


async def test_a_change_in_progress_is_finished_before_the_announcer_has_stopped(world: DeliveryWorld) -> None:
    """The database is closed next: an event that still reads or writes it would fail."""
    release, finished = asyncio.Event(), list[int]()

    async def reconcile(guild_id: int) -> None:
        await release.wait()
        finished.append(guild_id)

    world.announcer._followers[Change.SERVER] = reconcile  # pyright: ignore[reportPrivateUsage]
    running = asyncio.create_task(world.announcer.run())
    event = asyncio.create_task(world.announcer.follow(Change.SERVER, GUILD))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    stopping = asyncio.create_task(world.announcer.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping
    await asyncio.gather(running, event)

    assert finished == [GUILD]
    await world.announcer.follow(Change.SERVER, GUILD)
    assert finished == [GUILD]
