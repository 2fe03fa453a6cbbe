"""Dates as pages write them, in English, in Korean and by the standard."""

import re
from datetime import UTC, datetime

# A day without a time becomes noon UTC: it is then the same day for nearly every reader.
NOON = 12
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1990, 2100

MONTH = r"(?P<month>[a-z]{3,9})\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
YEAR = r"(?P<year>\d{4})"
WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{MONTH} {DAY},? {YEAR}",
        rf"{DAY} {MONTH},? {YEAR}",
        rf"{YEAR}[-/.] ?(?P<month>\d{{1,2}})[-/.] ?(?P<day>\d{{1,2}})\.?",
        rf"{YEAR} ?년 ?(?P<month>\d{{1,2}}) ?월 ?(?P<day>\d{{1,2}}) ?일",
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/{YEAR}",
        rf"(?P<day>\d{{1,2}})\. ?(?P<month>\d{{1,2}})\. ?{YEAR}",
    )
)
BEFORE = re.compile(
    r"^(?:(?:first )?(?:published|posted|updated|date|on|작성일|게시일|등록일)[:\s]*(?:on )?)?"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?",
    re.IGNORECASE,
)
AFTER = re.compile(r"(?: ?\(?[월화수목금토일]요일\)?| ?\([월화수목금토일]\))?$")
SEPARATOR = re.compile(r"\s*[|•·∙—\u2013/]\s+|\s+-\s+")


def date_in(line: str) -> float | None:
    """The instant of a line that is nothing but a date, or has one between separators ("Jane | 5 May 2024")."""
    for piece in (line, *SEPARATOR.split(line)):
        bare = AFTER.sub("", BEFORE.sub("", piece.strip()))
        for pattern in WRITTEN:
            if (found := pattern.fullmatch(bare)) and (instant := _noon(**found.groupdict())) is not None:
                return instant
    return None


def parse_stamp(text: str) -> float | None:
    """The instant of a machine-readable date (ISO 8601), or of one as people write it."""
    stamp = text.strip()
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d", stamp):
        return date_in(stamp)
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return date_in(stamp[:10])
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.timestamp() if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _noon(year: str, month: str, day: str) -> float | None:
    number = int(month) if month.isdigit() else _month(month)
    try:
        moment = datetime(int(year), number, int(day), NOON, tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp() if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _month(name: str) -> int:
    """The number of an English month or its abbreviation; 0, which is no month, for other words."""
    return next((number for number, known in enumerate(MONTHS, 1) if known.startswith(name.lower())), 0)
