import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interactions.typed_choices import Choice, UnknownChoiceError, names, parse, suggest

TOPICS = (
    Choice("markets", "Markets and entrepreneurs"),
    Choice("media", "Foreign media"),
    Choice("women", "Women"),
    Choice("history", "History"),
)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("", ()),
        ("  , ,", ()),
        ("all", ()),
        ("women, ALL", ()),
        ("Every topic", ()),
        ("women", ("women",)),
        ("Women,  Foreign Media", ("women", "media")),
        ("women, women", ("women",)),
        ("mark", ("markets",)),
        ("women; history", ("women", "history")),
        ("women、history", ("women", "history")),
    ],
)
def test_what_people_type_is_understood(typed: str, keys: tuple[str, ...]) -> None:
    assert parse(typed, TOPICS, "Every topic") == keys


@pytest.mark.parametrize(("typed", "near"), [("womn", "Women"), ("m, women", ""), ("m", ""), ("@everyone", "")])
def test_what_names_nothing_is_refused_with_the_nearest_name(typed: str, near: str) -> None:
    """A beginning that two names share is not guessed either."""
    with pytest.raises(UnknownChoiceError) as caught:
        parse(typed, TOPICS)

    assert caught.value.near == near


def test_suggestions_begin_with_everything() -> None:
    assert [choice.key for choice in suggest("", TOPICS, "Every topic")] == [
        "all",
        "markets",
        "media",
        "women",
        "history",
    ]


def test_suggestions_extend_the_current_choice() -> None:
    assert suggest("women, h", TOPICS, "Every topic") == [Choice("women, history", "Women, History")]
    assert [choice.key for choice in suggest("women,", TOPICS, "Every topic")] == [
        "women",
        "women, markets",
        "women, media",
        "women, history",
    ]


def test_a_key_no_longer_configured_stands_for_itself() -> None:
    assert names(("women", "gone"), TOPICS) == "Women, gone"


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.text(max_size=120), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=40, unique=True))
def test_suggestions_always_fit_discord(typed: str, labels: list[str]) -> None:
    """Whatever is typed: at most 25 suggestions, names and values of 1 to 100 characters."""
    found = suggest(typed, [Choice(f"key-{number}", label) for number, label in enumerate(labels)], "All")

    assert len(found) <= 25
    assert all(1 <= len(choice.key) <= 100 and 1 <= len(choice.name) <= 100 for choice in found)
