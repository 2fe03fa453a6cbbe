from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.settings import Settings
from bot.i18n import LANGUAGES, Catalogue
from bot.layouts.components import Brand
from bot.layouts.posts import article_card, call_buttons, withdrawn_notice
from bot.models import CallToAction, Image
from tests.conftest import make_article
from tests.layouts.reading import LIVE_MENTION, addresses, check_limits, components, labels, said

ENGLISH = Catalogue.of("en")
LONG = "@everyone <@&1> **x** [a](javascript:alert(1)) \u202e 가나다 😀 "
hostile_text = st.one_of(st.text(max_size=300), st.integers(0, 150).map(lambda times: LONG * times))


def test_a_card_shows_all_parts_of_an_article(settings: Settings, brand: Brand) -> None:
    """Title as link, source, date in each reader's own form, reading time, author, summary, topics, buttons."""
    view = article_card(make_article(), settings.actions[:2], ENGLISH, brand)

    words = said(view)
    assert (
        "## [The Jangmadang Generation](https://libertyinnorthkorea.org/blog/the-jangmadang?utm_source=discord" in words
    )
    assert "-# LiNK Blog · <t:1742688000:D> · 6 min read · by Jane Doe" in words
    assert "How a generation that grew up with markets" in words
    assert "Topics: Markets and entrepreneurs · Women" in words
    assert labels(view) == ["Read article", "Donate", "More"]
    check_limits(view)


def test_the_picture_has_its_description(brand: Brand) -> None:
    view = article_card(make_article(), (), ENGLISH, brand)

    pictures = [item for part in components(view) for item in part.get("items", [])]
    assert pictures[0]["description"] == "A woman sells vegetables at a market stall"


def test_a_picture_without_description_says_which_article_it_belongs_to(brand: Brand) -> None:
    """A description, else the caption, else the article's title."""
    described = {"x": Image("https://a.example/b.jpg", "", "Two traders"), "y": Image("https://a.example/b.jpg")}
    for image, expected in (
        (described["x"], "Two traders"),
        (described["y"], "Picture for “The Jangmadang Generation”"),
    ):
        view = article_card(make_article(image=image), (), ENGLISH, brand)
        assert [item["description"] for part in components(view) for item in part.get("items", [])] == [expected]


def test_the_articles_own_call_comes_first_where_the_operator_allows_its_host(settings: Settings, brand: Brand) -> None:
    calls = (
        CallToAction("Buy a watch", "https://watches.example/"),
        CallToAction("Write a letter", "https://act.libertyinnorthkorea.org/letter"),
    )
    view = article_card(make_article(calls=calls), settings.actions[:1], ENGLISH, brand)

    assert labels(view) == ["Read article", "More", "Write a letter", "Donate"]  # in two rows
    assert not [address for address in addresses(view) if "watches.example" in address]

    allowed = replace(brand, call_hosts=("watches.example",))
    assert "Buy a watch" in labels(article_card(make_article(calls=calls), (), ENGLISH, allowed))


def test_the_same_address_is_offered_once(settings: Settings, brand: Brand) -> None:
    """An article that asks for what the operator configured shows it once, in its own words."""
    action = settings.actions[0]
    own = CallToAction("Give what you can", action.url)
    view = article_card(make_article(calls=(own,)), (action,), ENGLISH, brand)

    assert labels(view) == ["Read article", "Give what you can", "More"]


def test_other_spellings_of_an_address_are_the_same_but_not_other_places_of_a_page(
    settings: Settings, brand: Brand
) -> None:
    pledge = replace(settings.actions[0], url="https://libertyinnorthkorea.org/allies")
    monthly = replace(pledge, url="https://libertyinnorthkorea.org/allies#monthly", label="Give monthly")
    own = CallToAction("Sign today", "http://www.libertyinnorthkorea.org/allies/")

    buttons = call_buttons(make_article(calls=(own,)), (pledge, monthly), ENGLISH, brand)

    assert [button.label for button in buttons] == ["Sign today", "Give monthly"]


def test_the_articles_own_call_stays_first_when_a_later_action_has_its_address(
    settings: Settings, brand: Brand
) -> None:
    other, same = settings.actions[:2]
    article = make_article(calls=(CallToAction("Sign today", same.url),))

    buttons = call_buttons(article, (other, same), ENGLISH, brand)

    assert [button.label for button in buttons] == ["Sign today", other.label]


def test_the_source_is_named_only_where_there_are_several(brand: Brand) -> None:
    single = replace(brand, feeds={"blog": "LiNK Blog"})

    assert "LiNK Blog" not in said(article_card(make_article(), (), ENGLISH, single))
    assert "LiNK Blog" in said(article_card(make_article(), (), ENGLISH, brand))


def test_a_card_speaks_the_language_of_its_channel(settings: Settings, brand: Brand) -> None:
    view = article_card(make_article(), settings.actions[:1], Catalogue.of("ko"), brand)

    assert labels(view) == ["글 읽기", "후원하기", "더 보기"]
    assert "주제: 장마당과 장사" in said(view)


def test_missing_parts_of_an_article_leave_no_gap(brand: Brand) -> None:
    bare = make_article(summary="", author="", image=None, reading_minutes=None, topics=())

    view = article_card(bare, (), ENGLISH, brand)

    assert said(view).endswith("-# LiNK Blog · <t:1742688000:D>")
    check_limits(view)


def test_only_the_role_of_the_subscription_is_named(brand: Brand) -> None:
    """A role stands above the card; nothing in the article can add to it."""
    hostile = make_article(title="<@&99> @everyone")

    view = article_card(hostile, (), ENGLISH, brand, roles=[42])

    assert said(view).startswith("<@&42>\n")
    assert len(LIVE_MENTION.findall(said(view).replace("<t:", ""))) == 1


def test_a_card_names_no_other_article(brand: Brand) -> None:
    """Related articles are behind a button, so no card changes because of another article."""
    view = article_card(make_article(id=7), (), ENGLISH, brand)
    without = article_card(make_article(id=7), (), ENGLISH, brand, interactive=False)

    assert [part["custom_id"] for part in components(view) if "custom_id" in part] == ["more:7"]
    assert labels(without) == ["Read article"]


def test_a_title_of_invisible_characters_still_has_a_link(brand: Brand) -> None:
    assert "[Untitled article](" in said(article_card(make_article(title="\u200b\u202e"), (), ENGLISH, brand))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://user:secret@example.org/"])
def test_an_unsafe_address_is_never_shown(url: str, brand: Brand) -> None:
    view = article_card(make_article(url=url, image=Image(url, "x")), (), ENGLISH, brand)

    assert addresses(view) == []
    assert not [part for part in components(view) if part.get("items")]


@given(
    title=hostile_text, summary=hostile_text, author=hostile_text, alt=hostile_text, language=st.sampled_from(LANGUAGES)
)
async def test_no_article_breaks_the_layout(
    brand: Brand, title: str, summary: str, author: str, alt: str, language: str
) -> None:
    """For any text of an article, Discord accepts the card and nobody is mentioned."""
    article = make_article(title=title, summary=summary, author=author, image=Image("https://a.example/b.jpg", alt))

    view = article_card(article, (), Catalogue.of(language), brand)

    check_limits(view)
    assert not LIVE_MENTION.search(said(view).replace("<t:1742688000:D>", ""))
    assert all(address.startswith("https://") for address in addresses(view))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withdrawn_notice_has_no_words_of_the_article(language: str, brand: Brand) -> None:
    view = withdrawn_notice(Catalogue.of(language), brand)

    assert brand.organisation in said(view)
    assert addresses(view) == []
