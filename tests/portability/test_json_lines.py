"""JSON Lines: exported lines are imported unchanged, and a bad line does not affect the others."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Article, ArticleBody, ChannelKind, Passage, Rhythm, Schedule, Subscription, SubscriptionOptions
from bot.portability.json_lines import (
    InvalidLineError,
    article_line,
    body_passages,
    body_text,
    draft_of,
    read_records,
    subscription_line,
    subscription_of,
)

NOW = 1_790_000_000.0
GOOD = {"url": "https://example.org/blog/one", "title": "One", "published": "2026-03-01T09:00:00+00:00"}


def no_topics(_title: str, _summary: str, _body: ArticleBody | None) -> tuple[str, ...]:
    return ("found",)


def draft(record: dict[str, Any]) -> Any:
    return draft_of(1, record, "blog", {"markets"}, no_topics, NOW)


def test_an_exported_article_comes_back_as_it_was() -> None:
    article = Article(
        id=7, feed="blog", url="https://example.org/blog/one", key="example.org/blog/one", title="장마당 & more",
        summary="A summary", author="Sample Author", author_note="", published=1_772_355_600.0, first_seen=NOW,
        language="en", image=None, reading_minutes=3, topics=("markets",),
    )  # fmt: skip
    body = ArticleBody(passages=(Passage(0, "", "First.\n\nSecond."), Passage(1, "A heading", "• item")))

    back = draft(json.loads(article_line(article, body)))

    assert (back.url, back.title, back.author, back.summary) == (
        article.url,
        article.title,
        "Sample Author",
        "A summary",
    )
    assert (back.published, back.language, back.topics) == (article.published, "en", ("markets",))
    assert back.body == body


def test_unknown_topics_are_replaced_by_classification() -> None:
    assert draft(GOOD | {"topics": ["elsewhere"]}).topics == ("found",)


def test_an_article_without_date_is_new() -> None:
    assert draft({"url": GOOD["url"], "title": "One"}).published == NOW


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"url": "javascript:alert(1)"}, "not a web address"),
        ({"url": 5}, '"url" has to be text'),
        ({"title": ""}, "title is missing"),
        ({"published": "yesterday"}, "has to be a time"),
        ({"topics": "markets"}, "list of texts"),
    ],
)
def test_a_bad_field_is_named_with_its_line(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidLineError, match=f"line 1: .*{problem}"):
        draft(GOOD | change)


def test_bad_lines_do_not_stop_the_good_ones() -> None:
    lines = ["{", "", "[]", json.dumps(GOOD)]

    found = list(read_records(lines))

    assert [(number, isinstance(record, dict)) for number, record in found] == [(1, False), (3, False), (4, True)]


def test_an_exported_subscription_comes_back_as_it_was() -> None:
    """Discord's ids are too large for the numbers of some JSON readers, so they are text."""
    subscription = Subscription(
        id=1, guild_id=2**60 + 1, channel_id=2**60 + 3, kind=ChannelKind.FORUM, paused=True,
        options=SubscriptionOptions(
            ("markets",), ("blog",), 2**60 + 5, True, True, False, True, "ko",
            Schedule(Rhythm.WEEKLY, 18, 4, 22, 7, "Asia/Seoul"), "New: {title}", 0x112233, ("donate",), "ko",
        ),
    )  # fmt: skip

    line = subscription_line(subscription)
    back = subscription_of(1, json.loads(line))

    assert f'"{2**60 + 1}"' in line
    assert (back.guild_id, back.channel_id, back.kind) == (2**60 + 1, 2**60 + 3, ChannelKind.FORUM)
    assert (back.options, back.paused) == (subscription.options, True)


@pytest.mark.parametrize("channel", ["", "12a", "²", str(2**63), None, -5])
def test_a_channel_that_is_no_number_of_discords_is_refused(channel: object) -> None:
    with pytest.raises(InvalidLineError, match="Discord"):
        subscription_of(3, {"guild": "1", "channel": channel})


words = (
    st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith("#") and text.splitlines() == [text])
)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.lists(st.tuples(words, words), max_size=5))
def test_any_sections_survive_export_and_import(sections: list[tuple[str, str]]) -> None:
    passages = tuple(Passage(position, heading, text) for position, (heading, text) in enumerate(sections))

    assert body_passages(body_text(passages)) == passages


def test_a_subscription_of_an_older_version_gets_everything_at_once() -> None:
    back = subscription_of(1, {"guild": "1", "channel": "2"})
    assert back.options == SubscriptionOptions()


@pytest.mark.parametrize(
    "wrong",
    [{"rhythm": "hourly"}, {"digest_hour": 24}, {"quiet_from": -1}, {"accent": "red"}, {"digest_weekday": True}],
)
def test_an_invalid_schedule_is_refused_with_its_line(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidLineError, match="line 3"):
        subscription_of(3, {"guild": "1", "channel": "2", **wrong})
