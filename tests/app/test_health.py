"""Health: which facts make it fail, and when; the pages that report it."""

import asyncio
import json
import socket
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app.core import Core, open_core
from bot.app.health import STUCK_SECONDS, HealthFacts, assess
from bot.app.metrics import served
from bot.app.monitoring import Monitor, notify_service_manager
from bot.config.settings import load
from bot.demo.blog import load_articles
from bot.models import ChannelKind
from bot.store.deliveries import DeliveryState
from bot.store.feeds import FeedState
from bot.store.health import StoredFigures
from bot.store.subscriptions import NewSubscription
from tests.limits import HANG_SECONDS
from tests.sample_drafts import article_draft

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
NOW = 1_795_000_000.0
DAY = 86_400.0


def facts(**changes: Any) -> HealthFacts:
    fed = FeedState("blog", "https://b.example/f", "https://b.example/f", last_success=NOW - 60)
    values: dict[str, Any] = {
        "now": NOW,
        "started_at": NOW - DAY * 3,
        "feeds": (fed,),
        "deliveries": {},
        "stored": StoredFigures(),
    }
    return HealthFacts(**(values | changes))


def feed(**changes: Any) -> FeedState:
    return FeedState("blog", "https://b.example/f", "https://b.example/f", **changes)


@pytest.mark.parametrize(
    ("changes", "red"),
    [
        ({}, set()),
        ({"disconnected_since": NOW - 10}, set()),
        ({"disconnected_since": NOW - 60}, {"gateway"}),
        ({"database_error": "disk full"}, {"database"}),
        ({"feeds": (feed(last_success=NOW - DAY - 1),)}, {"feeds"}),
        ({"feeds": (feed(last_success=NOW - DAY + 60),)}, set()),
        ({"feeds": (feed(),), "started_at": NOW - 60}, set()),
        ({"feeds": (feed(),)}, {"feeds"}),
        ({"feeds": (feed(last_success=NOW - DAY * 9, gone=True),)}, set()),
        ({"stored": StoredFigures(NOW - STUCK_SECONDS)}, set()),
        ({"stored": StoredFigures(NOW - STUCK_SECONDS - 1)}, {"deliveries"}),
    ],
)
def test_each_part_turns_red_by_itself(changes: dict[str, Any], red: set[str]) -> None:
    checks = assess(facts(**changes))

    assert {check.name for check in checks if not check.healthy} == red
    assert all(check.healthy for check in checks) == (not red)


class Shard:
    """A gateway connection as discord.py shows it."""

    def __init__(self) -> None:
        self.closed = False

    def is_closed(self) -> bool:
        return self.closed


class Gateway:
    """The part of the bot that the monitor looks at."""

    def __init__(self) -> None:
        self.shards = {0: Shard()}
        self.listeners: dict[str, Any] = {}

    def is_ready(self) -> bool:
        return True

    def add_listener(self, function: Any, name: str) -> None:
        self.listeners[name] = function


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def core(tmp_path: Path, clock: Clock) -> AsyncGenerator[Core]:
    settings = load(EXAMPLE).model_copy(update={"database": tmp_path / "herald.db"})
    async with open_core(settings, clock=clock) as core:
        yield core


def monitor(core: Core, gateway: Gateway, clock: Clock) -> Monitor:
    return Monitor(core, gateway, lambda: 7, clock())  # pyright: ignore[reportArgumentType] - the part it needs


async def answer(monitored: Monitor, page: str) -> tuple[int, str]:
    async with served(monitored, "127.0.0.1", 0) as port:
        return await get(port, page)


async def get(port: int, page: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/{page}") as response:
        return response.status, await response.text()


async def test_healthz_turns_red_within_a_minute_of_a_lost_gateway_and_green_when_it_returns(
    core: Core, clock: Clock
) -> None:
    gateway = Gateway()
    monitored = monitor(core, gateway, clock)
    assert (await answer(monitored, "healthz"))[0] == 200
    gateway.shards[0].closed = True
    monitored.sample()
    clock.now += 60
    status, body = await answer(monitored, "healthz")
    assert status == 503
    assert [check["name"] for check in json.loads(body)["checks"] if not check["healthy"]] == ["gateway"]
    gateway.shards[0].closed = False
    assert (await answer(monitored, "healthz"))[0] == 200


async def test_healthz_turns_red_at_once_when_the_database_cannot_be_written(core: Core, clock: Clock) -> None:
    monitored = monitor(core, Gateway(), clock)
    other = sqlite3.connect(core.settings.database, isolation_level=None)
    other.execute("CREATE TRIGGER full BEFORE UPDATE ON key_values BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    assert (await answer(monitored, "healthz"))[0] == 200  # nothing was there to be updated yet
    status, body = await answer(monitored, "healthz")
    other.close()

    assert status == 503
    assert "disk full" in body


async def test_healthz_turns_red_within_a_minute_of_a_day_without_an_answer_of_a_feed(core: Core, clock: Clock) -> None:
    monitored = monitor(core, Gateway(), clock)
    for silent in await core.feeds.all():
        async with core.database.transaction() as tx:
            await core.feeds.save(tx, replace(silent, last_success=NOW))
    clock.now += DAY - 60
    assert (await answer(monitored, "healthz"))[0] == 200
    clock.now += 120
    status, body = await answer(monitored, "healthz")

    assert status == 503
    assert [check["name"] for check in json.loads(body)["checks"] if not check["healthy"]] == ["feeds"]


async def test_healthz_turns_red_within_a_minute_of_a_delivery_that_is_stuck(core: Core, clock: Clock) -> None:
    monitored = monitor(core, Gateway(), clock)
    await core.subscriptions.create(NewSubscription(1, 10, ChannelKind.TEXT))
    async with core.database.transaction() as tx:
        [article_id] = await core.articles.add(tx, [article_draft(load_articles()[0])], NOW)
        await core.deliveries.plan(tx, article_id, "blog", NOW)
    clock.now += STUCK_SECONDS
    assert (await answer(monitored, "healthz"))[0] == 200
    clock.now += 60
    status, body = await answer(monitored, "healthz")

    assert status == 503
    assert [check["name"] for check in json.loads(body)["checks"] if not check["healthy"]] == ["deliveries"]


async def test_metrics_are_in_prometheus_format_and_name_what_the_manual_names(core: Core, clock: Clock) -> None:
    gateway = Gateway()
    interaction = type("Interaction", (), {"created_at": discord.utils.utcnow()})()
    command = type("Command", (), {"qualified_name": "search"})()
    async with served(monitor(core, gateway, clock), "127.0.0.1", 0) as port:
        await gateway.listeners["on_app_command_completion"](interaction, command)
        _, text = await get(port, "metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}

    assert families["herald_healthy"].samples[0].value == 1
    assert {sample.labels["state"] for sample in families["herald_deliveries"].samples} == set(map(str, DeliveryState))
    assert families["herald_articles"].samples[0].value == families["herald_articles_indexed"].samples[0].value == 0
    assert families["herald_discord_rate_limited"].samples[0].value == 7
    assert "herald_posting_seconds" in families
    assert families["herald_command_seconds"].samples


async def test_systemd_is_notified_that_the_bot_is_ready_and_alive(core: Core, clock: Clock, tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address)
        receiver.settimeout(HANG_SECONDS)
        notify = partial(notify_service_manager, environment={"NOTIFY_SOCKET": address})
        running = asyncio.create_task(monitor(core, Gateway(), clock).run(notify))
        states = [await asyncio.to_thread(receiver.recv, 100) for _ in range(2)]
        running.cancel()

    assert states == [b"READY=1", b"WATCHDOG=1"]


def test_without_a_service_manager_nothing_is_sent() -> None:
    notify_service_manager("READY=1", {})
