"""The core: the store with everything that reads and writes it; no Discord, no network.

The command line's small commands need no more.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from bot.app.article_events import ArticleEventHandler, FeedIncidents
from bot.config.settings import Settings
from bot.search import SearchEngine
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.incidents import Incidents
from bot.store.shared_cards import SharedCards
from bot.store.subscriptions import Subscriptions
from bot.topics import Classifier
from bot.urls import canonical_key

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Core:
    """The store with everything that reads and writes it; no network."""

    settings: Settings
    clock: Clock
    database: Database
    articles: Articles
    feeds: Feeds
    subscriptions: Subscriptions
    deliveries: Deliveries
    cards: SharedCards
    incidents: Incidents
    guilds: Guilds
    search: SearchEngine
    classifier: Classifier
    events: ArticleEventHandler
    feed_incidents: FeedIncidents

    @classmethod
    def build(cls, database: Database, settings: Settings, clock: Clock) -> Self:
        """Everything over an open database."""
        search = SearchEngine(database.with_own_reader("search"), settings.topics, clock, key_of=canonical_key)
        deliveries, cards, incidents = Deliveries(database), SharedCards(database), Incidents(database)
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            articles=Articles(database),
            feeds=Feeds(database),
            subscriptions=Subscriptions(database),
            deliveries=deliveries,
            cards=cards,
            incidents=incidents,
            guilds=Guilds(database),
            search=search,
            classifier=Classifier(settings.topics),
            events=ArticleEventHandler(search, deliveries, cards),
            feed_incidents=FeedIncidents(incidents),
        )


@asynccontextmanager
async def open_core(settings: Settings, *, clock: Clock) -> AsyncGenerator[Core]:
    """The core over the configured database. Raises DatabaseTooNewError or sqlite3.Error."""
    database = await Database.open(settings.database)
    try:
        core = Core.build(database, settings, clock)
        await core.feeds.sync(settings.feeds)
        yield core
    finally:
        await database.close()
