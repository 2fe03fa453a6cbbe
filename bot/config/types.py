"""The formats of single values of the configuration, and the errors for invalid ones."""

import re
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from bot.urls import without_credentials

UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
MAX_DURATION = 40  # characters
PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
SHORTEST_INTERVAL = 1.0


def parse_duration(value: object) -> float:
    """Seconds of a duration as people write it: `5s`, `30m`, `24h`, `1h30m`, `2 d`."""
    if isinstance(value, float):
        return value  # a default, already in seconds
    text = str(value)[:MAX_DURATION].strip().lower()
    parts = PART.findall(text)
    if not parts or PART.sub("", text).strip() or len(str(value)) > MAX_DURATION:
        problem = f'"{value}" is not a length of time; write a number with its unit, such as "30m", "24h" or "5s"'
        raise ValueError(problem)
    return sum(float(number) * UNIT_SECONDS[unit] for number, unit in parts)


def check_web_url(value: str) -> str:
    """An http or https address with a host."""
    shown = without_credentials(value)
    if shown != value:
        raise ValueError(f"{shown}: an address with a user name or password is not supported; write it without them")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f'"{value}" is not a web address; write one that begins with https://')
    return value


def check_time_zone(value: str) -> str:
    """A name the time zone database knows."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'there is no time zone "{value}"; write one such as "Europe/London" or "UTC"') from None
    return value


def check_day(value: object) -> str:
    """A day as YYYY-MM-DD; TOML's own dates are fine too."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value)).isoformat() if value else ""
    except ValueError:
        raise ValueError(f'"{value}" is not a day; write it as year-month-day, such as "2026-12-31"') from None


def check_key(value: str) -> str:
    """Keys are stored and typed by people: short, lower case, no spaces."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value):
        raise ValueError(f'"{value}" cannot be a key; use lower-case letters, digits and hyphens, such as "markets"')
    return value


TimeZone = Annotated[str, AfterValidator(check_time_zone)]
Duration = Annotated[float, BeforeValidator(parse_duration)]
Interval = Annotated[Duration, Field(ge=SHORTEST_INTERVAL)]
WebUrl = Annotated[str, AfterValidator(check_web_url)]
Day = Annotated[str, BeforeValidator(check_day)]
Key = Annotated[str, AfterValidator(check_key)]
Words = Annotated[tuple[str, ...], Field(min_length=1)]
