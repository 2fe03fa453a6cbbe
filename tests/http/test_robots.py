"""robots.txt is read by RFC 9309, kept for a day, and cannot be made to keep anybody busy."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.http.client import Failed, FailureKind, Fetched, FetchRequest, FetchResult, Gone
from bot.http.robots import MAX_WILD, Robots, matches, parse_robots

SITE = "https://example.org"


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
    assert parse_robots(text, "Herald/1.0 (+https://example.org)").allows(SITE + path) is allowed


def test_delay_and_sitemaps_are_read() -> None:
    found = parse_robots("Sitemap: https://example.org/s.xml\nUser-agent: *\nCrawl-delay: 2.5\nDisallow:", "Herald")

    assert (found.delay, found.sitemaps) == (2.5, ("https://example.org/s.xml",))
    assert parse_robots("User-agent: *\nCrawl-delay: 99999", "Herald").delay == 60.0


def test_many_wildcards_cost_no_time() -> None:
    pattern, path = "/" + "*a" * 400 + "b", "/" + "a" * 2_000
    began = time.process_time()

    assert not matches(pattern, path)
    assert time.process_time() - began < 1.0  # a regular expression would not end at all


pieces = st.text(st.sampled_from("ab/"), max_size=5)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(pieces, min_size=1, max_size=4), st.lists(pieces, min_size=3, max_size=3))
def test_a_path_made_from_a_pattern_matches_it(fixed: list[str], between: list[str]) -> None:
    fillers = [*between[: len(fixed) - 1], ""]
    path = "".join(part + filler for part, filler in zip(fixed, fillers, strict=True))

    assert matches("*".join(fixed), path + "tail")
    assert matches("*".join(fixed) + "$", path)


class Server:
    """Answers robots.txt as told, and counts how often it was asked."""

    def __init__(self, answer: FetchResult) -> None:
        self.answer, self.asked = answer, list[str]()

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request.url)
        return self.answer


FILE = Fetched(b"User-agent: *\nDisallow: /a", "", {}, SITE + "/robots.txt")


async def test_the_file_is_asked_once_a_day_for_each_host() -> None:
    now, server = [0.0], Server(FILE)
    robots = Robots(server, "Herald", lambda: now[0])

    for url in ("https://example.org/a", "https://example.org/b", "https://other.net/a"):
        await robots.of(url)
    now[0] = 86_399.0
    await robots.of("https://example.org/c")
    assert server.asked == [f"{SITE}/robots.txt", "https://other.net/robots.txt"]

    now[0] = 86_401.0
    await robots.of("https://example.org/d")
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
    ],
)
async def test_absence_allows_and_trouble_forbids_for_a_while(answer: FetchResult, allowed: bool) -> None:  # noqa: FBT001
    robots = Robots(Server(answer), "Herald", lambda: 0.0)

    assert (await robots.of(SITE)).allows(f"{SITE}/a") is allowed


def test_a_pattern_of_wildcards_keeps_nobody_busy() -> None:
    """Every wildcard is a search through the address; behind the eighth a pattern is taken as it stands."""
    found = parse_robots("User-agent: *\n" + f"Disallow: /{'*a' * 200}\n" * 900 + "Disallow: /**b**c$", "Herald")
    began = time.process_time()
    allowed = [found.allows(f"https://example.org/{'ab' * 900}{n}") for n in range(10)]

    assert allowed == [False] * 10
    assert time.process_time() - began < 1
    assert not found.allows("https://example.org/xbxc")
    assert max(rule.pattern.count("*") for rule in found.rules) <= MAX_WILD
