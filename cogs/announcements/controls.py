"""Every button and menu of the moderators' pages; the `custom_id` carries the state, so they survive a restart."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import discord

from bot.client.bot import Interaction
from bot.client.components import Control
from bot.client.localisation import text_for
from bot.interactions.access import selected_values
from bot.interactions.controls import ModeratorAction
from bot.interactions.custom_ids import MalformedIdError
from bot.layouts.announcements.controls import PREFIX, TEMPLATE
from bot.layouts.components import NO_PINGS, notice
from cogs.announcements.context import UserFacingError

Handler = Callable[[Interaction, str, Sequence[str]], Awaitable[None]]


class ModeratorControl(Control[discord.ui.Item[Any]], template=TEMPLATE):
    """Any control of these pages: its `custom_id` names the action, `handlers` maps it to a function."""

    handlers: ClassVar[Mapping[ModeratorAction, Handler]] = {}

    async def use(self, interaction: Interaction) -> None:
        """Runs the action, or explains why it may not be used."""
        if not await interaction.client.command_access.may_use(interaction, PREFIX):
            await _reply_beside(interaction, notice(text_for(interaction)("announcements.refused.not_yours")))
            return
        try:
            action = ModeratorAction(self.match["action"])
        except ValueError:
            raise MalformedIdError(self.match["action"]) from None
        try:
            await self.handlers[action](interaction, self.match["arguments"] or "", selected_values(interaction))
        except UserFacingError as refused:
            await _reply_beside(interaction, refused.view)


async def _reply_beside(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    """Sends a refusal as a message of its own, so that the choices on the page are kept."""
    if interaction.response.is_done():
        await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
    else:
        await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
