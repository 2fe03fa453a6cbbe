"""Classifies the errors of commands, and the reply that a person gets for each."""

import hashlib
import logging
from dataclasses import dataclass

import discord
from discord import app_commands

UNKNOWN_INTERACTION = 10062


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person is told of an error, and how loudly the log speaks of it."""

    sentence: str
    level: int
    fields: tuple[tuple[str, object], ...] = ()


# The first that fits; what is not listed is our own fault.
VERDICTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Verdict], ...] = (
    (app_commands.NoPrivateMessage, Verdict("common.not_in_private", logging.DEBUG)),
    (
        (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch),
        Verdict("common.renewed", logging.WARNING),
    ),
    (app_commands.CheckFailure, Verdict("common.not_allowed", logging.INFO)),
    (app_commands.TransformerError, Verdict("common.bad_option", logging.INFO)),
    (TimeoutError, Verdict("common.slow", logging.WARNING)),
)


def judge(error: Exception) -> Verdict:
    """Decides what to tell of an error, grouped by what can be done about it. Pure."""
    cause = cause_of(error)
    if isinstance(cause, app_commands.CommandOnCooldown):
        return Verdict("common.wait", logging.DEBUG, (("count", max(1, round(cause.retry_after))),))
    if isinstance(cause, app_commands.BotMissingPermissions):
        names = ", ".join(name.replace("_", " ").title() for name in cause.missing_permissions)
        return Verdict("common.bot_not_allowed", logging.INFO, (("permissions", names),))
    if isinstance(cause, discord.NotFound) and cause.code == UNKNOWN_INTERACTION:
        return Verdict("common.slow", logging.WARNING)
    for kinds, verdict in VERDICTS:
        if isinstance(cause, kinds):
            return verdict
    return Verdict("common.failed", logging.ERROR)


def reference_of(interaction_id: int) -> str:
    """Six characters that a person can read out and an operator can find in the log."""
    return hashlib.blake2s(str(interaction_id).encode(), digest_size=3).hexdigest().upper()


def cause_of(error: Exception) -> Exception:
    """The error that a discord.py wrapper carries, or the error itself."""
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error
