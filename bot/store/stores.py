"""The stores of one database, opened together."""

from bot.store.articles import Articles
from bot.store.backfill import BackfillQueue
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from bot.store.feeds import Feeds, HeldArticles, WaitingEntries
from bot.store.followed_channels import FollowedChannels
from bot.store.guilds import Guilds
from bot.store.identities import Identities
from bot.store.incidents import Incidents
from bot.store.page_checks import PageChecks
from bot.store.retention import Retention
from bot.store.shared_cards import SharedCards
from bot.store.subscriptions import Subscriptions
from bot.store.topic_roles import TopicRoles
from bot.store.withdrawals import Withdrawals


class Stores:
    """One object per subject, all on the same database; whoever needs several of them inherits this."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.articles, self.feeds, self.subscriptions = Articles(database), Feeds(database), Subscriptions(database)
        self.deliveries, self.cards, self.incidents = Deliveries(database), SharedCards(database), Incidents(database)
        self.guilds, self.topic_roles = Guilds(database), TopicRoles(database)
        self.held, self.followed_channels = HeldArticles(database), FollowedChannels(database)
        self.withdrawals, self.retention = Withdrawals(database), Retention(database)
        self.identities, self.page_checks = Identities(database), PageChecks(database)
        self.waiting_entries, self.backfill_queue = WaitingEntries(database), BackfillQueue(database)
