"""A correction or withdrawal at each stage of a post: waiting, being sent, plain text, card, published, in a digest."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.planning.schedule import next_digest, quiet_end
from bot.delivery.ports import Rejected, RetryLater, Step, StepResult
from bot.models import ChannelKind, Rhythm, Schedule
from bot.store.database import Database
from bot.store.outbox import DueDelivery
from tests.delivery.delivery_world import START, DeliveryWorld
from tests.delivery.fakes import no_fault

QUIET = Schedule(quiet_from=0, quiet_until=23, time_zone="UTC")
DAILY = Schedule(Rhythm.DAILY, 9, time_zone="Asia/Seoul")
WAIT = {"quiet": quiet_end(QUIET, START) - START + 60, "digest_waits": next_digest(DAILY, START) - START + 60}
STAGES = ("quiet", "digest_waits", "sending", "text", "card", "published", "digest_posted")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DeliveryWorld]:
    database = await Database.open(tmp_path / "herald.db")
    yield DeliveryWorld(database, DeliverySettings())
    await database.close()


async def reach(world: DeliveryWorld, stage: str) -> int:
    """Publishes an article and brings its post to a stage; the article's id."""
    published = stage == "published"
    kind = ChannelKind.ANNOUNCEMENT if published else ChannelKind.TEXT
    schedule = {"quiet": QUIET, "digest_waits": DAILY, "digest_posted": DAILY}.get(stage, Schedule())
    await world.subscribe(1, kind, role_id=5, publish=published, schedule=schedule)
    article = await world.publish(1)

    def interrupted(step: Step, _work: DueDelivery, when: str) -> StepResult | None:
        if stage == "sending" and step is Step.POST and when == "after":
            return RetryLater("lost", maybe_sent=True, wait=30)
        if stage == "text" and step is Step.EDIT:
            return RetryLater("busy", maybe_sent=False, wait=30)
        return None

    world.sender.fault = interrupted
    await world.settle(WAIT["digest_waits"] if stage == "digest_posted" else 20)
    assert len(world.discord.posts) == (stage not in ("quiet", "digest_waits"))
    world.sender.fault = no_fault
    return article


@pytest.mark.parametrize("stage", STAGES)
async def test_a_correction_reaches_the_one_post_at_every_stage(world: DeliveryWorld, stage: str) -> None:
    article = await reach(world, stage)

    await world.retitle(article, "Corrected")
    await world.settle(WAIT.get(stage, 20_000.0))

    (post,) = world.discord.posts
    assert post.shows == ("Corrected",)
    assert not post.text


@pytest.mark.parametrize("stage", STAGES)
async def test_a_withdrawal_leaves_no_words_of_the_article_at_any_stage(world: DeliveryWorld, stage: str) -> None:
    article = await reach(world, stage)

    await world.withdraw(article)
    await world.settle(WAIT.get(stage, 20_000.0))

    assert [post.shows for post in world.discord.posts if post.shows] == []
    assert len(world.discord.posts) <= 1


async def test_a_refused_conversion_leaves_a_readable_post_that_is_never_published_and_is_reported(
    world: DeliveryWorld,
) -> None:
    await world.subscribe(1, ChannelKind.ANNOUNCEMENT, role_id=5, publish=True)
    await world.publish(1)

    def refuse(step: Step, _work: DueDelivery, _when: str) -> StepResult | None:
        return Rejected("refused", "400 50035") if step is Step.EDIT else None

    world.sender.fault = refuse
    await world.settle()

    (post,) = world.discord.posts
    assert post.text
    assert not post.published
    assert len(world.discord.said) == 1
