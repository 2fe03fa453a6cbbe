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

    `match` is what the template found in the `custom_id`.
    """

    def __init__(self, item: ItemT, match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The control that was used."""
        del interaction
        return cls(cast("ItemT", item), match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Runs the action; errors go to the bot's handler, because discord.py would only log them."""
        try:
            await self.use(interaction)
        except Exception as error:  # noqa: BLE001 - the boundary where a person must get an answer
            await interaction.client.handle_error(interaction, error)

    def chosen(self, interaction: Interaction) -> Sequence[str]:
        """What was selected in a menu; empty for a button."""
        data = cast("Mapping[str, Any]", interaction.data or {})
        return data.get("values", ())

    def chosen_one(self, interaction: Interaction) -> str:
        """The one thing that was selected in a menu. Raises MalformedIdError for none or several."""
        values = self.chosen(interaction)
        if len(values) != 1:
            raise MalformedIdError("".join(values))
        return values[0]

    async def use(self, interaction: Interaction) -> None:
        """The action of a press."""
        raise NotImplementedError
