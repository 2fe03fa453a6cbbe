"""`/help` and `/about`."""

from importlib.metadata import version
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer, replace_page
from bot.client.command_registration import leaves
from bot.client.components import Control
from bot.client.localisation import CommandTranslator, localised, text_for
from bot.layouts.help import (
    MEMBERS_PAGE,
    MODERATORS_PAGE,
    TEMPLATE,
    CommandLine,
    about_page,
    help_page,
    moderators_help_page,
)

DISTRIBUTION = "herald-bot"
MOST_WANTED = ("search", "latest", "topics", "article", "act", "follow")  # the others follow in order of registration

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


class HelpCog(commands.Cog):
    """The commands of the bot, and who runs it."""

    @app_commands.command(name=localised("commands.help.name"), description=localised("commands.help.description"))
    async def help(self, interaction: Interaction) -> None:
        """Answers with the commands this member may use here."""
        await answer(interaction, await help_for(interaction, MEMBERS_PAGE))

    @app_commands.command(name=localised("commands.about.name"), description=localised("commands.about.description"))
    async def about(self, interaction: Interaction) -> None:
        """Answers with the bot's source, and what it keeps and deletes."""
        settings = interaction.client.services.settings
        page = about_page(
            text_for(interaction),
            interaction.client.brand,
            version=version(DISTRIBUTION),
            source_url=settings.source_url,
            privacy_url=settings.privacy_url,
            contact=settings.contact,
        )
        await answer(interaction, page)


class PageButton(Control[discord.ui.Button[Any]], template=TEMPLATE):
    """Turns between the commands for everyone and those for moderators."""

    async def use(self, interaction: Interaction) -> None:
        """Shows the other page."""
        await replace_page(interaction, await help_for(interaction, self.match["page"]))


async def help_for(interaction: Interaction, page: str) -> discord.ui.LayoutView:
    """A page of the commands that this person may use here."""
    bot, text = interaction.client, text_for(interaction)
    lines: list[CommandLine] = []
    menus: list[str] = []
    place = {name: number for number, name in enumerate(MOST_WANTED)}
    visible = [command for command in bot.tree.get_commands() if may_use(command, interaction)]
    for command in sorted(visible, key=lambda command: place.get(command.name, len(place))):
        payload = await command.get_translated_payload(bot.tree, CommandTranslator())
        if isinstance(command, app_commands.ContextMenu):
            menus.append(_words(payload, "name", interaction.locale))
            continue
        moderator = command.default_permissions is not None
        for path, leaf in leaves(payload):
            description = _words(leaf, "description", interaction.locale)
            lines.append(CommandLine(bot.registration.mentions.get(path, f"`/{path}`"), description, moderator))
    if page == MODERATORS_PAGE and any(line.moderator for line in lines):
        return moderators_help_page(lines, text)
    return help_page(lines, menus, text, bot.brand)


def may_use(command: AnyCommand, interaction: Interaction) -> bool:
    """Whether Discord offers the command to this member here, before a server's own changes to that."""
    if command.guild_only and interaction.guild_id is None:
        return False
    wanted = command.default_permissions
    return wanted is None or interaction.permissions.administrator or wanted <= interaction.permissions


def _words(payload: dict[str, Any], field: str, locale: discord.Locale) -> str:
    translations: dict[str, str] = payload.get(f"{field}_localizations") or {}
    default: str = payload[field]
    return translations.get(locale.value, default)


async def setup(bot: HeraldBot) -> None:
    """Adds the cog, and the buttons between its pages."""
    bot.add_dynamic_items(PageButton)
    await bot.add_cog(HelpCog())
