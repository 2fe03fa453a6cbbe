"""`herald init` writes a configuration for any organisation, or prints one sentence and writes nothing."""

import argparse
import asyncio
import logging
import tomllib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import build_parser
from bot.cli.check import check
from bot.cli.init import init
from bot.cli.starter_config import Answers, Suggestions, action_kind, quoted, render, suggest_actions, suggest_topics
from bot.config.settings import from_table, load
from bot.demo.blog import load_articles
from bot.demo.server import SampleBlog, served
from bot.feeds.parser import parse_feed
from bot.models import Link, LinkKind
from tests.feeds.documents import item, rss

NOW = 1_900_000_000.0
PATH = Path("config.toml")
CALL = LinkKind.CALL_TO_ACTION


@pytest.fixture(autouse=True)
def same_logging_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.delenv("HERALD_CONFIG", raising=False)
    monkeypatch.setenv("HERALD_WATCH__PAGE_DELAY", "0s")


@pytest.fixture
async def base() -> AsyncIterator[str]:
    async with served(SampleBlog(load_articles(), clock=lambda: NOW)) as base:
        yield base


def options(url: str, **changes: str) -> argparse.Namespace:
    answers = {"organisation": "Harbour Aid", "blog": url, "language": "en", "contact": "ops@harbour.test"}
    answers |= {"output": "mine.toml"} | changes
    return build_parser().parse_args(["init", *(f"--{name}={value}" for name, value in answers.items())])


def written() -> str | None:
    """The file, when there is one."""
    return Path("mine.toml").read_text("utf-8") if Path("mine.toml").exists() else None


@asynccontextmanager
async def site_without_a_feed() -> AsyncGenerator[str]:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html><body><p>Nothing here.</p></body></html>", content_type="text/html")

    application = web.Application()
    application.router.add_get("/", page)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_the_blogs_address_is_enough_for_a_configuration_that_check_accepts(base: str) -> None:
    code = await asyncio.to_thread(init, options(f"{base}/blog"))
    settings = load(Path("mine.toml"))
    checked = await check(settings, argparse.Namespace(url=None, offline=True, config=Path("mine.toml")))

    assert (code, checked) == (0, 0)
    assert settings.organisation == "Harbour Aid"
    assert [feed.url for feed in settings.feeds] == [f"{base}/blog/rss.xml"]
    assert settings.homepage == base
    assert settings.topics
    assert all(topic.words for topic in settings.topics)


@pytest.mark.parametrize("path", ["/blog/rss.xml", "/", "/sitemap.xml"])
async def test_the_feed_is_found_from_any_address_that_leads_to_it(base: str, path: str) -> None:
    """The feed itself, a page that names it; or, where none is named, a usual place."""
    code = await asyncio.to_thread(init, options(base + path))

    assert code == 0
    assert f'url = "{base}/blog/rss.xml"' in (written() or "")


async def test_a_blog_without_a_feed_or_out_of_reach_gives_one_sentence_and_no_file(
    base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with site_without_a_feed() as empty:
        for url in (f"{base}/images/none.png", "http://127.0.0.1:9/", empty):
            code = await asyncio.to_thread(init, options(url))
            said = capsys.readouterr()

            assert code == 1
            assert said.err.strip().endswith("Nothing is written.")
            assert len(said.err.strip().splitlines()) == 1
            assert written() is None


def test_a_file_is_never_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text("mine")

    assert init(options("https://blog.example.org")) == 2
    assert "exists already" in capsys.readouterr().err
    assert written() == "mine"


@pytest.mark.parametrize(
    "changes",
    [{"organisation": ""}, {"organisation": "two\nlines"}, {"contact": "x"}, {"blog": "ftp://x"}, {"blog": "a b"}],
)
def test_an_option_that_cannot_be_used_is_refused(changes: dict[str, str]) -> None:
    assert init(options("https://blog.example.org", **changes)) == 2
    assert written() is None


async def test_a_missing_option_is_asked_for_until_the_answer_is_valid(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["", "Harbour Aid", "not an address", f"{base}/blog", "fr", "", "ops@harbour.test", ""])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))

    code = await asyncio.to_thread(init, build_parser().parse_args(["init"]))

    assert code == 0
    assert load(PATH).language == "en"


def test_a_missing_option_without_a_terminal_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)

    assert init(build_parser().parse_args(["init"])) == 2
    assert "herald init --help" in capsys.readouterr().err


@given(text=st.text())
def test_every_value_is_escaped_as_toml(text: str) -> None:
    assert tomllib.loads(f"value = {quoted(text)}")["value"] == text


@given(
    names=st.lists(st.text(min_size=1, max_size=80), max_size=8),
    labels=st.lists(st.text(min_size=1, max_size=400), max_size=6),
    language=st.sampled_from(["en", "ko"]),
)
def test_any_text_of_a_blog_gives_a_file_that_loads(names: list[str], labels: list[str], language: str) -> None:
    links = [Link(label, f"https://e.org/{n}", CALL, 0) for n, label in enumerate(labels)]
    topics = suggest_topics(names, [], "Harbour Aid")
    found = Suggestions("https://e.org/feed", 'A "blog" \\ [x]', topics, suggest_actions(links))

    settings = from_table(tomllib.loads(render(Answers("A'\"", "https://e.org", language, "me\\"), found)), PATH)

    assert len(settings.topics) == len(topics)
    assert len(settings.actions) == len(found.actions)


def test_categories_come_first_and_then_phrases_of_several_articles() -> None:
    texts = [
        "The night market opens. Sellers come early.",
        "A night market by the river.",
        "Why the night market closed; Harbour Aid was there.",
        "Harbour Aid helps.",
        "Harbour Aid again.",
    ]

    assert suggest_topics(["Uncategorized", "Women", "women", "교육"], texts, "Harbour Aid") == (
        "women", "교육", "night market",
    )  # fmt: skip


def test_korean_phrases_are_suggested_without_their_particles() -> None:
    texts = ["장마당은 변한다", "장마당에서 일한다", "장마당의 상인", "겨울", "여름"]

    assert "장마당" in suggest_topics([], texts, "항구")


def test_actions_are_the_most_frequent_calls_one_for_each_address() -> None:
    links = [
        Link("Read on", "https://e.org/a", LinkKind.RELATED, 0),
        Link("Sign the pledge", "https://e.org/pledge", CALL, 0),
        Link("Give now", "https://e.org/donate", CALL, 0),
        Link("Donate today", "https://e.org/donate?utm_source=x", CALL, 0),
    ]
    found = suggest_actions(links)

    assert [(link.label, action_kind(link)) for link in found] == [
        ("Give now", "donate"),
        ("Sign the pledge", "pledge"),
    ]


def test_a_feeds_categories_are_kept_most_frequent_first() -> None:
    one = item(1).replace("</item>", "<category>Women</category><category>Work &amp; trade</category></item>")
    two = item(2).replace("</item>", "<category>Work &amp; trade</category></item>")

    assert parse_feed(rss(one, two).encode(), {}, "https://e.org/").categories == ("Work & trade", "Women")
