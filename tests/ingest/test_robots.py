"""robots.txt is read by RFC 9309, cached for a day, and cannot consume much time."""

import time

import pytest

from bot.discovery.robots import RobotsRules, read_robots
from bot.http.client import Failed, FailureKind, Fetched, FetchRequest, FetchResult, Gone, HttpClient
from bot.ingest.page_fetcher import Robots

SITE = "https://example.org"


def rules(text: str, url: str = f"{SITE}/a") -> RobotsRules:
    return read_robots(text.encode(), "Herald/1.0 (+https://example.org)", url)


class InProcessWorker:
    """Reads robots.txt without a worker process; `None` where it is set to fail."""

    async def read_robots(self, body: bytes, agent: str, url: str) -> RobotsRules | None:
        return None if b"HOSTILE" in body else read_robots(body, agent, url)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /private", "/private/x", False),
        ("User-agent: *\nDisallow: /private", "/Private", True),
        ("User-agent: *\nDisallow: /\nAllow: /blog", "/blog/x", True),
        ("User-agent: *\nDisallow: /blog\nAllow: /blog", "/blog", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /*?page=", "/blog?page=2", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: HERALD\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: herald\nDisallow: /b", "/a", True),
        ("User-agent: herald\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: herald\nDisallow: /b", "/b", False),
        ("\ufeffuser-agent : * # all\nDISALLOW : /a # that", "/a", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /café", "/caf%c3%a9", False),
        ("Disallow: /", "/a", True),
        ("<html>not robots</html>", "/a", True),
    ],
)
def test_the_longest_rule_of_our_own_group_decides(text: str, path: str, allowed: bool) -> None:  # noqa: FBT001
    assert rules(text, SITE + path).allowed is allowed


def test_delay_and_sitemaps_are_read() -> None:
    found = rules("Sitemap: https://example.org/s.xml\nUser-agent: *\nCrawl-delay: 2.5\nDisallow:")

    assert (found.delay, found.sitemaps) == (2.5, ("https://example.org/s.xml",))
    assert rules("User-agent: *\nCrawl-delay: 99999").delay == 60.0


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /" + "*a" * 400 + "b",
        "User-agent: *\n" + f"Disallow: /{'*a' * 200}b\n" * 900,
        "User-agent: *\n" + "".join(f"Disallow: /x{n}*y\n" for n in range(20_000)),
        "".join(f"User-agent: x{n}\n" for n in range(20_000)) + "Disallow: /",
    ],
)
def test_hostile_rules_cost_little_time(text: str) -> None:
    began = time.process_time()
    rules(text[:512_000], f"{SITE}/{'ab' * 900}")

    assert time.process_time() - began < 5.0  # a regular expression would not end at all


class Server(HttpClient):
    """Answers robots.txt as configured, and counts how often it was asked."""

    def __init__(self, answer: FetchResult) -> None:
        self.answer, self.asked = answer, list[str]()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request.url)
        return self.answer


FILE = Fetched(b"User-agent: *\nDisallow: /a", "", {}, SITE + "/robots.txt")


async def test_robots_txt_is_fetched_once_a_day_for_each_host() -> None:
    now, server = [0.0], Server(FILE)
    robots = Robots(server, InProcessWorker().read_robots, "Herald", lambda: now[0])

    for url in ("https://example.org/a", "https://example.org/b", "https://other.net/a"):
        await robots.ask(url)
    now[0] = 86_399.0
    await robots.ask("https://example.org/c")
    assert server.asked == [f"{SITE}/robots.txt", "https://other.net/robots.txt"]

    now[0] = 86_401.0
    await robots.ask("https://example.org/d")
    assert server.asked[2:] == [f"{SITE}/robots.txt"]


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (FILE, False),
        (Failed(FailureKind.MISSING, "404", 404), True),
        (Gone(SITE), True),
        (Failed(FailureKind.STATUS, "403", 403), True),
        (Failed(FailureKind.STATUS, "500", 500), False),
        (Failed(FailureKind.OVERLOADED, "503", 503), False),
        (Failed(FailureKind.TIMEOUT, "slow"), False),
        (Failed(FailureKind.CONNECTION, "down"), False),
        (Failed(FailureKind.TOO_LARGE, "big", 200), True),
        (Fetched(b"HOSTILE", "", {}, SITE), False),
    ],
)
async def test_no_file_allows_and_an_unavailable_one_forbids(answer: FetchResult, allowed: bool) -> None:  # noqa: FBT001
    robots = Robots(Server(answer), InProcessWorker().read_robots, "Herald", lambda: 0.0)

    assert (await robots.ask(f"{SITE}/a")).rules.allowed is allowed
