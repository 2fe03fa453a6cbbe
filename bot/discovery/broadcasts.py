"""Reads from a page when its premiere or live stream begins. Pure; runs in the worker."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from selectolax.lexbor import LexborHTMLParser

from bot.dates.parsing import parse_stamp

MAX_NESTING = 8


def broadcast_start(html: bytes) -> float | None:
    """The start that schema.org's BroadcastEvent gives, in microdata or JSON-LD; None for anything else.

    A broadcast that has ended is an ordinary video.
    """
    tree = LexborHTMLParser(html)
    found = {
        (node.attributes.get("itemprop") or "").lower(): node.attributes.get("content") or ""
        for node in tree.css("meta[itemprop]")
    }
    if found.get("islivebroadcast", "").lower() in ("true", "1") and "enddate" not in found:
        return parse_stamp(found.get("startdate", ""))
    for script in tree.css('script[type="application/ld+json"]'):
        try:
            values = json.loads(re.sub(r"^\s*<!--|-->\s*$", "", script.text()))
        except (ValueError, RecursionError):
            continue
        for event in _tables(values):
            if event.get("isLiveBroadcast") in (True, "true", "True") and not event.get("endDate"):
                return parse_stamp(str(event.get("startDate") or ""))
    return None


def _tables(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > MAX_NESTING:
        return
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        yield table
        for inner in table.values():
            yield from _tables(inner, depth + 1)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _tables(inner, depth + 1)
