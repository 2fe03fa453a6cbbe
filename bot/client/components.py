"""Base classes of buttons that work after a restart."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar, cast

import discord

from bot.client.bot import Interaction
from bot.interactions.custom_ids import MalformedIdError

ItemT = TypeVar("ItemT", bound="discord.ui.Item[Any]")


class Control(discord.ui.DynamicItem[ItemT], template=r"(?!)"):
    """A button or menu whose state lives in its `custom_id`; subclasses give `template` and `use`.

    `match` is what the template found in the `custom_id`, `chosen` what was selected in a menu; empty for a button.
    """

    match: re.Match[str]
    chosen: Sequence[str]

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The control that was used."""
        control = cls(cast("ItemT", item))
        control.match = match
        control.chosen = cast("Mapping[str, Any]", interaction.data or {}).get("values", ())
        return control

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Runs the action; errors go to the bot's handler, because discord.py would only log them."""
        try:
            await self.use(interaction)
        except Exception as error:  # noqa: BLE001 - the boundary where a person must get an answer
            await interaction.client.handle_error(interaction, error)

    def chosen_one(self) -> str:
        """The one thing that was selected in a menu. Raises MalformedIdError for none or several."""
        if len(self.chosen) != 1:
            raise MalformedIdError("".join(self.chosen))
        return self.chosen[0]

    async def use(self, interaction: Interaction) -> None:
        """The action of a press."""
        raise NotImplementedError
