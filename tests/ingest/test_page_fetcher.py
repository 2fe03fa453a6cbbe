"""Pages are fetched slowly, conditionally and only where robots.txt allows; every failure has its kind."""

from dataclasses import replace

import pytest

from bot.http.client import (
    Failed,
    FailureKind,
    Fetched,
    FetchRequest,
    FetchResult,
    Gone,
    HostLimiter,
    HttpClient,
    NotModified,
)
from bot.ingest.page_fetcher import PageAnswer, PageFailed, PageFetcher, PageMissing, PageRead, PageUnchanged, Robots
from bot.models import Page
from bot.worker.pool import ParseFailedError
from tests.ingest.backfill_world import InProcessWorker
from tests.pages.webflow import FERRY, article_page

URL = "https://example.org/blog/the-ferry"
NO_ROBOTS = Failed(FailureKind.MISSING, "404", 404)


def html(body: bytes = article_page(FERRY), kind: str = "text/html; charset=utf-8") -> Fetched:
    return Fetched(body, "", {"content-type": kind, "etag": 'W/"1"', "last-modified": "Mon"}, URL)


class Web(HttpClient):
    """Answers as configured; time passes only when somebody sleeps."""

    def __init__(self, answer: FetchResult, robots: FetchResult = NO_ROBOTS) -> None:
        self.answer, self.robots, self.now = answer, robots, 100.0
        self.asked: list[tuple[float, FetchRequest]] = []
        self.limiter = HostLimiter(lambda: self.now, self.sleep)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        if request.url.endswith("/robots.txt"):
            return self.robots
        self.asked.append((self.now, request))
        return self.answer

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def reader(self, pause: float = 1.0, worker: InProcessWorker | None = None) -> PageFetcher:
        robots = Robots(self, InProcessWorker().read_robots, "Herald", lambda: self.now)
        return PageFetcher(self, worker or InProcessWorker(), robots, pause=pause)


async def test_a_page_comes_with_its_validators() -> None:
    outcome = await Web(html()).reader().read(URL)

    assert isinstance(outcome, PageRead)
    assert (outcome.page.title, outcome.etag, outcome.last_modified) == (FERRY.title, 'W/"1"', "Mon")


async def test_validators_are_sent_back_unchanged() -> None:
    web = Web(NotModified({"etag": '"2"'}, URL))

    assert await web.reader().read(URL, 'W/"1"', "Mon") == PageUnchanged('"2"', "")
    assert (web.asked[0][1].etag, web.asked[0][1].last_modified) == ('W/"1"', "Mon")


async def test_pages_of_one_host_are_paced_and_other_hosts_do_not_wait() -> None:
    web = Web(html())
    reader = web.reader(pause=2.0)

    for url in (URL, "https://other.net/a", URL, URL):
        await reader.read(url)
    assert [at for at, _ in web.asked] == [100.0, 100.0, 102.0, 104.0]


async def test_crawl_delay_lengthens_the_pause() -> None:
    web = Web(html(), Fetched(b"User-agent: *\nCrawl-delay: 7", "", {}, URL))
    reader = web.reader()

    await reader.read(URL)
    await reader.read(URL)
    assert [at for at, _ in web.asked] == [100.0, 107.0]


async def test_what_robots_txt_forbids_is_not_fetched() -> None:
    web = Web(html(), Fetched(b"User-agent: *\nDisallow: /blog", "", {}, URL))

    assert await web.reader().read(URL) == PageFailed("robots")
    assert web.asked == []


async def test_only_a_configured_server_may_be_private() -> None:
    web = Web(html())
    reader = web.reader()
    reader.allow_private("https://example.org/rss.xml")

    for url in (URL, "http://example.org/a", "https://example.org:8443/a"):
        await reader.read(url)
    assert [request.trusted for _, request in web.asked] == [True, True, False]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Gone(URL), PageMissing(410)),
        (Failed(FailureKind.MISSING, "404", 404), PageMissing(404)),
        (Failed(FailureKind.OVERLOADED, "503", 503, 120.0), PageFailed("overloaded", "503", 120.0)),
        (Failed(FailureKind.FORBIDDEN, "10.0.0.1"), PageFailed("forbidden", "10.0.0.1")),
        (html(kind="application/pdf"), PageFailed("not_html", "application/pdf")),
        (html(b"<p>nothing</p>"), PageFailed("no_article")),
    ],
)
async def test_every_failure_has_its_kind(answer: FetchResult, outcome: object) -> None:
    assert await Web(answer).reader().read(URL) == outcome


async def test_what_is_no_web_address_is_not_fetched() -> None:
    web = Web(html())

    assert await web.reader().read("javascript:alert(1)") == PageFailed("address", "javascript:alert(1)")
    assert web.asked == []


class Poisoned(InProcessWorker):
    async def extract(self, *_: object, **__: object) -> Page | None:
        raise ParseFailedError("time", "too long")


async def test_a_page_that_kills_its_parser_is_reported_as_a_failure() -> None:
    outcome = await Web(html()).reader(worker=Poisoned()).read(URL)

    assert isinstance(outcome, PageFailed)
    assert outcome.kind == "unreadable"


async def test_a_new_entry_gets_its_page_or_the_reason_why_there_is_none() -> None:
    live = b'<meta itemprop="isLiveBroadcast" content="True"><meta itemprop="startDate" content="2026-09-30T23:30:00Z">'

    assert (await Web(html()).reader().fetch_for_new(URL)).page is not None
    for missing in (Gone(URL), Failed(FailureKind.MISSING, "404", 404)):
        assert await Web(missing).reader().fetch_for_new(URL) == PageAnswer(None, missing=True)
    assert await Web(Failed(FailureKind.TIMEOUT, "slow")).reader().fetch_for_new(URL) == PageAnswer(None)
    assert (await Web(html(live)).reader().fetch_for_new(URL)).begins == 1_790_811_000.0


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        (replace(html(), final_url="https://example.org/news/the-ferry/"), "https://example.org/news/the-ferry"),
        (html(), ""),
        (Gone(URL), ""),
    ],
)
async def test_the_final_address_of_a_redirect_is_returned(answer: FetchResult, final: str) -> None:
    assert await Web(answer).reader().final_address(URL) == final


async def test_feeds_do_not_wait_in_the_queue_of_pages() -> None:
    now, slept = [100.0], list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    limiter = HostLimiter(lambda: now[0], sleep)
    for _ in range(8):
        await limiter.wait_turn(URL, 2.0)
    async with limiter.slot(URL):
        pass

    assert slept == [2.0 * turn for turn in range(1, 8)]


async def test_a_short_retry_after_is_waited_for() -> None:
    """An import then continues; a long back-off is for another time."""
    web = Web(Failed(FailureKind.OVERLOADED, "503", 503, 90.0))
    short = await web.reader().read(URL)
    times = [at for at, _ in web.asked]
    web.answer, web.asked = Failed(FailureKind.OVERLOADED, "429", 429, 3_600.0), []
    long = await web.reader().read(URL)

    assert times == [100.0, 190.0]
    assert short == PageFailed("overloaded", "503", 90.0)
    assert long == PageFailed("overloaded", "429", 3_600.0)
    assert len(web.asked) == 1


async def test_an_unavailable_robots_txt_postpones_the_page() -> None:
    web = Web(html(), Failed(FailureKind.OVERLOADED, "503", 503))

    assert await web.reader().read(URL) == PageFailed("overloaded", "robots.txt could not be fetched", 900.0)
    assert web.asked == []


async def test_a_page_that_is_a_frame_is_read_from_the_frame_and_kept_without_validators() -> None:
    outer = b'<html><body><iframe id="mainFrame" src="/PostView.naver?blogId=a&amp;logNo=1"></iframe></body></html>'

    class Framed(Web):
        async def fetch(self, request: FetchRequest) -> FetchResult:
            self.answer = html() if "PostView" in request.url else html(outer)
            return await super().fetch(request)

    web = Framed(html())
    outcome = await web.reader().read(URL)
    fresh = await web.reader().fetch_for_new(URL)

    assert isinstance(outcome, PageRead)
    assert (outcome.page.title, outcome.etag, outcome.last_modified) == (FERRY.title, "", "")
    assert fresh == PageAnswer(outcome.page, "", "")
    assert web.asked[1][1].url == "https://example.org/PostView.naver?blogId=a&logNo=1"


async def test_a_frame_of_another_site_is_not_followed() -> None:
    web = Web(html(b'<html><body><iframe id="mainFrame" src="https://ads.example/1"></iframe></body></html>'))
    await web.reader().read(URL)

    assert [request.url for _, request in web.asked] == [URL]
