"""What a person chose in a control."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import discord

from bot.interactions.custom_ids import MalformedIdError


def selected_values(interaction: discord.Interaction[Any]) -> Sequence[str]:
    """What was selected in a menu; empty for a button."""
    data = cast("Mapping[str, Any]", interaction.data or {})
    return data.get("values", ())


def selected_value(interaction: discord.Interaction[Any]) -> str:
    """The one thing that was selected in a menu. Raises MalformedIdError for none or several."""
    values = selected_values(interaction)
    if len(values) != 1:
        raise MalformedIdError("".join(values))
    return values[0]
