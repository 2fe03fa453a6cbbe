import discord
import pytest

from bot.delivery.permissions import (
    KINDS_WITH_PUBLISHING,
    KINDS_WITH_THREADS,
    Permission,
    Wants,
    holds,
    missing,
    name_of,
    needed,
)
from bot.models import ChannelKind

EVERY_WISH = Wants(open_thread=True, mention_locked_role=True, locked=True)


@pytest.mark.parametrize("permission", list(Permission))
def test_bits_are_discords(permission: Permission) -> None:
    """The bits and names are the library's own, so either side can be passed to the other."""
    assert getattr(discord.Permissions(int(permission)), name_of(permission)) is True


@pytest.mark.parametrize(
    ("kind", "wants", "expected"),
    [
        (ChannelKind.TEXT, Wants(), ("view_channel", "send_messages")),
        (ChannelKind.ANNOUNCEMENT, Wants(), ("view_channel", "send_messages")),
        (ChannelKind.FORUM, Wants(), ("view_channel", "send_messages")),
        (ChannelKind.THREAD, Wants(), ("view_channel", "send_messages_in_threads")),
        (ChannelKind.THREAD, Wants(locked=True), ("view_channel", "send_messages_in_threads", "manage_threads")),
        (ChannelKind.TEXT, Wants(locked=True), ("view_channel", "send_messages")),
        (ChannelKind.TEXT, Wants(open_thread=True), ("view_channel", "send_messages", "create_public_threads")),
        (ChannelKind.FORUM, Wants(open_thread=True), ("view_channel", "send_messages")),
        (ChannelKind.THREAD, Wants(open_thread=True), ("view_channel", "send_messages_in_threads")),
        (ChannelKind.FORUM, Wants(mention_locked_role=True), ("view_channel", "send_messages", "mention_everyone")),
    ],
)
def test_without_any_permission_everything_needed_is_named(
    kind: ChannelKind, wants: Wants, expected: tuple[str, ...]
) -> None:
    assert missing(kind, 0, wants) == expected


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_exactly_what_is_needed_is_enough(kind: ChannelKind) -> None:
    """Granting the needed ones leaves nothing missing; taking one away names that one alone."""
    asked = needed(kind, EVERY_WISH)
    granted = sum(asked)

    assert missing(kind, granted, EVERY_WISH) == ()
    for permission in asked:
        assert missing(kind, granted & ~permission, EVERY_WISH) == (name_of(permission),)


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_an_administrator_lacks_nothing(kind: ChannelKind) -> None:
    assert missing(kind, Permission.ADMINISTRATOR, EVERY_WISH) == ()


def test_other_permissions_do_not_help() -> None:
    everything_else = discord.Permissions.all().value & ~(
        Permission.ADMINISTRATOR | Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES
    )

    assert missing(ChannelKind.TEXT, everything_else) == ("view_channel", "send_messages")
    assert not holds(everything_else, Permission.SEND_MESSAGES)


def test_only_announcement_channels_publish_and_only_channels_open_threads() -> None:
    assert {ChannelKind.ANNOUNCEMENT} == KINDS_WITH_PUBLISHING
    assert {ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT} == KINDS_WITH_THREADS
