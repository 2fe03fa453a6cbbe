"""Reads robots.txt by RFC 9309 with Protego. Pure; runs in the worker."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protego import Protego

MAX_DELAY = 60.0
MAX_SITEMAPS = 50


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of a robots.txt for one robot and one address; `delay` is Crawl-delay in seconds."""

    allowed: bool = True
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()


def read_robots(body: bytes, agent: str, url: str) -> RobotsRules:
    """The rules for `agent`, a user agent or its product name."""
    rules = _parsed(body)
    delay = rules.crawl_delay(agent) or 0.0
    return RobotsRules(
        rules.can_fetch(url, agent), min(max(delay, 0.0), MAX_DELAY), tuple(rules.sitemaps)[:MAX_SITEMAPS]
    )


@lru_cache(maxsize=8)
def _parsed(body: bytes) -> "Protego":
    from protego import Protego  # the main process needs no more than the rules

    return Protego.parse(body.decode("utf-8", "replace").removeprefix("\ufeff"))
