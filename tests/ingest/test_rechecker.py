"""An edit is a change of the article; a withdrawal is proved twice; both are told in one transaction."""

import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.ingest.page_drafts import archived_draft
from bot.ingest.page_fetcher import PageFailed, PageMissing, PageOutcome, PageRead, PageUnchanged
from bot.ingest.rechecker import DAY, HOUR, Finding, Rechecker, interval
from bot.models import ArticleState, NewArticle, Page, Passage
from bot.store.articles import Articles
from bot.store.database import Database, Transaction
from bot.store.page_checks import PageChecks
from tests.ingest.archive_site import Heard, no_topics

URL = "https://example.org/blog/the-ferry"
START = 1_750_000_000.0
LATER = 3 * HOUR
PAGE = Page("The Ferry", published=START - 5 * DAY, language="en", passages=(Passage(0, "", "Olle unties the rope."),))
EDITED = replace(PAGE, passages=(Passage(0, "", "A man unties the rope."),))


class Asked:
    """A page reader that answers what it is told."""

    def __init__(self) -> None:
        self.answer: PageOutcome = read(PAGE)
        self.with_validators: list[tuple[str, str]] = []

    async def read(self, url: str, etag: str = "", last_modified: str = "") -> PageOutcome:
        assert url == URL
        self.with_validators.append((etag, last_modified))
        return self.answer


def read(page: Page, url: str = URL) -> PageRead:
    return PageRead(page, '"tag"', "Mon", url)


@dataclass
class World:
    database: Database
    articles: Articles
    pages: PageChecks
    reader: Asked
    heard: Heard
    rechecker: Rechecker
    now: float = START

    async def look(self, *, in_feed: bool = True) -> Finding:
        async with self.database.transaction() as tx:
            await tx.execute("UPDATE articles SET in_feed = ?", (in_feed,))
        state = await self.pages.get(1)
        assert state is not None
        return await self.rechecker.check(state)


@asynccontextmanager
async def stored(path: Path, *, body: bool = True) -> AsyncGenerator[World]:
    database, reader, heard = await Database.open(path / "h.db"), Asked(), Heard()
    articles, pages = Articles(database), PageChecks(database)
    rechecker = Rechecker(
        database, articles, pages, reader, heard, no_topics, clock=lambda: world.now, rng=random.Random(3)
    )
    world = World(database, articles, pages, reader, heard, rechecker)
    draft = archived_draft("blog", URL, PAGE, no_topics, START)
    try:
        async with database.transaction() as tx:
            await articles.add(tx, draft if body else replace(draft, body=None), START)
            await tx.execute("UPDATE articles SET page_next_check = ?", (START,))
        yield world
    finally:
        await database.close()


async def test_the_same_article_is_no_edit_however_its_page_changed(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        assert await world.look() is Finding.UNCHANGED
        assert world.heard.changed_ids == []

        await world.look()
        assert world.reader.with_validators == [("", ""), ('"tag"', "Mon")]


@pytest.mark.parametrize(
    "edited",
    [
        EDITED,
        replace(PAGE, author="Nora"),
        replace(PAGE, author_note="Nora builds boats."),
        replace(PAGE, footnotes=("*Name changed.",)),
        replace(PAGE, language="ko"),
    ],
)
async def test_any_word_that_changed_is_an_edit(tmp_path: Path, edited: Page) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = read(edited)

        assert await world.look() is Finding.EDITED
        assert world.heard.changed_ids == [1]
        assert (await world.articles.body(1)).passages == edited.passages
        assert await world.look() is Finding.UNCHANGED


async def test_the_feed_names_an_article_while_it_has_it(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = read(replace(PAGE, title="The Ferry, Corrected"))

        assert await world.look(in_feed=True) is Finding.UNCHANGED
        assert await world.look(in_feed=False) is Finding.EDITED


async def test_a_page_that_could_not_be_had_before_completes_the_article(tmp_path: Path) -> None:
    async with stored(tmp_path, body=False) as world:
        world.reader.answer = PageFailed("timeout")
        assert await world.look() is Finding.FAILED
        world.reader.answer = read(PAGE)

        assert await world.look() is Finding.EDITED
        assert (await world.articles.body(1)).passages == PAGE.passages
        assert world.reader.with_validators == [("", ""), ("", "")]


async def test_gone_from_feed_and_page_twice_some_hours_apart_is_withdrawn(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = PageMissing(404)
        assert await world.look(in_feed=False) is Finding.MISSING
        world.now += LATER - 1
        assert await world.look(in_feed=False) is Finding.MISSING
        world.now += 1
        assert await world.look(in_feed=False) is Finding.WITHDRAWN

        article = await world.articles.get(1)
        assert article is not None
        assert (article.state, article.title, article.summary) == (ArticleState.WITHDRAWN, "", "")
        assert (await world.articles.body(1)).passages == ()
        assert world.heard.withdrawn_ids == [1]
        assert await world.look() is Finding.WITHDRAWN
        assert world.heard.withdrawn_ids == [1]


async def test_an_article_that_its_feed_still_has_is_not_withdrawn(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = PageMissing(410)
        for _ in range(5):
            assert await world.look(in_feed=True) is Finding.MISSING
            world.now += LATER


async def test_a_page_that_returns_begins_the_proof_anew(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        for answer, finding in (
            (PageMissing(404), Finding.MISSING),
            (PageUnchanged(), Finding.UNCHANGED),
            (PageMissing(404), Finding.MISSING),
        ):
            world.reader.answer = answer
            assert await world.look(in_feed=False) is finding
            world.now += LATER


async def test_trouble_proves_nothing_and_waits_longer_each_time(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = PageFailed("status", "500")
        waits: list[float] = []
        for _ in range(12):
            assert await world.look(in_feed=False) is Finding.FAILED
            state = await world.pages.get(1)
            assert state is not None
            assert state.next_check is not None
            waits.append(state.next_check - world.now)
        assert waits[0] < waits[2] < waits[5]
        assert max(waits) <= DAY * 1.1


async def test_another_page_in_its_place_is_neither_edit_nor_withdrawal(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.reader.answer = read(replace(EDITED, title="All our articles"), "https://example.org/blog")
        assert await world.look(in_feed=False) is Finding.FAILED

        world.reader.answer = read(EDITED, "https://example.org/news/the-ferry")
        assert await world.look(in_feed=False) is Finding.EDITED


async def test_due_pages_are_looked_at_and_the_next_instant_is_told(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        following = await world.rechecker.check_due()

        assert len(world.reader.with_validators) == 1
        assert 6 * HOUR <= following - START <= 6 * HOUR * 1.1
        assert await world.rechecker.check_due() == following
        assert len(world.reader.with_validators) == 1


class Failing(Heard):
    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:  # noqa: ARG002
        raise StoppedError


class StoppedError(Exception):
    """What an event fails with."""


async def test_an_event_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with stored(tmp_path) as world:
        world.rechecker._events = Failing()
        world.reader.answer = read(EDITED)
        with pytest.raises(StoppedError):
            await world.look()

        assert (await world.articles.body(1)).passages == PAGE.passages
        state = await world.pages.get(1)
        assert state is not None
        assert state.etag == ""


def test_looks_thin_out_with_age() -> None:
    ages = [0.0, DAY, 3 * DAY, 30 * DAY, 200 * DAY, 2_000 * DAY]

    assert [interval(age) / HOUR for age in ages] == [1, 1, 6, 24, 168, 336]
