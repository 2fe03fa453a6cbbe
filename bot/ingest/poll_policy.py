"""What a poll means for a feed's state: pure decisions, no network, no store, no clock.

Success resets errors; trouble backs off, is told once it is worth telling, and once when over.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.durations import DAY
from bot.feeds.document import FeedDocument, FeedEntry
from bot.feeds.schedule import hints_from
from bot.http.caching import freshness, retry_after_seconds
from bot.http.client import Failed, FailureKind, Fetched, NotModified
from bot.ingest.poll_schedule import next_check, next_try, stored_schedule
from bot.store.feeds import FeedState

MOVES_TO_BELIEVE = 3
MISSING_PATIENCE = 3 * DAY
ERRORS_TO_TELL = 3
ERRORS_TO_START_OVER = 3


class Problem(StrEnum):
    """Kinds of trouble beside `FailureKind`."""

    GONE = "gone"  # 410: not asked again
    NOT_A_FEED = "not_a_feed"
    POISON = "poison"  # cannot be parsed within time and memory; quarantined until it changes
    ERROR = "error"  # our own


PROBLEM_KINDS = (*(kind.value for kind in FailureKind), *(kind.value for kind in Problem))
TOLD_AT_ONCE = frozenset(
    {*Problem, FailureKind.FORBIDDEN, FailureKind.TOO_LARGE, FailureKind.REDIRECT}
)  # what does not pass by itself


@dataclass(frozen=True, slots=True)
class WatchedFeed:
    """A feed as the operator wants it watched; `every` in seconds."""

    key: str
    url: str
    every: float = 1_800.0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """When new articles wait for a moderator, and how long an announcement waits for its page."""

    flood_articles: int = 5
    flood_age: float = 14 * DAY
    page_wait: float = 60.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a poll gave nothing."""

    kind: str
    detail: str
    retry_after: float | None = None


def trouble_of(failed: Failed) -> Trouble:
    """A failed request as trouble."""
    return Trouble(failed.kind.value, failed.detail, failed.retry_after)


def after_success(
    state: FeedState,
    answer: Fetched | NotModified,
    document: FeedDocument | None,
    feed: WatchedFeed,
    now: float,
    chance: random.Random,
) -> FeedState:
    """The state after a good poll; `document` None: nothing changed, nothing was parsed."""
    hints = document.hints if document else hints_from(state.schedule)
    fresh = _fresh(answer.headers, state, now)
    moved = _moved(state, answer.permanent_url)
    return replace(
        moved,
        final_url=answer.final_url,
        etag=_validator(answer, "etag", state.etag),
        last_modified=_validator(answer, "last-modified", state.last_modified),
        body_hash=answer.digest if isinstance(answer, Fetched) else state.body_hash,
        next_check=next_check(now, feed.every, fresh, hints, chance),
        last_check=now,
        last_success=now,
        errors=0,
        problem="",
        problem_detail="",
        problem_since=None,
        problem_reported=False,
        schedule=stored_schedule(hints, fresh),
        initialised=True,
    )


def after_trouble(
    state: FeedState, trouble: Trouble, feed: WatchedFeed, now: float, chance: random.Random
) -> FeedState:
    """The state after a poll that gave nothing; what is known stays known."""
    errors = state.errors + 1
    since = state.problem_since if state.problem_since is not None else now
    failed = replace(
        state,
        next_check=next_try(now, feed.every, errors, trouble.retry_after, chance),
        last_check=now,
        errors=errors,
        problem=_kind_to_keep(state, trouble),
        problem_detail=trouble.detail,
        problem_since=since,
        moved_to="",
        moved_count=0,
        gone=trouble.kind == Problem.GONE,
    )
    told = state.problem_reported or _is_worth_telling(failed, now)
    return _start_over(replace(failed, problem_reported=told))


def starts_incident(before: FeedState, after: FeedState) -> bool:
    """Whether somebody is to be told of trouble now: once an incident, and again when it is final."""
    return after.problem_reported and (not before.problem_reported or (after.gone and not before.gone))


def ends_incident(before: FeedState, after: FeedState) -> bool:
    """Whether somebody is to be told that an incident is over: all is well, or it has become final."""
    return before.problem_reported and (not after.problem_reported or (after.gone and not before.gone))


def choose_announcements(
    new: Sequence[FeedEntry], *, primed: bool, limits: Limits, now: float
) -> tuple[frozenset[str], frozenset[str]]:
    """Keys of new entries to announce, and of those to hold for a moderator.

    The first good poll of a feed does neither. Too many at once are held together, old ones alone.
    """
    keys = frozenset(entry.key for entry in new)
    if not primed:
        return frozenset(), frozenset()
    if len(new) > limits.flood_articles:
        return frozenset(), keys
    old = frozenset(entry.key for entry in new if (entry.entry.published or now) < now - limits.flood_age)
    return keys - old, old


def _moved(state: FeedState, permanent_url: str) -> FeedState:
    if not permanent_url:
        return replace(state, moved_to="", moved_count=0)
    count = state.moved_count + 1 if permanent_url == state.moved_to else 1
    if count >= MOVES_TO_BELIEVE:
        return replace(state, address=permanent_url, moved_to="", moved_count=0)
    return replace(state, moved_to=permanent_url, moved_count=count)


def _validator(answer: Fetched | NotModified, name: str, stored: str) -> str:
    """A 304 refreshes what it names and keeps the rest; a 200 replaces all."""
    return answer.headers.get(name, stored if isinstance(answer, NotModified) else "")


def _fresh(headers: Mapping[str, str], state: FeedState, now: float) -> float:
    says = "cache-control" in headers or "expires" in headers
    fresh = freshness(headers, now) if says else float(state.schedule.get("fresh", 0.0))
    return max(fresh, retry_after_seconds(headers, now) or 0.0)


def _kind_to_keep(state: FeedState, trouble: Trouble) -> str:
    """An incident ends under the name it was told by, whatever else goes wrong meanwhile."""
    return state.problem if state.problem_reported and trouble.kind != Problem.GONE else trouble.kind


def _is_worth_telling(state: FeedState, now: float) -> bool:
    if state.problem in TOLD_AT_ONCE:
        return True
    if state.problem == FailureKind.MISSING:
        return now - (state.problem_since or now) >= MISSING_PATIENCE
    return state.errors >= ERRORS_TO_TELL


def _start_over(state: FeedState) -> FeedState:
    """A feed that moved or was found on a page, and is missing there, is looked for where it began."""
    if state.problem != FailureKind.MISSING or state.errors < ERRORS_TO_START_OVER or state.address == state.url:
        return state
    return replace(state, address=state.url, final_url="", etag="", last_modified="", body_hash="")
