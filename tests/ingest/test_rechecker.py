"""An edit is a change of the article; a withdrawal is confirmed twice; each is one transaction."""

import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.durations import DAY, HOUR, MINUTE
from bot.http.client import Fetched, FetchRequest
from bot.ingest.drafts import archived_draft
from bot.ingest.page_fetcher import PageFailed, PageFetcher, PageMissing, PageOutcome, PageRead, PageUnchanged
from bot.ingest.rechecker import CheckResult, Rechecker, interval, is_site_broken, round_length
from bot.models import ArticleBody, ArticleState, NewArticle, Page, Passage
from bot.store.articles import Articles
from bot.store.database import Database, Transaction
from bot.store.feeds import Feeds, FeedState
from bot.store.identities import Identities
from bot.store.page_checks import PageChecks
from tests.ingest.backfill_world import BackfillEvents, no_topics
from tests.ingest.poller_world import recording_incidents

URL, FEED = "https://example.org/blog/the-ferry", "https://example.org/rss"
START = 1_750_000_000.0
LATER = 5 * MINUTE
PAGE = Page(
    "The Ferry", published=START - 5 * DAY, language="en", body=ArticleBody((Passage(0, "", "Olle unties the rope."),))
)
EDITED = replace(PAGE, body=ArticleBody((Passage(0, "", "A man unties the rope."),)))


OK_HOME = Fetched(b"", "", {}, "https://example.org/")


class FakePages(PageFetcher):
    """A page fetcher with configured answers."""

    def __init__(self) -> None:
        self.answer: PageOutcome = read(PAGE)
        self.others: PageOutcome = PageUnchanged()
        self.home: Fetched | PageUnchanged | PageMissing | PageFailed = Fetched(b"", "", {}, "https://example.org/")
        self.with_validators: list[tuple[str, str]] = []

    async def read(self, url: str, etag: str = "", last_modified: str = "") -> PageOutcome:
        if url != URL:
            return self.others
        self.with_validators.append((etag, last_modified))
        return self.answer

    async def fetch(self, request: FetchRequest) -> Fetched | PageUnchanged | PageMissing | PageFailed:
        assert request.url == "https://example.org/"
        return self.home


def read(page: Page, url: str = URL) -> PageRead:
    return PageRead(page, '"tag"', "Mon", url)


@dataclass
class RecheckWorld:
    database: Database
    articles: Articles
    pages: PageChecks
    reader: FakePages
    events: BackfillEvents
    rechecker: Rechecker
    now: float = START

    async def look(self, *, in_feed: bool = True) -> CheckResult:
        async with self.database.transaction() as tx:
            await tx.execute("UPDATE articles SET in_feed = ?", (in_feed,))
        state = await self.pages.get(1)
        assert state is not None
        return await self.rechecker.check(state)


@asynccontextmanager
async def stored(path: Path, *, body: bool = True, others: int = 0) -> AsyncGenerator[RecheckWorld]:
    database, reader, events = await Database.open(path / "h.db"), FakePages(), BackfillEvents()
    articles, pages = Articles(database), PageChecks(database)
    rechecker = Rechecker(
        recording_incidents(database, events.problems),
        reader,
        events,
        no_topics,
        clock=lambda: world.now,
        rng=random.Random(3),
        confirm_after=LATER,
        pause=1.0,
    )
    world = RecheckWorld(database, articles, pages, reader, events, rechecker)
    draft = archived_draft("blog", URL, PAGE, no_topics, START)
    try:
        async with database.transaction() as tx:
            await articles.add(tx, [draft if body else replace(draft, body=None)], START)
            for number in range(others):
                url = f"https://example.org/blog/other-{number}"
                await articles.add(tx, [replace(draft, url=url, key=url, identity=url)], START)
            await tx.execute("UPDATE articles SET page_next_check = ?", (START,))
        yield world
    finally:
        await database.close()


async def test_an_unchanged_article_on_a_changed_page_is_no_edit(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        assert await world.look() is CheckResult.UNCHANGED
        assert world.events.changed_ids == []

        await world.look()
        assert world.reader.with_validators == [("", ""), ('"tag"', "Mon")]


@pytest.mark.parametrize(
    "edited",
    [
        EDITED,
        replace(PAGE, author="Nora"),
        replace(PAGE, author_note="Nora builds boats."),
        replace(PAGE, body=replace(PAGE.body, footnotes=("*Name changed.",))),
        replace(PAGE, language="ko"),
    ],
)
async def test_any_word_that_changed_is_an_edit(tmp_path: Path, edited: Page) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = read(edited)

        assert await world.look() is CheckResult.EDITED
        assert world.events.changed_ids == [1]
        assert (await world.articles.body(1)).passages == edited.body.passages
        assert await world.look() is CheckResult.UNCHANGED


async def test_the_feeds_title_is_used_while_the_feed_lists_the_article(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = read(replace(PAGE, title="The Ferry, Corrected"))

        assert await world.look(in_feed=True) is CheckResult.UNCHANGED
        assert await world.look(in_feed=False) is CheckResult.EDITED


async def test_a_page_fetched_later_completes_the_article(tmp_path: Path) -> None:
    async with stored(tmp_path, body=False) as world:
        world.reader.answer = PageFailed("timeout")
        assert await world.look() is CheckResult.FAILED
        world.reader.answer = read(PAGE)

        assert await world.look() is CheckResult.EDITED
        assert (await world.articles.body(1)).passages == PAGE.body.passages
        assert world.reader.with_validators == [("", ""), ("", "")]


async def test_an_article_missing_in_its_feed_and_twice_as_a_page_is_withdrawn(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = PageMissing(404)
        assert await world.look(in_feed=False) is CheckResult.MISSING
        world.now += LATER - 1
        assert await world.look(in_feed=False) is CheckResult.MISSING
        world.now += 1
        assert await world.look(in_feed=False) is CheckResult.WITHDRAWN

        article = await world.articles.get(1)
        assert article is not None
        assert (article.state, article.title, article.summary) == (ArticleState.WITHDRAWN, "", "")
        assert (await world.articles.body(1)).passages == ()
        assert world.events.withdrawn_ids == [1]
        assert await world.look() is CheckResult.WITHDRAWN
        assert world.events.withdrawn_ids == [1]


async def test_an_article_that_its_feed_still_has_is_not_withdrawn(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = PageMissing(404)
        for _ in range(5):
            assert await world.look(in_feed=True) is CheckResult.MISSING
            world.now += LATER


async def test_a_page_that_is_gone_for_good_is_withdrawn_whatever_its_feed_still_lists(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = PageMissing(410)
        assert await world.look(in_feed=True) is CheckResult.MISSING
        world.now += LATER
        assert await world.look(in_feed=True) is CheckResult.WITHDRAWN


async def test_a_missing_page_has_its_feed_polled_and_is_checked_again_within_minutes(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        feeds = Feeds(world.database)
        async with world.database.transaction() as tx:
            await feeds.save(
                tx, FeedState("blog", "https://example.org/rss", "https://example.org/rss", next_check=1e12)
            )
        world.reader.answer = PageMissing(410)
        await world.look()
        state, feed = await world.pages.get(1), await feeds.get("blog")

        assert state is not None
        assert state.next_check is not None
        assert 0 < state.next_check - world.now <= 10 * MINUTE
        assert feed is not None
        assert feed.next_check == world.now


@pytest.mark.parametrize(
    ("others", "home", "withdrawn"),
    [
        (PageUnchanged(), OK_HOME, True),
        (PageMissing(404), OK_HOME, False),
        (PageMissing(410), PageMissing(404), False),
        (PageUnchanged(), PageFailed("status", "HTTP status 500"), False),
        (PageFailed("connection"), PageFailed("connection"), False),
        (PageUnchanged(), PageFailed("robots"), True),
        (PageUnchanged(), PageMissing(404), True),  # a host that has no home page
    ],
)
async def test_a_broken_site_withdraws_nothing(
    tmp_path: Path,
    others: PageOutcome,
    home: PageMissing | PageFailed,
    withdrawn: bool,  # noqa: FBT001
) -> None:
    async with stored(tmp_path, others=10) as world:
        world.reader.answer, world.reader.others, world.reader.home = PageMissing(410), others, home
        await world.look(in_feed=False)
        world.now += LATER
        result = await world.look(in_feed=False)

        assert result is (CheckResult.WITHDRAWN if withdrawn else CheckResult.SUSPENDED)
        article = await world.articles.get(1)
        assert article is not None
        assert (article.state is ArticleState.WITHDRAWN) is withdrawn
        assert bool(world.events.problems) is not withdrawn


async def test_a_deploy_that_breaks_every_page_for_an_hour_withdraws_nothing(tmp_path: Path) -> None:
    """Every page answers 404 while the home page works; afterwards all is as before, and the incident ends."""
    async with stored(tmp_path, others=60) as world:
        world.reader.answer = world.reader.others = PageMissing(404)
        end = world.now + HOUR
        async with world.database.transaction() as tx:
            await tx.execute("UPDATE articles SET in_feed = 0, page_next_check = ?", (world.now,))
        while world.now < end:
            await world.rechecker.check_due()
            world.now += MINUTE
        live = await world.articles.count()
        world.reader.answer = world.reader.others = PageUnchanged()
        for _ in range(60):
            await world.rechecker.check_due()
            world.now += 5 * MINUTE

        assert live == 61
        assert await world.articles.count() == 61
        assert world.events.problems[0][0] == "suspended"
        assert world.events.problems[-1] == ("resumed", "example.org", "")
        missing = await world.database.one("SELECT count(*) AS n FROM articles WHERE missing_since IS NOT NULL")
        assert missing is not None
        assert missing["n"] == 0


async def test_a_site_whose_feed_still_lists_its_missing_pages_is_reported(tmp_path: Path) -> None:
    async with stored(tmp_path, others=10) as world:
        world.reader.answer = world.reader.others = PageMissing(404)
        for _ in range(12):
            async with world.database.transaction() as tx:
                await tx.execute("UPDATE articles SET page_next_check = min(page_next_check, ?)", (world.now,))
            await world.rechecker.check_due()
            world.now += LATER

        assert await world.articles.count() == 11
        assert world.events.problems[0][:2] == ("suspended", "example.org")


async def test_a_permanent_redirect_is_followed_and_the_key_stays(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        moved = "https://example.org/news/the-ferry"
        world.reader.answer = PageRead(PAGE, "", "", moved, moved)
        assert await world.look(in_feed=False) is CheckResult.EDITED
        article = await world.articles.get(1)

        assert article is not None
        assert (article.url, article.key) == (moved, URL)
        assert await Identities(world.database).known_keys([moved, URL]) == {moved: 1, URL: 1}
        assert world.events.changed_ids == [1]


async def test_one_article_can_be_checked_now(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = read(EDITED)

        assert await world.rechecker.check_now(1) is CheckResult.EDITED
        assert await world.rechecker.check_now(99) is None


@pytest.mark.parametrize("phase", [0.0, 1.0, 7.0, 59.0, 150.0, 299.0])
@pytest.mark.parametrize("corrected", [True, False])
async def test_a_young_article_is_corrected_or_withdrawn_within_ten_minutes(
    tmp_path: Path,
    phase: float,
    corrected: bool,  # noqa: FBT001
) -> None:
    """By page checks alone, with the defaults; the loop looks for due checks every five seconds."""
    async with stored(tmp_path) as world:
        async with world.database.transaction() as tx:
            await tx.execute("UPDATE articles SET published = ?, page_next_check = ?", (START - HOUR, START))
        world.now = START + 2 * HOUR
        await world.rechecker.check_due()
        world.now += phase
        world.reader.answer = read(EDITED) if corrected else PageMissing(410)
        began = world.now
        while not (world.events.changed_ids or world.events.withdrawn_ids):
            await world.rechecker.check_due()
            world.now += 5
            assert world.now - began < HOUR

        took = world.now - began
        assert took <= (5.5 if corrected else 10.75) * MINUTE
        assert bool(world.events.changed_ids) is corrected


async def test_an_archive_is_checked_in_rounds_of_a_day_however_old_its_articles_are(tmp_path: Path) -> None:
    async with stored(tmp_path, others=200) as world:
        async with world.database.transaction() as tx:
            await tx.execute("UPDATE articles SET published = ?, page_next_check = id", (START - 900 * DAY,))
        assert round_length(await world.pages.count(), 1.0) == DAY
        while (await world.pages.next_check() or 0.0) <= world.now:
            await world.rechecker.check_due()
        checks = await world.database.all("SELECT page_next_check - ? AS pause FROM articles", (world.now,))

        assert len(checks) == 201
        assert all(DAY <= row["pause"] <= 1.1 * DAY for row in checks)


@pytest.mark.parametrize(("missing", "pages", "broken"), [(3, 3, False), (4, 4, True), (4, 200, False), (5, 200, True)])
def test_more_than_three_or_two_percent_of_a_host_are_a_broken_site(missing: int, pages: int, broken: bool) -> None:  # noqa: FBT001
    assert is_site_broken(missing, pages) is broken


async def test_a_page_that_returns_restarts_the_confirmation(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        for answer, finding in (
            (PageMissing(404), CheckResult.MISSING),
            (PageUnchanged(), CheckResult.UNCHANGED),
            (PageMissing(404), CheckResult.MISSING),
        ):
            world.reader.answer = answer
            assert await world.look(in_feed=False) is finding
            world.now += LATER


async def test_failures_confirm_nothing_and_back_off(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = PageFailed("status", "500")
        waits: list[float] = []
        for _ in range(12):
            assert await world.look(in_feed=False) is CheckResult.FAILED
            state = await world.pages.get(1)
            assert state is not None
            assert state.next_check is not None
            waits.append(state.next_check - world.now)
        assert waits[0] < waits[2] < waits[5]
        assert max(waits) <= DAY * 1.1


async def test_another_page_in_its_place_is_neither_edit_nor_withdrawal(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = read(replace(EDITED, title="All our articles"), "https://example.org/blog")
        assert await world.look(in_feed=False) is CheckResult.FAILED

        world.reader.answer = read(EDITED, "https://example.org/news/the-ferry")
        assert await world.look(in_feed=False) is CheckResult.EDITED


async def test_due_pages_are_checked_and_the_next_instant_is_returned(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        following = await world.rechecker.check_due()

        assert len(world.reader.with_validators) == 1
        assert HOUR <= following - START <= HOUR * 1.1
        assert await world.rechecker.check_due() == following
        assert len(world.reader.with_validators) == 1


class Failing(BackfillEvents):
    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:  # noqa: ARG002
        raise StoppedError


class StoppedError(Exception):
    """Raised by an event."""


async def test_an_event_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.rechecker.events = Failing()
        world.reader.answer = read(EDITED)
        with pytest.raises(StoppedError):
            await world.look()

        assert (await world.articles.body(1)).passages == PAGE.body.passages
        state = await world.pages.get(1)
        assert state is not None
        assert state.etag == ""


def test_checks_become_rarer_with_age() -> None:
    ages = [0.0, DAY, 3 * DAY, 30 * DAY, 200 * DAY, 2_000 * DAY]

    assert [interval(age) / MINUTE for age in ages] == [5, 5, 60, 360, 1_440, 1_440]
    assert interval(200 * DAY, 3 * DAY) == 3 * DAY
