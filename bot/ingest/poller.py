"""The watcher: polls feeds, and stores what they say in one transaction with everything it entails.

It calls things in order and decides nothing: `identity` says what is new, `watch_decide` what a
poll means, `schedule` when to come again.
"""

import asyncio
import logging
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Literal

from bot.feeds.document import FeedDocument
from bot.http.client import Failed, Fetched, Fetcher, FetchRequest, FetchResult, Gone, NotModified
from bot.ingest.poll_policy import (
    Limits,
    Problem,
    Trouble,
    WatchedFeed,
    after_success,
    after_trouble,
    ends_incident,
    starts_incident,
    trouble_of,
)
from bot.ingest.poll_writer import Counts, WatchStore
from bot.ingest.ports import ArticleEvents, Classify, FeedProblems, PageAnswer, PageSource
from bot.models import Article
from bot.store.database import Database, Transaction
from bot.store.feeds import Feeds, FeedState
from bot.urls import origin
from bot.worker.pool import ParseFailedError, ParseWorker

__all__ = [
    "ArticleEvents", "Classify", "FeedProblems", "Limits", "OutcomeKind", "PageAnswer", "PageSource",
    "PollOutcome", "WatchedFeed", "Watcher",
]  # fmt: skip

_log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds a round of polls waits for slow feeds; they go on by themselves
RETRY = 60.0
AT_ONCE = 20
NOTHING = Counts()


class OutcomeKind(StrEnum):
    """What a poll came to."""

    UNCHANGED = "unchanged"
    UPDATED = "updated"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What a poll did; `problem` and `detail` say why it failed."""

    feed: str
    kind: OutcomeKind
    counts: Counts = NOTHING
    problem: str = ""
    detail: str = ""

    def told(self) -> str:
        """The outcome in words, for the log: what came of it, the figures that are not 0, what was wrong."""
        figures = [f"{count} {name}" for name, count in asdict(self.counts).items() if count]
        return ", ".join(part for part in (self.kind.value, *figures, self.detail) if part)


class Watcher:
    """Watches feeds. `clock` gives unix seconds, `chance` spreads the polls."""

    def __init__(
        self,
        database: Database,
        feeds: Sequence[WatchedFeed],
        fetcher: Fetcher,
        worker: ParseWorker,
        *,
        events: ArticleEvents,
        classify: Classify,
        pages: PageSource,
        problems: FeedProblems,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
    ) -> None:
        self._database = database
        self._feeds = {feed.key: feed for feed in feeds}
        self._states = Feeds(database)
        self._fetcher, self._worker = fetcher, worker
        self._problems = problems
        self._store = WatchStore(database, events, classify, pages, problems, limits)
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 - spreads polls, guards nothing
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._turns = {key: asyncio.Lock() for key in self._feeds}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._poison: dict[str, str] = {}
        self._paused: dict[str, float] = {}

    async def start(self) -> None:
        """Makes a state for every feed that has none; call once before polling."""
        await self._states.sync(self._feeds.values())

    async def close(self) -> None:
        """Ends polls that are under way; what they had not stored is polled again."""
        polls = list(self._polls.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)

    async def poll_due(self) -> float:
        """Polls every feed that is due and gives the instant of the next due check.

        A feed that takes long goes on by itself and holds up no other.
        """
        now = self._clock()
        for key, due in (await self._due()).items():
            if due <= now and key not in self._polls:
                self._polls[key] = asyncio.create_task(self._poll_safely(key), name=f"poll {key}")
        if self._polls:
            await asyncio.wait(list(self._polls.values()), timeout=PATIENCE)
        waiting = [due for key, due in (await self._due()).items() if key not in self._polls]
        under_way = [self._clock() + PATIENCE] if self._polls else []
        return min([*waiting, *under_way], default=self._clock() + RETRY)

    async def poll(self, feed_key: str) -> PollOutcome:
        """Polls one feed now, due or not. Raises KeyError for a feed that is not configured."""
        feed = self._feeds[feed_key]
        async with self._turns[feed_key], self._places:
            state = await self._state_of(feed_key)
            if state.gone:
                return PollOutcome(feed_key, OutcomeKind.GONE, problem=state.problem, detail=state.problem_detail)
            outcome = await self._poll(feed, state)
        _log.log(
            logging.WARNING if outcome.kind is OutcomeKind.FAILED else logging.INFO,
            "feed %s: %s", feed_key, outcome.told(),
        )  # fmt: skip
        return outcome

    async def state(self, feed_key: str) -> FeedState | None:
        """Next check, last success and problem of a feed."""
        return await self._states.get(feed_key)

    async def held(self, feed_key: str) -> list[Article]:
        """The articles of a feed that wait for a moderator, newest first."""
        return await self._store.held.of_feed(feed_key)

    async def release(self, feed_key: str, choice: Literal["all", "newest", "none"]) -> int:
        """Ends the hold of a feed as a moderator chose; gives how many articles are announced."""
        return await self._store.release(feed_key, choice, self._clock())

    async def _state_of(self, key: str) -> FeedState:
        return await self._states.get(key) or FeedState(key, self._feeds[key].url, self._feeds[key].url)

    async def _due(self) -> dict[str, float]:
        checks = await self._states.next_checks()
        return {key: max(due, self._paused.get(key, 0.0)) for key, due in checks.items() if key in self._feeds}

    async def _poll_safely(self, key: str) -> None:
        try:
            await self.poll(key)
            self._paused.pop(key, None)
        except sqlite3.Error:
            _log.exception("feed %s: what it said could not be stored", key)
            self._paused[key] = self._clock() + RETRY
        except Exception:  # noqa: BLE001 - logged whole; see below
            # A fault of ours in one feed must not end the watching of the others.
            _log.exception("feed %s: polling failed", key)
            self._paused[key] = self._clock() + RETRY
            await self._fail(self._feeds[key], await self._state_of(key), Trouble(Problem.ERROR, "see the log"))
        finally:
            self._polls.pop(key, None)

    async def _poll(self, feed: WatchedFeed, state: FeedState) -> PollOutcome:
        answer = await self._fetch(state, state.address)
        if isinstance(answer, Failed):
            return await self._fail(feed, state, trouble_of(answer))
        if isinstance(answer, Gone):
            trouble = Trouble(Problem.GONE, f"{answer.final_url} says that the feed is gone for good (410)")
            return await self._fail(feed, state, trouble)
        if isinstance(answer, NotModified) or (answer.digest == state.body_hash and state.initialised):
            return await self._unchanged(feed, state, answer)
        if self._poison.get(feed.key) == answer.digest:
            return await self._fail(feed, state, Trouble(Problem.POISON, state.problem_detail))
        try:
            return await self._read(feed, state, answer)
        except ParseFailedError as error:
            self._poison[feed.key] = answer.digest
            return await self._fail(feed, state, Trouble(Problem.POISON, str(error)))

    async def _fetch(self, state: FeedState, address: str) -> FetchResult:
        request = FetchRequest(
            address,
            state.etag,
            state.last_modified,
            trusted=origin(address) == origin(state.url),
            validators_of=state.final_url,
        )
        return await self._fetcher.fetch(request)

    async def _read(self, feed: WatchedFeed, state: FeedState, answer: Fetched) -> PollOutcome:
        """Parses and stores; a web page leads to the feed that it names, once."""
        document = await self._parse(answer)
        if not document.version and document.alternates:
            state = replace(state, address=document.alternates[0], final_url="", etag="", last_modified="")
            found = await self._fetch(state, state.address)
            if isinstance(found, Failed):
                return await self._fail(feed, state, trouble_of(found))
            if isinstance(found, Fetched):
                answer, document = found, await self._parse(found)
        if document.malformed or not document.version:
            detail = "what came is broken off" if document.malformed else "what came is no feed"
            return await self._fail(feed, replace(state, address=state.url), Trouble(Problem.NOT_A_FEED, detail))
        after = after_success(state, answer, document, feed, self._clock(), self._chance)
        counts = await self._store.take_in(feed, document, state, after, self._save, self._clock)
        kind = OutcomeKind.UPDATED if counts != NOTHING else OutcomeKind.UNCHANGED
        return PollOutcome(feed.key, kind, counts)

    async def _parse(self, answer: Fetched) -> FeedDocument:
        return await self._worker.parse(answer.body, answer.headers, answer.final_url)

    async def _unchanged(self, feed: WatchedFeed, state: FeedState, answer: Fetched | NotModified) -> PollOutcome:
        after = after_success(state, answer, None, feed, self._clock(), self._chance)
        async with self._database.transaction() as tx:
            await self._save(tx, state, after)
        return PollOutcome(feed.key, OutcomeKind.UNCHANGED)

    async def _fail(self, feed: WatchedFeed, state: FeedState, trouble: Trouble) -> PollOutcome:
        after = after_trouble(state, trouble, feed, self._clock(), self._chance)
        async with self._database.transaction() as tx:
            await self._save(tx, state, after)
        kind = OutcomeKind.GONE if after.gone else OutcomeKind.FAILED
        return PollOutcome(feed.key, kind, problem=trouble.kind, detail=trouble.detail)

    async def _save(self, tx: Transaction, before: FeedState, after: FeedState) -> None:
        await self._states.save(tx, after)
        now = self._clock()
        if ends_incident(before, after):
            await self._problems.ended(tx, before.key, before.problem, now)
        if starts_incident(before, after):
            await self._problems.started(tx, after.key, after.problem, after.problem_detail, now)
