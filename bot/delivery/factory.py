"""Builds the announcer from its parts."""

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Announcer, Clocks
from bot.delivery.channel_health import ChannelHealth, KnownKeys, Repositories
from bot.delivery.incidents.notifier import IncidentNotifier
from bot.delivery.ports import Sender
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.shared_cards import SharedCardUpdater
from bot.delivery.state_machine import SETTLE_SECONDS
from bot.i18n import DEFAULT_LANGUAGE, Catalogue
from bot.store.database import Database
from bot.store.guilds import Guilds
from bot.store.incidents import Incidents
from bot.store.subscriptions import Subscriptions

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def rate_limiter_for(settings: DeliverySettings, clocks: Clocks) -> RateLimiter:
    """The one limiter; pass `rest.paced(limiter)` to discord.py as `http_trace` too."""
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
    known_keys: KnownKeys | None = None,
    language: str = DEFAULT_LANGUAGE,
    catalogue: Callable[[str], Catalogue] = Catalogue.of,
    settle_seconds: float = SETTLE_SECONDS,
    only_article: int | None = None,
    active_until: float | None = None,
) -> Announcer:
    """An announcer over this database. `settle_seconds`: see `Policy.settle`.

    `feed_names` are the feeds' names by key, `known_keys` what the configuration has. With
    `only_article` it performs the steps of that article alone and leaves everything else. `active_until`: when
    the database was last active before this start (see `Announcer`).
    """
    repositories = Repositories(database, Subscriptions(database), Incidents(database), Guilds(database))
    notifier = IncidentNotifier(
        database,
        repositories.incidents,
        repositories.guilds,
        sender,
        feed_names,
        language,
        catalogue,
        delay=settings.incident_delay,
    )
    health = ChannelHealth(repositories, sender, settings, clocks.now, notifier, known_keys)
    cards = SharedCardUpdater(
        database,
        sender,
        delete=settings.withdrawn_posts == "delete",
        rng=rng,
        only_article=only_article,
    )
    return Announcer(
        database,
        sender,
        health,
        limiter,
        settings,
        cards=cards,
        clocks=clocks,
        rng=rng,
        settle_seconds=settle_seconds,
        only_article=only_article,
        active_until=active_until,
    )
