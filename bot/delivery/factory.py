"""Puts the announcer together; the composition root decides the pieces that differ."""

from random import Random

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Announcer, Clocks
from bot.delivery.channel_health import Books, Channels
from bot.delivery.incident_notifier import Teller
from bot.delivery.ports import Sender
from bot.delivery.rate_limiter import Pacer
from bot.delivery.shared_cards import CardKeeper
from bot.delivery.state_machine import SETTLE_SECONDS
from bot.store.database import Database
from bot.store.guilds import Guilds
from bot.store.incidents import Incidents
from bot.store.subscriptions import Subscriptions


def pacer_for(settings: DeliverySettings, clocks: Clocks) -> Pacer:
    """The one pacer; give `sender_rest.paced(pacer)` to discord.py as `http_trace` too."""
    return Pacer(settings.rate, clock=clocks.steady, invalid_budget=settings.invalid_budget)


def assemble(
    database: Database,
    sender: Sender,
    pacer: Pacer,
    settings: DeliverySettings,
    *,
    clocks: Clocks,
    chance: Random,
    settle_seconds: float = SETTLE_SECONDS,
) -> Announcer:
    """An announcer over this database. `settle_seconds`: see `Policy.settle`."""
    books = Books(database, Subscriptions(database), Incidents(database), Guilds(database))
    teller = Teller(database, books.incidents, books.guilds, sender)
    channels = Channels(books, sender, settings, clocks.now, teller)
    cards = CardKeeper(database, sender, delete=settings.withdrawn == "delete", clock=clocks.now, chance=chance)
    return Announcer(
        database,
        sender,
        channels,
        pacer,
        settings,
        cards=cards,
        clocks=clocks,
        chance=chance,
        settle_seconds=settle_seconds,
    )
