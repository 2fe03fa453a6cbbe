"""Digests and quiet hours in the outbox: held, released once, corrected and withdrawn in every state."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.planning.schedule import next_digest, quiet_end
from bot.delivery.ports import RetryLater, Step, StepResult
from bot.models import ChannelKind, Rhythm, Schedule, Subscription, SubscriptionOptions
from bot.store.database import Database
from bot.store.deliveries import DeliveryState
from bot.store.outbox import DueDelivery
from bot.store.subscriptions import NewSubscription
from tests.delivery.delivery_world import GUILD, START, DeliveryWorld
from tests.delivery.fakes import no_fault

DAY = 86_400.0
DAILY = Schedule(Rhythm.DAILY, 9, time_zone="Asia/Seoul")
WEEKLY = Schedule(Rhythm.WEEKLY, 18, 4, time_zone="America/New_York")
FIRST = next_digest(DAILY, START)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DeliveryWorld]:
    database = await Database.open(tmp_path / "herald.db")
    yield DeliveryWorld(database, DeliverySettings())
    await database.close()


async def subscription(world: DeliveryWorld, channel: int = 1) -> Subscription:
    found = await world.subscriptions.get(channel)
    assert found is not None
    return found


async def edit(world: DeliveryWorld, **changes: Any) -> None:
    """Changes the options of channel 1 as a moderator would."""
    old = await subscription(world)
    options = replace(old.options, **changes)
    await world.subscriptions.change(old.id, NewSubscription(GUILD, 1, ChannelKind.TEXT, options))


def shown(world: DeliveryWorld) -> list[tuple[str, ...]]:
    return [post.shows for post in world.discord.posts]


async def test_a_digest_comes_once_at_its_hour_with_everything_of_its_period(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY, role_id=5)
    for number in (1, 2, 3):
        await world.publish(number)

    await world.settle(FIRST - START - 1)
    assert world.discord.posts == []
    await world.settle(2 * DAY)

    assert shown(world) == [("Article 1", "Article 2", "Article 3")]
    (post,) = world.discord.posts
    assert post.made_at == pytest.approx(FIRST, abs=5)
    assert not post.text
    assert sorted(await world.states(1)) == [DeliveryState.IN_DIGEST, DeliveryState.IN_DIGEST, DeliveryState.POSTED]


async def test_each_period_has_its_own_digest(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.settle(DAY)
    await world.publish(2)
    await world.settle(2 * DAY)

    assert shown(world) == [("Article 1",), ("Article 2",)]
    assert len({post.nonce for post in world.discord.posts}) == 2


async def test_a_weekly_digest_waits_for_its_day(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=WEEKLY)
    await world.publish(1)
    await world.settle(8 * DAY)

    (post,) = world.discord.posts
    assert post.made_at == pytest.approx(next_digest(WEEKLY, START), abs=5)


async def test_a_digest_missed_while_offline_is_sent_once(world: DeliveryWorld) -> None:
    """The bot was off when the digest was due."""
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.publish(2)
    await world.settle(60)
    world.now = FIRST + 3 * DAY + 1_000

    await world.settle(2 * DAY)

    assert shown(world) == [("Article 1", "Article 2")]
    assert world.discord.posts[0].made_at < FIRST + 3 * DAY + 1_100


async def test_quiet_hours_hold_single_posts_back(world: DeliveryWorld) -> None:
    hour = (int(START) // 3_600 + 1) % 24
    schedule = Schedule(quiet_from=(hour - 2) % 24, quiet_until=(hour + 6) % 24)
    await world.subscribe(1, schedule=schedule)
    ends = quiet_end(schedule, START)
    assert ends > START
    await world.publish(1)
    await world.publish(2)

    await world.settle(DAY)

    assert shown(world) == [("Article 1",), ("Article 2",)]
    assert all(ends <= post.made_at < ends + 10 for post in world.discord.posts)


async def test_an_article_withdrawn_before_its_digest_never_appears(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    articles = [await world.publish(number) for number in (1, 2, 3)]
    await world.settle(60)
    await world.withdraw(articles[2])
    await world.settle(DAY)
    assert shown(world) == [("Article 1", "Article 2")]


async def test_a_digest_whose_articles_were_all_withdrawn_is_not_posted(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    articles = [await world.publish(number) for number in (1, 2)]
    await world.settle(60)
    for article in articles:
        await world.withdraw(article)
    await world.settle(2 * DAY)
    assert world.discord.posts == []


async def test_corrections_and_withdrawals_reach_a_digest_even_in_quiet_hours(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=replace(DAILY, quiet_from=10, quiet_until=8))
    articles = [await world.publish(number) for number in (1, 2, 3)]
    await world.retitle(articles[0], "Corrected before")
    await world.settle(FIRST - START + 60)
    assert shown(world) == [("Corrected before", "Article 2", "Article 3")]
    world.now = FIRST + 2 * 3_600  # quiet now

    await world.retitle(articles[1], "Corrected after")
    await world.withdraw(articles[2])
    await world.settle(60)

    assert shown(world) == [("Corrected before", "Corrected after")]


async def test_send_now_overrides_the_schedule_for_that_article_alone(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.publish(2)
    await world.settle(60)
    reports = await world.deliveries.recent((await subscription(world)).id, 5)
    assert [report.held_until for report in reports] == [FIRST, FIRST]

    await world.deliveries.send_now(reports[0].id)
    await world.settle(60)
    assert shown(world) == [("Article 2",)]
    await world.settle(DAY)

    assert shown(world) == [("Article 2",), ("Article 1",)]


async def test_a_schedule_edited_while_a_digest_waits_decides_again(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.settle(60)
    later = replace(DAILY, hour=15)
    await edit(world, schedule=later)
    await world.settle(DAY)
    (post,) = world.discord.posts
    assert post.made_at == pytest.approx(next_digest(later, START), abs=5)

    await world.publish(2)
    await world.settle(60)
    await edit(world, schedule=Schedule())
    await world.settle(60)
    assert shown(world) == [("Article 1",), ("Article 2",)]


async def test_articles_no_longer_wanted_leave_a_waiting_digest(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.settle(60)
    await edit(world, feeds=("other",))
    await world.settle(2 * DAY)
    assert world.discord.posts == []
    assert await world.states(1) == [DeliveryState.CANCELLED]


async def test_a_paused_channel_keeps_its_digest_until_it_is_resumed(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.settle(60)
    number = (await subscription(world)).id
    await world.subscriptions.set_paused(number, paused=True)
    await world.settle(2 * DAY)
    assert world.discord.posts == []

    await world.subscriptions.set_paused(number, paused=False)
    await world.settle(2 * DAY)
    assert shown(world) == [("Article 1",)]


@pytest.mark.parametrize("jump", [-400 * DAY, -DAY, 5 * DAY])
async def test_a_clock_jump_neither_loses_nor_repeats_a_digest(world: DeliveryWorld, jump: float) -> None:
    """The bot's clock was wrong when it held the articles back, and is right after a restart."""
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.publish(2)
    await world.settle(60)
    world.now += jump
    world.announcer = world.start()

    await world.settle(3 * DAY)

    assert shown(world) == [("Article 1", "Article 2")]


async def test_a_digest_that_may_have_been_sent_is_not_sent_twice(world: DeliveryWorld) -> None:
    await world.subscribe(1, schedule=DAILY)
    await world.publish(1)
    await world.publish(2)

    def answer_lost(step: Step, _work: DueDelivery, when: str) -> StepResult | None:
        return RetryLater("lost", maybe_sent=True) if when == "after" and step is Step.POST else None

    world.sender.fault = answer_lost
    await world.settle(FIRST - START + 3)
    world.sender.fault = no_fault
    await world.settle(2 * DAY)
    assert shown(world) == [("Article 1", "Article 2")]


async def test_only_articles_in_the_wanted_language_are_planned(world: DeliveryWorld) -> None:
    await world.subscribe(1, article_language="ko")
    await world.subscribe(2, article_language="en")
    await world.subscribe(3)
    await world.publish(1)
    await world.settle(60)
    assert sorted(post.channel for post in world.discord.posts) == [2, 3]


async def test_sending_again_makes_a_second_post_with_its_own_key(world: DeliveryWorld) -> None:
    await world.subscribe(1, topics=("other",))
    article = await world.publish(1)
    await world.settle(60)
    assert world.discord.posts == []
    number = (await subscription(world)).id
    for expected in (1, 2):
        async with world.database.transaction() as tx:
            await world.deliveries.announce(tx, article, number, world.now)
        await world.settle(60)
        assert len(world.discord.posts) == expected

    assert len({post.nonce for post in world.discord.posts}) == 2
    await world.withdraw(article)
    await world.settle(60)
    assert {post.state for post in world.discord.posts} == {"notice"}


def test_options_default_to_no_schedule() -> None:
    assert SubscriptionOptions().schedule == Schedule()
