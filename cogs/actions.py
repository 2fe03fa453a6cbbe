"""`/act`: current actions."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.errors import choose_or_refuse
from bot.client.localisation import localised, text_for
from bot.i18n import Catalogue
from bot.interactions.typed_choices import Choice, as_choices, matching
from bot.layouts.actions import action_list, one_action
from bot.models import Action


class ActionsCog(commands.Cog):
    """Links to what a reader can do."""

    @app_commands.command(name=localised("commands.act.name"), description=localised("commands.act.description"))
    @app_commands.rename(action=localised("commands.act.action.name"))
    @app_commands.describe(action=localised("commands.act.action.description"))
    async def act(self, interaction: Interaction, action: str | None = None) -> None:
        """Answers with all current actions, or with one."""
        text = text_for(interaction)
        actions = interaction.client.services.actions_in_season()
        if action is None:
            await answer(interaction, action_list(actions, text, interaction.client.brand))
            return
        key = choose_or_refuse(action, _choices(actions, text), text, "actions.unknown", "action")
        chosen = next(one for one in actions if one.key == key)
        await answer(interaction, one_action(chosen, text, interaction.client.brand))

    @act.autocomplete("action")
    async def complete_action(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Actions in season, in the member's language."""
        actions = interaction.client.services.actions_in_season()
        return as_choices(matching(_choices(actions, text_for(interaction)), typed))


def _choices(actions: list[Action], text: Catalogue) -> list[Choice]:
    return [Choice(action.key, action.label_in(text.language)) for action in actions]


async def setup(bot: HeraldBot) -> None:
    """Adds the cog."""
    await bot.add_cog(ActionsCog())
