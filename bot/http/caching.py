"""Freshness and retry delays from response headers, in seconds. Pure."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from bot.durations import DAY


def freshness(headers: Mapping[str, str], now: float) -> float:
    """The seconds for which the response is fresh; 0 when the server does not say."""
    directives = [part.strip().partition("=") for part in headers.get("cache-control", "").lower().split(",")]
    names = {name.strip(): value.strip(' "') for name, _, value in directives}
    if "no-store" in names or "no-cache" in names:
        return 0.0
    if "max-age" in names:
        return max(0.0, _seconds(names["max-age"]) - _seconds(headers.get("age", "")))
    expires, sent = _http_date(headers.get("expires", "")), _http_date(headers.get("date", ""))
    return max(0.0, expires - (sent if sent is not None else now)) if expires is not None else 0.0


def retry_after_seconds(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """`Retry-After` in seconds from either of its forms; None when absent or unreadable.

    A date is compared with the response's own `Date`, else with `now`.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(_seconds(value), 365 * DAY)
    at = _http_date(value)
    sent = _http_date(headers.get("date", ""))
    since = sent if sent is not None else now
    return None if at is None or since is None else max(0.0, at - since)


def _seconds(text: str) -> float:
    value = text.strip()
    return float(value[:12]) if value.isascii() and value.isdigit() else 0.0


def _http_date(text: str) -> float | None:
    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
