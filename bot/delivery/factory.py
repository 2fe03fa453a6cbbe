"""Puts the announcer together; the composition root decides the pieces that differ."""

from collections.abc import Mapping
from random import Random
from types import MappingProxyType

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Announcer, Clocks
from bot.delivery.channel_health import Channels, Repositories
from bot.delivery.incident_notifier import IncidentNotifier
from bot.delivery.ports import Sender
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.shared_cards import SharedCardUpdater
from bot.delivery.state_machine import SETTLE_SECONDS
from bot.store.database import Database
from bot.store.guilds import Guilds
from bot.store.incidents import Incidents
from bot.store.subscriptions import Subscriptions

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def rate_limiter_for(settings: DeliverySettings, clocks: Clocks) -> RateLimiter:
    """The one limiter; give `sender_rest.paced(limiter)` to discord.py as `http_trace` too."""
    return RateLimiter(
        settings.requests_per_second, clock=clocks.steady, invalid_budget=settings.invalid_request_budget
    )


def build_announcer(
    database: Database,
    sender: Sender,
    limiter: RateLimiter,
    settings: DeliverySettings,
    *,
    clocks: Clocks,
    rng: Random,
    feed_names: Mapping[str, str] = NO_NAMES,
    settle_seconds: float = SETTLE_SECONDS,
) -> Announcer:
    """An announcer over this database. `feed_names` by feed key; `settle_seconds`: see `Policy.settle`."""
    repositories = Repositories(database, Subscriptions(database), Incidents(database), Guilds(database))
    teller = IncidentNotifier(database, repositories.incidents, repositories.guilds, sender, feed_names)
    channels = Channels(repositories, sender, settings, clocks.now, teller)
    cards = SharedCardUpdater(database, sender, delete=settings.withdrawn_posts == "delete", clock=clocks.now, rng=rng)
    return Announcer(
        database,
        sender,
        channels,
        limiter,
        settings,
        cards=cards,
        clocks=clocks,
        rng=rng,
        settle_seconds=settle_seconds,
    )
