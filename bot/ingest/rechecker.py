"""Checks article pages again: for edits, for pages that could not be fetched before, and for withdrawn articles.

Only the article counts: an edit is a change of the extracted content, never of the page around it.
Two checks a few minutes apart that answer 410, or 404 after the article left its feed, confirm a
withdrawal, unless more pages of the site are missing than a site withdraws in a day.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from bot.durations import DAY, HOUR, MINUTE, backoff
from bot.http.client import GONE, FetchRequest
from bot.ingest.drafts import differs, revised_draft
from bot.ingest.page_fetcher import PageFailed, PageFetcher, PageMissing, PageOutcome, PageRead, PageUnchanged
from bot.ingest.ports import ArticleEvents, Classify
from bot.models import Article, ArticleState
from bot.plain_text import folded
from bot.store.page_checks import PageState
from bot.store.stores import Stores
from bot.urls import canonical_key, is_web_url, public_url, site_root

log = logging.getLogger(__name__)

# Younger than → checked every. Most edits come within hours; corrections can come after years.
CHECK_INTERVALS = ((2 * DAY, 5 * MINUTE), (14 * DAY, HOUR), (90 * DAY, 6 * HOUR))
MIN_ROUND_SECONDS = DAY  # of the whole archive; longer where a site has more pages than the pause allows in a day
FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS = 10 * MINUTE, DAY
JITTER = 0.1
BATCH_SIZE = 40  # due pages read at once
MAX_MISSING, MAX_MISSING_SHARE = 3, 0.02  # of a host's pages missing within a day; more mean a broken site
SAMPLE_SIZE = 4  # further pages of the host that are checked before a withdrawal


class CheckResult(StrEnum):
    """The result of a check of a page."""

    UNCHANGED = "unchanged"
    EDITED = "edited"
    MISSING = "missing"  # 404 or 410, not yet confirmed
    SUSPENDED = "suspended"  # confirmed, but too many pages are missing: a person has to decide
    WITHDRAWN = "withdrawn"
    FAILED = "failed"  # tried again later


@dataclass(frozen=True, slots=True)
class CheckDecision:
    """The consequence of a check for the page's state."""

    result: CheckResult
    state: PageState


def interval(age: float, round_seconds: float = MIN_ROUND_SECONDS) -> float:
    """Seconds until the next check of the page of an article this old."""
    return next((every for below, every in CHECK_INTERVALS if age < below), round_seconds)


def decide(
    state: PageState, outcome: PageOutcome, now: float, confirm_after: float, round_seconds: float = MIN_ROUND_SECONDS
) -> CheckDecision:
    """The decision about a response, apart from edits (see `differs`)."""
    if isinstance(outcome, PageMissing):
        if state.missing_since is None:
            first = replace(state, missing_since=now, next_check=now + confirm_after)
            return CheckDecision(CheckResult.MISSING, first)
        waited = now - state.missing_since
        if waited < confirm_after:
            return CheckDecision(CheckResult.MISSING, replace(state, next_check=state.missing_since + confirm_after))
        # While its feed still lists it, a 404 may be an error of the site; checked with growing intervals.
        later = replace(state, next_check=now + min(max(waited, confirm_after), MIN_ROUND_SECONDS))
        confirmed = outcome.status == GONE or not state.in_feed
        return CheckDecision(CheckResult.WITHDRAWN if confirmed else CheckResult.MISSING, later)
    if isinstance(outcome, PageFailed):
        pause = backoff(state.errors + 1, FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS)
        # A failure in between proves nothing: the time of the first 404 is kept.
        later = now + max(pause, outcome.retry_after or 0.0)
        return CheckDecision(CheckResult.FAILED, replace(state, errors=state.errors + 1, next_check=later))
    pause = interval(now - (state.published or state.first_seen), round_seconds)
    ok = replace(state, errors=0, missing_since=None, next_check=now + pause)
    if isinstance(outcome, PageUnchanged):
        etag, modified = outcome.etag or state.etag, outcome.last_modified or state.last_modified
        return CheckDecision(CheckResult.UNCHANGED, replace(ok, etag=etag, last_modified=modified))
    return CheckDecision(CheckResult.UNCHANGED, replace(ok, etag=outcome.etag, last_modified=outcome.last_modified))


def round_length(pages: int, pause: float) -> float:
    """Seconds of a round over this many pages, with one request to a host in `pause` seconds."""
    return max(MIN_ROUND_SECONDS, 2 * pause * pages)


def is_site_broken(missing: int, pages: int) -> bool:
    """Whether more of a host's pages are missing within a day than a site withdraws: then none counts as withdrawn."""
    return missing > max(MAX_MISSING, MAX_MISSING_SHARE * pages)


@dataclass
class Rechecker:
    """Checks due pages, hosts in parallel; one article's changes and events are one transaction.

    `confirm_after`: seconds between the two checks that confirm a withdrawal. `pause`: seconds
    between two pages of a host, for the length of a round of the archive.
    """

    stores: Stores
    pages: PageFetcher
    events: ArticleEvents
    classify: Classify
    clock: Callable[[], float]
    rng: random.Random
    confirm_after: float
    pause: float

    async def check_due(self) -> float:
        """Checks the pages that are due, those of a host in turn; returns the instant when the next one is."""

        async def check_in_turn(states: Sequence[PageState]) -> None:
            for state in states:
                await self.check(state)

        by_host: dict[str, list[PageState]] = {}
        for state in await self.stores.page_checks.due(self.clock(), BATCH_SIZE):
            by_host.setdefault(_host(state.url), []).append(state)
        await asyncio.gather(*(check_in_turn(states) for states in by_host.values()))
        return await self.stores.page_checks.next_check() or self.clock() + HOUR

    async def check_now(self, article_id: int) -> CheckResult | None:
        """Checks one article's page at once, due or not; None when it is not known or has no page of its own."""
        state = await self.stores.page_checks.get(article_id)
        return await self.check(state) if state and state.next_check is not None else None

    async def check(self, state: PageState) -> CheckResult:
        """Checks one page now."""
        article = await self.stores.articles.get(state.article_id)
        if article is None or article.state is ArticleState.WITHDRAWN:
            return CheckResult.WITHDRAWN
        outcome = await self._read(state)
        if (
            isinstance(outcome, PageRead)
            and canonical_key(outcome.final_url) not in (article.key, canonical_key(article.url))
            and folded(outcome.page.title) != folded(article.title)
        ):
            # A redirect put another page in the article's place, such as the list of all articles.
            outcome = PageFailed("elsewhere", outcome.final_url)
        now = self.clock()
        decision = decide(
            state, outcome, now, self.confirm_after, round_length(await self.stores.page_checks.count(), self.pause)
        )
        if decision.result is CheckResult.WITHDRAWN:
            return await self._withdraw(article, decision.state)
        checked = decision.state
        if checked.next_check is not None and checked.missing_since is None:
            # Spreads the checks of pages that were stored together; never earlier than due.
            later = (checked.next_check - now) * self.rng.uniform(0, JITTER)
            checked = replace(checked, next_check=checked.next_check + later)
        if isinstance(outcome, PageRead) and await self._edit(article, outcome, checked, now):
            return CheckResult.EDITED
        async with self.stores.database.transaction() as tx:
            await self.stores.page_checks.save(tx, checked)
            if decision.result is CheckResult.MISSING and state.missing_since is None:
                # The feed's current content decides between a withdrawal, a new address and an error.
                await self.stores.feeds.schedule_check(tx, article.feed, now)
            if state.missing_since is not None:
                host = _host(article.url)
                missing, pages = await self.stores.page_checks.missing(host, now - DAY)
                broken = is_site_broken(missing, pages)
                if decision.result is CheckResult.MISSING and broken:
                    await self.stores.incidents.start(tx, f"withdrawals_suspended:{host}", str(missing), now)
                elif checked.missing_since is None and not broken:
                    await self.stores.incidents.end(tx, f"withdrawals_suspended:{host}", now)
        return decision.result

    async def _read(self, state: PageState) -> PageOutcome:
        # A body that is still missing must be fetched without validators.
        etag, modified = (state.etag, state.last_modified) if state.has_body else ("", "")
        return await self.pages.read(state.url, etag, modified)

    async def _edit(self, article: Article, read: PageRead, checked: PageState, now: float) -> bool:
        body = await self.stores.articles.body(article.id)
        draft = await asyncio.to_thread(
            revised_draft,
            article,
            body,
            read.page,
            self.classify,
            keep_title=checked.in_feed,
            first=not checked.has_body,
        )
        moved = canonical_key(read.moved_to) if read.moved_to and is_web_url(read.moved_to) else ""
        moves = bool(moved) and moved != canonical_key(article.url)
        if moves and not await self.stores.identities.known_keys([moved]):
            draft = replace(draft, url=public_url(read.moved_to))
        if checked.has_body and draft.url == article.url and not differs(article, body, draft):
            return False
        async with self.stores.database.transaction() as tx:
            if draft.url != article.url:
                await self.stores.identities.add_alias(tx, moved, article.id)
            await self.stores.articles.update(tx, article.id, draft, now)
            await self.stores.page_checks.save(tx, checked)
            await self.events.changed(tx, article.id, draft, now)
        log.info("article %s: content changed", article.id)
        return True

    async def _withdraw(self, article: Article, later: PageState) -> CheckResult:
        host, now = _host(article.url), self.clock()
        if reason := await self._why_broken(article, later):
            soon = replace(later, next_check=min(later.next_check or now, now + HOUR))
            async with self.stores.database.transaction() as tx:
                await self.stores.page_checks.save(tx, soon)
                missing, _ = await self.stores.page_checks.missing(host, now - DAY)
                await self.stores.incidents.start(tx, f"withdrawals_suspended:{host}", str(missing), now)
            log.warning("article %s: its page is missing, but %s; nothing is withdrawn", article.id, reason)
            return CheckResult.SUSPENDED
        async with self.stores.database.transaction() as tx:
            await self.stores.articles.withdraw(tx, article.id, now)
            await self.events.withdrawn(tx, article.id, now)
        log.warning("article %s was withdrawn by its site", article.id)
        return CheckResult.WITHDRAWN

    async def _why_broken(self, article: Article, state: PageState) -> str:
        """Why the site rather than the article seems to be missing; empty when the site works."""
        host, now = _host(article.url), self.clock()
        feed = await self.stores.feeds.get(article.feed)
        if feed is not None and feed.errors and not feed.gone and _host(feed.url) == host:
            return "its feed fails, too"
        samples = await self.stores.page_checks.sample(host, article.id, SAMPLE_SIZE)
        works = not samples and feed is not None and (feed.last_success or 0.0) >= (state.missing_since or now)
        for sample in samples:
            outcome = await self._read(sample)
            if isinstance(outcome, PageMissing):
                first = replace(sample, missing_since=now, next_check=now + self.confirm_after)
                async with self.stores.database.transaction() as tx:
                    await self.stores.page_checks.save(tx, first)
            works = works or isinstance(outcome, PageRead | PageUnchanged)
        missing, pages = await self.stores.page_checks.missing(host, now - DAY)
        if is_site_broken(missing, pages):
            return f"{missing} of {pages} pages are missing within a day"
        home = await self.pages.fetch(FetchRequest(site_root(article.url) + "/"))
        if isinstance(home, PageFailed) and home.kind != "robots":
            return "the home page fails, too"
        # A host without a home page (404) works where its other pages, or without any its feed, are available.
        return "the home page is missing, too" if isinstance(home, PageMissing) and not works else ""


def _host(url: str) -> str:
    return urlsplit(canonical_key(url)).netloc if is_web_url(url) else ""
