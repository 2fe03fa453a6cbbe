"""Serves `/healthz` and `/metrics` on loopback. Imported only where a port is set: the bot needs 2 MB less without."""

import logging
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import discord
from aiohttp import web
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.app.health import HealthFacts, assess
from bot.app.monitoring import Monitor
from bot.store.deliveries import DeliveryState

log = logging.getLogger(__name__)

POSTING_BUCKETS = (1.0, 5.0, 30.0, 60.0, 300.0, 900.0, 3_600.0)
COMMAND_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
UNHEALTHY_STATUS = 503


class MetricsPages:
    """The two pages, and the times of commands from the creation of an interaction to its end."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._registry = CollectorRegistry()
        self._commands = Histogram(
            "herald_command_seconds",
            "Time from a slash command to its answer",
            ["command"],
            buckets=COMMAND_BUCKETS,
            registry=self._registry,
        )
        monitor.bot.add_listener(self._on_command, "on_app_command_completion")

    async def _on_command(
        self, interaction: "discord.Interaction[Any]", command: "discord.app_commands.Command[Any, ..., Any]"
    ) -> None:
        seconds = (discord.utils.utcnow() - interaction.created_at).total_seconds()
        self._commands.labels(command.qualified_name).observe(max(0.0, seconds))

    async def healthz(self, _request: web.Request) -> web.Response:
        """Every check as JSON, with a status that load balancers understand."""
        checks = assess(await self._monitor.facts())
        body = {"healthy": all(check.healthy for check in checks), "checks": [asdict(check) for check in checks]}
        return web.json_response(body, status=200 if body["healthy"] else UNHEALTHY_STATUS)

    async def metrics(self, _request: web.Request) -> web.Response:
        """The facts and the times of commands, for Prometheus."""
        snapshot = CollectorRegistry()
        snapshot.register(SnapshotCollector(await self._monitor.facts(), self._monitor.rate_limited()))
        body = generate_latest(snapshot) + generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


@dataclass(eq=False)
class SnapshotCollector(Collector):
    """Facts of one instant as Prometheus metrics."""

    facts: HealthFacts
    rate_limited: int

    def collect(self) -> Iterable[Metric]:
        """Every metric with its samples."""
        facts = self.facts
        checks = assess(facts)
        for check in checks:
            yield GaugeMetricFamily(
                f"herald_{check.name}_healthy", f"1 while {check.name} is healthy", value=float(check.healthy)
            )
        healthy = all(check.healthy for check in checks)
        yield GaugeMetricFamily("herald_healthy", "1 while everything is healthy", value=float(healthy))
        states = {state.value: float(facts.deliveries.get(state, 0)) for state in DeliveryState}
        yield _labelled("herald_deliveries", "Deliveries by state", "state", states)
        stored = facts.stored
        waiting = facts.now - stored.waiting_since if stored.waiting_since is not None else 0.0
        yield GaugeMetricFamily(
            "herald_oldest_waiting_delivery_seconds", "Age of the oldest waiting delivery", value=waiting
        )
        incidents = {kind: float(count) for kind, count in stored.open_incidents.items()}
        yield _labelled("herald_open_incidents", "Incidents that have not ended, by kind", "kind", incidents)
        yield GaugeMetricFamily(
            "herald_ended_incidents", "Incidents that have ended", value=float(stored.ended_incidents)
        )
        yield GaugeMetricFamily("herald_articles", "Articles that are not withdrawn", value=float(stored.articles))
        yield GaugeMetricFamily(
            "herald_articles_indexed", "Of them, those that search finds", value=float(stored.indexed)
        )
        polled = {feed.key: feed.last_check or 0.0 for feed in facts.feeds}
        yield _labelled("herald_feed_last_check_timestamp", "When a feed was last checked", "feed", polled)
        succeeded = {feed.key: feed.last_success or 0.0 for feed in facts.feeds}
        yield _labelled("herald_feed_last_success_timestamp", "When a feed last answered", "feed", succeeded)
        errors = {feed.key: float(feed.errors) for feed in facts.feeds}
        yield _labelled("herald_feed_errors", "Failed checks of a feed in a row", "feed", errors)
        yield GaugeMetricFamily(
            "herald_discord_rate_limited", "Answers of 429 since the start", value=float(self.rate_limited)
        )
        measured = stored.posting_seconds
        buckets = [(str(limit), float(sum(one <= limit for one in measured))) for limit in POSTING_BUCKETS]
        yield HistogramMetricFamily(
            "herald_posting_seconds",
            "Time from storing an article to its post, of the last day",
            buckets=[*buckets, ("+Inf", float(len(measured)))],
            sum_value=sum(measured),
        )


def _labelled(name: str, description: str, label: str, values: Mapping[str, float]) -> Metric:
    metric = GaugeMetricFamily(name, description, labels=[label])
    for key, value in values.items():
        metric.add_metric([key], value)
    return metric


@asynccontextmanager
async def served(monitor: Monitor, address: str, port: int) -> AsyncGenerator[int]:
    """Serves the pages and yields the port; port 0 in the settings disables them. Raises OSError."""
    pages, application = MetricsPages(monitor), web.Application()
    application.router.add_get("/healthz", pages.healthz)
    application.router.add_get("/metrics", pages.metrics)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, port).start()
        bound = int(runner.addresses[0][1])
        log.info("health and metrics on port %d", bound)
        yield bound
    finally:
        await runner.cleanup()
