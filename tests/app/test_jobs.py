"""Background jobs: an error is logged and never ends them; events update index and outbox together."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import jobs as background
from bot.app.core import Core, open_core
from bot.app.jobs import run_periodically
from bot.config.settings import Settings, load
from bot.demo.blog import load_articles
from bot.models import ChannelKind
from bot.store.subscriptions import NewSubscription
from tests.limits import HANG_SECONDS
from tests.sample_drafts import article_draft

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
NOW = 1_795_000_000.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(EXAMPLE).model_copy(update={"database": tmp_path / "herald.db"})


async def test_an_error_never_ends_a_job(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the cause, and the job runs again."""
    monkeypatch.setattr(background, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(background, "MIN_DELAY_SECONDS", 0.0)
    done = asyncio.Event()
    calls = 0

    async def work() -> float:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("out of order")
        done.set()
        return NOW

    task = asyncio.create_task(run_periodically("Testing", work, lambda: NOW))
    with caplog.at_level(logging.ERROR):
        await asyncio.wait_for(done.wait(), HANG_SECONDS)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert "out of order" in caplog.text


async def test_the_search_is_warmed_up_once_the_bot_is_connected(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, its work would delay the posts that waited for the start."""
    monkeypatch.setattr(background, "WARM_UP_DELAY_SECONDS", 0.0)
    connected, warmed = asyncio.Event(), list[bool]()

    async with open_core(settings, clock=lambda: NOW) as core:

        async def warm_up() -> None:
            warmed.append(connected.is_set())

        monkeypatch.setattr(core.search, "warm_up", warm_up)
        job = asyncio.create_task(background._warm_up(core, connected))
        for _ in range(5):
            await asyncio.sleep(0)
        connected.set()
        await job

    assert warmed == [True]


async def store_first(core: Core, *, announce: bool) -> int:
    draft = replace(article_draft(load_articles()[0]), feed="blog")
    async with core.database.transaction() as tx:
        [article_id] = await core.articles.add(tx, [draft], NOW)
        await core.events.added(tx, [(article_id, draft)], NOW, announce=announce)
    return article_id


@pytest.mark.parametrize(("announce", "planned"), [(True, 1), (False, 0)])
async def test_a_new_article_is_indexed_and_planned_only_when_it_is_to_be_announced(
    settings: Settings, *, announce: bool, planned: int
) -> None:
    async with open_core(settings, clock=lambda: NOW) as core:
        await core.subscriptions.create(NewSubscription(1, 2, ChannelKind.TEXT))
        article_id = await store_first(core, announce=announce)

        answer = await core.search.search(load_articles()[0].title)

        assert [hit.article.id for hit in answer.hits] == [article_id]
        assert sum((await core.deliveries.counts()).values()) == planned


async def test_a_withdrawn_article_leaves_search_and_is_never_sent(settings: Settings) -> None:
    async with open_core(settings, clock=lambda: NOW) as core:
        await core.subscriptions.create(NewSubscription(1, 2, ChannelKind.TEXT))
        article_id = await store_first(core, announce=True)

        async with core.database.transaction() as tx:
            await core.articles.withdraw(tx, article_id, NOW)
            await core.events.withdrawn(tx, article_id, NOW)

        assert not (await core.search.search(load_articles()[0].title)).hits
        assert await core.deliveries.pending(article_id) == 0
        assert (await core.index.verify()).is_consistent


async def test_erased_words_do_not_stay_in_the_file(settings: Settings) -> None:
    """Some articles name people whose safety depends on it; free pages of the file are overwritten."""
    title = load_articles()[0].title
    async with open_core(settings, clock=lambda: NOW) as core:
        article_id = await store_first(core, announce=False)
        await core.withdraw(article_id)
        await core.erase([article_id])

    stored = settings.database.read_bytes()
    assert title.encode() not in stored
    assert title.lower().encode() not in stored
