"""A date is parsed correctly or not at all."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates.parsing import FIRST_YEAR, LAST_YEAR, date_in, parse_stamp

FIRST, LAST = datetime.fromisoformat("1990-01-02"), datetime.fromisoformat("2099-12-30")


def iso(instant: float | None) -> str | None:
    return datetime.fromtimestamp(instant, UTC).isoformat()[:19] if instant is not None else None


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Sat, 05 Jul 2025 19:00:00 KST", "2025-07-05T10:00:00"),
        ("Sat, 05 Jul 2025 06:00:00 EDT", "2025-07-05T10:00:00"),
        ("Sat, 05 Jul 25 10:00:00 GMT", "2025-07-05T10:00:00"),
        ("05-Jul-2025 10:00:00", "2025-07-05T10:00:00"),
        ("3:04 p.m. ET May 6, 2024", "2024-05-06T19:04:00"),
        ("Jan. 6, 2024, 3:04 p.m. ET", "2024-01-06T20:04:00"),
        ("Mon 6 May 2024 10.00 BST", "2024-05-06T09:00:00"),
        ("Publié le 6 mai 2024 à 10h05", "2024-05-06T10:05:00"),
        ("토, 05 7월 2025 15:05:00 +0900", "2025-07-05T06:05:00"),
        ("Sat, Oct 28 2023 08:28:28 PM", "2023-10-28T20:28:28"),
        ("Sat, 28 Oct 2023 12:10:00 AM", "2023-10-28T00:10:00"),
        ("May 6, 2024 at 3:04PM", "2024-05-06T15:04:00"),
        ("May 6, 2024 3 p.m.", "2024-05-06T15:00:00"),
        ("2024-05-06 3:00 PM PST", "2024-05-06T23:00:00"),
        ("Sun, 05 Sep 2021 15:45:05 GMT+7", "2021-09-05T08:45:05"),
        ("2024-05-06 18:00:00 UTC+9", "2024-05-06T09:00:00"),
        ("2024-05-06T18:00:00+9:00", "2024-05-06T09:00:00"),
        ("2024-05-06 18:00:00 +09.00", "2024-05-06T09:00:00"),
        ("2024-05-06 18:00:00 (+09:00)", "2024-05-06T09:00:00"),
        ("2024-05-06 18:00:00 (KST)", "2024-05-06T09:00:00"),
        ("2024-05-06 18:00:00 +0900 KST", "2024-05-06T09:00:00"),
        ("Mon May 06 2024 18:00:00 GMT+0900 (Korean Standard Time)", "2024-05-06T09:00:00"),
        ("2024-05-06T18:00:00-07:00", "2024-05-07T01:00:00"),
        ("20240506T180000Z", "2024-05-06T18:00:00"),
        ("1714989600", "2024-05-06T10:00:00"),
        ("1714989600000", "2024-05-06T10:00:00"),
        ("2025년 7월 5일 오후 3:00", "2025-07-05T06:00:00"),
        ("2024.05.06. 오후 6:00", "2024-05-06T09:00:00"),
        ("2024-05-06 오후 3시 30분", "2024-05-06T06:30:00"),
        ("오전 12:30 2024-05-06", "2024-05-05T15:30:00"),
        ("입력 2024-05-06 18:00", "2024-05-06T09:00:00"),
        ("2024-05-06 (월) 18:00", "2024-05-06T18:00:00"),
        ("2024年5月6日 18時30分", "2024-05-06T18:30:00"),
        ("6 de mayo de 2024", "2024-05-06T12:00:00"),
        ("segunda-feira, 6 de maio de 2024", "2024-05-06T12:00:00"),
        ("mar. 5 mars 2024 10:00:00 +0100", "2024-03-05T09:00:00"),
        ("Mo, 06 Mai 2024 10:00:00 +0200", "2024-05-06T08:00:00"),
        ("6 мая 2024", "2024-05-06T12:00:00"),
        ("2024. május 6.", "2024-05-06T12:00:00"),
        ("6.5.2024", "2024-05-06T12:00:00"),
        ("13/06/2024", "2024-06-13T12:00:00"),
        ("Mon, 05/06/2024 - 18:00", "2024-05-06T18:00:00"),
        ("입력 : 2024-05-06 18:00 / 수정 : 2024-05-07 19:10", "2024-05-06T09:00:00"),
        ("입력: 2024년 5월 6일 오후 6시 | 업데이트: 2024년 5월 7일 오전 9시", "2024-05-06T09:00:00"),
        ("기사입력 2024.05.06. 18:00 최종수정 2024.05.07. 19:00", "2024-05-06T09:00:00"),
        ("수정 2024.05.07 09:00 입력 2024.05.06 18:00", "2024-05-06T09:00:00"),
        ("등록일시 [2024-05-06 18:00]", "2024-05-06T09:00:00"),
        ("May 6, 2024 18:00 / Updated: May 7, 2024", "2024-05-06T18:00:00"),
        ("Last updated: May 7, 2024. Published: May 6, 2024", "2024-05-06T12:00:00"),
    ],
)
def test_every_common_spelling_gives_its_instant(written: str, instant: str) -> None:
    assert iso(parse_stamp(written)) == instant


@pytest.mark.parametrize(
    "written",
    [
        "", "yesterday", "May 2024", "2024", "10:00", "오후 3:00", "05/06/2024", "30 February 2024", "99999-99-99",
        "0001-01-01T00:00:00Z", "0000-00-00 00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T09:00:00+09:00",
        "1 6 May 2024", "6 May 7 June 2024", "2024-05-06T18:00:00 Asia/Seoul", "2024-05-06 18:00:00 +99:00",
        "수정 2024-05-06 18:00", "Mon, 06 May 2024 24:10:00 GMT", "Marvel 3, 2025", "6 listopad 2024",
    ],
)  # fmt: skip
def test_a_partly_understood_date_is_no_date(written: str) -> None:
    assert parse_stamp(written) is None


def test_a_time_without_a_zone_is_read_in_the_zone_given() -> None:
    seoul = ZoneInfo("Asia/Seoul")

    assert iso(parse_stamp("2023-05-30 12:00:33", seoul)) == "2023-05-30T03:00:33"
    assert iso(parse_stamp("2023-05-30 12:00:33 +0200", seoul)) == "2023-05-30T10:00:33"
    assert iso(parse_stamp("Tue, 30 May 2023 12:00:33", ZoneInfo("America/New_York"))) == "2023-05-30T16:00:33"
    assert iso(parse_stamp("2023-05-30", seoul)) == "2023-05-30T12:00:00"


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("By Jane | March 23, 2025", "2025-03-23T12:00:00"),
        ("March 23, 2025 • 5 min read", "2025-03-23T12:00:00"),
        ("Posted on March 23, 2025", "2025-03-23T12:00:00"),
        ("입력 2024.05.06. 오후 6:00 수정 2024.05.07. 오전 9:12", "2024-05-06T09:00:00"),
        ("등록 2024-05-06 18:00수정 2024-05-07 09:00", "2024-05-06T09:00:00"),
        ("Updated: May 8, 2024 Published: May 6, 2024", "2024-05-06T12:00:00"),
        ("May 6th, 2024 by Jane Doe", "2024-05-06T12:00:00"),
        ("Updated March 23, 2025", None),
        ("On March 23, 2025 it rained all day", None),
    ],
)
def test_a_line_is_a_date_only_when_it_has_nothing_else(line: str, instant: str | None) -> None:
    assert iso(date_in(line)) == instant


@given(st.text(max_size=200) | st.text("0123456789-/.:+ TZapm오후년월일MaySun", max_size=60))
def test_any_text_gives_a_sensible_instant_or_none(text: str) -> None:
    for found in (parse_stamp(text), date_in(text)):
        assert found is None or FIRST_YEAR - 1 <= datetime.fromtimestamp(found, UTC).year <= LAST_YEAR + 1


@given(st.datetimes(FIRST, LAST), st.sampled_from(["Asia/Seoul", "UTC", "America/Lima"]))
def test_what_the_standards_write_is_read_back(moment: datetime, zone: str) -> None:
    aware = moment.replace(microsecond=0, tzinfo=ZoneInfo(zone))

    for pattern in (
        "%a, %d %b %Y %H:%M:%S %z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%B %d, %Y %I:%M:%S %p %z",
        "%Y년 %m월 %d일 %H:%M:%S %z",
    ):
        assert parse_stamp(aware.strftime(pattern)) == aware.timestamp()
