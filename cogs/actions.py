"""`/act`: current actions."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.errors import choose_or_refuse
from bot.client.localisation import localised, text_for
from bot.i18n import Catalogue
from bot.interactions.autocomplete import as_choices, matching
from bot.layouts.actions import action_list, one_action
from bot.layouts.components import action_label
from bot.models import Action


class ActionsCog(commands.Cog):
    """Links to what a reader can do."""

    def __init__(self, bot: HeraldBot) -> None:
        self.bot = bot

    @app_commands.command(name=localised("commands.act.name"), description=localised("commands.act.description"))
    @app_commands.rename(action=localised("commands.act.action.name"))
    @app_commands.describe(action=localised("commands.act.action.description"))
    async def act(self, interaction: Interaction, action: str | None = None) -> None:
        """Answers with all current actions, or with one."""
        text = text_for(interaction)
        actions = self.bot.services.actions_in_season()
        if action is None:
            await answer(interaction, action_list(actions, text, self.bot.brand))
            return
        key = choose_or_refuse(action, _pairs(actions, text), text, "actions.unknown", "action")
        chosen = next(one for one in actions if one.key == key)
        await answer(interaction, one_action(chosen, text, self.bot.brand))

    @act.autocomplete("action")
    async def complete_action(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Actions in season, in the member's language."""
        actions = self.bot.services.actions_in_season()
        return as_choices(matching(_pairs(actions, text_for(interaction)), typed))


def _pairs(actions: list[Action], text: Catalogue) -> list[tuple[str, str]]:
    return [(action_label(action, text.language), action.key) for action in actions]


async def setup(bot: HeraldBot) -> None:
    """Adds the cog."""
    await bot.add_cog(ActionsCog(bot))
