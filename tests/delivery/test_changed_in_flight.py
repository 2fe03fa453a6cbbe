"""What is wanted of a post changes while a request about it is in flight: the post ends as it was wanted last."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Change as DiscordChange
from bot.delivery.ports import NotPosted, RetryLater, Step, StepResult, Unverifiable
from bot.models import ArticleState, ChannelKind
from bot.store.database import Database
from bot.store.deliveries import DeliveryState
from bot.store.outbox import DueDelivery
from tests.delivery.delivery_world import DeliveryWorld
from tests.delivery.fakes import no_fault, nothing_else

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


@pytest.mark.parametrize("answer", [Unverifiable("read_message_history"), NotPosted(), RetryLater("http_503", True)])
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("when", ["read", "before", "after"])
async def test_a_moderators_answer_given_during_the_look_up_is_kept(
    database: Database, answer: StepResult, when: str, *, there: bool
) -> None:
    """Before the claim of the look-up is stored, and while it is in flight, whatever it ends with."""
    world = await with_unverified_post(database)
    said = len(world.discord.said)
    world.sender.fault = lambda step, _work, point: answer if (step, point) == (Step.VERIFY, "after") else None

    async def decide(step: Step, point: str) -> None:
        if (step, point) == (Step.VERIFY, when):
            await world.deliveries.resolve_unverified(1, there)

    world.sender.during = decide
    if when == "read":
        read = world.announcer._outbox.due

        async def answered(now: float, limit: int, busy: Collection[int] = ()) -> list[DueDelivery]:
            works = await read(now, limit, busy)
            await world.deliveries.resolve_unverified(1, there)
            return works

        world.announcer._outbox.due = answered
    await world.settle()

    assert await world.states(1) == [DeliveryState.POSTED]
    assert len(world.discord.posts) == (0 if there else 1)
    assert len(world.discord.said) == said


@pytest.mark.parametrize("there", [True, False])
async def test_a_post_that_the_look_up_found_is_not_sent_again_whatever_a_moderator_answered(
    database: Database, *, there: bool
) -> None:
    world = await with_unverified_post(database, arrived=True)

    async def decide(step: Step, _point: str) -> None:
        if step is Step.VERIFY:
            world.sender.hidden.clear()
            await world.deliveries.resolve_unverified(1, there)

    world.sender.during = decide
    await world.settle()

    assert await world.states(1) == [DeliveryState.POSTED]
    assert len(world.discord.posts) == 1


async def test_a_post_that_a_moderator_found_is_not_asked_about_again_when_its_article_is_corrected(
    database: Database,
) -> None:
    """The correction waits until the bot may read the channel; the answer about the post stays what it was."""
    world = await with_unverified_post(database, arrived=True)
    await world.deliveries.resolve_unverified(1, there=True)
    looked = len(world.sender.taken)

    await world.retitle(1, "Corrected")
    await world.settle()

    (report,) = await world.deliveries.recent(1, 5)
    assert [step for step, _ in world.sender.taken[looked:]] == [Step.VERIFY]
    assert (report.state, report.not_before, report.problem) == (DeliveryState.POSTED, None, "read_message_history")
    assert "An article changed, but I cannot update my post" in str(world.discord.said[-1])

    world.sender.hidden.clear()
    await world.announcer.follow(DiscordChange.CHANNEL, 1)
    await world.settle()

    assert [post.shows for post in world.discord.posts] == [("Corrected",)]


async def with_unverified_post(database: Database, *, arrived: bool = False) -> DeliveryWorld:
    """A forum post that cannot be looked up, and is due to be looked up again."""
    world = DeliveryWorld(database, DeliverySettings())
    await world.subscribe(1, ChannelKind.FORUM)
    world.sender.hidden.add(1)
    lost, when = RetryLater("lost", maybe_sent=True), "after" if arrived else "before"
    world.sender.fault = lambda step, _work, point: lost if (step, point) == (Step.POST, when) else None
    await world.publish(1)
    await world.settle()
    assert await world.states(1) == [DeliveryState.UNVERIFIED]
    world.sender.fault = no_fault
    async with database.transaction() as tx:
        await tx.execute("UPDATE deliveries SET due = 0")
    return world
