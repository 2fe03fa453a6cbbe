"""Classifies the errors of commands and chooses the reply for each."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from bot.client.localisation import text_for
from bot.interactions.custom_ids import MalformedIdError
from bot.layouts.components import notice
from bot.search.engine import SearchBusyError

UNKNOWN_INTERACTION = 10062

# Refusals because of a permission, a role, or what somebody set on Discord or in the configuration: the same may
# succeed once that is changed, so they carry *Check again*.
CHANGEABLE = frozenset(
    {
        "announcements.refused.not_deciding",
        "announcements.refused.not_yours",
        "announcements.refused.own_rights",
        "announcements.refused.role_gone",
        "announcements.refused.unseen",
        "announcements.test.failed",
        "announcements.test.not_removed",
        "articles.may_not_share",
        "articles.may_not_take_back",
        "articles.thread_locked",
        "follow.refused.bot",
        "follow.refused.failed",
        "follow.refused.followed",
        "follow.refused.not_configured",
        "follow.refused.subscribed",
        "follow.refused.too_many",
        "follow.refused.unreachable",
        "send.send.not_ready",
        "settings.log_channel.refused",
        "settings.log_channel.unseen",
        "settings.not_yours",
        "topic_roles.member.failed",
        "topic_roles.member.none",
        "topic_roles.member.unavailable",
        "topic_roles.page.need_person",
        "topic_roles.posted.bot",
        "topic_roles.posted.failed",
        "topic_roles.posted.person",
        "topic_roles.topic.failed",
        "topic_roles.topic.refused",
    }
)


class UserFacingError(app_commands.AppCommandError):
    """A request that cannot be carried out; `view` says why and what to do."""

    def __init__(self, view: discord.ui.LayoutView) -> None:
        self.view = view
        super().__init__("refused")


class NothingToPressError(Exception):
    """A refusal that somebody can lift has no *Check again*."""


def refusal(interaction: discord.Interaction[Any], key: str, again: str = "", **fields: object) -> UserFacingError:
    """A refusal of one sentence; `again` is the custom id of *Check again*.

    Raises NothingToPressError without one where the cause can be changed.
    """
    if not again and key in CHANGEABLE:
        raise NothingToPressError(key)
    text = text_for(interaction)
    button = discord.ui.Button[Any](label=text("announcements.guide.again"), custom_id=again or None)
    return UserFacingError(notice(text(key, **fields), *([discord.ui.ActionRow(button)] if again else [])))


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """The sentence a person gets for an error, and the level at which it is logged."""

    sentence: str
    level: int


# The first match counts; an error that is not listed is a bug.
ERROR_REPLIES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], ErrorReply], ...] = (
    (app_commands.NoPrivateMessage, ErrorReply("common.not_in_private", logging.DEBUG)),
    (
        (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch),
        ErrorReply("common.renewed", logging.WARNING),
    ),
    (app_commands.CheckFailure, ErrorReply("common.not_allowed", logging.INFO)),
    (app_commands.TransformerError, ErrorReply("common.bad_option", logging.INFO)),
    (MalformedIdError, ErrorReply("common.outdated_control", logging.INFO)),
    (TimeoutError, ErrorReply("common.slow", logging.WARNING)),
    (SearchBusyError, ErrorReply("common.busy", logging.WARNING)),
)


def classify_error(cause: Exception) -> ErrorReply:
    """The reply for an error without discord.py's wrapper, grouped by what can be done about it. Pure."""
    if isinstance(cause, discord.NotFound) and cause.code == UNKNOWN_INTERACTION:
        return ErrorReply("common.slow", logging.WARNING)
    for kinds, verdict in ERROR_REPLIES:
        if isinstance(cause, kinds):
            return verdict
    return ErrorReply("common.failed", logging.ERROR)


def reference_of(interaction_id: int) -> str:
    """Six characters that a person can read out and an operator can find in the log."""
    return hashlib.blake2s(str(interaction_id).encode(), digest_size=3).hexdigest().upper()
