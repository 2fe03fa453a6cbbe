"""robots.txt by RFC 9309: which pages may be fetched, and how slowly.

The standard library's parser knows no wildcards and takes the first rule rather than the longest;
others match with regular expressions, which a hostile file can keep busy for ever. Rules here
are matched by plain text search, in time proportional to the address.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes, urlsplit

from bot.http.client import Failed, FailureKind, Fetched, FetchRequest, FetchResult
from bot.http.ports import Fetching

MAX_BYTES = 512_000  # RFC 9309 asks to read at least 500 KiB
MAX_RULES, MAX_PATTERN = 1_000, 2_000
MAX_WILD = 8  # wildcards of one pattern; every one is a search through the address
KEEP = 86_400.0  # RFC 9309: no longer than a day
KEEP_TROUBLE = 900.0
MAX_DELAY = 60.0
MAX_HOSTS = 500
SERVER_ERROR = 500
TROUBLE = (FailureKind.TIMEOUT, FailureKind.CONNECTION, FailureKind.OVERLOADED, FailureKind.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Rule:
    """A path pattern, with `*` for anything and `$` for the end, and whether it allows."""

    pattern: str
    allows: bool


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """The part of a robots.txt that speaks to one robot.

    `delay` is Crawl-delay in seconds; `retry_after` says that the file could not be had, and for how
    many seconds nothing is asked for that reason.
    """

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()
    retry_after: float | None = None

    def allows(self, url: str) -> bool:
        """Whether the address may be fetched: the longest matching rule decides, Allow wins a tie."""
        parts = urlsplit(url)
        path = _folded(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        matching = [rule for rule in self.rules if matches(rule.pattern, path)]
        return max(matching, key=lambda rule: (len(rule.pattern), rule.allows)).allows if matching else True


NO_RULES = RobotsFile()
ALL_FORBIDDEN = RobotsFile((Rule("/", allows=False),), retry_after=KEEP_TROUBLE)


class Robots:
    """Fetches, keeps for a day, and asks the robots.txt of every host."""

    def __init__(self, fetcher: Fetching, agent: str, clock: Callable[[], float]) -> None:
        self._fetcher, self._agent, self._clock = fetcher, agent, clock
        self._kept: OrderedDict[str, tuple[float, RobotsFile]] = OrderedDict()

    async def of(self, url: str, *, trusted: bool = False) -> RobotsFile:
        """What the host of `url` tells this robot; all is forbidden while its server is in trouble."""
        origin = origin_of(url)
        kept = self._kept.get(origin)
        if kept and kept[0] > self._clock():
            return kept[1]
        answer = await self._fetcher.fetch(
            FetchRequest(f"{origin}/robots.txt", accept="text/plain", trusted=trusted, max_bytes=MAX_BYTES)
        )
        # A long file is read on a thread, so that nothing else waits for it.
        found, seconds = await asyncio.to_thread(read_answer, answer, self._agent)
        self._kept[origin] = (self._clock() + seconds, found)
        while len(self._kept) > MAX_HOSTS:
            self._kept.popitem(last=False)
        return found


def read_answer(answer: FetchResult, agent: str) -> tuple[RobotsFile, float]:
    """The rules an answer means, and for how many seconds: absent means free, trouble means not now."""
    if isinstance(answer, Fetched):
        return parse_robots(answer.body.decode("utf-8", "replace"), agent), KEEP
    in_trouble = isinstance(answer, Failed) and (answer.kind in TROUBLE or answer.status >= SERVER_ERROR)
    return (ALL_FORBIDDEN, KEEP_TROUBLE) if in_trouble else (NO_RULES, KEEP)


def parse_robots(text: str, agent: str) -> RobotsFile:
    """The group for `agent` (its product name), else the group for `*`; groups of one name are joined."""
    product = re.split(r"[/\s]", agent.lower(), maxsplit=1)[0]
    groups: dict[str, RobotsFile] = {}
    names: set[str] = set()
    opening, sitemaps = True, list[str]()
    for key, value in _fields(text):
        if key == "user-agent":
            names = (names if opening else set[str]()) | {value.lower()} & {product, "*"}
            opening = True
            groups |= {name: groups.get(name, NO_RULES) for name in names}
        elif key == "sitemap":
            sitemaps.append(value)
        else:
            opening = False
            groups |= {name: _with(groups[name], key, value) for name in names}
    return replace(groups.get(product, groups.get("*", NO_RULES)), sitemaps=tuple(sitemaps[:50]))


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches the beginning of a path, or all of it when it ends in `$`."""
    ends = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in pieces[: -1 if ends and pieces else None]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not ends:
        return True
    return path.endswith(pieces[-1]) and len(path) - len(pieces[-1]) >= at if pieces else len(path) == at


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, in lower case."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _fields(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.split("#", 1)[0].partition(":")
        if colon:
            found.append((key.strip().lower(), value.strip()))
    return found


def _with(group: RobotsFile, key: str, value: str) -> RobotsFile:
    usable = value.startswith(("/", "*")) and len(value) <= MAX_PATTERN and len(group.rules) < MAX_RULES
    if key in ("allow", "disallow") and usable:
        return replace(group, rules=(*group.rules, Rule(_bounded(_folded(value)), key == "allow")))
    if key == "crawl-delay" and re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value):
        return replace(group, delay=min(float(value), MAX_DELAY))
    return group


def _bounded(pattern: str) -> str:
    """The pattern up to so many wildcards; what stands behind them is left open."""
    pieces = re.sub(r"\*+", "*", pattern).split("*")
    return "*".join(pieces) if len(pieces) <= MAX_WILD + 1 else "*".join(pieces[:MAX_WILD]) + "*"


def _folded(path: str) -> str:
    """One spelling of percent-encoding, so that a rule and an address can be compared."""
    return quote(unquote_to_bytes(path), safe="/*$?&=:@!'()+,;~")
