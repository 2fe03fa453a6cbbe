"""Decides what a poll means for a feed's state and its entries, and when the next one is. Pure.

A success resets errors; an error backs off, and is reported once at its start and once at its end.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.durations import DAY, HOUR, MINUTE, backoff
from bot.feeds.document import Entry, FeedDocument, FeedHints
from bot.http.caching import freshness, retry_after_seconds
from bot.http.client import Failed, FailureKind, Fetched, NotModified
from bot.ingest.dedupe import EntryDiff
from bot.ingest.page_fetcher import PageAnswer
from bot.store.feeds import FeedState, WaitingEntry, WaitReason

LONGEST_WAIT = DAY
LONGEST_SKIP = 3 * DAY  # a weekend and a holiday; a feed that skips more than that is ignored
SHORTEST_BACKOFF = MINUTE
JITTER = 0.1
REDIRECTS_TO_TRUST = 3
REPORT_MISSING_AFTER_SECONDS = 3 * DAY
ERRORS_TO_REPORT = 3
ERRORS_TO_START_OVER = 3
CLOCK_SKEW_SECONDS = 600.0
MAX_SCHEDULE_SECONDS = 366 * DAY
MAX_WAIT_FOR_PAGE_SECONDS = DAY
# A server that answers 410 by mistake would end a feed for ever.
GONE_ANSWERS, GONE_SECONDS = 3, 6 * HOUR


class PollErrorKind(StrEnum):
    """Kinds of errors beside `FailureKind`."""

    GONE = "gone"  # 410; not asked again once it is confirmed
    NOT_A_FEED = "not_a_feed"
    POISON = "poison"  # cannot be parsed within time and memory; quarantined until it changes
    NO_ADDRESS = "no_address"  # none of its entries has an address
    ERROR = "error"  # a bug


PROBLEM_KINDS = (*(kind.value for kind in FailureKind), *(kind.value for kind in PollErrorKind))
REPORT_AT_ONCE = frozenset(  # errors that do not end by themselves
    {*PollErrorKind, FailureKind.FORBIDDEN, FailureKind.TOO_LARGE, FailureKind.REDIRECT}
)


@dataclass(frozen=True, slots=True)
class WatchedFeed:
    """A feed to poll; `every` in seconds."""

    key: str
    url: str
    every: float = 1_800.0
    language: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """When new articles are held for a moderator, and how long an announcement waits for its page."""

    hold_articles: int
    hold_age: float
    page_timeout: float


@dataclass(frozen=True, slots=True)
class PollError:
    """Why a poll failed."""

    kind: str
    detail: str
    retry_after: float | None = None


def after_success(
    state: FeedState,
    answer: Fetched | NotModified,
    document: FeedDocument | None,
    feed: WatchedFeed,
    now: float,
    rng: random.Random,
) -> FeedState:
    """The state after a successful poll; `document` None: nothing changed, nothing was parsed."""
    says = "cache-control" in answer.headers or "expires" in answer.headers
    fresh = freshness(answer.headers, now) if says else state.hints.fresh
    fresh = max(fresh, retry_after_seconds(answer.headers, now) or 0.0)
    hints = replace(document.hints if document else state.hints, fresh=fresh)
    truncated = document is not None and document.truncated
    # A permanent redirect is followed for good once several polls in a row were redirected to the same address.
    moved_to, moved_count, address = answer.permanent_url, 0, state.address
    if moved_to:
        moved_count = state.moved_count + 1 if moved_to == state.moved_to else 1
        if moved_count >= REDIRECTS_TO_TRUST:
            moved_to, moved_count, address = "", 0, moved_to
    return replace(
        state,
        address=address,
        moved_to=moved_to,
        moved_count=moved_count,
        final_url=answer.final_url,
        # Of a truncated document no validators are kept, so that the next response is not a 304.
        etag="" if truncated else _validator(answer, "etag", state.etag),
        last_modified="" if truncated else _validator(answer, "last-modified", state.last_modified),
        body_hash="" if truncated else answer.digest if isinstance(answer, Fetched) else state.body_hash,
        last_read=now if isinstance(answer, Fetched) else state.last_read,
        next_check=next_check(now, feed.every, hints, rng),
        last_check=now,
        last_success=now,
        errors=0,
        problem="",
        problem_detail="",
        problem_since=None,
        problem_reported=False,
        hints=hints,
        initialised=True,
        gone_answers=0,
        gone_since=None,
    )


def after_error(
    state: FeedState, error: PollError | Failed, feed: WatchedFeed, now: float, rng: random.Random
) -> FeedState:
    """The state after a failed poll.

    The first 410 is followed by two further checks; when they agree, the feed is not asked again.
    """
    errors = state.errors + 1
    since = state.problem_since if state.problem_since is not None else now
    answers, gone_since, wait = state.gone_answers, state.gone_since, error.retry_after
    if error.kind == PollErrorKind.GONE:
        answers, wait = answers + 1, GONE_SECONDS / (GONE_ANSWERS - 1)
        gone_since = now if gone_since is None else gone_since
    gone = gone_since is not None and answers >= GONE_ANSWERS and now - gone_since >= GONE_SECONDS
    gone = gone and error.kind == PollErrorKind.GONE
    failed = replace(
        state,
        next_check=next_try(now, feed.every, errors, wait, rng),
        last_check=now,
        errors=errors,
        # An incident keeps the kind it was reported with, whatever else fails before its end.
        problem=state.problem if state.problem_reported and not gone else error.kind,
        problem_detail=error.detail,
        problem_since=since,
        moved_to="",
        moved_count=0,
        gone=gone,
        gone_answers=answers,
        gone_since=gone_since,
    )
    failed = replace(failed, problem_reported=state.problem_reported or _should_report(failed, now))
    if failed.problem == FailureKind.MISSING and errors >= ERRORS_TO_START_OVER and failed.address != failed.url:
        # It moved, or was found on a page, and is missing there: back to its configured address.
        return replace(failed, address=failed.url, final_url="", etag="", last_modified="", body_hash="")
    return failed


def next_check(now: float, every: float, hints: FeedHints, rng: random.Random) -> float:
    """The instant of the next poll after a success.

    The longest of the operator's interval, the server's freshness and the feed's ttl, at most a
    day (or the interval, when that is longer), then moved out of the hours and days to skip.
    """
    longest = max(LONGEST_WAIT, every)
    at = now + _later(min(max(every, hints.fresh, hints.ttl), longest), longest, rng)
    moment, skipped = datetime.fromtimestamp(at, UTC), 0.0
    while moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days:
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        skipped += HOUR
        if skipped > LONGEST_SKIP:
            return at
    return moment.timestamp() + 10 * MINUTE * rng.random() if skipped else at


def next_try(now: float, every: float, errors: int, retry_after: float | None, rng: random.Random) -> float:
    """The instant of the next poll after `errors` failures in a row.

    `Retry-After` is obeyed between a minute and a day; otherwise the delay doubles with each failure,
    up to a day.
    """
    longest = max(LONGEST_WAIT, every)
    if retry_after is not None:
        wait = max(every, min(max(retry_after, MINUTE), DAY))
    else:
        wait = backoff(errors, max(every, SHORTEST_BACKOFF), longest)
    return now + _later(min(wait, longest), longest, rng)


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """The decision about entries, by key: announced, held for a moderator, or (new ones) left waiting.

    `needs_page`: whether they are announced depends on their page. An entry in none of these is stored silently.
    """

    announce: frozenset[str] = frozenset()
    hold: frozenset[str] = frozenset()
    needs_page: frozenset[str] = frozenset()
    waiting: tuple[WaitingEntry, ...] = ()


def plan_entries(
    diff: EntryDiff, waited: Mapping[str, float], *, initialised: bool, limits: Limits, now: float
) -> EntryPlan:
    """Decides before pages are fetched. The first successful poll of a feed announces and holds nothing.

    Too many at once are held together, old ones singly; those that waited already do not count again.
    """
    if not initialised:
        return EntryPlan()
    future = frozenset(entry.key for entry in diff.new if _is_future(entry, now))
    candidates = [entry for entry in (*diff.new, *(entry for entry, _ in diff.joined)) if entry.key not in future]
    keys = frozenset(entry.key for entry in candidates)
    if sum(entry.identity not in waited for entry in candidates) > limits.hold_articles:
        return EntryPlan(hold=keys, needs_page=future)
    old = frozenset(entry.key for entry in candidates if (entry.published or now) < now - limits.hold_age)
    return EntryPlan(keys - old, old, (keys - old) | future)


def plan_with_pages(
    plan: EntryPlan,
    feed: str,
    diff: EntryDiff,
    pages: Mapping[str, PageAnswer],
    waited: Mapping[str, float],
    limits: Limits,
    now: float,
) -> EntryPlan:
    """Decides with the pages of new entries: one that is not public yet waits, an old one is held."""
    announce, hold, waiting = set(plan.announce), set(plan.hold), list[WaitingEntry]()
    for entry in diff.new:
        key, page = entry.key, pages.get(entry.key, PageAnswer(None))
        page_date = page.page.published if page.page else None
        since = waited.get(entry.identity, now)
        reason: WaitReason | None = None
        until: float | None = None
        if page.begins is not None and page.begins > now:
            reason, until = WaitReason.BROADCAST, page.begins
        elif _is_future(entry, now) and (page_date is None or page_date > now):
            reason, until = WaitReason.FUTURE, entry.published
        elif page.missing:
            reason = WaitReason.MISSING
        if reason is WaitReason.MISSING and (key not in plan.needs_page or now - since > MAX_WAIT_FOR_PAGE_SECONDS):
            reason = None
            if key in announce:
                announce.discard(key)
                hold.add(key)
        if reason is not None and key not in plan.hold:
            announce.discard(key)
            url, title = entry.url, entry.title
            waiting.append(WaitingEntry(feed, entry.identity, title, url, reason, since, until))
        elif key in plan.needs_page and key not in hold:
            old = page_date is not None and page_date < now - limits.hold_age
            (hold if old else announce).add(key)
            (announce if old else hold).discard(key)
    return EntryPlan(frozenset(announce), frozenset(hold), plan.needs_page, tuple(waiting))


def after_waiting(state: FeedState, waiting: Sequence[WaitingEntry], now: float) -> FeedState:
    """While entries wait, the next poll reads the feed in full, at the latest when the first of them is due."""
    if not waiting:
        return state
    due = min((entry.until for entry in waiting if entry.until is not None and entry.until > now), default=math.inf)
    return replace(state, etag="", last_modified="", body_hash="", next_check=min(state.next_check, due))


def _validator(answer: Fetched | NotModified, name: str, stored: str) -> str:
    """A 304 updates the validators it has and keeps the others; a 200 replaces both."""
    return answer.headers.get(name, stored if isinstance(answer, NotModified) else "")


def _should_report(state: FeedState, now: float) -> bool:
    if state.problem == PollErrorKind.GONE:
        return state.gone
    if state.problem in REPORT_AT_ONCE:
        return True
    if state.problem == FailureKind.MISSING:
        return now - (state.problem_since or now) >= REPORT_MISSING_AFTER_SECONDS
    return state.errors >= ERRORS_TO_REPORT


def _is_future(entry: Entry, now: float) -> bool:
    """Whether an entry is scheduled for later; a date more than a year ahead is a mistake, not a plan."""
    date = entry.published
    return date is not None and now + CLOCK_SKEW_SECONDS < date < now + MAX_SCHEDULE_SECONDS


def _later(wait: float, longest: float, rng: random.Random) -> float:
    return min(wait * (1 + JITTER * rng.random()), longest)
