"""Stored facts about servers and channels follow Discord; blocked channels are retried and reported once."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Change
from bot.delivery.channel_health import KnownKeys, missing_keys, probe_pause
from bot.delivery.ports import (
    ChannelState,
    Done,
    PermissionMissing,
    Rejected,
    RetryLater,
    Step,
    StepResult,
)
from bot.models import ChannelKind, Subscription, SubscriptionOptions
from bot.store.database import Database
from bot.store.deliveries import DeliveryState
from bot.store.guilds import Guilds
from bot.store.incidents import Incident, Incidents
from bot.store.outbox import DueDelivery
from bot.store.topic_roles import TopicRoles
from tests.delivery.delivery_world import GUILD, DeliveryWorld
from tests.delivery.fakes import Fault, no_fault

DAY = 86_400.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[DeliveryWorld]:
    database = await Database.open(tmp_path / "herald.db")
    yield DeliveryWorld(database, DeliverySettings())
    await database.close()


async def incidents(world: DeliveryWorld) -> list[Incident]:
    return await Incidents(world.database).open(guild_id=GUILD)


def answering(result: StepResult, *steps: Step, channels: tuple[int, ...] = ()) -> Fault:
    """A fault that answers these steps, in these channels or all of them."""

    def fault(step: Step, work: DueDelivery, when: str) -> StepResult | None:
        hit = step in steps and (not channels or work.subscription.channel_id in channels)
        return result if hit and when == "before" else None

    return fault


async def test_a_server_left_while_the_bot_was_off_gets_nothing_until_it_returns(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    world.sender.members[GUILD] = False
    await world.settle()
    assert (await Guilds(world.database).get(GUILD)).left_at is not None
    await world.publish(1)
    await world.settle()
    assert world.discord.posts == []

    world.sender.members[GUILD] = True
    await world.announcer.follow(Change.SERVER, GUILD)
    await world.publish(2)
    await world.settle()
    assert (await Guilds(world.database).get(GUILD)).left_at is None
    assert [post.article for post in world.discord.posts] == [2]


@pytest.mark.parametrize("back", [True, None], ids=["in it again", "not known yet"])
async def test_a_server_the_bot_may_be_in_is_never_deleted(world: DeliveryWorld, back: bool | None) -> None:  # noqa: FBT001
    """The bot was removed and invited again while it was off, without events."""
    await world.subscribe(1)
    world.sender.members[GUILD] = False
    await world.settle()

    world.sender.members[GUILD] = back
    world.now += 31 * DAY
    await world.settle()

    assert await world.subscriptions.get(1) is not None


async def test_data_of_a_server_left_for_good_is_deleted_after_the_configured_time(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    world.sender.members[GUILD] = False
    await world.settle()
    world.now += 31 * DAY
    await world.settle()

    assert await world.subscriptions.get(1) is None
    assert await Guilds(world.database).known() == []


async def test_deliveries_of_a_shard_that_is_not_ready_wait_and_no_other(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    await world.subscribe(2)
    world.sender.problems[1] = "not_ready"
    await world.publish(1)
    await world.settle(60.0)
    assert [post.channel for post in world.discord.posts] == [2]
    assert await incidents(world) == []

    world.sender.problems.clear()
    await world.settle(60.0)
    assert sorted(post.channel for post in world.discord.posts) == [1, 2]


@pytest.mark.parametrize("result", [PermissionMissing("missing_access"), PermissionMissing("channel_gone")])
async def test_a_single_refusal_delays_a_channel_by_seconds_and_is_not_reported(
    world: DeliveryWorld, result: PermissionMissing
) -> None:
    await world.subscribe(1)
    answers = iter([result])
    world.sender.fault = lambda _step, _work, when: next(answers, None) if when == "before" else None
    await world.publish(1)
    started = world.now
    await world.settle(120.0)

    (post,) = world.discord.posts
    assert post.made_at - started < 30.0
    assert await incidents(world) == []
    assert world.discord.said == []


async def test_a_blocked_channel_is_probed_with_growing_intervals_until_it_works(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    refused_at = list[float]()

    def refused(_step: Step, _work: DueDelivery, when: str) -> StepResult | None:
        if when == "after":
            return None
        refused_at.append(world.now)
        return PermissionMissing("missing_access")

    world.sender.fault = refused
    for number in range(3):
        await world.publish(number)
    await world.settle(8 * 3_600.0)
    intervals = [later - earlier for earlier, later in pairwise(refused_at)]
    assert intervals == [10.0, *(10.0 * 2**doubling for doubling in range(9)), *[3_600.0] * 6]
    assert len(world.discord.said) == 1
    (open_incident,) = await incidents(world)
    assert open_incident.kind == "blocked"

    world.sender.fault = no_fault
    await world.settle(2 * 3_600.0)
    assert [post.article for post in world.discord.posts] == [1, 2, 3]
    assert await incidents(world) == []
    assert len(world.discord.said) == 2


def test_probe_intervals_grow() -> None:
    assert [probe_pause(seconds) for seconds in (0.0, 10.0, 40.0, 7_200.0)] == [10.0, 10.0, 40.0, 3_600.0]


async def test_a_permission_lost_in_thirty_channels_is_one_message(world: DeliveryWorld) -> None:
    for channel in range(1, 31):
        await world.subscribe(channel)
        world.sender.problems[channel] = "send_messages"
    await world.publish(1)
    await world.settle(120.0)
    assert len(await incidents(world)) == 30
    ((_, sentence),) = world.discord.said
    assert "<#1>" in sentence
    assert "20 more channels" in sentence

    world.sender.problems.clear()
    await world.announcer.follow(Change.SERVER, GUILD)
    await world.settle(120.0)
    assert len(world.discord.posts) == 30
    assert len(world.discord.said) == 2


async def test_an_incident_over_within_seconds_is_not_reported(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    world.sender.problems[1] = "send_messages"
    await world.publish(1)
    await world.settle(5.0)
    world.sender.problems.clear()
    await world.announcer.follow(Change.CHANNEL, 1)
    await world.settle(120.0)

    assert len(world.discord.posts) == 1
    assert world.discord.said == []


async def test_a_deleted_role_is_no_longer_mentioned_and_reported_once(world: DeliveryWorld) -> None:
    new = SubscriptionOptions(role_id=5)
    await world.subscribe_with(1, new)
    world.sender.channel_states[1] = ChannelState(kind=ChannelKind.TEXT, role_missing=True)
    await world.announcer.follow(Change.SERVER, GUILD)
    world.sender.channel_states.clear()
    await world.announcer.follow(Change.SERVER, GUILD)
    await world.settle(120.0)

    subscription = await world.subscriptions.get(1)
    assert subscription is not None
    assert subscription.options.role_id is None
    ((_, sentence),) = world.discord.said
    assert "role" in sentence
    assert await incidents(world) == []


async def test_topic_roles_deleted_while_the_bot_was_off_are_forgotten_at_the_start_and_reported_once(
    world: DeliveryWorld,
) -> None:
    await world.subscribe(1)
    roles = TopicRoles(world.database)
    for topic, role_id in (("women", 5), ("history", 6), ("money", 7)):
        await roles.assign(GUILD, topic, role_id)
    world.sender.deleted_roles = {5, 7}
    await world.settle(120.0)
    await world.announcer.follow(Change.SERVER, GUILD)
    await world.settle(120.0)

    assert await roles.of_guild(GUILD) == {"history": 6}
    ((_, sentence),) = world.discord.said
    assert "money, women" in sentence
    assert await incidents(world) == []


async def test_a_post_without_a_part_that_discord_refused_is_reported(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    await world.publish(1)

    def reduced(step: Step, work: DueDelivery, when: str) -> StepResult | None:
        return Done(work.delivery.id, reduced=True) if step is Step.POST and when == "after" else None

    world.sender.fault = reduced
    await world.settle(120.0)

    assert await world.states(1) == [DeliveryState.POSTED]
    ((_, sentence),) = world.discord.said
    assert "without that part" in sentence


async def test_an_announcement_channel_turned_into_a_text_channel_is_posted_to_and_not_published(
    world: DeliveryWorld,
) -> None:
    await world.subscribe(1, ChannelKind.ANNOUNCEMENT, publish=True)
    world.sender.channel_states[1] = ChannelState(kind=ChannelKind.TEXT)
    await world.announcer.follow(Change.CHANNEL, 1)
    await world.publish(1)
    await world.settle(120.0)

    assert [step for step, _ in world.sender.taken] == [Step.POST]
    ((_, sentence),) = world.discord.said
    assert "announcement channel" in sentence

    world.sender.channel_states[1] = ChannelState(kind=ChannelKind.ANNOUNCEMENT)
    await world.announcer.follow(Change.CHANNEL, 1)
    await world.publish(2)
    await world.settle(120.0)
    assert [post.published for post in world.discord.posts] == [False, True]


@pytest.mark.parametrize("deleted", [True, False])
async def test_a_channel_missing_in_the_cache_ends_only_when_discord_says_it_was_deleted(
    world: DeliveryWorld,
    deleted: bool,  # noqa: FBT001 - a case of the table
) -> None:
    await world.subscribe(1, ChannelKind.THREAD)
    world.sender.channel_states[1] = ChannelState(missing=True)
    if deleted:
        world.sender.deleted_channels.add(1)
    await world.settle(120.0)

    assert (await world.subscriptions.get(1) is None) is deleted
    assert [("deleted" in sentence) for _, sentence in world.discord.said] == [True] * deleted


@pytest.mark.parametrize(
    ("step", "result"),
    [
        (Step.POST, Rejected("automod")),
        (Step.POST, Rejected("invalid_form")),
        (Step.POST, Rejected("too_large")),
        (Step.OPEN_THREAD, Rejected("refused")),
        (Step.PUBLISH, Rejected("refused")),
        (Step.EDIT, Rejected("automod")),
    ],
)
async def test_every_refusal_that_ends_a_step_is_reported(world: DeliveryWorld, step: Step, result: Rejected) -> None:
    await world.subscribe(1, ChannelKind.ANNOUNCEMENT, publish=True, open_thread=True)
    article = await world.publish(1)
    world.sender.fault = answering(result, step)
    await world.settle(120.0)
    await world.retitle(article, "Another title")
    await world.settle(120.0)

    ((_, sentence),) = world.discord.said
    assert "<#1>" in sentence


async def test_a_post_refused_by_automod_is_shown_with_its_reason_and_sent_again_on_request(
    world: DeliveryWorld,
) -> None:
    subscription = await world.subscribe(1)
    world.sender.fault = answering(Rejected("automod"), Step.POST)
    await world.publish(1)
    await world.settle(120.0)
    (report,) = await world.deliveries.recent(subscription, 5)
    assert report.problem == "automod"

    world.sender.fault = no_fault
    await world.deliveries.send_now(report.id)
    await world.settle(120.0)
    assert await world.states(1) == [DeliveryState.POSTED]


async def test_a_channel_that_fails_for_ten_minutes_is_reported_and_so_is_its_recovery(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    world.sender.fault = answering(RetryLater("http_500", maybe_sent=False), Step.POST)
    await world.publish(1)
    await world.settle(1_800.0)
    (open_incident,) = await incidents(world)
    assert (open_incident.kind, open_incident.detail) == ("delayed", "http_500")

    world.sender.fault = no_fault
    await world.settle(1_800.0)
    assert await incidents(world) == []
    assert ["delayed" in sentence for _, sentence in world.discord.said] == [True, False]


def test_topics_and_feeds_missing_from_the_configuration_are_named() -> None:
    options = SubscriptionOptions(topics=("rescue", "gone"), feeds=("blog", "old"))
    known = KnownKeys(frozenset({"rescue"}), frozenset({"blog"}))

    found = missing_keys(Subscription(1, GUILD, 1, ChannelKind.TEXT, options), known)
    assert found == {"unknown_topics": "gone", "unknown_feeds": "old"}
    assert not any(missing_keys(Subscription(1, GUILD, 1, ChannelKind.TEXT), known).values())


async def test_a_subscription_to_a_topic_that_no_longer_exists_is_an_incident_until_it_is_changed(
    world: DeliveryWorld,
) -> None:
    world.known_keys = KnownKeys(frozenset({"rescue"}), frozenset({"blog"}))
    world.announcer = world.start()
    await world.subscribe_with(1, SubscriptionOptions(topics=("gone",)))
    await world.settle(120.0)
    (open_incident,) = await incidents(world)
    assert (open_incident.kind, open_incident.detail) == ("unknown_topics", "gone")
    assert len(world.discord.said) == 1

    world.known_keys = KnownKeys(frozenset({"rescue", "gone"}), frozenset({"blog"}))
    world.announcer = world.start()
    await world.settle(120.0)
    assert await incidents(world) == []


async def test_five_hundred_events_about_five_channels_cost_one_comparison_each(world: DeliveryWorld) -> None:
    """Each would read the database through the connection that deliveries use."""
    for channel in range(1, 6):
        await world.subscribe(channel)
    compared, channel_state = list[int](), world.sender.channel_state

    def counting(subscription: Subscription) -> ChannelState | None:
        compared.append(subscription.channel_id)
        return channel_state(subscription)

    world.sender.channel_state = counting
    await asyncio.gather(*(world.announcer.follow(Change.CHANNEL, 1 + number % 5) for number in range(500)))

    assert sorted(compared) == [1, 2, 3, 4, 5]


async def test_a_change_that_comes_during_a_comparison_is_compared_again(world: DeliveryWorld) -> None:
    await world.subscribe(1)
    compared, channel_state = list[ChannelState | None](), world.sender.channel_state
    again: list[asyncio.Task[None]] = []

    def changing(subscription: Subscription) -> ChannelState | None:
        state = channel_state(subscription)
        compared.append(state)
        if not again:
            again.append(asyncio.create_task(world.announcer.follow(Change.CHANNEL, 1)))
        return state

    world.sender.channel_state = changing
    await world.announcer.follow(Change.CHANNEL, 1)
    await again[0]

    assert len(compared) == 2


async def test_an_outage_of_discord_costs_a_few_failed_reports_however_many_incidents_wait(
    world: DeliveryWorld,
) -> None:
    """Reports do not pass the circuit breaker of the deliveries."""
    async with world.database.transaction() as tx:
        for server in range(200):
            await Incidents(world.database).start(tx, "blocked", "send_messages", world.now, guild_id=1_000 + server)
    tried, notify = list[int](), world.sender.notify

    async def counting(guild_id: int, first: tuple[int, ...], sentence: str, nonce: str) -> bool:
        tried.append(guild_id)
        return await notify(guild_id, first, sentence, nonce)

    world.sender.notify = counting
    world.sender.deaf = True
    await world.settle(3_600.0)
    assert 10 < len(tried) <= 80
    assert len(set(tried)) > 10

    world.sender.deaf = False
    await world.settle(3_600.0)
    assert len(world.discord.said) == 200
