"""The services that cogs are given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.actions import day, in_season
from bot.config.settings import Settings
from bot.delivery.announcer import Announcer
from bot.ingest.poller import FeedPoller
from bot.models import Action
from bot.search import SearchEngine
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.incidents import Incidents
from bot.store.shared_cards import SharedCards
from bot.store.subscriptions import Subscriptions
from bot.store.topic_roles import TopicRoles
from bot.store.withdrawals import Withdrawals


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that cogs may use, opened and closed by `bot.app.lifecycle`."""

    settings: Settings
    database: Database
    articles: Articles
    feeds: Feeds
    subscriptions: Subscriptions
    deliveries: Deliveries
    cards: SharedCards
    incidents: Incidents
    guilds: Guilds
    topic_roles: TopicRoles
    search: SearchEngine
    poller: FeedPoller
    announcer: Announcer
    withdrawals: Withdrawals
    reinstate: Callable[[int], Awaitable[bool]]
    clock: Callable[[], float]

    def actions_in_season(self) -> list[Action]:
        """What readers can do today where the organisation is."""
        today = day(self.clock(), self.settings.time_zone)
        return [action for action in self.settings.actions if in_season(action, today)]
