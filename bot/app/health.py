"""Whether the bot works: facts gathered from its parts, and their assessment."""

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from bot.app.core import Core
from bot.ingest.rechecker import round_length
from bot.store.deliveries import DeliveryState
from bot.store.feeds import FeedState
from bot.store.health import HealthReader, StoredFigures
from bot.store.key_value import KeyValueStore
from bot.store.page_checks import PageChecks

GATEWAY_GRACE_SECONDS = 30.0  # short disconnections are normal
FEED_SECONDS = 86_400.0
STUCK_SECONDS = 900.0
PROBE, PROBE_TIMEOUT_SECONDS = "monitoring.probe", 10.0  # written to test whether the file is writable


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """The state of the parts at one instant, unix seconds.

    `disconnected_since`: since when the gateway is gone, None while it is there or when unknown;
    `database_error`: why the database cannot be written, empty when it can; `pages` are checked in rounds
    of `round_seconds`.
    """

    now: float
    started_at: float
    feeds: tuple[FeedState, ...]
    deliveries: Mapping[DeliveryState, int]
    stored: StoredFigures
    pages: int = 0
    round_seconds: float = 0.0
    disconnected_since: float | None = None
    database_error: str = ""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One part and its state."""

    name: str
    healthy: bool
    detail: str


def assess(facts: HealthFacts) -> tuple[HealthCheck, ...]:
    """Assesses the facts, part by part. A feed that is gone for good was reported and does not count."""
    gone = facts.disconnected_since
    gateway_lost = gone is not None and facts.now - gone > GATEWAY_GRACE_SECONDS
    silent: list[str] = []
    for feed in facts.feeds:
        # A feed that never answered counts from the start of the bot.
        last_success = facts.started_at if feed.last_success is None else feed.last_success
        if not feed.gone and facts.now - last_success > FEED_SECONDS:
            silent.append(feed.key)
    waiting = facts.now - facts.stored.waiting_since if facts.stored.waiting_since is not None else 0.0
    return (
        HealthCheck(
            "gateway",
            not gateway_lost,
            f"disconnected for {facts.now - gone:.0f} s" if gone is not None else "connected",
        ),
        HealthCheck("database", not facts.database_error, facts.database_error or "writable"),
        HealthCheck("feeds", not silent, f"no answer for a day: {', '.join(silent)}" if silent else "checked"),
        HealthCheck("deliveries", waiting <= STUCK_SECONDS, f"oldest waiting delivery: {waiting:.0f} s"),
    )


async def gather_facts(
    core: Core, *, started_at: float, disconnected_since: float | None = None, probe: bool = True
) -> HealthFacts:
    """Reads the facts from the store. With `probe` it also writes, to detect a full or read-only disk."""
    pages = await PageChecks(core.database).count()
    reader, now, error = HealthReader(core.database), core.clock(), ""
    if probe:
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
                await KeyValueStore(core.database, core.clock).put(PROBE, "")
        except TimeoutError:
            error = f"no answer within {PROBE_TIMEOUT_SECONDS:.0f} s"
        except (sqlite3.Error, OSError) as problem:
            error = str(problem) or type(problem).__name__
    return HealthFacts(
        now=now,
        started_at=started_at,
        feeds=tuple(await core.feeds.all()),
        deliveries=await core.deliveries.counts(),
        stored=await reader.figures(now),
        pages=pages,
        round_seconds=round_length(pages, core.settings.watch.page_delay),
        disconnected_since=disconnected_since,
        database_error=error,
    )
