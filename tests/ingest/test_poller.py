"""Polls against a real server and real files, with a clock that only tests move."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.http.client import Fetched, FetchRequest
from bot.ingest.poll_policy import WatchedFeed
from bot.ingest.poll_writer import Counts
from bot.ingest.poller import OutcomeKind
from bot.models import UNKNOWN_DATE, ArticleBody, ChannelKind
from bot.store.subscriptions import NewSubscription, Subscriptions
from tests.feeds.documents import item, numbered, rss
from tests.http.site import CERTIFICATE
from tests.ingest.poller_world import GUILD, LIMITS, NOW, PollerWorld, open_poller_world, page, restart

DAY = 86_400.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PollerWorld]:
    async with open_poller_world(tmp_path) as opened:
        yield opened


async def test_the_first_poll_stores_and_announces_nothing(world: PollerWorld) -> None:
    outcome = await world.poll(numbered(1, 2, 3, 4, 5, 6, 7))

    assert (outcome.counts.added, outcome.counts.announced, outcome.counts.held) == (7, 0, 0)
    assert (world.recorder.announced, len(world.recorder.added), world.pages.asked) == ([], 7, [])


async def test_a_new_article_is_announced_once_with_its_page(world: PollerWorld) -> None:
    world.pages.known["https://blog.example.org/2"] = page("Title 2", NOW - 50)
    await world.poll(numbered(1))
    await world.poll(numbered(2, 1))
    await world.poll(numbered(2, 1, pubDate="Sat, 05 Jul 2025 10:00:00 GMT"))
    article = await world.articles.by_key("https://blog.example.org/2")

    assert world.recorder.announced == ["Title 2"]
    assert article is not None
    assert (article.author, article.reading_minutes, article.published) == ("Jane", 4, NOW - 50)
    assert (await world.articles.body(article.id)).passages[0].text == "Long words."


async def test_an_article_is_announced_without_its_page_which_is_fetched_later(tmp_path: Path) -> None:
    async with open_poller_world(tmp_path, limits=replace(LIMITS, page_timeout=0.01)) as world:
        world.pages.late = True
        await world.poll(numbered(1))
        await world.poll(numbered(2, 1))
        article = await world.articles.by_key("https://blog.example.org/2")
        row = await world.database.one("SELECT page_next_check FROM articles WHERE key LIKE '%/2'")

        assert world.recorder.announced == ["Title 2"]
        assert article is not None
        assert await world.articles.body(article.id) == ArticleBody()
        assert row is not None
        assert row["page_next_check"] == world.now + 300


async def test_an_unchanged_feed_costs_one_request_and_no_parse(world: PollerWorld) -> None:
    await world.poll(numbered(1), ETag='"v1"')
    before = world.worker.parsed
    outcome = await world.poll()

    assert outcome.kind is OutcomeKind.UNCHANGED
    assert (len(world.site.asked), world.worker.parsed) == (2, before)
    assert world.site.asked[1].headers["If-None-Match"] == '"v1"'


async def test_the_same_body_again_is_not_parsed(world: PollerWorld) -> None:
    await world.poll(numbered(1))
    outcome = await world.poll()

    assert (outcome.kind, world.worker.parsed) == (OutcomeKind.UNCHANGED, 1)


async def test_validators_and_articles_are_stored_together_or_not_at_all(world: PollerWorld) -> None:
    """Otherwise a crash in between would lose articles, because the next poll gets a 304."""
    await world.poll(numbered(1), ETag='"v1"')
    world.recorder.fail = True
    world.site.page("/feed", numbered(2, 1), ETag='"v2"')
    with pytest.raises(RuntimeError):
        await world.poller.poll("blog")
    assert ((await world.state()).etag, await world.titles()) == ('"v1"', ["Title 1"])

    world.recorder.fail = False
    await world.poll()
    assert ((await world.state()).etag, world.recorder.announced) == ('"v2"', ["Title 2"])


async def test_a_200_without_validators_drops_the_old_ones(world: PollerWorld) -> None:
    await world.poll(numbered(1), ETag='"v1"', Last_Modified="then")
    await world.poll(numbered(2, 1), Last_Modified="now")
    state = await world.state()

    assert (state.etag, state.last_modified) == ("", "now")


async def test_a_restart_polls_nothing_before_its_time(world: PollerWorld) -> None:
    world.site.page("/feed", numbered(1), Cache_Control="max-age=7200")
    due = await world.poller.poll_due()
    restart(world, [WatchedFeed("blog", world.site.url + "/feed", 1_800)])
    again = await world.poller.poll_due()

    assert len(world.site.asked) == 1
    assert due == again >= NOW + 7_200


async def test_an_own_site_may_be_polled_every_second(tmp_path: Path) -> None:
    async with open_poller_world(tmp_path, every=1.0) as world:
        world.site.page("/feed", numbered(1))
        due = await world.poller.poll_due()

        assert NOW + 1 <= due <= NOW + 1.2


async def test_a_permanent_redirect_is_followed_after_three_polls(world: PollerWorld) -> None:
    world.site.page("/feed", status=301, Location="/new")
    for _ in range(3):
        await world.poll(numbered(1), path="/new", ETag='"v"')
    await world.poll()
    state = await world.state()

    assert state.address == world.site.url + "/new"
    assert world.site.paths() == ["/feed", "/new", "/feed", "/new", "/feed", "/new", "/new"]
    assert [request.headers.get("If-None-Match") for request in world.site.asked] == [
        None, None, None, '"v"', None, '"v"', '"v"',
    ]  # fmt: skip


async def test_a_redirect_to_a_broken_or_temporary_address_is_not_stored(world: PollerWorld) -> None:
    world.site.page("/feed", status=301, Location="/new")
    for body in (numbered(1), "no feed", numbered(1), numbered(1, 2)):
        await world.poll(body, path="/new")
    assert (await world.state()).address == world.site.url + "/feed"
    world.site.page("/feed", status=302, Location="/new")
    for _ in range(4):
        await world.poll()
    state = await world.state()

    assert (state.address, state.moved_to) == (world.site.url + "/feed", "")


async def test_410_is_believed_after_two_confirmations_then_reported_once_and_never_asked_again(
    world: PollerWorld,
) -> None:
    await world.poll(numbered(1))
    world.site.page("/feed", status=410)
    found: list[tuple[bool, int]] = []
    for _ in range(3):
        await world.poll()
        state = await world.state()
        found.append((state.gone, len(world.recorder.problems)))
        world.now = state.next_check
    await world.poll()
    await world.poller.poll_due()

    assert found == [(False, 0), (False, 0), (True, 1)]
    assert len(world.site.asked) == 4
    assert world.recorder.problems == [("started", "blog", "gone")]


async def test_410s_close_together_or_parted_by_a_success_do_not_end_a_feed(world: PollerWorld) -> None:
    await world.poll(numbered(1))
    world.site.page("/feed", status=410)
    for _ in range(4):
        await world.poll()
    world.site.page("/feed", status=500)
    await world.poll()
    await world.poll(numbered(1))
    world.site.page("/feed", status=410)
    for _ in range(5):
        await world.poll()

    assert not (await world.state()).gone
    assert ("started", "blog", "gone") not in world.recorder.problems


async def test_404_is_reported_after_three_days_and_once_more_when_it_is_over(world: PollerWorld) -> None:
    await world.poll(numbered(1))
    world.site.page("/feed", status=404)
    for _ in range(4):
        world.now += DAY
        await world.poll()
        reported = len(world.recorder.problems)
        since = (await world.state()).problem_since
        assert reported == (1 if world.now - since >= 3 * DAY else 0)
    world.now += DAY
    await world.poll(numbered(2, 1))

    assert world.recorder.problems == [("started", "blog", "missing"), ("ended", "blog", "missing")]
    assert world.recorder.announced == ["Title 2"]


async def test_failures_back_off_and_are_reported_once_with_their_end(world: PollerWorld) -> None:
    await world.poll(numbered(1))
    world.site.page("/feed", status=500)
    waits: list[float] = []
    for _ in range(5):
        await world.poll()
        waits.append((await world.state()).next_check - world.now)
    await world.poll(numbered(1))

    assert waits == sorted(waits)
    assert waits[0] >= 1_800
    assert waits[-1] >= 16 * 1_800
    assert world.recorder.problems == [("started", "blog", "status"), ("ended", "blog", "status")]
    assert (await world.state()).errors == 0


async def test_retry_after_is_obeyed(world: PollerWorld) -> None:
    world.site.page("/feed", status=503, Retry_After="7200")
    await world.poll()

    assert (await world.state()).next_check >= world.now + 7_200


async def test_poison_is_quarantined_and_reported_and_delays_no_other_feed(tmp_path: Path) -> None:
    async with open_poller_world(tmp_path, {"bad": "/bad", "good": "/good"}) as world:
        world.site.page("/bad", "POISON")
        world.site.page("/good", numbered(1))
        await world.poller.poll_due()
        world.now += DAY
        await world.poller.poll_due()
        good, bad = await world.state("good"), await world.state("bad")

        assert (good.problem, good.initialised) == ("", True)
        assert (bad.problem, bad.initialised) == ("poison", False)
        assert world.worker.parsed == 2
        assert world.recorder.problems == [("started", "bad", "poison")]


async def test_an_unexpected_error_in_one_feed_does_not_affect_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_poller_world(tmp_path, {"bad": "/bad", "good": "/good"}) as world:
        world.site.page("/bad", "OUR FAULT")
        world.site.page("/good", numbered(1))
        await world.poller.poll_due()

        assert (await world.state("bad")).problem == "error"
        assert (await world.state("good")).initialised
        assert "polling failed" in caplog.text


async def test_a_slow_feed_continues_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The round ends without it; it is not asked a second time."""
    monkeypatch.setattr("bot.ingest.poller.ROUND_TIMEOUT_SECONDS", 0.05)
    async with open_poller_world(tmp_path, {"slow": "/slow"}) as world:
        asked, answer = asyncio.Event(), asyncio.Event()

        async def slow(_request: web.BaseRequest) -> web.Response:
            asked.set()
            await answer.wait()
            return web.Response(text=numbered(1))

        world.site.pages["/slow"] = slow
        await world.poller.poll_due()
        await asked.wait()
        await world.poller.poll_due()
        assert len(world.site.asked) == 1
        answer.set()
        while world.poller._polls:
            await asyncio.gather(*world.poller._polls.values())
        assert (await world.state("slow")).initialised


@pytest.mark.parametrize("body", ["", "<html>Down for maintenance</html>", "{}", rss()])
async def test_empty_and_unexpected_responses_delete_nothing(world: PollerWorld, body: str) -> None:
    await world.poll(numbered(1, 2), ETag='"v1"')
    await world.poll(body)
    rows = await world.database.all("SELECT in_feed FROM articles")
    await world.poll(numbered(3, 2, 1))

    assert [row["in_feed"] for row in rows] == [1, 1]
    assert world.recorder.announced == ["Title 3"]


async def test_an_entry_that_leaves_and_returns_is_not_new(world: PollerWorld) -> None:
    await world.poll(numbered(1, 2))
    await world.poll(numbered(2))
    row = await world.database.one("SELECT in_feed FROM articles WHERE key LIKE '%/1'")
    await world.poll(numbered(1, 2))

    assert row is not None
    assert row["in_feed"] == 0
    assert world.recorder.announced == []


@pytest.mark.parametrize(
    "changes",
    [
        {"guid": "another"},
        {"guid": ""},
        {"link": "http://www.blog.example.org/1/?utm_source=feed"},
        {"pubDate": "Sun, 06 Jul 2025 10:00:00 GMT"},
        {"title": "Better", "description": "Other words"},
    ],
)
async def test_the_same_article_is_never_announced_again(world: PollerWorld, changes: dict[str, str]) -> None:
    await world.poll(rss(item(1)))
    await world.poll(rss(item(1, **changes)))
    await world.poll(rss(item(1)))

    assert world.recorder.announced == []
    assert await world.articles.count() == 1


async def test_edits_are_stored_and_propagated_once(world: PollerWorld) -> None:
    await world.poll(rss(item(1)))
    for _ in range(2):
        await world.poll(rss(item(1, title="Women lead", pubDate="Sat, 05 Jul 2025 11:00:00 GMT"), item(9)))
    article = await world.articles.by_key("https://blog.example.org/1")

    assert article is not None
    assert (article.title, article.published, article.topics) == ("Women lead", 1_751_713_200.0, ("women",))
    assert world.recorder.changed == [(article.id, "Women lead")]


async def test_a_date_from_the_page_is_kept_when_the_feed_changes_its_date(world: PollerWorld) -> None:
    """Sites republish old articles with a new date, a hundred at a time."""
    world.pages.known["https://blog.example.org/2"] = page("Title 2", NOW - 5_000)
    await world.poll(numbered(1))
    await world.poll(numbered(2, 1))
    await world.poll(numbered(2, 1, pubDate="Sun, 06 Jul 2025 10:00:00 GMT"))
    article = await world.articles.by_key("https://blog.example.org/2")

    assert article is not None
    assert article.published == NOW - 5_000
    assert [title for _, title in world.recorder.changed] == ["Title 1"]


@pytest.mark.parametrize("date", ["", "nonsense", "Thu, 01 Jan 1970 00:00:00 GMT", "05/06/2024"])
async def test_a_date_that_is_unknown_stays_unknown(world: PollerWorld, date: str) -> None:
    await world.poll(rss())
    await world.poll(rss(item(1, pubDate=date)))
    (article,) = await world.articles.latest(limit=1)

    assert article.published == UNKNOWN_DATE
    assert article.first_seen == world.now
    assert world.recorder.announced == ["Title 1"]


async def test_too_many_new_articles_are_held_for_a_moderator(world: PollerWorld) -> None:
    await world.poll(numbered(1))
    outcome = await world.poll(rss(*(item(n, pubDate=f"Sat, 05 Jul 2025 10:0{n}:00 GMT") for n in range(1, 8))))
    restart(world, [WatchedFeed("blog", world.site.url + "/feed")])

    assert (outcome.counts.held, world.recorder.announced) == (6, [])
    held = await world.held()
    assert held[:3] == ["Title 7", "Title 6", "Title 5"]
    assert ("held", "blog", f"6 in {GUILD}") in world.recorder.problems


@pytest.mark.parametrize(
    ("choice", "announced"), [("all", [f"Title {n}" for n in range(2, 8)]), ("newest", ["Title 7"]), ("none", [])]
)
async def test_a_hold_is_decided_once(world: PollerWorld, choice: str, announced: list[str]) -> None:
    await world.poll(numbered(1))
    await world.poll(rss(*(item(n, pubDate=f"Sat, 05 Jul 2025 10:0{n}:00 GMT") for n in range(1, 8))))
    elsewhere = NewSubscription(GUILD + 1, 60, ChannelKind.TEXT)
    await Subscriptions(world.database).create(elsewhere)
    first = await world.writer.release("blog", GUILD, choice)  # type: ignore[arg-type] - from the table above
    second = await world.writer.release("blog", GUILD, "all")

    assert (first, second) == (len(announced), 0)
    assert await world.planned() == [(title, GUILD) for title in announced]
    assert world.recorder.problems[-1] == ("ended", "blog", f"held in {GUILD}")
    assert await world.held() == []


async def test_only_the_old_article_is_held(world: PollerWorld) -> None:
    await world.poll(numbered(1))
    await world.poll(rss(item(2), item(3, pubDate="Sat, 05 Apr 2025 10:00:00 GMT"), item(1)))

    assert world.recorder.announced == ["Title 2"]
    assert await world.held() == ["Title 3"]


async def test_several_new_articles_are_announced_oldest_first(world: PollerWorld) -> None:
    await world.poll(numbered(1))
    await world.poll(rss(item(3, pubDate="Sat, 05 Jul 2025 12:00:00 GMT"), item(2), item(1)))

    assert world.recorder.announced == ["Title 2", "Title 3"]


async def test_an_article_in_two_feeds_is_announced_once(tmp_path: Path) -> None:
    async with open_poller_world(tmp_path, {"blog": "/feed", "other": "/other"}) as world:
        world.site.page("/other", numbered(9))
        await world.poller.poll("other")
        await world.poll(numbered(1))
        await world.poll(numbered(2, 1))
        world.site.page("/other", rss(item(2, guid="else"), item(9)))
        await world.poller.poll("other")

        assert world.recorder.announced == ["Title 2"]


async def test_the_feed_that_a_page_names_is_found_and_stored(world: PollerWorld) -> None:
    await world.poll('<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>')
    assert (await world.state()).problem == "missing"
    world.site.page("/rss.xml", numbered(1), ETag='"v"')
    for _ in range(4):
        await world.poll()
    await world.poll()

    assert (await world.state()).address == world.site.url + "/rss.xml"
    assert world.site.paths()[-1] == "/rss.xml"
    assert world.site.asked[-1].headers["If-None-Match"] == '"v"'


async def test_a_page_may_not_name_a_feed_in_the_private_network(world: PollerWorld) -> None:
    await world.poll('<html><link rel="alternate" type="application/rss+xml" href="http://127.0.0.1:1/x"></html>')

    assert (await world.state()).problem == "forbidden"


async def test_every_request_after_the_first_is_conditional(world: PollerWorld) -> None:
    """After 304s, failures, restarts and new bodies; the validators are sent back unchanged."""
    await world.poll(numbered(1), ETag='W/"1"', Last_Modified="Sat,  5 Jul 2025 10:00:00 GMT")
    for _ in range(2):
        await world.poll()
    world.site.page("/feed", status=500)
    await world.poll()
    restart(world, [WatchedFeed("blog", world.site.url + "/feed")])
    await world.poll(numbered(2, 1), ETag='"2"', Last_Modified="sunday")
    await world.poll()
    sent = [
        (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")) for request in world.site.asked
    ]

    first, second = ('W/"1"', "Sat,  5 Jul 2025 10:00:00 GMT"), ('"2"', "sunday")
    assert sent == [(None, None), first, first, first, first, second]


async def test_no_poll_is_earlier_than_the_server_allows(tmp_path: Path) -> None:
    """However often the loop runs, the server's and the operator's last intervals decide."""
    async with open_poller_world(tmp_path, every=600.0) as world:
        world.site.page("/feed", numbered(1), ETag='"1"', Cache_Control="max-age=3600")
        times: list[float] = []
        for _ in range(200):
            before = len(world.site.asked)
            await world.poller.poll_due()
            times += [world.now] * (len(world.site.asked) - before)
            world.now += 60

        assert len(times) >= 3
        assert min(later - earlier for earlier, later in pairwise(times)) >= 3_600


async def test_a_feed_whose_https_address_redirects_to_http_is_read_and_announced_over_https(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    async with open_poller_world(tmp_path, tls=True) as world:
        for _ in range(3):
            world.site.page("/feed", status=301, Location=f"{world.site.url.replace('https', 'http')}/moved/")
            await world.poll(numbered(1), path="/moved/")
        await world.poll(numbered(2, 1), path="/moved/")

        assert world.recorder.announced == ["Title 2"]
        assert world.recorder.problems == []
        assert (await world.state()).address == f"{world.site.url}/moved/"


class Body(bytes):
    """The bytes of a response, which say when nobody holds them any more."""

    dropped = False

    def __del__(self) -> None:
        Body.dropped = True


async def test_a_response_is_not_kept_in_memory_while_its_entries_are_stored(
    world: PollerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply, dropped = world.writer.apply, list[bool]()

    async def fetch(request: FetchRequest) -> Fetched:
        return Fetched(Body(numbered(1, 2).encode()), "digest", {}, request.url)

    async def observed(*said: Any) -> Counts:
        dropped.append(Body.dropped)
        return await apply(*said)

    monkeypatch.setattr(world.http, "fetch", fetch)
    monkeypatch.setattr(world.writer, "apply", observed)
    await world.poll()

    assert dropped == [True]
    assert await world.titles() == ["Title 1", "Title 2"]
