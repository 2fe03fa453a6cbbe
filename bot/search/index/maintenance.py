"""Index maintenance: indexes what is missing or outdated, and compares index and articles."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence

from bot.models import Topic
from bot.search.index.documents import index_entry
from bot.search.results import IndexReport
from bot.store.articles import draft_of
from bot.store.database import Database, Transaction
from bot.store.search.health import HealthReader, live_articles
from bot.store.search.reader import SearchReader
from bot.store.search.writer import add_entries, current_totals, remove_entry
from bot.text_analysis import ANALYSER_VERSION

BATCH = 128

Progress = Callable[[int, int], None]
log = logging.getLogger(__name__)


class IndexMaintainer:
    """Keeps the index in step with the articles while searches continue."""

    def __init__(self, database: Database, topics: Mapping[str, Topic]) -> None:
        self._database = database
        self._topics = topics

    async def rebuild(self, progress: Progress | None) -> int:
        """Indexes what is missing or outdated, removes what is orphaned, and returns how many articles it wrote."""
        for article in await self._database.read(lambda connection: HealthReader(connection).orphaned()):
            async with self._database.transaction() as tx:
                await remove_entry(tx, article)
        # Read once: articles that arrive from now on are indexed as they arrive.
        outdated = await self._database.read(lambda connection: HealthReader(connection).outdated(ANALYSER_VERSION))
        written = 0
        for start in range(0, len(outdated), BATCH):
            async with self._database.transaction() as tx:
                written += await self.reindex(tx, outdated[start : start + BATCH])
            done = min(start + BATCH, len(outdated))
            log.info("search index: %d of %d articles", done, len(outdated))
            if progress is not None:
                progress(done, len(outdated))
        return written

    async def reindex(self, tx: Transaction, ids: Sequence[int]) -> int:
        """Indexes articles as they are stored now, removes those that are not live, and returns how many it indexed."""
        for article_id in ids:
            await remove_entry(tx, article_id)
        articles = await live_articles(tx, ids)
        average = (await current_totals(tx)).average_length
        # On another thread: the analysis of a long article would hold up the event loop.
        entries = await asyncio.to_thread(
            lambda: [index_entry(one.id, draft_of(one, body), self._topics, average) for one, body in articles]
        )
        await add_entries(tx, entries)
        return len(entries)

    async def verify(self) -> IndexReport:
        """Compares every live article with the index, and the index with itself."""

        def report(connection: sqlite3.Connection) -> IndexReport:
            health = HealthReader(connection)
            missing = health.missing()
            outdated = set(health.outdated(ANALYSER_VERSION)) - set(missing)
            indexed = SearchReader(connection).totals().documents
            return IndexReport(
                health.articles(),
                indexed,
                tuple(missing),
                tuple(health.orphaned()),
                tuple(sorted(outdated)),
                tuple(health.inconsistencies()),
            )

        return await self._database.read(report)
