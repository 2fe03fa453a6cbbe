"""Classifies the errors of commands and chooses the reply for each."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass

import discord
from discord import app_commands

from bot.i18n import Catalogue
from bot.interactions.custom_ids import MalformedIdError
from bot.interactions.typed_choices import MAX_VALUE_LENGTH, Choice, UnknownChoiceError, choose
from bot.layouts.components import notice
from bot.layouts.markdown import plain
from bot.search import SearchBusyError

UNKNOWN_INTERACTION = 10062


class UserFacingError(Exception):
    """A request that cannot be carried out; `view` says why and what to do."""

    def __init__(self, view: discord.ui.LayoutView) -> None:
        self.view = view
        super().__init__("refused")


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """The sentence a person gets for an error, and the level at which it is logged."""

    sentence: str
    level: int
    fields: tuple[tuple[str, object], ...] = ()


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


def choose_or_refuse(typed: str, choices: Iterable[Choice], text: Catalogue, key: str, field: str) -> str:
    """The value of what was typed. Raises UserFacingError with the sentence `key`, whose `field` is the word."""
    try:
        return choose(typed, choices)
    except UnknownChoiceError as unknown:
        raise UserFacingError(notice(text(key, **{field: plain(unknown.word, MAX_VALUE_LENGTH)}))) from None


def classify_error(error: Exception) -> ErrorReply:
    """The reply for an error, grouped by what can be done about it. Pure."""
    cause = cause_of(error)
    if isinstance(cause, app_commands.CommandOnCooldown):
        return ErrorReply("common.wait", logging.DEBUG, (("count", max(1, round(cause.retry_after))),))
    if isinstance(cause, app_commands.BotMissingPermissions):
        names = ", ".join(name.replace("_", " ").title() for name in cause.missing_permissions)
        return ErrorReply("common.bot_not_allowed", logging.INFO, (("permissions", names),))
    if isinstance(cause, discord.NotFound) and cause.code == UNKNOWN_INTERACTION:
        return ErrorReply("common.slow", logging.WARNING)
    for kinds, verdict in ERROR_REPLIES:
        if isinstance(cause, kinds):
            return verdict
    return ErrorReply("common.failed", logging.ERROR)


def reference_of(interaction_id: int) -> str:
    """Six characters that a person can read out and an operator can find in the log."""
    return hashlib.blake2s(str(interaction_id).encode(), digest_size=3).hexdigest().upper()


def cause_of(error: Exception) -> Exception:
    """The error that a discord.py wrapper carries, or the error itself."""
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error
