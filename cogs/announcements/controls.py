"""Every button and menu of the moderators' pages; the `custom_id` carries the state, so they survive a restart."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import discord

from bot.client.bot import Interaction, replace_page
from bot.client.components import Control
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.interactions.controls import PREFIX, TEMPLATE, ModeratorAction, control
from bot.interactions.custom_ids import MalformedIdError, parse_id
from bot.layouts.announcements.subscriptions import channel_link
from bot.layouts.components import notice

# Takes the arguments of the `custom_id` and the values chosen in a menu; returns the page that is shown in place of
# the one whose control was used, None where it has answered itself. Raises UserFacingError.
Handler = Callable[[Interaction, str, Sequence[str]], Awaitable[discord.ui.LayoutView | None]]

# The sentence with which a page is closed without changing anything.
CLOSED = {
    ModeratorAction.WIZARD_CANCEL: "announcements.guide.cancelled",
    ModeratorAction.SEND_CANCEL: "send.send.cancelled",
    ModeratorAction.KEEP: "announcements.remove.kept",
}


# The page on which a menu is, by the first word of the menu's action.
PAGES = {
    "guide": ModeratorAction.WIZARD_RECHECK,
    "schedule": ModeratorAction.SCHEDULE,
    "voice": ModeratorAction.VOICE,
    "roles": ModeratorAction.ROLES_PAGE,
}


async def close(
    action: ModeratorAction, interaction: Interaction, channel_id: str, _values: Sequence[str]
) -> discord.ui.LayoutView:
    """Closes a question."""
    channel = channel_link(parse_id(channel_id)) if action is ModeratorAction.KEEP else ""
    return notice(text_for(interaction)(CLOSED[action], channel=channel))


class ModeratorControl(Control[discord.ui.Item[Any]], template=TEMPLATE):
    """Any control of these pages: its `custom_id` names the action, `handlers` maps it to a function."""

    handlers: ClassVar[Mapping[ModeratorAction, Handler]] = {}

    async def use(self, interaction: Interaction) -> None:
        """Runs the action, unless the person may not use the command any more."""
        if not await interaction.client.command_access.may_use(interaction, PREFIX):
            again = self.match.string
            if not isinstance(self.item, discord.ui.Button):  # what was chosen would be lost: its page is opened
                page = PAGES.get(self.match["action"].partition("_")[0], ModeratorAction.OVERVIEW)
                numbered = page in (ModeratorAction.OVERVIEW, ModeratorAction.ROLES_PAGE)
                again = control(page, 0 if numbered else self.match["arguments"])
            raise refusal(interaction, "announcements.refused.not_yours", again)
        try:
            action = ModeratorAction(self.match["action"])
        except ValueError:
            raise MalformedIdError(self.match["action"]) from None
        page = await self.handlers[action](interaction, self.match["arguments"] or "", self.chosen)
        if page is not None:
            await replace_page(interaction, page)
