"""Which summaries are informative, and what replaces the others."""

import pytest

from bot.ingest.summaries import MAX_SUMMARY, introduction, says_something, telling_summary
from bot.models import Passage

TITLE, AUTHOR = "A Market Behind the Station", "Harriet Vale"
OPENING = (
    "The stalls open before dawn. By six o'clock every seat on the bench is taken, and nobody speaks of the queue."
)
BODY = (Passage(0, "", f"By {AUTHOR}\n\n{OPENING}\n\nLater the rain stops."),)


@pytest.mark.parametrize(
    "empty",
    [
        "",
        "By Harriet Vale",
        "by Harriet Vale | March 3, 2024",
        "Harriet Vale",
        "Written by Harriet Vale",
        "Posted on 3 March 2024 by Harriet Vale",
        "March 3, 2024",
        "Sunday, March 3, 2024 at 9:30 am",
        "2024-03-03",
        "2024. 3. 3.",
        "2024년 3월 3일",
        "5 min read",
        "A Market Behind the Station",
        "A market behind the station.",
        "A Market Behind the Station\nBy Harriet Vale\nMarch 3, 2024",
        "The post A Market Behind the Station appeared first on Corner Notes.",
        "By Harriet Vale The post A Market Behind the Station first appeared on Corner Notes.",
        "Read more",
        "Continue reading A Market Behind the Station →",
        "[…]",
        "글쓴이: 한서윤",
        "한서윤 기자",
        "By Harriet Vale and Tomas de la Cruz",
    ],
)
def test_an_uninformative_summary_is_replaced_by_the_beginning_of_the_body(empty: str) -> None:
    shown = telling_summary(empty, title=TITLE, author=AUTHOR, passages=BODY)
    assert shown.startswith("The stalls open before dawn.")
    assert "Harriet Vale" not in shown


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("Traders explain how the queue began.", "Traders explain how the queue began."),
        ("By Harriet Vale\nTraders explain how the queue began.", "Traders explain how the queue began."),
        (
            "Traders explain how the queue began. The post A Market Behind the Station appeared first on Corner Notes.",
            "Traders explain how the queue began.",
        ),
        ("Traders explain how the queue began. […]", "Traders explain how the queue began."),
        ("Traders explain how the queue began. Continue reading →", "Traders explain how the queue began."),
        ("March 3, 2024 Traders explain how the queue began.", "Traders explain how the queue began."),
        ("By noon the traders have sold everything.", "By noon the traders have sold everything."),
        ("March 3, 2024 was the day the market closed.", "March 3, 2024 was the day the market closed."),
        ("In March 2024 the market closed.", "In March 2024 the market closed."),
        ("By selling noodles, Harriet paid for school.", "By selling noodles, Harriet paid for school."),
        ("역 뒤 시장은 새벽에 문을 엽니다.", "역 뒤 시장은 새벽에 문을 엽니다."),
        ("A market behind the station feeds a whole street.", "A market behind the station feeds a whole street."),
        ("Harriet Vale spent a year among the traders.", "Harriet Vale spent a year among the traders."),
    ],
)
def test_an_informative_summary_is_kept(summary: str, shown: str) -> None:
    assert telling_summary(summary, title=TITLE, author=AUTHOR, passages=BODY) == shown


def test_an_introduction_ends_with_a_whole_sentence() -> None:
    sentences = "One sentence of about forty characters it is. " * 20
    found = introduction((Passage(0, "", sentences),), title="", author="")
    assert found.endswith("it is.")
    assert len(found) <= MAX_SUMMARY


def test_a_first_sentence_that_is_too_long_is_cut_at_a_word() -> None:
    found = introduction((Passage(0, "", "word " * 200),), title="", author="")
    assert found.endswith("word…")
    assert len(found) <= MAX_SUMMARY


def test_an_article_without_informative_text_has_no_summary() -> None:
    assert telling_summary("By Harriet Vale", title=TITLE, author=AUTHOR, passages=()) == ""


def test_korean_is_counted_by_characters() -> None:
    assert says_something("시장은 새벽에 열립니다")
    assert not says_something("시장")
