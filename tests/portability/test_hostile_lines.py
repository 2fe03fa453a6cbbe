"""Lines of a file that mean harm are refused with one sentence each; the good ones around them are stored."""

import io
import json
from datetime import UTC, datetime

import pytest

from bot.models import ArticleBody
from bot.portability.json_lines import MAX_LINE_BYTES, InvalidLineError, draft_of, read_lines, read_records

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


@pytest.mark.parametrize("number", NUMBERS)
def test_a_date_that_is_no_instant_is_refused(number: str) -> None:
    (verdict,) = verdicts(b'{"url": "%s", "title": "A", "published": %s}' % (URL.encode(), number.encode()))
    assert verdict.startswith("line 1:")


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_date_outside_sensible_years_is_refused(stamp: str) -> None:
    (verdict,) = verdicts(line(published=stamp))
    assert verdict.startswith("line 1:")


@pytest.mark.parametrize("published", [1_700_000_000, 1.7e9, "2024-05-06", "2024-05-06T09:00:00+09:00"])
def test_a_sensible_date_is_read(published: object) -> None:
    assert verdicts(line(published=published)) == ["ok"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 5_000_000}, {"author": "x" * 10_000}, {"summary": "x" * 100_000}, {"body": "x" * 5_000_000},
        {"language": "x" * 1_000}, {"url": "https://blog.example/" + "x" * 100_000}, {"title": ["A"]}, {"title": 7},
        {"title": {"a": 1}}, {"topics": ["x"] * 100_000}, {"topics": ["x" * 100_000]}, {"topics": [{"a": []}]},
        {"topics": "markets"}, {"url": "javascript:alert(1)"}, {"url": "file:///etc/passwd"}, {"url": ""},
        {"title": "  "},
    ],
)  # fmt: skip
def test_a_field_that_is_too_long_or_of_the_wrong_type_is_refused(fields: dict[str, object]) -> None:
    (verdict,) = verdicts(line(**fields))
    assert verdict.startswith("line 1:")
    assert len(verdict) < 200_000


@pytest.mark.parametrize(
    "data",
    [b"[" * 100_000, b"{" * 100_000, b'{"a":' * 50_000, b"null", b"1", b'"text"', b"[]", b"\x00\x01\x02", b"{'url': 1}",
     b'{"url": "https://a.example", "title": "cut', b"\xff\xfe{\x00", b'{"published": 1' + b"0" * 10_000 + b"}"],
)  # fmt: skip
def test_a_line_that_is_no_json_object_is_refused(data: bytes) -> None:
    (verdict,) = verdicts(data)
    assert verdict.startswith("line 1:")


def test_a_byte_order_mark_is_not_part_of_the_first_line() -> None:
    assert verdicts(b"\xef\xbb\xbf" + line()) == ["ok"]


def test_a_line_of_any_length_takes_bounded_memory_and_is_refused_alone() -> None:
    class Endless(io.RawIOBase):
        """A good line, one of 300 MB, a good line; remembers the largest piece that was asked for."""

        left, largest, done = 300_000_000, 0, 0

        def readline(self, size: int | None = -1, /) -> bytes:
            size = size or -1
            self.largest = max(self.largest, size if size >= 0 else 10**12)
            if self.done == 0:
                self.done = 1
                return line() + b"\n"
            if self.left > 0:
                taken = min(size, self.left)
                self.left -= taken
                return b"x" * taken if self.left else b"x" * (taken - 1) + b"\n"
            self.done += 1
            return line() if self.done == 2 else b""

    file = Endless()
    found = []
    for _, record in read_records(read_lines(file)):  # pyright: ignore[reportArgumentType] - reads lines alone
        found.append("bad" if isinstance(record, InvalidLineError) else "ok")
    assert found == ["ok", "bad", "ok"]
    assert file.largest <= MAX_LINE_BYTES + 1
