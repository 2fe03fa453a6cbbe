"""Who may press a control of a moderators' page."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import discord

# A private page is seen only by the person Discord allowed to run the command. Servers may
# allow members without Manage Server, so they may use it too, but no longer than an answer lives.
PRIVATE_PAGE_SECONDS = 900.0


def may_press(*, manages: bool, private: bool, age: float) -> bool:
    """Whether somebody may use a control on a page that is `age` seconds old."""
    return manages or (private and age <= PRIVATE_PAGE_SECONDS)


def may_use(interaction: discord.Interaction[Any]) -> bool:
    """Whether the person who used a control may change things in that server."""
    message = interaction.message
    if interaction.guild is None or message is None:
        return False
    age = (interaction.created_at - message.created_at).total_seconds()
    return may_press(manages=interaction.permissions.manage_guild, private=message.flags.ephemeral, age=age)


def chosen(interaction: discord.Interaction[Any]) -> Sequence[str]:
    """What was selected in a menu; empty for a button."""
    data = cast("Mapping[str, Any]", interaction.data or {})
    return data.get("values", ())
