"""Polls feeds: fetches, parses and passes the result to `PollWriter`.

It calls things in order and decides nothing: `dedupe` decides what is new, `poll_policy` what a
poll means and when the next one is.
"""

import asyncio
import logging
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from bot.durations import DAY
from bot.feeds.document import FeedDocument
from bot.http.client import Failed, Fetched, FetchRequest, FetchResult, Gone, HttpClient, NotModified
from bot.ingest.poll_policy import PollError, PollErrorKind, WatchedFeed, after_error, after_success
from bot.ingest.poll_writer import Counts, PollWriter
from bot.store.database import Database
from bot.store.feeds import Feeds, FeedState
from bot.urls import origin
from bot.worker.pool import ParseFailedError, ParseWorker

log = logging.getLogger(__name__)

ROUND_TIMEOUT_SECONDS = 5.0  # a round of polls waits for slow feeds; they continue in the background
RETRY_SECONDS = 60.0
FULL_READ_SECONDS = DAY  # some servers answer 304 for ever, so a feed is requested without validators once in this time
MAX_CONCURRENT = 20
NOTHING = Counts()


class OutcomeKind(StrEnum):
    """The kind of result of a poll."""

    UNCHANGED = "unchanged"
    UPDATED = "updated"
    FAILED = "failed"
    GONE = "gone"


# Most polls change nothing, and a log that says so every half hour hides what it has to say.
LOG_LEVELS = {OutcomeKind.UNCHANGED: logging.DEBUG, OutcomeKind.FAILED: logging.WARNING}


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """The result of a poll; `problem` and `detail` say why it failed."""

    feed: str
    kind: OutcomeKind
    counts: Counts = NOTHING
    problem: str = ""
    detail: str = ""


class FeedPoller:
    """Polls feeds whose states exist (see `Feeds.sync`). `clock` gives unix seconds, `rng` spreads the polls."""

    def __init__(
        self,
        database: Database,
        feeds: Sequence[WatchedFeed],
        http: HttpClient,
        worker: ParseWorker,
        writer: PollWriter,
        *,
        clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        self._feeds = {feed.key: feed for feed in feeds}
        self._states = Feeds(database)
        self._http, self._worker, self._writer = http, worker, writer
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - spreads polls, guards nothing
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._feed_locks = {key: asyncio.Lock() for key in self._feeds}
        self._concurrency = asyncio.Semaphore(MAX_CONCURRENT)
        self._poison: dict[str, str] = {}
        self._paused: dict[str, float] = {}

    async def close(self) -> None:
        """Cancels polls in progress; what they had not stored is polled again."""
        polls = list(self._polls.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)

    async def poll_due(self) -> float:
        """Polls every feed that is due and returns the instant of the next due poll.

        A slow feed continues in the background and delays no other.
        """
        now = self._clock()
        for key, due in (await self._due()).items():
            if due <= now and key not in self._polls:
                self._polls[key] = asyncio.create_task(self._poll_safely(key), name=f"poll {key}")
        if self._polls:
            await asyncio.wait(list(self._polls.values()), timeout=ROUND_TIMEOUT_SECONDS)
        waiting = [due for key, due in (await self._due()).items() if key not in self._polls]
        under_way = [self._clock() + ROUND_TIMEOUT_SECONDS] if self._polls else []
        return min([*waiting, *under_way], default=self._clock() + RETRY_SECONDS)

    async def poll(self, feed_key: str) -> PollOutcome:
        """Polls one feed now, due or not. Raises KeyError for a feed that is not configured."""
        feed = self._feeds[feed_key]
        async with self._feed_locks[feed_key], self._concurrency:
            state = await self._state_of(feed_key)
            if state.gone:
                return PollOutcome(feed_key, OutcomeKind.GONE, problem=state.problem, detail=state.problem_detail)
            outcome = await self._poll(feed, state)
        figures = [f"{count} {name}" for name, count in asdict(outcome.counts).items() if count]
        said = ", ".join(part for part in (outcome.kind.value, *figures, outcome.detail) if part)
        log.log(LOG_LEVELS.get(outcome.kind, logging.INFO), "feed %s: %s", feed_key, said)
        return outcome

    async def _state_of(self, key: str) -> FeedState:
        return await self._states.get(key) or FeedState(key, self._feeds[key].url, self._feeds[key].url)

    async def _due(self) -> dict[str, float]:
        return {
            state.key: max(state.next_check, self._paused.get(state.key, 0.0))
            for state in await self._states.all()
            if state.key in self._feeds and not state.gone
        }

    async def _poll_safely(self, key: str) -> None:
        try:
            await self.poll(key)
            self._paused.pop(key, None)
        except sqlite3.Error:
            log.exception("feed %s: entries could not be stored", key)
            self._paused[key] = self._clock() + RETRY_SECONDS
        except Exception:
            # A bug that one feed triggers must not end the polling of the others.
            log.exception("feed %s: polling failed", key)
            self._paused[key] = self._clock() + RETRY_SECONDS
            await self._fail(self._feeds[key], await self._state_of(key), PollError(PollErrorKind.ERROR, "see the log"))
        finally:
            self._polls.pop(key, None)

    async def _poll(self, feed: WatchedFeed, state: FeedState) -> PollOutcome:
        answer = await self._fetch(state)
        if isinstance(answer, Failed):
            return await self._fail(feed, state, answer)
        if isinstance(answer, Gone):
            gone = PollError(PollErrorKind.GONE, f"{answer.final_url} answers that the feed is gone for good (410)")
            return await self._fail(feed, state, gone)
        if isinstance(answer, NotModified) or (answer.digest == state.body_hash and state.initialised):
            after = after_success(state, answer, None, feed, self._clock(), self._rng)
            await self._writer.save_state(state, after)
            return PollOutcome(feed.key, OutcomeKind.UNCHANGED)
        if self._poison.get(feed.key) == answer.digest:
            return await self._fail(feed, state, PollError(PollErrorKind.POISON, state.problem_detail))
        try:
            document = await self._worker.parse(answer.body, answer.headers, answer.final_url, feed.time_zone)
            answer = replace(answer, body=b"")  # megabytes that need not stay while the entries are stored
            return await self._read(feed, state, answer, document)
        except ParseFailedError as error:
            kind = PollErrorKind.ERROR if error.kind == "busy" else PollErrorKind.POISON
            if kind is PollErrorKind.POISON:
                self._poison[feed.key] = answer.digest
            return await self._fail(feed, state, PollError(kind, str(error)))

    async def _fetch(self, state: FeedState) -> FetchResult:
        is_full = self._clock() - (state.last_read or 0.0) >= FULL_READ_SECONDS
        request = FetchRequest(
            state.address,
            "" if is_full else state.etag,
            "" if is_full else state.last_modified,
            trusted=origin(state.address) == origin(state.url),
            validators_of=state.final_url,
        )
        return await self._http.fetch(request)

    async def _read(self, feed: WatchedFeed, state: FeedState, answer: Fetched, document: FeedDocument) -> PollOutcome:
        """Stores a document; from a web page it follows the feed that the page names, once."""
        if not document.version and document.alternates:
            state = replace(state, address=document.alternates[0], final_url="", etag="", last_modified="")
            found = await self._fetch(state)
            if isinstance(found, Failed):
                return await self._fail(feed, state, found)
            if isinstance(found, Fetched):
                document = await self._worker.parse(found.body, found.headers, found.final_url, feed.time_zone)
                answer = found = replace(found, body=b"")  # as in `_poll`
        if document.malformed or not document.version:
            detail = "the document is broken" if document.malformed else "the answer is no feed"
            error = PollError(PollErrorKind.NOT_A_FEED, detail)
            return await self._fail(feed, replace(state, address=state.url), error)
        if document.dropped and not document.entries:
            detail = f"{document.dropped} entries have no address that can be opened"
            return await self._fail(feed, state, PollError(PollErrorKind.NO_ADDRESS, detail))
        if document.left_out:
            log.warning("feed %s: too large, its oldest %d entries are left out", feed.key, document.left_out)
        after = after_success(state, answer, document, feed, self._clock(), self._rng)
        counts = await self._writer.apply(feed, document, state, after)
        kind = OutcomeKind.UPDATED if counts != NOTHING else OutcomeKind.UNCHANGED
        return PollOutcome(feed.key, kind, counts)

    async def _fail(self, feed: WatchedFeed, state: FeedState, error: PollError | Failed) -> PollOutcome:
        after = after_error(state, error, feed, self._clock(), self._rng)
        await self._writer.save_state(state, after)
        kind = OutcomeKind.GONE if after.gone else OutcomeKind.FAILED
        return PollOutcome(feed.key, kind, problem=error.kind, detail=error.detail)
