"""The worker process: killed at its limits, restarted, never blocking the event loop."""

import asyncio
import gc
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from bot.feeds.document import MAX_ENTRIES
from bot.worker.child import FRAME_BYTES
from bot.worker.pool import ListPageError, ParseFailedError, ParseWorker, UnsafeExpatError, require_safe_expat
from tests.feeds.documents import item, numbered, rss
from tests.pages.webflow import FERRY, article_page, list_page
from tests.worker.workers import parse_worker

POISON = rss(item(1).replace("<title>", f"<author>{'a' * 400_000}</author><title>"))  # feedparser issue 562
HOME = "https://blog.example.org/feed"
TYPE = {"content-type": "application/rss+xml; charset=utf-8"}


@pytest.fixture
async def worker() -> AsyncIterator[ParseWorker]:
    worker = parse_worker(seconds=2, processes=1)
    yield worker
    await worker.close()
    gc.collect()


async def test_a_feed_that_never_ends_is_killed_and_the_next_is_parsed(
    worker: ParseWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By CPU time, not by the clock."""
    monkeypatch.setattr("bot.worker.pool.BUSY_FACTOR", 1_000)
    with pytest.raises(ParseFailedError) as raised:
        await worker.parse(POISON.encode(), TYPE, HOME)
    document = await worker.parse(numbered(1).encode(), TYPE, HOME)

    assert raised.value.kind == "time"
    assert document.entries[0].title == "Title 1"


async def test_a_timeout_on_a_busy_machine_does_not_blame_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.worker.pool.BUSY_FACTOR", 0.0001)
    worker = parse_worker(seconds=300, processes=1)
    with pytest.raises(ParseFailedError) as raised:
        await worker.parse(POISON.encode(), TYPE, HOME)
    await worker.close()

    assert raised.value.kind == "busy"


async def test_memory_is_limited_and_the_next_is_parsed() -> None:
    worker = parse_worker(seconds=30, max_bytes=150_000_000)
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"{}," * 1_600_000 + b"{}]}"
    with pytest.raises(ParseFailedError) as raised:
        await worker.parse(body, TYPE, HOME)
    document = await worker.parse(numbered(1).encode(), TYPE, HOME)
    await worker.close()

    assert raised.value.kind in ("memory", "crash")
    assert document.version == "rss20"


async def test_entity_expansion_is_bounded() -> None:
    worker = parse_worker(seconds=60)
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>' + rss().replace("Blog", "&l11;")[38:]
    document = await worker.parse(bomb.encode(), TYPE, HOME)
    await worker.close()

    assert len(document.title) < 1_000


async def test_a_library_error_is_reported_and_keeps_the_process(worker: ParseWorker) -> None:
    """Nesting beyond the recursion limit fails in the parser; the process continues."""
    with pytest.raises(ParseFailedError) as raised:
        await worker.parse(b"[" * 200_000, TYPE, HOME)

    assert raised.value.kind == "error"
    assert re.fullmatch(r"\w+ at [\w.]+:\d+", raised.value.detail), "a message may quote the document"
    assert (await worker.parse(numbered(1).encode(), TYPE, HOME)).version == "rss20"


async def test_a_document_that_is_not_what_it_claims_is_described_in_words(worker: ParseWorker) -> None:
    """Such a message is ours: it says where the document breaks and never quotes it."""
    with pytest.raises(ParseFailedError) as raised:
        await worker.parse_listing(b"<urlset><url>secret words", {"Content-Type": "application/xml"}, HOME)

    assert raised.value.detail.startswith("not a sitemap: ")
    assert "secret" not in raised.value.detail


async def test_a_process_that_died_while_idle_does_not_fail_the_next_feed(worker: ParseWorker) -> None:
    await worker.parse(numbered(1).encode(), TYPE, HOME)
    worker._idle[0]._process.kill()

    assert (await worker.parse(numbered(2).encode(), TYPE, HOME)).version == "rss20"


async def test_idle_processes_end() -> None:
    worker = parse_worker(idle=0.0)
    await worker.parse(numbered(1).encode(), TYPE, HOME)
    process = worker._idle[0]._process
    await process.wait()

    assert worker._idle == []
    await worker.close()


async def test_closing_ends_a_process_that_works_and_starts_no_other(worker: ParseWorker) -> None:
    await worker.parse(numbered(1).encode(), TYPE, HOME)
    process = worker._idle[0]._process
    working = asyncio.create_task(worker.parse(POISON.encode(), TYPE, HOME))
    await asyncio.sleep(0)
    assert worker._idle == []
    working.cancel()
    await asyncio.gather(worker.close(), worker.close())

    await asyncio.wait([working])
    assert working.cancelled()
    assert process.returncode not in (None, 255)  # 255: asyncio has not seen it end
    with pytest.raises(ParseFailedError, match="stopping"):
        await worker.parse(numbered(1).encode(), TYPE, HOME)
    assert worker._processes == set()


async def test_pages_are_read_in_the_same_process(worker: ParseWorker) -> None:
    html = f"<html><body><article><h1>A river</h1><p>{'Water runs. ' * 60}</p></article></body></html>"
    page = await worker.extract(html.encode(), "https://blog.example.org/a-river", "utf-8")

    assert page is not None
    assert page.body.passages[0].text.startswith("Water runs.")


async def test_a_list_of_articles_is_refused_where_only_an_article_is_wanted(worker: ParseWorker) -> None:
    """One job says whether a page is an article and extracts it."""
    article, several = article_page(FERRY), list_page(["the-ferry", "a-river", "the-market"])
    address = f"https://blog.example.org/blog/{FERRY.slug}"

    page = await worker.extract(article, address, unless_list=True)
    assert page is not None
    assert page.title == FERRY.title
    with pytest.raises(ListPageError):
        await worker.extract(several, "https://blog.example.org/blog", unless_list=True)
    for no_page in (numbered(3).encode(), b"<urlset><url><loc>https://blog.example.org/a</loc></url></urlset>"):
        with pytest.raises(ListPageError):
            await worker.extract(no_page, "https://blog.example.org/blog", unless_list=True)


async def test_concurrent_jobs_share_the_processes(worker: ParseWorker) -> None:
    documents = await asyncio.gather(*(worker.parse(numbered(n).encode(), TYPE, HOME) for n in range(8)))

    assert [document.entries[0].title for document in documents] == [f"Title {n}" for n in range(8)]


def test_an_old_expat_is_refused() -> None:
    with pytest.raises(UnsafeExpatError, match=r"2\.4\.1"):
        require_safe_expat((2, 4, 0))
    require_safe_expat((2, 4, 1))


def test_the_main_process_never_imports_a_parser() -> None:
    """Parsers block the interpreter for seconds and would double the bot's memory."""
    code = (
        "import sys, bot.ingest.poller, bot.ingest.rechecker, bot.ingest.backfill.runner;"
        "print([name for name in ('feedparser', 'trafilatura', 'selectolax', 'lxml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


async def test_large_results_come_in_frames_so_that_other_tasks_run_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = parse_worker(seconds=60)
    row = '{"id":"%d","url":"https://e.org/%d","summary":"' + "Words. " * 90 + '"}'
    rows = ",".join(row % (n, n) for n in range(2_500))
    body = f'{{"version":"https://jsonfeed.org/version/1","items":[{rows}]}}'
    turns, turns_at, sizes, done = 0, list[int](), list[int](), False
    decode = json.loads

    def decode_frame(frame: bytes) -> Any:
        turns_at.append(turns)
        sizes.append(len(frame))
        return decode(frame)

    monkeypatch.setattr("bot.worker.pool.json.loads", decode_frame)

    async def others() -> None:
        nonlocal turns
        while not done:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(others())
    document = await worker.parse(body.encode(), TYPE, HOME)
    done = True
    await beside
    await worker.close()

    assert len(document.entries) == MAX_ENTRIES
    assert len(sizes) > 20
    assert max(sizes) < 2 * FRAME_BYTES
    assert all(later > earlier for earlier, later in pairwise(turns_at))
