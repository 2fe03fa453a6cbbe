"""Pausing or removing takes effect at once, also while a request is under way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Change
from bot.delivery.ports import RetryLater, Step, StepResult
from bot.models import ChannelKind
from bot.store.database import Database
from bot.store.deliveries import DeliveryState
from bot.store.outbox import DueDelivery
from tests.delivery.delivery_world import DeliveryWorld
from tests.delivery.fakes import no_fault


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DeliveryWorld]:
    database = await Database.open(tmp_path / "herald.db")
    yield DeliveryWorld(database, DeliverySettings())
    await database.close()


async def stop(world: DeliveryWorld, subscription: int, how: str) -> None:
    await (
        world.subscriptions.remove(subscription)
        if how == "remove"
        else world.subscriptions.set_paused(subscription, True)
    )


async def state_of(world: DeliveryWorld, subscription: int) -> DeliveryState:
    (report,) = await world.deliveries.recent(subscription, 5)
    return report.state


def visible(world: DeliveryWorld) -> int:
    return sum(post.state == "standing" for post in world.discord.posts)


@asynccontextmanager
async def held_back(world: DeliveryWorld, gates: dict[int, asyncio.Event]) -> AsyncIterator[None]:
    """Inside, the first request of channel 1 is under way; afterwards it continues and the announcer stops."""
    gates[1] = asyncio.Event()
    running = asyncio.create_task(world.announcer.run())
    await world.idle(running)
    yield
    gates[1].set()
    await world.idle(running)
    await world.announcer.stop()
    await running
    world.announcer = world.start()


class Hanging:
    """The first post hangs, before or after it was made, and its answer never comes."""

    def __init__(self, when: str) -> None:
        self.when = when
        self.reached, self.released = asyncio.Event(), asyncio.Event()
        self.hit = False

    def fault(self, step: Step, _work: DueDelivery, when: str) -> StepResult | None:
        if step is Step.POST and when == self.when and not self.hit:
            self.hit = True
            return RetryLater("TimeoutError", maybe_sent=True)
        return None


@pytest.mark.parametrize("how", ["pause", "remove"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", [ChannelKind.TEXT, ChannelKind.FORUM])
async def test_a_post_whose_answer_was_lost_is_not_repeated_and_deleted_where_it_arrived(
    world: DeliveryWorld, how: str, when: str, kind: ChannelKind
) -> None:
    subscription = await world.subscribe(1, kind)
    await world.publish(1)
    world.sender.fault = Hanging(when).fault
    await world.settle(1.0)
    posts = [step for step, _ in world.sender.taken].count(Step.POST)

    await stop(world, subscription, how)
    await world.settle(600.0)

    assert [step for step, _ in world.sender.taken].count(Step.POST) == posts
    assert visible(world) == 0
    expected = DeliveryState.CANCELLED if how == "remove" else DeliveryState.PLANNED
    assert await state_of(world, subscription) is expected


@pytest.mark.parametrize("how", ["pause", "remove"])
async def test_a_post_that_arrives_after_the_confirmation_is_deleted(world: DeliveryWorld, how: str) -> None:
    subscription = await world.subscribe(1, ChannelKind.ANNOUNCEMENT, publish=True, open_thread=True)
    await world.publish(1)
    async with held_back(world, world.sender.late_gates):
        assert visible(world) == 1
        await stop(world, subscription, how)
    await world.settle(600.0)

    assert visible(world) == 0
    assert {step for step, _ in world.sender.taken} == {Step.POST, Step.DELETE}


@pytest.mark.parametrize("how", ["pause", "remove"])
async def test_a_post_that_waits_for_its_turn_is_not_sent(world: DeliveryWorld, how: str) -> None:
    """The limiter may hold it back for a minute after it was claimed."""
    subscription = await world.subscribe(1)
    await world.publish(1)
    async with held_back(world, world.sender.gates):
        await stop(world, subscription, how)

    assert world.discord.posts == []
    expected = DeliveryState.CANCELLED if how == "remove" else DeliveryState.PLANNED
    assert await state_of(world, subscription) is expected


async def test_an_article_withdrawn_while_it_waits_for_its_turn_is_not_sent(world: DeliveryWorld) -> None:
    subscription = await world.subscribe(1)
    article = await world.publish(1)
    async with held_back(world, world.sender.gates):
        await world.withdraw(article)
    await world.settle(600.0)

    assert world.discord.posts == []
    assert await state_of(world, subscription) is DeliveryState.CANCELLED


async def test_after_a_pause_the_deleted_post_is_made_again_under_a_new_nonce(world: DeliveryWorld) -> None:
    subscription = await world.subscribe(1)
    await world.publish(1)
    world.sender.fault = Hanging("after").fault
    await world.settle(1.0)
    await world.subscriptions.set_paused(subscription, True)
    await world.settle(60.0)
    assert visible(world) == 0

    world.sender.fault = no_fault
    await world.subscriptions.set_paused(subscription, False)
    await world.settle(60.0)

    assert visible(world) == 1
    assert len({post.nonce for post in world.discord.posts}) == 2


async def test_resuming_before_the_look_up_keeps_the_post(world: DeliveryWorld) -> None:
    subscription = await world.subscribe(1)
    await world.publish(1)
    world.sender.fault = Hanging("after").fault
    await world.settle(1.0)
    await world.subscriptions.set_paused(subscription, True)
    await world.subscriptions.set_paused(subscription, False)
    await world.settle(600.0)

    assert (visible(world), len(world.discord.posts)) == (1, 1)


async def test_a_removed_channel_is_still_corrected_and_withdrawn_from(world: DeliveryWorld) -> None:
    """Removing while a correction waits must not leave the old words standing."""
    subscription = await world.subscribe(1)
    article = await world.publish(1)
    await world.settle()
    await world.retitle(article, "Corrected")
    await world.subscriptions.remove(subscription)
    await world.settle()
    assert world.discord.posts[0].shows == ("Corrected",)

    await world.withdraw(article)
    await world.settle()
    assert world.discord.posts[0].state == "notice"


@pytest.mark.parametrize("withdrawn", [False, True], ids=["correction", "withdrawal"])
async def test_a_change_that_waits_ends_with_its_deleted_channel_and_no_other(
    world: DeliveryWorld,
    withdrawn: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Its messages are gone with the channel: nothing is left to correct, to list or to wait for."""
    gone, other = await world.subscribe(1), await world.subscribe(2)
    article = await world.publish(1)
    await world.settle()
    world.sender.fault = lambda _step, _work, when: (
        RetryLater("http_503", maybe_sent=False, wait=600.0) if when == "before" else None
    )
    await (world.withdraw(article) if withdrawn else world.retitle(article, "Corrected"))
    await world.settle(5.0)

    await world.announcer.follow(Change.CHANNEL_DELETED, 1)
    for post in world.discord.posts:
        if post.channel == 1:
            post.state = "deleted"
    world.sender.fault = no_fault
    await world.settle()

    assert await state_of(world, gone) in (DeliveryState.DELETED, DeliveryState.WITHDRAWN)
    assert await state_of(world, other) is (DeliveryState.WITHDRAWN if withdrawn else DeliveryState.POSTED)
    (post,) = [post for post in world.discord.posts if post.channel == 2]
    assert post.shows == (() if withdrawn else ("Corrected",))
    assert await world.deliveries.pending(article) == 0
    assert await world.deliveries.unreachable(article) == []
    assert await world.subscriptions.get(1) is None
