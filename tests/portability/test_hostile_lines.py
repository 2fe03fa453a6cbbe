"""Hostile lines of a file are refused with one sentence each; the valid lines around them are stored."""

import io

import pytest

from bot.portability.json_lines import MAX_LINE_BYTES, InvalidLineError, read_lines, read_records
from tests.portability.hostile_lines import FIELDS, NO_OBJECTS, NUMBERS, STAMPS, URL, line, verdicts


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


@pytest.mark.parametrize("fields", FIELDS)
def test_a_field_that_is_too_long_or_of_the_wrong_type_is_refused(fields: dict[str, object]) -> None:
    (verdict,) = verdicts(line(**fields))
    assert verdict.startswith("line 1:")
    assert len(verdict) < 200_000


@pytest.mark.parametrize("data", NO_OBJECTS)
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
