from dataclasses import replace

import pytest

from bot.config.settings import Settings
from bot.delivery.planning.topic_roles import Audience
from bot.i18n import Catalogue
from bot.layouts.components import Brand
from bot.layouts.posts import Renderer, catch_up_list
from bot.models import ChannelKind, Subscription, SubscriptionOptions
from tests.conftest import NOW, make_article
from tests.layouts.reading import LIVE_MENTION, addresses, check_limits, labels, said


def subscription(language: str = "en") -> Subscription:
    return Subscription(1, 2, 3, ChannelKind.TEXT, SubscriptionOptions(language=language))


def test_one_article_is_its_card_in_the_channels_language(settings: Settings) -> None:
    rendered = Renderer(settings, lambda: NOW)([make_article()], subscription("ko"), Audience((9,)))

    assert said(rendered.view).startswith("<@&9>\n")
    assert labels(rendered.view)[0] == "글 읽기"
    assert rendered.title == "The Jangmadang Generation"
    assert rendered.link in addresses(rendered.view)
    assert rendered.tags == ("Markets and entrepreneurs", "장마당과 장사", "Women", "여성")


def test_a_long_title_ends_at_a_word_in_a_threads_name(settings: Settings) -> None:
    """Threads and forum posts are named by it, and Discord takes a hundred characters."""
    rendered = Renderer(settings, lambda: NOW)([make_article(title="a market that never ends " * 9)], subscription())

    assert rendered.title.endswith(" that never…")
    assert len(rendered.title) <= 100


def test_what_is_published_has_no_button_that_needs_the_bot(settings: Settings) -> None:
    """Followers read it in servers without the bot."""
    published = replace(subscription(), options=SubscriptionOptions(publish=True))

    assert "More" in labels(Renderer(settings, lambda: NOW)([make_article()], subscription()).view)
    assert "More" not in labels(Renderer(settings, lambda: NOW)([make_article()], published).view)


def test_several_articles_are_one_list_that_pings_nobody(settings: Settings, brand: Brand) -> None:
    """After a channel was closed to the bot, its readers get one list instead of many posts."""
    several = [make_article(id=number, title=f"Number {number}") for number in range(8)]

    rendered = Renderer(settings, lambda: NOW)(several, subscription(), Audience((9,)))

    assert rendered.roles == ()
    assert not LIVE_MENTION.search(said(rendered.view).replace("<t:", ""))
    assert "[Number 0](" in said(rendered.view)
    assert "and 2 more" in said(rendered.view)
    long = [make_article(title="*" * 300, author="*" * 300, url="https://a.example/" + "b" * 480)] * 8
    check_limits(catch_up_list(long, Catalogue.of("en"), brand))


def test_no_article_is_the_notice_of_a_withdrawal(settings: Settings) -> None:
    rendered = Renderer(settings, lambda: NOW)([], subscription())

    assert rendered.link == ""
    assert rendered.title == "Withdrawn article"
    assert "Liberty in North Korea has withdrawn this article" in said(rendered.view)


@pytest.mark.parametrize(("language", "words"), [("en", "latest"), ("ko", "최신글")])
def test_what_a_digest_leaves_out_is_one_tap_away(settings: Settings, language: str, words: str) -> None:
    """Discord opens a command only by its id and its registered name."""
    articles = [make_article(id=number) for number in range(12)]

    def catalogue(code: str) -> Catalogue:
        return Catalogue(code, {words: "</latest:77>"})

    rendered = Renderer(settings, lambda: NOW, catalogue)(articles, subscription(language), Audience((), True, True))

    assert "</latest:77>" in said(rendered.view)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("count", [1, 10, 40])
def test_a_digest_lists_ten_articles_with_one_mention(settings: Settings, language: str, count: int) -> None:
    articles = [
        make_article(id=number, title=f"Number {number} " + "*" * 300, summary="word " * 200) for number in range(count)
    ]

    rendered = Renderer(settings, lambda: NOW)(articles, subscription(language), Audience((9,), True, True))

    check_limits(rendered.view)
    words = said(rendered.view)
    assert words.count("<@&9>") == 1
    assert words.count("Number ") == min(count, 10)
    assert (f"{count - 10} more" in words or f"외 {count - 10}편" in words) == (count > 10)
    assert rendered.link == ""
    assert len(rendered.push) <= 2_000


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "New: {title} by {author} on {topic}",
            "New: The Jangmadang Generation by Jane Doe on Markets and entrepreneurs",
        ),
        ("@everyone <@&1> <@2> **bold** {nothing}", ""),
    ],
)
def test_a_servers_own_line_stands_above_the_card_and_pings_nobody(settings: Settings, line: str, shown: str) -> None:
    options = SubscriptionOptions(line=line, accent=0x112233, actions=())
    rendered = Renderer(settings, lambda: NOW)([make_article()], Subscription(1, 2, 3, ChannelKind.TEXT, options))

    assert said(rendered.view).startswith(shown)
    assert not LIVE_MENTION.search(said(rendered.view).replace("<t:", ""))
    assert labels(rendered.view)[1:] == ["More"]
    check_limits(rendered.view)


def test_an_action_is_on_a_card_in_its_season_alone(settings: Settings) -> None:
    drive = replace(settings.actions[0], label="Drive", season_until="2030-01-01")
    over = replace(drive, season_until="2020-01-01")

    for action, shown in ((drive, True), (over, False)):
        renderer = Renderer(settings.model_copy(update={"actions": (action,)}), lambda: NOW)
        assert ("Drive" in labels(renderer([make_article()], subscription()).view)) is shown
