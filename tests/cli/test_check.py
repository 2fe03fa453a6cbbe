"""`herald check` reports of every address how `herald run` would treat it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from bot.app.core import open_core
from bot.app.ingestion import Reader, open_reader
from bot.cli.check import _configuration, _examine_address, _stored, _token
from bot.cli.feed_diagnosis import CheckResult, Severity, diagnose
from bot.config.settings import Settings, load
from bot.models import ChannelKind, SubscriptionOptions
from bot.store.subscriptions import NewSubscription
from tests.feeds.documents import item, numbered, rss
from tests.pages.webflow import FERRY, article_page, list_page

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
NOW = datetime(2025, 8, 1, tzinfo=UTC).timestamp()


@dataclass
class Pages:
    """The responses of a small server: status, body and headers by path."""

    base: str = ""
    answers: dict[str, tuple[int, bytes, dict[str, str]]] = field(
        default_factory=dict[str, tuple[int, bytes, dict[str, str]]]
    )

    def put(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        octets = body.encode() if isinstance(body, str) else body
        self.answers[path] = status, octets, {name.replace("_", "-"): value for name, value in headers.items()}
        return self.base + path


@contextmanager
def serving() -> Iterator[Pages]:
    pages = Pages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, headers = pages.answers.get(self.path, (404, b"", {}))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        pages.base = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield pages
        server.shutdown()


@pytest.fixture
def pages() -> Iterator[Pages]:
    with serving() as pages:
        yield pages


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    return load(EXAMPLE)


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[Reader]:
    async with open_reader(settings) as reader:
        yield reader


async def report(reader: Reader, url: str, *, must_be_feed: bool = True) -> tuple[CheckResult, str]:
    """The first result, and all sentences."""
    results = await diagnose(reader, "feed blog", url, "", NOW, must_be_feed=must_be_feed)
    return results[0], "\n".join(result.sentence for result in results)


async def test_a_good_feed_is_ok_with_entries_and_newest_date(reader: Reader, pages: Pages) -> None:
    first, text = await report(reader, pages.put("/rss.xml", numbered(1, 2)))

    assert first.severity is Severity.OK
    assert "2 entries; newest 2025-07-05" in text


async def test_a_web_page_leads_to_the_feed_it_names(reader: Reader, pages: Pages) -> None:
    pages.put("/rss.xml", numbered(1))
    home = pages.put("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>')
    first, text = await report(reader, home)

    assert first.severity is Severity.WARNING
    assert "/rss.xml, rss20; 1 entry" in text
    assert "web page that names this feed" in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (list_page([f"story-{n}" for n in range(5)]), "lists 5 articles and names no feed"),
        (
            article_page(FERRY, slug="the-ferry"),
            "an article and names no feed: title “The Ferry That Changed a River”",
        ),
        (b"<html><body>Nothing</body></html>", "neither a feed nor an article"),
        (b"<html><title>Our blog</title><body><h1>Our blog</h1><p>Nothing yet.</p></body></html>", "no article either"),
    ],
)
async def test_a_web_page_without_a_feed_is_no_feed(reader: Reader, pages: Pages, body: bytes, said: str) -> None:
    url = pages.put("/blog/the-ferry" if b"Ferry" in body else "/blog", body)
    first, text = await report(reader, url)

    assert first.severity is Severity.ERROR
    assert said in text


async def test_any_address_can_be_examined_by_itself(reader: Reader, pages: Pages) -> None:
    first, text = await report(reader, pages.put("/blog/the-ferry", article_page(FERRY)), must_be_feed=False)

    assert first.severity is Severity.OK
    assert "author Nora Lindqvist, date 2025-03-23" in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rss(item(1, pubDate=""), item(2)), "dates: 1 of 2 entries have none"),
        (rss(item(1, pubDate="Sat, 05 Jul 2026 10:00:00 GMT")), "dates: 1 lie in the future"),
        (numbered(1, 2, 3), "dates: most entries have the same"),
        (rss(*(item(n, link="https://e.org/one", pubDate="") for n in range(4))), "4 of 4 entries share one"),
        (rss(item(1, guid="N/A"), item(2, guid="N/A")), "guids: 2 of 2 are not their entry's own"),
        (rss(item(1, guid=""), item(2)), "guids: 1 of 2 entries have none"),
        (rss(item(1, guid="", link="mailto:a@b.c"), item(2)), "1 entries are left out"),
        (rss(item(1, link=""), item(2, link="", guid="x")), "2 of 2 entries share one"),
        (numbered(1, 2)[:-40], "breaks off"),
        (numbered(*range(1, 2_003)), "the oldest 2 entries are left out"),
        (rss(), "nothing is in it yet"),
    ],
)
async def test_what_cannot_be_relied_on_is_named(reader: Reader, pages: Pages, body: str, said: str) -> None:
    _, text = await report(reader, pages.put("/rss.xml", body))

    assert said in text


async def test_a_server_that_asks_to_wait_is_no_error_and_marks_no_other_feed_bad(reader: Reader, pages: Pages) -> None:
    busy, text = await report(reader, pages.put("/busy.xml", "", 429, Retry_After="120"))
    other, _ = await report(reader, pages.put("/rss.xml", numbered(1)))

    assert busy.severity is other.severity is Severity.WARNING
    assert "asks to wait for 120 s" in text


@pytest.mark.parametrize(("status", "said"), [(404, "there is nothing at this address"), (410, "gone for good")])
async def test_a_missing_feed_is_an_error_with_a_fix(reader: Reader, pages: Pages, status: int, said: str) -> None:
    first, text = await report(reader, pages.put("/rss.xml", "", status))

    assert first.severity is Severity.ERROR
    assert said in text


async def test_a_redirect_loop_is_named_with_a_fix(reader: Reader, pages: Pages) -> None:
    first, text = await report(reader, pages.put("/a", "", 302, Location="/a"))

    assert first.severity is Severity.ERROR
    assert "in a circle" in text


async def test_an_address_without_a_scheme_is_examined_on_https(settings: Settings) -> None:
    results = [result async for result in _examine_address(settings, "127.0.0.1:1/feed")]

    assert [result.severity for result in results] == [Severity.WARNING, Severity.ERROR]
    assert "https://127.0.0.1:1/feed is checked" in results[0].sentence
    assert "cannot be reached" in results[1].sentence


def test_one_address_under_two_keys_and_a_season_that_ends_before_it_begins_are_errors(settings: Settings) -> None:
    feed, action = settings.feeds[0], settings.action_settings[0]
    twice = feed.model_copy(update={"key": "again", "url": f"{feed.url}?utm_source=x"})
    season = action.model_copy(update={"season_from": "2026-12-31", "season_until": "2026-01-01"})
    both = settings.model_copy(update={"feeds": (feed, twice), "action_settings": (season,)})

    def errors(settings: Settings) -> list[str]:
        return [found.subject for found in _configuration(settings) if found.severity is Severity.ERROR]

    assert errors(both) == ["feed again", f"action {action.key}"]
    assert errors(settings) == []


async def test_channels_that_ask_for_topics_or_feeds_that_no_longer_exist_are_named(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"database": tmp_path / "herald.db"})
    async with open_core(settings, clock=lambda: 0.0) as core:
        known, lost = SubscriptionOptions(feeds=(settings.feeds[0].key,)), SubscriptionOptions(topics=("gone",))
        await core.subscriptions.create(NewSubscription(7, 70, ChannelKind.TEXT, known))
        await core.subscriptions.create(NewSubscription(7, 71, ChannelKind.TEXT, lost))
        (result,) = [result async for result in _stored(core) if result.subject == "channels"]

    assert result.severity is Severity.WARNING
    assert "channel 71 asks for topics that no longer exist: gone" in result.sentence


async def test_a_proxy_that_does_not_let_discord_through_is_named_without_its_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_token = settings.model_copy(update={"token": SecretStr("a.b.c")})
    with serving() as proxy:
        address = proxy.base.removeprefix("http://")
        monkeypatch.setenv("https_proxy", f"http://ann:secret@{address}")
        refused = await _token(with_token, offline=False)  # the server answers no CONNECT
    stopped = await _token(with_token, offline=False)

    for result, why in ((refused, "(HTTP 501)"), (stopped, "(ClientProxyConnectionError)")):
        assert result.severity is Severity.ERROR
        assert f"Discord cannot be reached through the proxy http://{address} {why}" in result.sentence
        assert "secret" not in result.sentence
