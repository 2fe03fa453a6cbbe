"""Writes the search index: articles as they come, what is missing or outdated; compares index and articles."""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from bot.models import NewArticle, Topic
from bot.search.index.documents import index_batch
from bot.search.results import IndexReport
from bot.store.database import Database, Transaction
from bot.store.search.health import HealthReader, live_articles
from bot.store.search.reader import SearchReader
from bot.store.search.writer import add_batch, current_totals, forget_asked, indexed_among, remove_entry, stored_body
from bot.text_analysis import ANALYSER_VERSION

BATCH = 128
LOG_STEP = 8 * BATCH

log = logging.getLogger(__name__)


class SearchIndex:
    """Keeps the index in step with the articles while searches continue. `topics` is the taxonomy."""

    def __init__(self, database: Database, topics: Sequence[Topic]) -> None:
        self._database = database
        self._topics = {topic.key: topic for topic in topics}

    async def add(self, tx: Transaction, *drafts: tuple[int, NewArticle]) -> None:
        """Indexes articles, by id, in place of what the index had of them; together costs less than one by one.

        A draft without a body is indexed with the stored one: that is what the article still says.
        """
        for article_id in await indexed_among(tx, [article_id for article_id, _ in drafts]):
            await remove_entry(tx, article_id)
        whole = [
            (article_id, draft if draft.body else replace(draft, body=await stored_body(tx, article_id)))
            for article_id, draft in drafts
        ]
        totals = await current_totals(tx)
        # On another thread: the analysis of a long article would hold up the event loop.
        await add_batch(tx, await asyncio.to_thread(index_batch, whole, self._topics, totals))

    async def remove(self, tx: Transaction, article_id: int) -> None:
        """Removes every trace of an article's words from the index, without reading the article."""
        await remove_entry(tx, article_id)
        await forget_asked(tx, article_id)

    async def rebuild(self) -> int:
        """Indexes what is missing or outdated, removes what is orphaned, and returns how many articles it wrote.

        Works in short transactions; searches continue with what is there, and say that older articles may be missing.
        """
        for article in await self._database.read(lambda connection: HealthReader(connection).orphaned()):
            async with self._database.transaction() as tx:
                await remove_entry(tx, article)
        # Read once: articles that arrive from now on are indexed as they arrive.
        outdated = await self._database.read(lambda connection: HealthReader(connection).outdated(ANALYSER_VERSION))
        if outdated:
            log.info("search index: %d articles to index, newest first", len(outdated))
        written = 0
        for start in range(0, len(outdated), BATCH):
            async with self._database.transaction() as tx:
                written += await self.reindex(tx, *outdated[start : start + BATCH])
            done = min(start + BATCH, len(outdated))
            if done % LOG_STEP == 0 or done == len(outdated):
                log.info("search index: %d of %d articles", done, len(outdated))
        return written

    async def reindex(self, tx: Transaction, *ids: int) -> int:
        """Indexes articles as they are stored now, removes those that are not live, and returns how many it indexed."""
        for article_id in ids:
            await remove_entry(tx, article_id)
        articles = await live_articles(tx, ids)
        await self.add(tx, *((article.id, NewArticle.of(article, body)) for article, body in articles))
        return len(articles)

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
