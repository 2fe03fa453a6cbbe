"""Importing a file again: unchanged fields and fields that a file cannot contain are kept."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.app.core import Core, open_core
from bot.config.settings import Settings
from bot.demo.blog import load_articles
from bot.ingest.dedupe import diff_entries
from bot.models import Article, ChannelKind, NewArticle
from bot.portability.importer import BATCH, ImportReport, import_articles
from bot.portability.json_lines import article_line
from bot.store.identities import Identities
from bot.store.subscriptions import NewSubscription
from tests.conftest import NOW
from tests.sample_drafts import article_draft

FIRST = replace(article_draft(load_articles()[0]), feed="blog", reading_minutes=7)


@pytest.fixture
async def core(settings: Settings) -> AsyncIterator[Core]:
    async with open_core(settings, clock=lambda: NOW) as opened:
        yield opened


async def announced(core: Core, draft: NewArticle = FIRST) -> Article:
    """An article with a pending delivery."""
    await core.subscriptions.create(NewSubscription(1, 2, ChannelKind.TEXT))
    async with core.database.transaction() as tx:
        [article_id] = await core.articles.add(tx, [draft], NOW)
        await core.events.added(tx, [(article_id, draft)], NOW, announce=True)
    return await read(core, article_id)


async def read(core: Core, article_id: int) -> Article:
    article = await core.articles.get(article_id)
    assert article is not None
    return article


async def line_of(core: Core, article: Article, **changes: Any) -> str:
    """The article as an export writes it, with changes; None leaves a field out."""
    record = json.loads(article_line(article, await core.articles.body(article.id))) | changes
    return json.dumps({field: value for field, value in record.items() if value is not None})


async def bring_in(core: Core, *lines: str, dry_run: bool = False) -> ImportReport:
    return await import_articles(core, lines, "blog", lambda _: None, dry_run=dry_run)


async def wanted(core: Core) -> int:
    """The hash that the outbox wants the post to show."""
    row = await core.database.one("SELECT desired_hash FROM deliveries")
    assert row is not None
    return row["desired_hash"]


async def test_an_imported_article_is_not_taken_for_one_that_has_left_its_feed(core: Core) -> None:
    record = {"url": FIRST.url, "title": FIRST.title, "published": "2026-01-01"}

    assert (await bring_in(core, json.dumps(record))).added == 1

    known = await Identities(core.database).known("blog", [])
    assert diff_entries([], known).unlisted == ()


async def test_an_export_that_comes_back_changes_nothing(core: Core) -> None:
    """Neither fields that are not exported (picture, notes, links) nor posts."""
    article = await announced(core)
    body, shown = await core.articles.body(article.id), await wanted(core)
    assert article.image is not None
    assert body.links

    report = await bring_in(core, await line_of(core, article))

    assert (report.added, report.updated, report.kept) == (0, 0, 1)
    assert await read(core, article.id) == article
    assert await core.articles.body(article.id) == body
    assert await wanted(core) == shown


async def test_an_interrupted_import_keeps_what_it_reported_and_is_finished_by_another(core: Core) -> None:
    """What was reported is stored and found; the other import adds the rest, in between known and changed articles."""
    lines = [
        json.dumps({"url": f"https://example.org/{at}", "title": f"Story {at}", "body": f"Of river{at}.", "topics": []})
        for at in range(2 * BATCH + 10)
    ]
    reported: list[int] = []

    def interrupted() -> Iterator[str]:
        yield from lines[: BATCH + 10]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_articles(core, interrupted(), "blog", reported.append)

    assert reported == [BATCH]
    assert await core.articles.count() == BATCH
    assert (await core.search.search(f"river{BATCH - 1}")).hits

    changed = json.dumps({"url": "https://example.org/7", "title": "Another story"})
    report = await bring_in(core, *lines[:7], changed, *lines[8:])

    assert (report.added, report.updated, report.kept) == (BATCH + 10, 1, BATCH - 1)
    assert await core.articles.count() == len(lines)
    assert (await core.search.search(f"river{BATCH + 5}")).hits[0].article.title == f"Story {BATCH + 5}"
    assert (await core.search.suggest_titles("another"))[0].label == "Another story"
    assert (await core.index.verify()).is_consistent


async def test_a_field_missing_from_a_line_is_kept(core: Core) -> None:
    """A line with only an address and a title changes only the title."""
    article = await announced(core)
    nothing = dict.fromkeys(("author", "published", "language", "summary", "body", "topics"))

    report = await bring_in(core, await line_of(core, article, title="Another title", **nothing))

    assert report.updated == 1
    assert await read(core, article.id) == replace(article, title="Another title")


async def test_a_new_text_keeps_the_picture(core: Core) -> None:
    article = await announced(core)

    report = await bring_in(core, await line_of(core, article, body="## New\n\nAll of it is new."))

    body = await core.articles.body(article.id)
    assert report.updated == 1
    assert [(passage.heading, passage.text) for passage in body.passages] == [("New", "All of it is new.")]
    assert (await read(core, article.id)).image == article.image
    assert (await core.search.search("all of it is new")).hits


async def test_a_withdrawn_article_stays_withdrawn(core: Core) -> None:
    """A file from before the withdrawal restores none of its words, not even in the search index."""
    article = await announced(core)
    line = await line_of(core, article)
    async with core.database.transaction() as tx:
        await core.articles.withdraw(tx, article.id, NOW)
        await core.events.withdrawn(tx, article.id, NOW)

    report = await bring_in(core, line)

    assert (report.withdrawn, report.updated) == (1, 0)
    assert (await read(core, article.id)).title == ""
    assert not await core.search.suggest_titles(article.title)
    assert (await core.index.verify()).is_consistent


@pytest.mark.parametrize("guid", ["https://example.org/old-address", "https://www.example.org/old-address/"])
async def test_an_address_that_is_the_guid_of_an_article_is_that_article(core: Core, guid: str) -> None:
    """Its feed has kept the guid, and a file the address, from before it moved; a withdrawn one does not come back."""
    article = await announced(core)
    async with core.database.transaction() as tx:
        await tx.execute("INSERT INTO identities (feed, identity, article) VALUES ('blog', ?, ?)", (guid, article.id))
    line = json.dumps({"url": guid, "title": "Another title"})

    assert (await bring_in(core, line)).updated == 1
    assert (await read(core, article.id)).title == "Another title"

    await core.withdraw(article.id)
    await core.erase([article.id])

    assert (await bring_in(core, line)).withdrawn == 1
    assert await core.articles.count() == 0


async def test_a_dry_run_reports_the_same_and_stores_nothing(core: Core) -> None:
    article = await announced(core)
    lines = (await line_of(core, article, title="Another"), '{"url": "https://example.org/new", "title": "New"}')

    report = await bring_in(core, *lines, dry_run=True)

    assert (report.added, report.updated) == (1, 1)
    assert await core.articles.count() == 1
    assert await read(core, article.id) == article
