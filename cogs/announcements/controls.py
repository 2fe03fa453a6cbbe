"""Every button and menu of the moderators' pages, found again after a restart by its `custom_id`."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import discord

from bot.client.bot import Interaction
from bot.client.components import Control
from bot.client.localisation import text_for
from bot.interactions.access import chosen, may_use
from bot.layouts.announcements.controls import TEMPLATE
from bot.layouts.components import NO_PINGS, notice
from cogs.announcements.context import RefusedError

Handler = Callable[[Interaction, str, Sequence[str]], Awaitable[None]]


class ModeratorControl(Control[discord.ui.Item[Any]], template=TEMPLATE):
    """One class for all: the `custom_id` names the action, `handlers` knows what it does."""

    handlers: ClassVar[Mapping[str, Handler]] = {}

    def __init__(self, item: discord.ui.Item[Any], action: str, arguments: str) -> None:
        super().__init__(item)
        self._action, self._arguments = action, arguments

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "ModeratorControl":
        """The control that was used, with what its `custom_id` says."""
        return cls(item, match["action"], match["arguments"] or "")

    async def use(self, interaction: Interaction) -> None:
        """Does it, or says why not."""
        if not may_use(interaction):
            await _tell(interaction, notice(text_for(interaction)("announcements.refused.not_yours")))
            return
        try:
            await self.handlers[self._action](interaction, self._arguments, chosen(interaction))
        except RefusedError as refused:
            await _tell(interaction, refused.view)


async def _tell(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    """A refusal stands beside the page, so that what was chosen there is not lost."""
    if interaction.response.is_done():
        await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
    else:
        await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
