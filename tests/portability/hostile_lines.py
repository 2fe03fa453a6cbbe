"""Lines of an import that mean harm, and what the reader says of them."""

import io
import json
from datetime import UTC, datetime

from bot.models import ArticleBody
from bot.portability.json_lines import InvalidLineError, draft_of, read_lines, read_records

URL = "https://blog.example/1"
NOW = 1_800_000_000.0


def classify(_title: str, _summary: str, _body: ArticleBody | None) -> tuple[str, ...]:
    return ()


def verdicts(data: bytes) -> list[str]:
    """For each line "ok" or the reason why it is refused."""
    found: list[str] = []
    for number, record in read_records(read_lines(io.BytesIO(data))):
        try:
            if isinstance(record, InvalidLineError):
                raise record
            new = draft_of(number, record, "blog", set(), classify, NOW)
            year = datetime.fromtimestamp(new.published, UTC).year
            found.append("ok" if 1970 <= year <= 2200 else f"year {year}")
        except InvalidLineError as error:
            found.append(str(error))
    return found


def line(**fields: object) -> bytes:
    return json.dumps({"url": URL, "title": "A title", **fields}).encode()


NUMBERS = [
    "Infinity",
    "-Infinity",
    "NaN",
    "1e400",
    "1" + "0" * 400,
    "-1" + "0" * 400,
    "1e20",
    "-1e20",
    "7300000000",
    "-1",
]
STAMPS = [
    "99999-01-01",
    "-0001-01-01",
    "0001-01-01",
    "1969-12-31",
    "2300-01-01T00:00:00",
    "soon",
    "9" * 5_000,
    "20240101T99",
]
FIELDS: list[dict[str, object]] = [
        {"title": "x" * 5_000_000}, {"author": "x" * 10_000}, {"summary": "x" * 100_000}, {"body": "x" * 5_000_000},
        {"language": "x" * 1_000}, {"url": "https://blog.example/" + "x" * 100_000}, {"title": ["A"]}, {"title": 7},
        {"title": {"a": 1}}, {"topics": ["x"] * 100_000}, {"topics": ["x" * 100_000]}, {"topics": [{"a": []}]},
        {"topics": "markets"}, {"url": "javascript:alert(1)"}, {"url": "file:///etc/passwd"}, {"url": ""},
        {"title": "  "},
    {"url": "data:text/html,x"}, {"url": "ftp://blog.example/1"}, {"url": "https://"}, {"url": ["https://a.example"]},
    {"url": 7}, {"url": None}, {"url": "https://blog.example:99999/"}, {"url": "//blog.example/1"}, {"url": "blog"},
    {"published": []}, {"published": {}}, {"published": True}, {"published": "Infinity"}, {"summary": 7},
    {"summary": ["a"]}, {"author": {"name": "A"}}, {"author": 7}, {"language": 7}, {"body": 7}, {"body": ["x", 7]},
    {"topics": {"a": 1}}, {"topics": 7}, {"title": None}, {"title": True},
]  # fmt: skip
NO_OBJECTS = [
    b"[" * 100_000, b"{" * 100_000, b'{"a":' * 50_000, b"null", b"1", b'"text"', b"[]", b"\x00\x01\x02", b"{'url': 1}",
     b'{"url": "https://a.example", "title": "cut', b"\xff\xfe{\x00", b'{"published": 1' + b"0" * 10_000 + b"}"
]  # fmt: skip


def harmful() -> list[bytes]:
    """Every line that has to be refused."""
    numbers = [b'{"url": "%s", "title": "A", "published": %s}' % (URL.encode(), number.encode()) for number in NUMBERS]
    stamps = [line(published=stamp) for stamp in STAMPS]
    return [*numbers, *stamps, *(line(**fields) for fields in FIELDS), *NO_OBJECTS]
