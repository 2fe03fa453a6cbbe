"""Which roles members may give themselves, what a choice changes, and whom a post mentions."""

from dataclasses import replace

import discord
import pytest

from bot.delivery.planning.topic_roles import (
    Audience,
    RoleFacts,
    RoleProblem,
    audience,
    role_changes,
    role_problem,
)
from bot.models import SubscriptionOptions
from tests.conftest import make_article

EVERYONE = discord.Permissions(view_channel=True, send_messages=True).value
HARMLESS = RoleFacts(
    is_everyone=False,
    is_managed=False,
    permissions=0,
    everyone_permissions=EVERYONE,
    has_overwrites=False,
    has_commands=False,
    below_bot=True,
)
ROLES = {"women": 1, "history": 2, "markets": 3, "youth": 4}


@pytest.mark.parametrize("permission", sorted(discord.Permissions.VALID_FLAGS))
def test_a_role_with_any_permission_beyond_everyones_is_refused(permission: str) -> None:
    bits = discord.Permissions(**{permission: True}).value
    expected = RoleProblem.PERMISSIONS if bits & ~EVERYONE else None
    assert role_problem(replace(HARMLESS, permissions=bits)) is expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, RoleProblem.GONE),
        (replace(HARMLESS, is_everyone=True), RoleProblem.EVERYONE),
        (replace(HARMLESS, is_managed=True), RoleProblem.MANAGED),
        (replace(HARMLESS, has_overwrites=True), RoleProblem.OVERWRITES),
        (replace(HARMLESS, has_commands=True), RoleProblem.COMMANDS),
        (replace(HARMLESS, below_bot=False), RoleProblem.ABOVE_BOT),
        (replace(HARMLESS, below_person=False), RoleProblem.ABOVE_PERSON),
        (HARMLESS, None),
    ],
)
def test_only_a_plain_role_below_bot_and_person_is_accepted(
    role: RoleFacts | None, expected: RoleProblem | None
) -> None:
    assert role_problem(role) is expected


def test_a_choice_changes_only_what_differs_and_only_what_was_offered() -> None:
    changes = role_changes(ROLES, ("women", "history", "markets"), held={1, 4}, chosen={"history", "youth"})
    assert (changes.added, changes.removed) == (("history",), ("women",))


@pytest.mark.parametrize(
    ("topics", "wanted", "expected"),
    [
        (("history", "women"), (), (2, 1)),
        (("history", "women"), ("women",), (1,)),
        (("women", "history", "markets", "youth"), (), (1, 2, 3)),  # at most three
        (("unmapped",), (), ()),
        ((), (), ()),
    ],
)
def test_a_post_mentions_the_roles_of_its_topics(
    topics: tuple[str, ...], wanted: tuple[str, ...], expected: tuple[int, ...]
) -> None:
    options = SubscriptionOptions(topics=wanted, topic_roles=True)
    assert audience([make_article(topics=topics)], options, ROLES).roles == expected


def test_one_role_for_two_topics_is_mentioned_once() -> None:
    article = make_article(topics=("a", "b"))
    assert audience([article], SubscriptionOptions(topic_roles=True), {"a": 7, "b": 7}).roles == (7,)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (SubscriptionOptions(), ()),
        (SubscriptionOptions(role_id=9), (9,)),
        (SubscriptionOptions(topic_roles=True), (2, 1)),
        (SubscriptionOptions(topics=("women",), topic_roles=True), (1,)),
        (SubscriptionOptions(role_id=9, silent=True), ()),
        (SubscriptionOptions(topic_roles=True, silent=True), ()),
    ],
)
def test_a_post_concerns_whom_its_channel_chose(options: SubscriptionOptions, expected: tuple[int, ...]) -> None:
    article = make_article(topics=("history", "women"))
    assert audience([article], options, ROLES) == Audience(expected, can_follow=True)


def test_a_digest_mentions_the_topics_of_all_its_articles_within_the_maximum() -> None:
    articles = [make_article(topics=(topic,)) for topic in ("women", "women", "history", "markets", "youth")]
    assert audience(articles, SubscriptionOptions(topic_roles=True), ROLES).roles == (1, 2, 3)
