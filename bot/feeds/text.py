"""Plain text and instants from what feeds say."""

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.dates import FIRST_YEAR, LAST_YEAR, parse_stamp
from bot.plain_text import one_line, truncate

LONGEST_MARKUP = 50_000  # more of an entry's text is not looked at: only its beginning is kept
TITLE, SUMMARY, NAME = 250, 600, 100

HIDDEN = re.compile(r"<(script|style|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|figure|figcaption|section)\b[^<>]*>", re.IGNORECASE
)
TAG = re.compile(r"</?[a-z][^<>]*>|<![a-z][^<>]*>|<\?[^<>]*>", re.IGNORECASE)

# Names of zones that the e-mail standard does not know; it would read them as UTC.
ZONES = {
    "KST": "+0900", "JST": "+0900", "IST": "+0530", "HKT": "+0800", "SGT": "+0800", "AEST": "+1000",
    "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300", "CET": "+0100", "CEST": "+0200", "EET": "+0200",
    "EEST": "+0300", "MSK": "+0300", "WET": "+0000", "WEST": "+0100", "BST": "+0100", "AKST": "-0900",
    "AKDT": "-0800", "HST": "-1000",
}  # fmt: skip
ZONE = re.compile(r"\b([A-Z]{3,4})\)?$")


def plain_title(markup: str, limit: int = TITLE) -> str:
    """One line without tags, entities and invisible characters, cut at a word."""
    text = html.unescape(markup[:LONGEST_MARKUP])
    return truncate(one_line(_without_tags(text)), limit)


def plain_summary(markup: str, limit: int = SUMMARY) -> str:
    """The beginning of a text as plain words on one line, cut at a word."""
    text = _without_tags(BLOCK.sub(" ", markup[:LONGEST_MARKUP]))
    return truncate(one_line(_without_tags(html.unescape(text))), limit)


def instant(text: str) -> float | None:
    """The instant of a date in any form that feeds use; None when it says no sensible one."""
    stamp = one_line(text[:100])
    if not stamp:
        return None
    named = ZONE.sub(lambda found: ZONES.get(found[1], found[0]), stamp)
    try:
        moment = parsedate_to_datetime(named)
    except (TypeError, ValueError, IndexError, OverflowError):
        return parse_stamp(stamp)
    if not re.search(r"\d:\d", named):
        return parse_stamp(stamp)
    return _sensible(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _sensible(moment: datetime) -> float | None:
    try:
        return moment.timestamp() if FIRST_YEAR <= moment.year <= LAST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _without_tags(text: str) -> str:
    return TAG.sub("", HIDDEN.sub(" ", COMMENT.sub(" ", text)))
