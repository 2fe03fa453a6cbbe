"""A week in which nothing happens leaves nothing in the log."""

import logging
from pathlib import Path

import pytest

from bot.app.core import open_core
from bot.app.ingestion import open_web
from bot.app.jobs import _erase, _upkeep
from bot.config.settings import FeedSettings, load
from bot.demo.blog import load_articles
from bot.demo.server import SampleBlog, served
from bot.durations import DAY

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
START = 1_795_000_000.0
FIRST_DAY, WEEK = DAY, 7 * DAY


async def test_a_quiet_week_is_not_logged_beyond_its_first_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every poll, page check, sitemap, upkeep and erasure of the week is run, at the instants they ask for."""
    now, runs = START, 0
    example = load(EXAMPLE)
    async with served(SampleBlog(load_articles(), clock=lambda: START)) as base:
        settings = example.model_copy(
            update={
                "database": tmp_path / "herald.db",
                "feeds": [FeedSettings(key="blog", name="Blog", url=f"{base}/blog/rss.xml", language="en")],
                "watch": example.watch.model_copy(update={"page_delay": 0.0}),
            }
        )
        async with open_core(settings, clock=lambda: now) as core, open_web(core) as web:
            jobs = {
                "poll": web.poller.poll_due,
                "check": web.rechecker.check_due,
                "sitemaps": web.sitemaps.read_due,
                "erase": lambda: _erase(core),
                "upkeep": lambda: _upkeep(core, web),
            }
            due = dict.fromkeys(jobs, START)
            with caplog.at_level(logging.INFO, "bot"):
                while now < START + WEEK:
                    job = min(due, key=lambda name: due[name])
                    now = max(now, due[job])
                    if now > START + FIRST_DAY:
                        runs += 1
                    else:
                        caplog.clear()
                    due[job] = max(now + 60, min(await jobs[job](), now + DAY))

    assert runs > 1_000
    assert [record.getMessage() for record in caplog.records] == []
