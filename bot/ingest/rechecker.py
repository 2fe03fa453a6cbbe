"""Looks at article pages again: for edits, for pages not had yet, and for withdrawn articles.

Decides by the article alone: an edit is a change of what was extracted, never of the page around
it. An article is withdrawn when its feed no longer has it and its page answered 404 or 410 twice,
some hours apart.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.ingest.page_drafts import differs, revised_draft
from bot.ingest.page_fetcher import PageFailed, PageMissing, PageOutcome, PageRead, PageReading, PageUnchanged
from bot.ingest.ports import ArticleEvents, Classify
from bot.models import Article, ArticleState
from bot.plain_text import folded
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.page_checks import PageChecks, PageState
from bot.urls import canonical_key

log = logging.getLogger(__name__)

HOUR, DAY = 3_600.0, 86_400.0
# Younger than → looked at every. Most edits come within hours; corrections can come after years.
PACE = ((2 * DAY, HOUR), (14 * DAY, 6 * HOUR), (90 * DAY, DAY), (1_095 * DAY, 7 * DAY))
SLOWEST = 14 * DAY
FIRST_RETRY, LAST_RETRY = 600.0, DAY
JITTER = 0.1
AT_ONCE = 20  # pages taken from the list of due ones in one go


class Finding(StrEnum):
    """What a look at a page came to."""

    UNCHANGED = "unchanged"
    EDITED = "edited"
    MISSING = "missing"  # 404 or 410, not yet proof of anything
    WITHDRAWN = "withdrawn"
    FAILED = "failed"  # tried again later


@dataclass(frozen=True, slots=True)
class Look:
    """What a look means for the page's next one."""

    finding: Finding
    state: PageState


def interval(age: float) -> float:
    """Seconds until the next look at the page of an article this old."""
    return next((every for below, every in PACE if age < below), SLOWEST)


def judge(state: PageState, outcome: PageOutcome, now: float, withdraw_after: float) -> Look:
    """What an answer means, without regard to the article's words (see `differs` for edits)."""
    if isinstance(outcome, PageMissing):
        return _missing(state, now, withdraw_after)
    if isinstance(outcome, PageFailed):
        pause = max(min(FIRST_RETRY * 2 ** min(state.errors, 20), LAST_RETRY), outcome.retry_after or 0.0)
        # Trouble in between proves nothing: the first 404 keeps its date.
        return Look(Finding.FAILED, replace(state, errors=state.errors + 1, next_check=now + pause))
    well = replace(state, errors=0, missing_since=None, next_check=now + interval(now - state.published))
    if isinstance(outcome, PageUnchanged):
        etag, modified = outcome.etag or state.etag, outcome.last_modified or state.last_modified
        return Look(Finding.UNCHANGED, replace(well, etag=etag, last_modified=modified))
    return Look(Finding.UNCHANGED, replace(well, etag=outcome.etag, last_modified=outcome.last_modified))


def _missing(state: PageState, now: float, withdraw_after: float) -> Look:
    since = now if state.missing_since is None else state.missing_since
    proved = now - since >= withdraw_after and not state.in_feed
    later = replace(state, missing_since=since, next_check=max(since, now) + withdraw_after)
    return Look(Finding.WITHDRAWN if proved else Finding.MISSING, later)


class Rechecker:
    """Takes due pages one after another; one article's changes and events are one transaction."""

    def __init__(
        self,
        database: Database,
        articles: Articles,
        pages: PageChecks,
        reader: PageReading,
        events: ArticleEvents,
        classify: Classify,
        *,
        clock: Callable[[], float],
        rng: random.Random,
        withdraw_after: float = 10_800.0,
    ) -> None:
        self._database, self._articles, self._pages, self._reader = database, articles, pages, reader
        self._events, self._classify = events, classify
        self._clock, self._rng, self._withdraw_after = clock, rng, withdraw_after

    async def check_due(self) -> float:
        """Looks at the pages that are due, and gives the instant when the next one is."""
        for state in await self._pages.due(self._clock(), AT_ONCE):
            await self.check(state)
        return await self._pages.next_check() or self._clock() + HOUR

    async def check(self, state: PageState) -> Finding:
        """Looks at one page now."""
        article = await self._articles.get(state.article_id)
        if article is None or article.state is ArticleState.WITHDRAWN:
            return Finding.WITHDRAWN
        # A body that is not had yet must come whole, whatever the server remembers of us.
        etag, modified = (state.etag, state.last_modified) if state.has_body else ("", "")
        outcome = self._own(article, await self._reader.read(state.url, etag, modified))
        return await self._settle(article, state, outcome)

    async def _settle(self, article: Article, state: PageState, outcome: PageOutcome) -> Finding:
        now = self._clock()
        look = judge(state, outcome, now, self._withdraw_after)
        if look.finding is Finding.WITHDRAWN:
            return await self._withdraw(article, now)
        looked = self._spread(look.state, now)
        if isinstance(outcome, PageRead) and await self._edit(article, outcome, looked, now):
            return Finding.EDITED
        async with self._database.transaction() as tx:
            await self._pages.save(tx, looked)
        return look.finding

    async def _edit(self, article: Article, read: PageRead, looked: PageState, now: float) -> bool:
        first = not looked.has_body
        draft = await asyncio.to_thread(
            revised_draft, article, read.page, self._classify, keep_title=looked.in_feed, first=first
        )
        if looked.has_body and not differs(article, await self._articles.body(article.id), draft):
            return False
        async with self._database.transaction() as tx:
            await self._articles.update(tx, article.id, draft, now)
            await self._pages.save(tx, looked)
            await self._events.changed(tx, article.id, draft, now)
        log.info("article %s: the page says something else than before", article.id)
        return True

    async def _withdraw(self, article: Article, now: float) -> Finding:
        async with self._database.transaction() as tx:
            await self._articles.withdraw(tx, article.id, now)
            await self._events.withdrawn(tx, article.id, now)
        log.warning("article %s was withdrawn by its site; its text is removed", article.id)
        return Finding.WITHDRAWN

    def _own(self, article: Article, outcome: PageOutcome) -> PageOutcome:
        """Refuses what a redirect put in the article's place, such as the list of all articles."""
        if not isinstance(outcome, PageRead) or canonical_key(outcome.final_url) == article.key:
            return outcome
        same = folded(outcome.page.title) == folded(article.title)
        return outcome if same else PageFailed("elsewhere", outcome.final_url)

    def _spread(self, state: PageState, now: float) -> PageState:
        """Keeps pages that came together from being looked at together for ever; never earlier than due."""
        if state.next_check is None:
            return state
        return replace(state, next_check=state.next_check + (state.next_check - now) * self._rng.uniform(0, JITTER))
