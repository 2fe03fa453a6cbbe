import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interactions.controls import ModeratorAction, control
from bot.interactions.custom_ids import MAX_CUSTOM_ID, MAX_ID, MalformedIdError
from bot.interactions.draft import (
    EXTRAS_KEY_LENGTH,
    NO_EXTRAS,
    Draft,
    decode,
    decode_extras,
    encode,
    encode_extras,
    extras_key,
)
from bot.interactions.typed_choices import Choice, Choices
from bot.models import ChannelKind, Rhythm, Schedule, Subscription, SubscriptionOptions

OFFER = Choices(
    tuple(Choice(f"topic-{number}", f"Topic {number}") for number in range(25)),
    (Choice("blog", "Blog"), Choice("videos", "Videos")),
)
TOPICS = [topic.key for topic in OFFER.topics]
SNOWFLAKES = st.integers(min_value=1, max_value=2**63 - 1)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.builds(
        Draft,
        channel_id=st.none() | SNOWFLAKES,
        options=st.builds(
            SubscriptionOptions,
            role_id=st.none() | SNOWFLAKES,
            topics=st.sets(st.sampled_from(TOPICS)).map(lambda keys: tuple(k for k in TOPICS if k in keys)),
            feeds=st.sampled_from([(), ("blog",), ("blog", "videos")]),
            publish=st.booleans(),
            open_thread=st.booleans(),
            language=st.sampled_from(["en", "ko"]),
        ),
    )
)
def test_a_draft_is_restored_from_its_code(draft: Draft) -> None:
    """Every draft is restored completely, and its code fits into the 100 characters of a custom_id."""
    code = encode(draft, OFFER, "f" * EXTRAS_KEY_LENGTH)

    assert decode(code, OFFER) == draft
    assert all(len(control(action, code)) <= MAX_CUSTOM_ID for action in ModeratorAction)


EXTRAS = st.builds(
    SubscriptionOptions,
    schedule=st.builds(
        Schedule,
        rhythm=st.sampled_from(Rhythm),
        hour=st.integers(0, 23),
        quiet_from=st.none() | st.integers(0, 23),
        time_zone=st.sampled_from(["UTC", "Asia/Seoul"]),
    ),
    line=st.text(max_size=200),
    accent=st.none() | st.integers(0, 0xFFFFFF),
    actions=st.none() | st.lists(st.sampled_from(["give", "pledge"]), unique=True).map(tuple),
    article_language=st.sampled_from(["", "ko"]),
)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(EXTRAS)
def test_what_does_not_fit_into_a_code_is_restored_from_its_text(options: SubscriptionOptions) -> None:
    text = encode_extras(options)

    assert (decode_extras(text) if text else SubscriptionOptions()) == options
    assert bool(text) == (options != SubscriptionOptions())


def test_a_code_of_an_older_version_has_no_extras() -> None:
    code = encode(Draft(1), OFFER)

    assert extras_key(code) == NO_EXTRAS
    assert extras_key(code.rpartition(".")[0]) is None
    assert decode(code.rpartition(".")[0], OFFER) == Draft(1)


def test_a_code_from_another_configuration_is_not_misread() -> None:
    """Topics are encoded by position; after a change of the list the code is refused."""
    code = encode(Draft(1, SubscriptionOptions(("topic-3",))), OFFER)

    assert decode(code, Choices(OFFER.topics[1:], OFFER.feeds)) is None
    assert decode(code, Choices(OFFER.topics, OFFER.feeds[:1])) is None


@settings(deadline=None, derandomize=True, max_examples=1_000)
@given(st.text(max_size=60) | st.lists(st.from_regex(r"-?[0-9a-z]{1,14}", fullmatch=True), max_size=7).map(".".join))
def test_any_code_is_a_draft_or_refused(code: str) -> None:
    """Any forged code is refused or gives a draft that can be encoded."""
    try:
        draft = decode(code, OFFER)
    except MalformedIdError:
        return
    if draft is not None:
        assert decode(encode(draft, OFFER), OFFER) == draft
        assert (draft.channel_id or 1) <= MAX_ID


@pytest.mark.parametrize("position", range(6))
@pytest.mark.parametrize("wrong", ["-1", "", " 1", "1_0", "\uff11", "Z", "1.0", "z" * 41])
def test_a_code_that_is_wrong_in_one_place_is_refused(position: int, wrong: str) -> None:
    parts = encode(Draft(1, SubscriptionOptions(("topic-3",), ("blog",), 3)), OFFER).split(".")
    parts[position] = wrong
    with pytest.raises(MalformedIdError):
        decode(".".join(parts), OFFER)


def test_options_a_channel_cannot_carry_out_are_dropped() -> None:
    draft = Draft(1, SubscriptionOptions(publish=True, open_thread=True))

    assert draft.supported_by(ChannelKind.ANNOUNCEMENT) == draft
    assert draft.supported_by(ChannelKind.TEXT) == Draft(1, SubscriptionOptions(open_thread=True))
    assert draft.supported_by(ChannelKind.FORUM) == Draft(channel_id=1)


def test_a_subscription_is_the_draft_it_was_made_from() -> None:
    options = SubscriptionOptions(("topic-1",), ("blog",), 3, open_thread=True, language="ko")

    assert Draft.of(Subscription(7, 1, 2, ChannelKind.TEXT, options)) == Draft(2, options)
