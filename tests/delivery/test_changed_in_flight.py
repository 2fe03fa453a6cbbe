"""What is wanted of a post changes while a request about it is in flight: the post ends as it was wanted last."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.ports import RetryLater, Step
from bot.models import ArticleState, ChannelKind
from bot.store.database import Database
from bot.store.deliveries import DeliveryState
from tests.delivery.delivery_world import DeliveryWorld
from tests.delivery.fakes import nothing_else

Change = Callable[[DeliveryWorld, int], Awaitable[None]]


async def correct(world: DeliveryWorld, article: int) -> None:
    await world.retitle(article, "Corrected")


async def withdraw(world: DeliveryWorld, article: int) -> None:
    await world.withdraw(article)


async def reinstate(world: DeliveryWorld, article: int) -> None:
    async with world.database.transaction() as tx:
        assert await world.articles.reinstate(tx, article, world.now)
        await world.deliveries.reinstated(tx, article, world.now)


OF_LIVE = {
    "corrected": (correct,),
    "withdrawn": (withdraw,),
    "withdrawn and reinstated": (withdraw, reinstate),
    "corrected and withdrawn": (correct, withdraw),
}
OF_WITHDRAWN = {
    "reinstated": (reinstate,),
    "reinstated and corrected": (reinstate, correct),
    "reinstated and withdrawn again": (reinstate, withdraw),
}
LIVE_STEPS = (Step.POST, Step.EDIT, Step.OPEN_THREAD, Step.PUBLISH, Step.RENAME)
WITHDRAWAL_STEPS = {"notice": (Step.REPLACE, Step.HIDE_NAME), "delete": (Step.DELETE, Step.DELETE_THREAD)}
CASES = [
    *(
        (policy, step, name, changes)
        for policy in WITHDRAWAL_STEPS
        for step in LIVE_STEPS
        for name, changes in OF_LIVE.items()
    ),
    *(
        (policy, step, name, changes)
        for policy, steps in WITHDRAWAL_STEPS.items()
        for step in steps
        for name, changes in OF_WITHDRAWN.items()
    ),
]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "herald.db")
    yield database
    await database.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("policy", "step", "changes"),
    [(policy, step, changes) for policy, step, _, changes in CASES],
    ids=[f"{policy}-{step.value}-{name}" for policy, step, name, _ in CASES],
)
async def test_a_post_ends_as_it_was_wanted_last(
    database: Database, policy: str, step: Step, changes: tuple[Change, ...], when: str
) -> None:
    world = DeliveryWorld(database, DeliverySettings.model_validate({"withdrawn_posts": policy}))
    await world.subscribe(1, ChannelKind.ANNOUNCEMENT, publish=True, open_thread=True)
    article = 1
    made = list[Step]()

    async def during(current: Step, point: str) -> None:
        if current is step and point == when and step not in made:
            made.append(step)
            for change in changes:
                await change(world, article)

    world.sender.during = during
    article = await world.publish(1)
    await world.settle()
    if step in (Step.EDIT, Step.RENAME):
        await world.retitle(article, "Changed")
        await world.settle(7_300.0)
    elif step not in LIVE_STEPS:
        await world.withdraw(article)
        await world.settle(7_300.0)
    world.sender.during = nothing_else
    await world.settle(7_300.0)

    assert made == [step]
    stored = await world.articles.get(article)
    assert stored is not None
    shown = [post for post in world.discord.posts if post.shows]
    if stored.state is ArticleState.LIVE:
        (post,) = shown
        assert post.shows == (stored.title,)
        assert post.thread_name in ("", stored.title)
        assert (await world.states(1))[-1] is DeliveryState.POSTED
    else:
        assert shown == []
        assert [post.thread_name for post in world.discord.posts if post.thread and post.state == "notice"] in (
            [],
            ["neutral"],
        )
        assert (await world.states(1))[-1] in (DeliveryState.WITHDRAWN, DeliveryState.CANCELLED)


@pytest.mark.parametrize("thread", [False, True])
async def test_a_post_that_the_bot_deleted_is_made_again_after_a_reinstatement(
    database: Database, *, thread: bool
) -> None:
    world = DeliveryWorld(database, DeliverySettings(withdrawn_posts="delete"))
    await world.subscribe(1, open_thread=thread)
    article = await world.publish(1)
    await world.settle()
    await world.withdraw(article)
    await world.settle()
    await reinstate(world, article)
    await world.settle()

    first, second = world.discord.posts
    assert (first.state, second.shows) == ("deleted", ("Article 1",))
    assert await world.states(1) == [DeliveryState.POSTED]


async def test_a_post_that_a_moderator_deleted_stays_deleted_and_its_thread_loses_the_title_at_a_withdrawal(
    database: Database,
) -> None:
    world = DeliveryWorld(database, DeliverySettings())
    await world.subscribe(1, open_thread=True)
    article = await world.publish(1)
    await world.settle()
    world.discord.posts[0].state = "deleted"
    await world.retitle(article, "Corrected")
    await world.settle()
    assert await world.states(1) == [DeliveryState.DELETED]

    await world.withdraw(article)
    await world.settle()
    assert world.sender.taken[-1] == (Step.HIDE_NAME, 1)

    await reinstate(world, article)
    await world.settle()
    assert len(world.discord.posts) == 1
    assert await world.states(1) == [DeliveryState.DELETED]


async def test_a_channel_removed_during_a_correction_publishes_and_opens_nothing_afterwards(
    database: Database,
) -> None:
    world = DeliveryWorld(database, DeliverySettings())
    number = await world.subscribe(1, ChannelKind.ANNOUNCEMENT, role_id=5, publish=True, open_thread=True)

    async def remove(step: Step, point: str) -> None:
        if (step, point) == (Step.EDIT, "before"):
            await world.subscriptions.remove(number)

    world.sender.during = remove
    await world.publish(1)
    await world.settle()

    assert [step for step, _ in world.sender.taken] == [Step.POST, Step.EDIT]


async def test_send_now_pressed_during_an_attempt_that_fails_causes_another_at_once(database: Database) -> None:
    world = DeliveryWorld(database, DeliverySettings())
    await world.subscribe(1)

    async def press(_step: Step, point: str) -> None:
        if point == "before":
            await world.deliveries.send_now(1)

    world.sender.during = press
    answers = [RetryLater("http_503", maybe_sent=False, wait=600.0)]
    world.sender.fault = lambda _step, _work, when: answers.pop() if answers and when == "before" else None
    await world.publish(1)
    await world.settle(60.0)

    assert [post.shows for post in world.discord.posts] == [("Article 1",)]
