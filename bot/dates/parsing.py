"""Parses dates as feeds and pages write them: by the standards, in many languages, and informally.

Every part of a text must be understood (weekday, day, month, year, time, a.m. or p.m., zone),
otherwise it has no date: a wrong date is worse than none. A day without a time becomes noon UTC,
the same day for nearly every reader. A time without a zone is read in `zone`.
"""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.dates.names import (
    AFTER_NOON,
    BEFORE_NOON,
    KOREAN_LABELS,
    LABELS,
    MONTHS,
    REGIONS,
    WEEKDAYS,
    ZONES,
)

KOREA = timezone(timedelta(hours=9))
NOON, MAX_DAY = 12, 31
LAST_TWO_DIGITS, LAST_OF_2000 = 99, 49
FIRST_YEAR, LAST_YEAR = 1990, 2100  # year 1, 1900 and 1970 are how software writes "no date"
MAX_NUMBERS = 2  # beside a month in letters: day and year
MAX_TEXT = 120
MAX_DATE_LINE = 80  # characters of a line that is nothing but a date
MAX_OFFSET = 14 * 3_600
EPOCH_DIGITS = {10: 1.0, 13: 0.001}  # seconds or milliseconds since 1970

COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(?=z|[+-]|$))?")
TOKEN = re.compile(
    r"(?P<comment>\([^()]{0,60}\))"
    r"|(?P<iso>(?<!\d)\d{4}(?P<sep>[-/.])\s?\d{1,2}(?P=sep)\s?\d{1,2}(?!\d)\.?)"
    r"|(?P<short>(?<![\d.-])\d{2}(?P<dash>[-.])\d{2}(?P=dash)\d{2}(?![\d.-]))"
    r"|(?P<cjk>\d{4}\s?[년年]\s?\d{1,2}\s?[월月]\s?\d{1,2}\s?[일日])"
    r"|(?P<named>(?<!\d)\d{1,2}\s?[월月](?![^\W\d_]))"
    r"|(?P<hangul>\d{1,2}\s?[시時点时](?:\s?\d{1,2}\s?[분分])?(?:\s?\d{1,2}\s?[초秒])?)"
    r"|(?P<time>(?<!\d)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r"|(?P<dotted>(?<![\d.])\d{1,2}\.\d{2}(?=\s?(?:uhr|h|bst|gmt|utc|cet|cest|am|pm)\b)|(?<![\d.])\d{1,2}h\d{2}(?!\d))"
    r"|(?P<offset>(?<=[\d\s(a-z])[+\u2212-]\d{1,2}(?:[:.]?\d{2})?(?![\d:/.-]))"
    r"|(?P<numeric>(?<!\d)\d{1,2}(?P<mark>[-/.])\s?\d{1,2}(?P=mark)\s?\d{4}(?!\d))"
    r"|(?P<hour>(?<!\d)\d{1,2}\s?[ap]\.?m\b\.?)"
    r"|(?P<number>\d+)(?:st|nd|rd|th|er|º|ª)?(?![^\W\d_])"
    r"|(?P<half>[ap]\.m\.?|[ap]m(?![^\W\d_]))"
    r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)?)"
    r"|(?P<space>[\s,.;:|·•/~_\[\]-])",
    re.IGNORECASE,
)
# What follows is when the text was changed, not when it was published.
CHANGED = re.compile(
    r"(?:(?<=\d)(?!\s?[년월일시분초])|(?<=[일시분초]))\D{0,12}"
    r"(?:\b(?:updated|modified|edited|last|aktualisiert|mis à jour|actualizado)\b|수정|업데이트|갱신)"
)
# After the last change some pages say when the text was published.
PUBLISHED = re.compile(
    r"\b(?:first )?(?:published|posted|veröffentlicht|publié|publicado)(?: on| at)?\s?:\s"
    r"|^\W*(?:최종\s?)?(?:수정|업데이트)[^입등작게]{0,60}(?=입력|등록|작성|게시)"
)
SEPARATOR = re.compile(r"\s*[|•·∙ㅣ・—\u2013]\s*|\s+[/-]\s+|\s(?=by\s)")


def parse_stamp(text: str, zone: tzinfo = UTC) -> float | None:
    """The instant of a date in any form that feeds and metadata use; None for an invalid or implausible one."""
    stamp = _published_part(unicodedata.normalize("NFKC", text[:MAX_TEXT]).strip().lower())
    if stamp.isascii() and stamp.isdigit() and len(stamp) in EPOCH_DIGITS:
        moment = datetime.fromtimestamp(int(stamp) * EPOCH_DIGITS[len(stamp)], UTC)
        return moment.timestamp() if FIRST_YEAR <= moment.year <= LAST_YEAR else None
    if found := COMPACT.match(stamp):
        year, month, day, *clock = found.groups()
        rest = stamp[found.end() :]
        time = f" {clock[0]}:{clock[1]}:{clock[2] or '00'}" if clock[0] else ""
        stamp = f"{year}-{month}-{day}{time}{rest}"
    stamp = re.sub(r"(?<=\d)t(?=\d)", " ", stamp, count=1)
    parts = _Parts()
    position = 0
    while position < len(stamp):
        found = TOKEN.match(stamp, position)
        if found is None or not parts.take(found):
            return None
        position = found.end()
    return parts.instant(zone)


def date_in(line: str, zone: tzinfo = UTC) -> float | None:
    """The instant of a line that is only a date, or has one between separators ("Jane | 5 May 2024")."""
    line = _published_part(line[: 4 * MAX_TEXT].lower())
    for piece in (line, *SEPARATOR.split(line)):
        if len(piece) <= MAX_DATE_LINE and (instant := parse_stamp(piece, zone)) is not None:
            return instant
    return None


def _published_part(line: str) -> str:
    """The part of a line that says when a text was published, not when it was changed."""
    return CHANGED.split(PUBLISHED.split(line, maxsplit=1)[-1], maxsplit=1)[0]


@dataclass(slots=True)
class _Parts:
    """The parts of a date found so far; `take` refuses an unknown or repeated part."""

    day: tuple[int, int, int] | None = None
    numbers: list[int] = field(default_factory=list[int])
    month: int = 0
    month_name: str = ""
    weekday: int | None = None
    clock: tuple[int, int, float] | None = None
    half: str = ""
    offset: float | None = None
    region: str = ""
    korean: bool = False
    short: bool = False

    def take(self, found: re.Match[str]) -> bool:
        """Adds a part. False when it is unknown or repeated."""
        kind, text = found.lastgroup or "", found[0]
        match kind:
            case "comment":
                taken = self._comment(text[1:-1].strip())
            case "iso" | "cjk" | "numeric":
                taken = self._whole_day(text, day_first=found["mark"] == ".")
            case "short":
                self.short = True
                taken = self._whole_day(f"20{text}", day_first=False)
            case "time" | "hangul" | "dotted" | "hour":
                half = "am" if "a" in text else "pm"
                taken = self.clock is None and (kind != "hour" or self._word(half))
                pieces = re.findall(r"\d+" if text.count(".") == 1 and ":" not in text else r"\d+(?:[.,]\d+)?", text)
                hour, minute, second = (*pieces, "0", "0")[:3]
                self.korean = self.korean or "시" in text
                self.clock = (int(hour), int(minute), float(second.replace(",", ".")))
            case "named":  # "5 7월 2025", as Java writes it
                taken = not self.month and self.day is None
                self.month = int(text[:-1])
            case "offset" if self.clock is None and text[0] == "-" and len(text) == len("-2025"):
                self.numbers.append(int(text[1:]))  # "05-Jul-2025"
                taken = self.month > 0 and len(self.numbers) <= MAX_NUMBERS
            case "offset":
                taken = self._offset(text)
            case "number" if not text.startswith("00"):  # year 1 is no year
                self.numbers.append(int(found["number"][:9]))
                taken = len(self.numbers) <= MAX_NUMBERS and self.day is None
            case _:
                taken = kind == "space" or self._word(text.rstrip("."))
        return taken

    def _whole_day(self, text: str, *, day_first: bool) -> bool:
        """Year, month and day, or two numbers and the year; with dots the day is known to come first."""
        first, second, third = map(int, re.findall(r"\d+", text))
        if self.day or self.numbers:
            return False
        self.day = (third, second, first) if day_first else (first, second, third)
        self.korean = self.korean or "년" in text
        return True

    def _comment(self, text: str) -> bool:
        """Words in parentheses: a weekday or a zone; anything else is a remark and ignored."""
        if self.offset is None and text in ZONES:
            self.offset = ZONES[text] * 3_600
        elif self.offset is None and (found := re.fullmatch(r"(?:utc|gmt)?\s?([+-]\d{1,2}(?::?\d{2})?)", text)):
            self._offset(found[1])
        elif self.weekday is None and text in WEEKDAYS:
            self.weekday = WEEKDAYS[text]
        return True

    def _offset(self, text: str) -> bool:
        digits = re.sub(r"\D", "", text)
        seconds = int(digits[:-2] or digits) * 3_600 + int(digits[-2:]) * 60 if digits[2:] else int(digits) * 3_600
        if self.clock is None or seconds > MAX_OFFSET or self.offset not in (None, 0.0):
            return False
        self.offset = float(seconds if text[0] == "+" else -seconds)
        return True

    def _word(self, word: str) -> bool:
        half = "am" if word in BEFORE_NOON else "pm" if word in AFTER_NOON else ""
        if half:
            free = not self.half
            self.half, self.korean = half, self.korean or word in ("오전", "오후")
            return free
        if word in LABELS:
            self.korean = self.korean or word in KOREAN_LABELS
            return True
        if word in MONTHS and (not self.month or self.month_name == "mar"):
            if self.month:
                self.weekday = WEEKDAYS["mardi"]  # "mar. 5 mars": the first was Tuesday
            self.month, self.month_name = MONTHS[word], word
            return True
        if (word in ZONES and (self.clock or self.numbers or self.day)) or (word in REGIONS and self.clock):
            self.region = self.region or REGIONS.get(word, "")
            if self.offset is None and word in ZONES:  # not in "+0900 KST"
                self.offset = ZONES[word] * 3_600
            return True
        if word in WEEKDAYS and self.weekday is None:
            self.weekday = WEEKDAYS[word]
            return True
        return False

    def instant(self, zone: tzinfo) -> float | None:
        """The instant of the parts, or None."""
        days: tuple[int, int, int] | None = None
        if self.day is not None and not self.month and not self.numbers:
            days = self.day if self.day[0] > MAX_DAY else self._ordered(*self.day)
        elif self.day is None and self.month and len(self.numbers) == MAX_NUMBERS:
            one, two = self.numbers
            day, year = (two, one) if one > MAX_DAY else (one, two)
            if year <= LAST_TWO_DIGITS:  # the e-mail standard's two digits
                year += 2000 if year <= LAST_OF_2000 else 1900
            days = year, self.month, day
        # Two digits for the year come first in Korea alone.
        foreign = self.short and not self.korean and zone is not KOREA
        if days is None or foreign or not FIRST_YEAR <= days[0] <= LAST_YEAR:
            return None
        if self.clock is None:
            zone = UTC
        elif self.offset is not None:
            zone = timezone(timedelta(seconds=self.offset))
        elif self.region:
            zone = ZoneInfo(self.region)
        elif self.korean and zone is UTC:
            zone = KOREA
        hour, minute, second = self.clock or (NOON, 0, 0.0)
        if self.clock and self.half and hour <= NOON:  # "13:00 PM" is written too
            hour = hour % 12 + (12 if self.half == "pm" else 0)
        with suppress(ValueError, OverflowError):  # there is no such time
            whole = min(int(second), 59)
            return datetime(*days, hour, minute, whole, int(second % 1 * 1e6), tzinfo=zone).timestamp()
        return None

    def _ordered(self, first: int, second: int, year: int) -> tuple[int, int, int] | None:
        """Day and month from two numbers, when only one order is possible or the weekday decides."""
        possible: list[datetime] = []
        for month, day in {(first, second), (second, first)}:
            with suppress(ValueError):  # there is no such day
                possible.append(datetime(year, month, day, tzinfo=UTC))
        if len(possible) > 1 and self.weekday is not None:
            possible = [reading for reading in possible if reading.weekday() == self.weekday]
        return (possible[0].year, possible[0].month, possible[0].day) if len(possible) == 1 else None
