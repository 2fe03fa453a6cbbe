"""`/act`: current actions."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.localisation import localised, text_for
from bot.client.typed_options import OneOf
from bot.layouts.actions import action_list, one_action


class ActionsCog(commands.Cog):
    """Links to what a reader can do."""

    @app_commands.command(name=localised("commands.act.name"), description=localised("commands.act.description"))
    @app_commands.rename(action=localised("commands.act.action.name"))
    @app_commands.describe(action=localised("commands.act.action.description"))
    async def act(
        self, interaction: Interaction, action: app_commands.Transform[str, OneOf("action")] | None = None
    ) -> None:
        """Answers with all current actions, or with one."""
        services, brand, text = interaction.client.services, interaction.client.brand, text_for(interaction)
        if action is None:
            view = action_list(services.actions_in_season(), text, brand)
        else:
            view = one_action(next(one for one in services.settings.actions if one.key == action), text, brand)
        await answer(interaction, view)


async def setup(bot: HeraldBot) -> None:
    """Adds the cog."""
    await bot.add_cog(ActionsCog())
