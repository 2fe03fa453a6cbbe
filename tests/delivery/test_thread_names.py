"""A correction changes the words of a post at once; the name of its thread follows when Discord allows it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import BATCH_SIZE, Change
from bot.delivery.ports import PermissionMissing, Rejected, RetryLater, Step, StepResult
from bot.models import ChannelKind
from bot.store.database import Database
from bot.store.outbox import DueDelivery
from tests.delivery.delivery_world import GUILD, DeliveryWorld
from tests.delivery.fakes import no_fault


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DeliveryWorld]:
    database = await Database.open(tmp_path / "herald.db")
    yield DeliveryWorld(database, DeliverySettings())
    await database.close()


@pytest.mark.parametrize(
    ("kind", "choices"),
    [(ChannelKind.FORUM, {}), (ChannelKind.TEXT, {"open_thread": True})],
    ids=["forum post", "thread on a post"],
)
async def test_a_rename_that_has_to_wait_delays_no_correction(
    world: DeliveryWorld, kind: ChannelKind, choices: dict[str, bool]
) -> None:
    await world.subscribe(1, kind, **choices)
    article = await world.publish(1)
    await world.settle()

    def limited(step: Step, _work: DueDelivery, _when: str) -> StepResult | None:
        return RetryLater("rate_limited", maybe_sent=False, wait=600.0) if step is Step.RENAME else None

    world.sender.fault = limited
    await world.retitle(article, "Corrected")
    await world.settle(5.0)
    (post,) = world.discord.posts
    assert (post.shows, post.thread_name) == (("Corrected",), "")

    world.sender.fault = no_fault
    await world.settle(3_600.0)
    assert post.thread_name == "Corrected"
    assert post.edits == 1


async def correct_before_a_limited_rename(world: DeliveryWorld) -> int:
    """A forum post with the corrected words, whose thread still has the old title; the rename works from now on."""
    number = await world.subscribe(1, ChannelKind.FORUM)
    article = await world.publish(1)
    await world.settle()
    limited = RetryLater("rate_limited", maybe_sent=False, wait=600.0)
    world.sender.fault = lambda step, _work, when: limited if (step, when) == (Step.RENAME, "before") else None
    await world.retitle(article, "Corrected")
    await world.settle(5.0)
    assert [(post.shows, post.thread_name) for post in world.discord.posts] == [(("Corrected",), "")]
    world.sender.fault = no_fault
    return number


async def test_a_channel_that_is_removed_before_a_rename_still_gets_it(world: DeliveryWorld) -> None:
    await world.subscriptions.remove(await correct_before_a_limited_rename(world))
    await world.settle(3_600.0)

    assert [post.thread_name for post in world.discord.posts] == ["Corrected"]


async def test_a_rename_in_a_server_that_was_left_is_listed_until_the_bot_is_back(world: DeliveryWorld) -> None:
    await correct_before_a_limited_rename(world)
    world.sender.members[GUILD] = False
    await world.settle()
    (post,) = world.discord.posts
    assert post.thread_name == ""
    assert await world.deliveries.unreachable(1) == [(GUILD, 1, post.id)]

    world.sender.members[GUILD] = True
    await world.settle(3_600.0)
    assert post.thread_name == "Corrected"
    assert await world.deliveries.unreachable(1) == []


async def test_an_edit_that_keeps_the_title_renames_nothing(world: DeliveryWorld) -> None:
    await world.subscribe(1, ChannelKind.FORUM)
    article = await world.publish(1)
    await world.settle()
    async with world.database.transaction() as tx:
        await tx.execute("UPDATE articles SET summary = 'Other words' WHERE id = ?", (article,))
        await world.deliveries.changed(tx, article, world.now)
    await world.settle()

    assert [step for step, _ in world.sender.taken] == [Step.POST, Step.EDIT]


@pytest.mark.parametrize("result", [PermissionMissing("manage_threads"), Rejected("refused")])
async def test_a_thread_that_may_not_be_renamed_is_reported_once(world: DeliveryWorld, result: StepResult) -> None:
    await world.subscribe(1, ChannelKind.FORUM)
    article = await world.publish(1)
    await world.settle()
    world.sender.fault = lambda step, _work, when: result if (step, when) == (Step.RENAME, "before") else None
    await world.retitle(article, "Corrected")
    await world.settle(3_600.0)

    assert [step for step, _ in world.sender.taken].count(Step.RENAME) == 1
    ((_, sentence),) = world.discord.said
    assert "<#1>" in sentence


async def open_without_answer(world: DeliveryWorld) -> int:
    """Announces an article whose thread is opened by a request that is never answered."""
    lost = RetryLater("no_answer", maybe_sent=True)
    world.sender.fault = lambda step, _work, when: lost if (step, when) == (Step.OPEN_THREAD, "after") else None
    article = await world.publish(1)
    await world.settle()
    assert [post.thread for post in world.discord.posts] == [True]
    return article


@pytest.mark.parametrize("removed", [False, True])
async def test_a_thread_whose_opening_was_not_answered_loses_the_title_at_a_withdrawal(
    world: DeliveryWorld,
    removed: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Also where the channel was removed in between."""
    number = await world.subscribe(1, open_thread=True)
    article = await open_without_answer(world)
    if removed:
        await world.subscriptions.remove(number)
    await world.withdraw(article)
    await world.settle()

    assert [post.thread_name for post in world.discord.posts] == ["neutral"]
    assert world.sender.taken[-1] == (Step.HIDE_NAME, 1)


async def test_a_thread_that_an_unanswered_request_opened_gets_the_corrected_title(world: DeliveryWorld) -> None:
    await world.subscribe(1, open_thread=True)
    article = await open_without_answer(world)
    await world.retitle(article, "Corrected")
    world.sender.fault = no_fault
    await world.settle(3_600.0)

    assert [post.thread_name for post in world.discord.posts] == ["Corrected"]


@pytest.mark.parametrize("policy", ["notice", "delete"])
async def test_every_message_of_a_withdrawal_goes_before_any_thread_of_it(tmp_path: Path, policy: str) -> None:
    database = await Database.open(tmp_path / "threads.db")
    world = DeliveryWorld(database, DeliverySettings.model_validate({"withdrawn_posts": policy}))
    channels = 3 * BATCH_SIZE
    for channel in range(1, channels + 1):
        forum = channel % 2 == 0
        await world.subscribe(channel, ChannelKind.FORUM if forum else ChannelKind.TEXT, open_thread=not forum)
    article = await world.publish(1)
    await world.settle()
    world.sender.taken.clear()
    await world.withdraw(article)
    await world.settle()

    steps = [step for step, _ in world.sender.taken]
    message, thread = (Step.REPLACE, Step.HIDE_NAME) if policy == "notice" else (Step.DELETE, Step.DELETE_THREAD)
    # In the last batches steps of both kinds start side by side, because only one is in flight for a channel.
    assert steps[: channels - BATCH_SIZE] == [message] * (channels - BATCH_SIZE)
    assert sorted(steps) == sorted([message, thread] * channels)
    await database.close()


async def test_a_withdrawn_thread_that_keeps_its_name_stays_listed_until_it_is_hidden(world: DeliveryWorld) -> None:
    await world.subscribe(1, ChannelKind.FORUM)
    article = await world.publish(1)
    await world.settle()
    locked = PermissionMissing("manage_threads")
    world.sender.fault = lambda step, _work, when: locked if (step, when) == (Step.HIDE_NAME, "before") else None
    await world.withdraw(article)
    await world.settle()
    (shown,) = await world.deliveries.still_visible(GUILD)
    assert shown.problem == "manage_threads"
    assert len(await world.deliveries.unreachable(article)) == 1
    ((_, sentence),) = world.discord.said
    assert "<#1>" in sentence

    world.sender.fault = no_fault
    await world.announcer.follow(Change.CHANNEL, 1)
    await world.settle()
    assert await world.deliveries.still_visible(GUILD) == []
    assert [post.thread_name for post in world.discord.posts] == ["neutral"]


async def test_the_thread_of_a_reinstated_article_gets_its_title_back(world: DeliveryWorld) -> None:
    await world.subscribe(1, ChannelKind.FORUM)
    article = await world.publish(1)
    await world.settle()
    await world.withdraw(article)
    await world.settle()
    async with world.database.transaction() as tx:
        assert await world.articles.reinstate(tx, article, world.now)
        await world.deliveries.reinstated(tx, article, world.now)
    await world.settle()

    assert [post.thread_name for post in world.discord.posts] == ["Article 1"]
