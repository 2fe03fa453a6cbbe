"""Base classes of buttons that work after a restart."""

import re
from typing import Any, Self, TypeVar

import discord

from bot.client.bot import Interaction

ItemT = TypeVar("ItemT", bound="discord.ui.Item[Any]")


class Control(discord.ui.DynamicItem[ItemT], template=r"(?!)"):
    """A button or menu whose state lives in its `custom_id`; subclasses give `template` and `use`."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Runs the action; errors go to the bot's handler, because discord.py would only log them."""
        try:
            await self.use(interaction)
        except Exception as error:  # noqa: BLE001 - the boundary where a person must get an answer
            await interaction.client.handle_error(interaction, error)

    async def use(self, interaction: Interaction) -> None:
        """The action of a press."""
        raise NotImplementedError


class ArticleButton(Control[discord.ui.Button[Any]], template=r"(?!)"):
    """A button about the article whose id its custom id contains, as `article` in the template."""

    def __init__(self, item: discord.ui.Button[Any], article: int) -> None:
        super().__init__(item)
        self.article = article

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        del interaction
        assert isinstance(item, discord.ui.Button)
        return cls(item, int(match["article"]))
