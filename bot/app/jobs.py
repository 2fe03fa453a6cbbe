"""Background jobs: polling feeds, checking pages, upkeep. An error in one run never ends a job."""

import asyncio
import ctypes
import gc
import hashlib
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from bot.app.core import Core
from bot.app.ingestion import Web
from bot.models import ArticleState, Topic
from bot.search.index import SearchIndex
from bot.store.key_value import KeyValueStore
from bot.store.saved_searches import SavedSearches
from bot.store.stores import Stores
from bot.topics import FINGERPRINT, Classifier

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.001
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of mallopt(3)
OWN_BLOCK_BYTES = 1_048_576
MIN_DELAY_SECONDS = 0.05
MAX_CHECK_DELAY_SECONDS = 5.0  # a poll schedules page checks, and a missing page a poll
MAX_DELAY_SECONDS = 3_600.0
RETRY_SECONDS = 30.0
RECLASSIFIED_TOGETHER = 32  # articles; other writers wait for them
ERASE_SECONDS = 60.0
FILE_CHECK_SECONDS = 20.0
UPKEEP_SECONDS = 6 * 3_600.0
WARM_UP_DELAY_SECONDS = 5.0  # posts that waited for the start go first
FIRST_POLL_SECONDS = 60.0  # delay while the feeds of a new installation have not been polled


def tune_event_loop() -> None:
    """Tunes garbage collection and thread switching for event-loop latency. Call once, after start-up.

    Freezes start-up objects out of garbage collection, whose scans pause the loop for 30 ms.
    Worker threads yield the interpreter lock after 1 ms instead of 5.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


def tune_allocator() -> None:
    """Makes glibc give back the memory of large documents. Call once, before threads start.

    By default it keeps blocks as large as the largest one freed so far, in a heap for each thread: after the
    largest feeds the process stayed at 93 MB in place of 83.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no mallopt
            libc = ctypes.CDLL(None)
            libc.mallopt(M_MMAP_THRESHOLD, OWN_BLOCK_BYTES)
            libc.mallopt(M_ARENA_MAX, 1)


async def run_periodically(
    what: str,
    work: Callable[[], Awaitable[float]],
    clock: Callable[[], float],
    longest: float = MAX_DELAY_SECONDS,
    *,
    then: Callable[[], None] = lambda: None,
) -> None:
    """Runs `work` until cancelled: next at the instant that a run returns, at most `longest` seconds later."""
    while True:
        try:
            following = await work()
            then()
        except Exception:  # the boundary of a loop that must not end
            log.exception("%s failed; retrying in %.0f s", what, RETRY_SECONDS)
            following = clock() + RETRY_SECONDS
        await asyncio.sleep(min(max(following - clock(), MIN_DELAY_SECONDS), longest))


async def run_jobs(core: Core, web: Web, wake: Callable[[], None], connected: asyncio.Event) -> None:
    """Polls feeds and checks pages until cancelled; calls `wake` when there may be something to send.

    `connected`: set once Discord has sent the first servers.
    """
    await asyncio.gather(
        run_periodically("polling feeds", web.poller.poll_due, core.clock, MAX_CHECK_DELAY_SECONDS, then=wake),
        run_periodically("checking pages", web.rechecker.check_due, core.clock, MAX_CHECK_DELAY_SECONDS, then=wake),
        run_periodically("reading sitemaps", web.sitemaps.read_due, core.clock),
        _watch_database_file(core),
        run_periodically("erasing withdrawn articles", lambda: _erase(core), core.clock, ERASE_SECONDS),
        run_periodically("upkeep", lambda: _upkeep(core, web), core.clock, UPKEEP_SECONDS),
        run_periodically("warming up the search", lambda: _warm_up(core, connected), core.clock, UPKEEP_SECONDS),
    )


async def _upkeep(core: Core, web: Web) -> float:
    """Updates index and topics after an upgrade or a changed configuration; imports older articles once."""
    await core.index.rebuild()
    kept = KeyValueStore(core.database, core.clock)
    changed = await reclassify_if_needed(core, core.settings.topics, kept, core.index)
    if changed:
        log.info("taxonomy changed: topics of %d articles updated", changed)
    await SavedSearches(core.database, core.clock).delete_expired()
    pruned = await core.retention.prune(core.clock() - core.settings.delivery.keep_settled)
    if pruned.deliveries or pruned.incidents:
        log.info("pruned %d settled deliveries and %d ended incidents", pruned.deliveries, pruned.incidents)
    if expired := await web.poll_writer.expire_holds():
        log.info("holds that nobody decided ended: %d", expired)
    if core.settings.watch.backfill:
        for report in await web.backfill.run_configured():
            log.info("backfill: %d articles imported, %d already known", report.progress.added, report.progress.known)
        if await web.backfill.awaits_first_poll():
            return core.clock() + FIRST_POLL_SECONDS
    return core.clock() + UPKEEP_SECONDS


async def _warm_up(core: Core, connected: asyncio.Event) -> float:
    await connected.wait()  # nobody can search before
    await asyncio.sleep(WARM_UP_DELAY_SECONDS)
    await core.search.warm_up()
    return core.clock() + UPKEEP_SECONDS


async def _watch_database_file(core: Core) -> None:
    """Ends the bot, and with it all sending, when the database file is no longer the one that was opened."""
    while True:
        core.database.check_file()
        await asyncio.sleep(FILE_CHECK_SECONDS)


async def _erase(core: Core) -> float:
    # Those withdrawn long enough ago; an interrupted erasure is finished.
    old = await core.withdrawals.kept(core.clock() - core.settings.delivery.erase_after)
    await core.erase([article.id for article in old])
    return core.clock() + ERASE_SECONDS


async def reclassify_if_needed(stores: Stores, topics: Sequence[Topic], kept: KeyValueStore, index: SearchIndex) -> int:
    """Classifies every article again after the taxonomy changed; returns the number of changed articles.

    Works in short transactions, each with the index of its articles.
    """
    fingerprint = hashlib.sha256(repr(tuple(topics)).encode("utf-8", "surrogatepass")).hexdigest()
    if await kept.get(FINGERPRINT) == fingerprint:
        return 0
    classifier, count = Classifier(topics), 0
    ids = [article.id async for article in stores.articles.stream()]
    for start in range(0, len(ids), RECLASSIFIED_TOGETHER):
        async with stores.database.transaction() as tx:
            stored = await stores.articles.stored(ids[start : start + RECLASSIFIED_TOGETHER], tx)
            live = [(article, body) for article, body in stored.values() if article.state is ArticleState.LIVE]
            # Made on another thread: long articles would hold up the event loop.
            each = (classifier(article.title, article.summary, body) for article, body in live)
            found = await asyncio.to_thread(list, each)
            # Names of topics are indexed too, and may have changed.
            pairs = [(article, now) for (article, _), now in zip(live, found, strict=True) if now or article.topics]
            await stores.articles.set_topics(tx, {article.id: now for article, now in pairs})
            await index.reindex(tx, *(article.id for article, _ in pairs))
        count += sum(now != article.topics for article, now in pairs)
    await kept.put(FINGERPRINT, fingerprint)
    return count
