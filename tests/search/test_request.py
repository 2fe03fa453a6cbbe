"""Parsing dates, order, quotes and the wish to help from a query."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.query.request import parse_request
from bot.store.search.filters import Period
from bot.text_analysis import words

TODAY = date(2025, 3, 12)  # a Wednesday


def instant(year: int, month: int = 1, day: int = 1) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("asked", "since", "before"),
    [
        ("women since 2020", (2020,), None),
        ("women after 2020", (2021,), None),
        ("women from 2020 on", (2020,), None),
        ("women before 2020", None, (2020,)),
        ("women until 2020", None, (2021,)),
        ("women between 2019 and 2021", (2019,), (2022,)),
        ("women from 2021 to 2019", (2019,), (2022,)),
        ("women 2019-2021", (2019,), (2022,)),
        ("women since march 2020", (2020, 3), None),
        ("women after march 2020", (2020, 4), None),
        ("women from march 2020 on", (2020, 3), None),
        ("women before Dec 2020", None, (2020, 12)),
        ("women until dec. 2020", None, (2021,)),
        ("women between march 2020 and may 2021", (2020, 3), (2021, 6)),
        ("2020년 3월 이후 여성", (2020, 3), None),
        ("2020년 3월부터 2021년 5월까지 여성", (2020, 3), (2021, 6)),
        ("women last year", (2024,), (2025,)),
        ("women this year", (2025,), (2026,)),
        ("women last month", (2025, 2), (2025, 3)),
        ("women this week", (2025, 3, 10), (2025, 3, 17)),
        ("women yesterday", (2025, 3, 11), (2025, 3, 12)),
        ("women published today", (2025, 3, 12), (2025, 3, 13)),
        ("women in the last 10 days", (2025, 3, 2), None),
        ("women over the past two weeks", (2025, 2, 26), None),
        ("지난해 여성", (2024,), (2025,)),
        ("작년에 여성", (2024,), (2025,)),
        ("올해 여성", (2025,), (2026,)),
        ("재작년 여성", (2023,), (2024,)),
        ("지난달 여성", (2025, 2), (2025, 3)),
        ("2020년 이후 여성", (2020,), None),
        ("2020년 이전 여성", None, (2020,)),
        ("최근 10일간 여성", (2025, 3, 2), None),
    ],
)
def test_spans_of_time_limit_the_date_of_publication(
    asked: str, since: tuple[int, ...] | None, before: tuple[int, ...] | None
) -> None:
    request = parse_request(asked, TODAY)

    assert request.period == Period(instant(*since) if since else None, instant(*before) if before else None)
    assert request.text.split() in (["women"], ["여성"])


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("summer 2024", (2024, 6), (2024, 9)),
        ("articles from winter 2023", (2023, 12), (2024, 3)),
        ("2024년 가을 글", (2024, 9), (2024, 12)),
    ],
)
def test_a_season_is_three_months(asked: str, first: tuple[int, int], end: tuple[int, int]) -> None:
    assert parse_request(asked, TODAY).period == Period(instant(*first), instant(*end))


@pytest.mark.parametrize(
    "asked",
    [
        "Good morning everyone!",
        "tell me a joke",
        "who made you?",
        "are you a bot",
        "thx so much",
        "안녕하세요",
        "심심해",
    ],
)
def test_small_talk_asks_for_nothing(asked: str) -> None:
    assert not parse_request(asked, TODAY).text


def test_what_a_text_is_for_is_no_part_of_its_subject() -> None:
    """Only in a rambling question: fewer words are all meant."""
    asked = "my teacher wants us to give a presentation next monday about how women fed their families"

    assert parse_request(asked, TODAY).text == "how women fed their families"
    assert parse_request("a presentation about how women fed families", TODAY).text.startswith("a presentation")


@pytest.mark.parametrize(
    ("asked", "personal"),
    [
        ("how do i quit smoking", True),
        ("my boss is mean", True),
        ("i'm so tired", True),
        ("best noodles", True),
        ("noodles near me", False),
        ("머리 자르는 법", True),
        ("how much sleep do i need", True),
        ("where do i start with songbun", False),
        ("how do they quit smoking", False),
        ("how do i donate", False),
        ("hello kitty", False),
        ("good morning and good evening in both Koreas", False),
    ],
)
def test_the_askers_own_affairs_are_told_from_a_subject(asked: str, personal: bool) -> None:  # noqa: FBT001 - a table
    request = parse_request(asked, TODAY)

    assert request.personal == personal
    assert request.text


@pytest.mark.parametrize(
    ("asked", "errand"),
    [
        ("noodles near me", True),
        ("bakery open on sunday", True),
        ("cheap coats", True),
        ("radio not working", True),
        ("내일 비 와요", True),
        ("코트 세일", True),
        ("articles from this week", False),
        ("where can i donate right now", False),
        ("why do markets open in the morning", False),
    ],
)
def test_what_is_to_be_bought_or_done_is_told_from_a_subject(asked: str, errand: bool) -> None:  # noqa: FBT001 - a table
    assert parse_request(asked, TODAY).errand == errand


@pytest.mark.parametrize(
    ("asked", "years"),
    [
        ("women 2022", (2022,)),
        ("what happened in 2021?", (2021,)),
        ("articles from 2021", (2021,)),
        ("2021년에 나온 글", (2021,)),
        ("2021 and women in 2023", (2021, 2023)),
        ("a 20222 b 12022 c 2022.5", ()),
        ("phone 010-2022-3333", ()),
        ("the year 2999", ()),
    ],
)
def test_years_are_recognised_and_stay_searchable(asked: str, years: tuple[int, ...]) -> None:
    """A year may be the subject ("the currency reform of 2009"), so its digits are kept."""
    request = parse_request(asked, TODAY)

    assert request.years == years
    assert all(str(year) in request.text for year in years)


@pytest.mark.parametrize("asked", ["what came out in november 2023", "Nov 2023", "2023년 11월에 올라온 글"])
def test_a_month_with_nothing_else_is_when_articles_were_published(asked: str) -> None:
    assert parse_request(asked, TODAY).period == Period(instant(2023, 11), instant(2023, 12))


def test_a_month_beside_a_subject_may_be_part_of_it() -> None:
    request = parse_request("the floods of august 2023", TODAY)

    assert (request.period, request.years) == (None, (2023,))
    assert "august" in request.text


@pytest.mark.parametrize(
    ("asked", "newest"),
    [
        ("newest", True),
        ("latest article about markets", True),
        ("most recent story", True),
        ("what's new", True),
        ("what\u2019s new", True),
        ("what is new", True),
        ("markets, newest first", True),
        ("시장 최신순", True),
        ("시장 글을 최신 순으로", True),
        ("new articles", True),
        ("최신 글", True),
        ("제일 최근 글이 뭐야", True),
        ("the last article", True),
        ("a new life in Seoul", False),
        ("the last stories she told", False),
        ("the newspaper", False),
        ("my project for school is about how the very latest technologies travel across the border unseen", False),
    ],
)
def test_newest_is_an_order_not_a_subject(asked: str, newest: bool) -> None:  # noqa: FBT001 - a table
    assert parse_request(asked, TODAY).newest_first is newest


def test_a_quoted_phrase_is_kept_as_it_is() -> None:
    request = parse_request('"the Arduous March" since 2020', TODAY)

    assert request.quotes == (("the", "arduous", "march"),)
    assert request.period is None


@pytest.mark.parametrize(
    ("asked", "oldest"),
    [
        ("oldest", True),
        ("what is your oldest article", True),
        ("the very first post", True),
        ("earliest stories about school", True),
        ("markets, oldest first", True),
        ("시장 오래된순", True),
        ("오래된 순으로 시장 글", True),
        ("가장 오래된 글", True),
        ("맨 처음 올린 글", True),
        ("her oldest daughter", False),
        ("her oldest first cousin", False),
        ("the first day of school", False),
        ("the first story he heard", False),
        ("newest", False),
    ],
)
def test_oldest_is_an_order_not_a_subject(asked: str, oldest: bool) -> None:  # noqa: FBT001 - a table
    request = parse_request(asked, TODAY)

    assert (request.oldest_first, request.newest_first) == (oldest, asked == "newest")


@pytest.mark.parametrize(
    "asked", ["markets newest first", "markets, oldest first?", "오래된 순으로 markets", "markets 최신순"]
)
def test_words_for_the_order_are_not_searched_for(asked: str) -> None:
    assert words(parse_request(asked, TODAY).text) == ["markets"]


@pytest.mark.parametrize(
    ("asked", "is_date"),
    [
        ("today", True),
        ("what was posted today?", True),
        ("today's articles", True),
        ("Sign the Allies pledge today!", False),
        ("what is life like in North Korea today", False),
    ],
)
def test_today_beside_a_subject_is_the_present_time(asked: str, is_date: bool) -> None:  # noqa: FBT001 - a table
    period = parse_request(asked, TODAY).period

    assert period == (Period(instant(2025, 3, 12), instant(2025, 3, 13)) if is_date else None)


@pytest.mark.parametrize(
    "asked",
    [
        "September 12, 2024 women",
        "women on 12th of Sept. 2024",
        "women 2024-09-12",
        "2024년 9월 12일에 women",
    ],
)
def test_a_day_is_read_in_each_spelling(asked: str) -> None:
    request = parse_request(asked, TODAY)

    assert (request.period, request.text.split()) == (
        Period(instant(2024, 9, 12), instant(2024, 9, 13)),
        ["women"],
    )


@pytest.mark.parametrize("asked", ["February 30, 2024 women", "women 2024-13-01"])
def test_a_day_that_no_calendar_has_is_no_day(asked: str) -> None:
    assert parse_request(asked, TODAY).period is None


def test_first_aid_is_a_subject() -> None:
    assert words(parse_request("the latest first aid kit", TODAY).text) == ["first", "aid", "kit"]


@pytest.mark.parametrize(
    ("asked", "wants_to_help"),
    [
        ("sign me up as a volunteer", True),
        ("can our youth group sponsor a family", True),
        ("can I become a mentor", True),
        ("monthly giving", True),
        ("fundraiser ideas for our club", True),
        ("can my mom help me with my homework", False),
        ("she gave me a volunteer", False),
        ("how can I help", True),
        ("How can we donate?", True),
        ("what can students do to help", True),
        ("i want to volunteer", True),
        ("where can I donate", True),
        ("volunteer", True),
        ("ways to get involved", True),
        ("후원하고 싶어요", True),
        ("어떻게 도울 수 있나요", True),
        ("기부 방법", True),
        ("자원봉사 신청은 어디서 하나요", True),
        ("wanna support refugees but im only 15", True),
        ("where can I sign the pledge", True),
        ("id love to volunteer, who do i talk to", True),
        ("is there something i can do from my couch to help north koreans", True),
        ("where does my donation go", True),
        ("where can I sign in", False),
        ("can someone help me with my homework", False),
        ("how do i start a rescue team at my school", True),
        ("how do i start a game", False),
        ("who helped her cross the river", False),
        ("volunteers at the bank counter", False),
        ("how do brokers give money to families", False),
        ("help", False),
        ("후원자 이야기", False),
    ],
)
def test_the_wish_to_help_is_recognised(asked: str, wants_to_help: bool) -> None:  # noqa: FBT001 - a table
    assert parse_request(asked, TODAY).help is wants_to_help


@given(st.text(max_size=300))
def test_any_text_can_be_read(asked: str) -> None:
    assert parse_request(asked, TODAY).text.split() is not None


@given(
    st.dates(date(1971, 1, 1), date(9000, 12, 31)), st.sampled_from(["last year", "this year", "last month", "지난주"])
)
def test_relative_dates_on_any_day(today: date, asked: str) -> None:
    assert parse_request(asked, today) is not None
