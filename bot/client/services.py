"""The services that cogs are given."""

from collections.abc import Awaitable, Callable

from bot.actions import fitting, in_season
from bot.config.settings import Settings
from bot.delivery.announcer import Announcer
from bot.ingest.poll_writer import PollWriter
from bot.models import Action, Article
from bot.search.engine import SearchEngine
from bot.store.database import Database
from bot.store.stores import Stores


class Services(Stores):
    """Everything that cogs may use, opened and closed by `bot.app.lifecycle`."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        search: SearchEngine,
        poll_writer: PollWriter,
        announcer: Announcer,
        reinstate: Callable[[int], Awaitable[bool]],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(database)
        self.settings, self.clock = settings, clock
        self.search, self.poll_writer, self.announcer, self.reinstate = search, poll_writer, announcer, reinstate

    def actions_in_season(self) -> list[Action]:
        """What readers can do today where the organisation is."""
        return in_season(self.settings.actions, self.clock(), self.settings.time_zone)

    def actions_for(self, article: Article, most: int) -> tuple[Action, ...]:
        """Those that fit an article best."""
        return fitting(self.actions_in_season(), article.topics, most)
