"""A correction changes the words of a post at once; the name of its thread follows when Discord allows it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.ports import PermissionMissing, Rejected, RetryLater, Step, StepResult
from bot.models import ChannelKind
from bot.store.database import Database
from bot.store.outbox import DueDelivery
from tests.delivery.delivery_world import DeliveryWorld
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
