"""What goes on by itself while the bot runs: watching, re-checking, upkeep. One fault never ends a loop."""

import asyncio
import gc
import hashlib
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence

from bot.app.core import Core
from bot.app.ingestion import Web
from bot.models import Topic
from bot.store.articles import Articles
from bot.store.database import Database, Transaction
from bot.store.key_value import KeyValueStore
from bot.topics import FINGERPRINT, Classifier

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.001
SHORTEST_NAP = 0.05
PAGES_NAP = 5.0  # a poll may make pages due, and a missing page a poll, long before the last check said so
LONGEST_NAP = 3_600.0
AFTER_FAULT = 30.0
UPKEEP_SECONDS = 6 * 3_600.0
FIRST_POLL_SECONDS = 60.0  # until a new installation looks again whether its feeds had their first poll
STEPS_TOLD = 1_000


def favour_the_loop() -> None:
    """Keeps the interpreter from holding up the event loop; to be called when all is open.

    What the start made leaves the garbage collector's sight: looking through it stops all for
    30 ms. A thread at work (searching, indexing) gives way after 1 ms in place of 5.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


async def keep_doing(
    what: str, work: Callable[[], Awaitable[float]], clock: Callable[[], float], longest: float = LONGEST_NAP
) -> None:
    """Does `work` until cancelled, at the instant it gives each time or `longest` seconds later at most."""
    while True:
        try:
            following = await work()
        except Exception:  # the boundary of a loop that must not end; the cause is in the log
            log.exception("%s met a fault; it goes on in %.0f s.", what, AFTER_FAULT)
            following = clock() + AFTER_FAULT
        await asyncio.sleep(min(max(following - clock(), SHORTEST_NAP), longest))


async def keep_watching(core: Core, web: Web, wake: Callable[[], None]) -> None:
    """Polls feeds and re-checks pages until cancelled; `wake` is called when there may be something to send."""
    await asyncio.gather(
        keep_doing("Watching feeds", _then(web.watcher.poll_due, wake), core.clock, PAGES_NAP),
        keep_doing("Re-checking pages", _then(web.rechecker.check_due, wake), core.clock, PAGES_NAP),
        keep_doing("Upkeep", lambda: _upkeep(core, web), core.clock, UPKEEP_SECONDS),
    )


def _then(work: Callable[[], Awaitable[float]], wake: Callable[[], None]) -> Callable[[], Awaitable[float]]:
    async def both() -> float:
        following = await work()
        wake()
        return following

    return both


async def _upkeep(core: Core, web: Web) -> float:
    """Index and topics follow the program and the configuration; the archive comes in once."""
    await core.search.warm_up()
    await core.search.rebuild_if_needed(_telling("search index"))
    changed = await reclassify_if_needed(
        core.database, core.settings.topics, KeyValueStore(core.database, core.clock), core.search.reindex
    )
    if changed:
        log.info("The taxonomy changed: %d articles have other topics now.", changed)
    if expired := await web.watcher.expire_holds():
        log.info("holds that nobody decided ended: %d", expired)
    if core.settings.watch.backfill:
        for report in await web.backfill.run_configured():
            log.info("Older articles: %d brought in, %d known.", report.progress.added, report.progress.known)
        if await web.backfill.awaits_first_poll():
            return core.clock() + FIRST_POLL_SECONDS
    return core.clock() + UPKEEP_SECONDS


def _telling(what: str) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        if done % STEPS_TOLD == 0 or done == total:
            log.info("Bringing the %s up to date: %d of %d.", what, done, total)

    return tell


async def reclassify_if_needed(
    database: Database,
    topics: Sequence[Topic],
    kept: KeyValueStore,
    changed: Callable[[Transaction, int], Awaitable[None]],
) -> int:
    """Classifies every article anew when the taxonomy is not the one of the last time; gives how many changed.

    Works in short transactions beside everything else. `changed(tx, article_id)` is called in the
    transaction that gave an article other topics, so that the search index can follow.
    """
    fingerprint = hashlib.sha256(repr(tuple(topics)).encode("utf-8", "surrogatepass")).hexdigest()
    if await kept.get(FINGERPRINT) == fingerprint:
        return 0
    classifier, articles, count = Classifier(topics), Articles(database), 0
    async for article in articles.stream():
        body = await articles.body(article.id)
        now = classifier.classify(article.title, article.summary, body)
        if now != article.topics or now:  # names of topics are indexed too, and may be what changed
            async with database.transaction() as tx:
                await articles.set_topics(tx, article.id, now)
                await changed(tx, article.id)
            count += now != article.topics
    await kept.put(FINGERPRINT, fingerprint)
    return count
