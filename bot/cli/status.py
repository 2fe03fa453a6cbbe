"""`herald status`: the bot's health, from its database and, where monitoring is on, from the running bot."""

import argparse
import asyncio
import json
import sqlite3
import time
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bot.app.core import open_core
from bot.app.health import HealthCheck, assess, gather_facts
from bot.cli.output import echo
from bot.config.settings import Settings
from bot.store.deliveries import DeliveryState
from bot.store.instance_lock import AlreadyRunningError, database_lock

ASK_SECONDS = 15.0


async def status(settings: Settings, arguments: argparse.Namespace) -> int:
    """Prints the report. 0: healthy, 1: not healthy."""
    running = _is_running(settings)
    async with open_core(settings, clock=time.time) as core:
        facts = await gather_facts(core, started_at=time.time(), probe=not running)
    checks = [check for check in assess(facts) if check.name != "gateway"]
    checks.insert(0, await asyncio.to_thread(_gateway, settings, running=running))
    healthy = all(check.healthy for check in checks)
    figures = {
        "articles": facts.stored.articles,
        "articles indexed for search": facts.stored.indexed,
        "articles waiting for a post": sum(
            facts.deliveries.get(state, 0) for state in (DeliveryState.PLANNED, DeliveryState.CLAIMED)
        ),
        "posts on Discord": facts.deliveries.get(DeliveryState.POSTED, 0),
        "posts nobody can verify": facts.deliveries.get(DeliveryState.UNVERIFIED, 0),
        "posts withdrawn": facts.deliveries.get(DeliveryState.WITHDRAWN, 0),
        "posts deleted by moderators": facts.deliveries.get(DeliveryState.DELETED, 0),
        "deliveries cancelled": facts.deliveries.get(DeliveryState.CANCELLED, 0),
        "open incidents": sum(facts.stored.open_incidents.values()),
        "ended incidents": facts.stored.ended_incidents,
    }
    if arguments.json:
        checked = [{"name": check.name, "healthy": check.healthy, "detail": check.detail} for check in checks]
        figures |= {"pages checked": facts.pages, "seconds of a round": round(facts.round_seconds)}
        echo(json.dumps({"healthy": healthy, "checks": checked, "figures": figures}))
    else:
        for check in checks:
            echo(f"{'ok ' if check.healthy else 'BAD'}  {check.name}: {check.detail}")
        for name, count in figures.items():
            echo(f"     {name}: {count}")
        echo(f"     {facts.pages} pages are checked, the whole archive in rounds of {facts.round_seconds / 3600:g} h")
        for feed in facts.feeds:
            success = feed.last_success
            when = "never" if success is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(success))
            echo(f"     feed {feed.key}: last answered {when}{f', {feed.problem}' if feed.problem else ''}")
    return 0 if healthy else 1


def _is_running(settings: Settings) -> bool:
    try:
        with database_lock(settings.database):
            return False
    except AlreadyRunningError:
        return True
    except (OSError, sqlite3.Error):
        return False


def _gateway(settings: Settings, *, running: bool) -> HealthCheck:
    """What the running bot reports about its connection; without monitoring only that it runs."""
    if not running:
        return HealthCheck("gateway", healthy=False, detail="the bot is not running; start it with `herald run`")
    monitoring = settings.monitoring
    if not monitoring.port:
        return HealthCheck("gateway", healthy=True, detail="the bot is running; set monitoring.port to see more")
    address = f"http://{monitoring.address}:{monitoring.port}/healthz"
    try:
        with urlopen(address, timeout=ASK_SECONDS) as answer:
            body = answer.read()
    except HTTPError as error:
        body = error.read()
    except (URLError, OSError) as error:
        return HealthCheck("gateway", healthy=False, detail=f"the bot does not answer on {address}: {error}")
    found = {check["name"]: check for check in json.loads(body)["checks"]}
    return HealthCheck("gateway", healthy=found["gateway"]["healthy"], detail=found["gateway"]["detail"])
