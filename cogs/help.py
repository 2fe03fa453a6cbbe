"""`/help` and `/about`."""

from importlib.metadata import version
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.localisation import CommandTranslator, localised, text_for
from bot.layouts.help import CommandLine, about_page, help_page

DISTRIBUTION = "herald-bot"
MOST_WANTED = ("search", "latest", "topics", "article", "act")  # the others follow in order of registration
SUBCOMMANDS = (discord.AppCommandOptionType.subcommand.value, discord.AppCommandOptionType.subcommand_group.value)

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


class HelpCog(commands.Cog):
    """The commands of the bot, and who runs it."""

    def __init__(self, bot: HeraldBot) -> None:
        self.bot = bot

    @app_commands.command(name=localised("commands.help.name"), description=localised("commands.help.description"))
    async def help(self, interaction: Interaction) -> None:
        """Answers with the commands this member may use here."""
        visible = [command for command in self.bot.tree.get_commands() if may_use(command, interaction)]
        named = [await self._named(command, interaction.locale) for command in visible]
        menus = [name for name, lines in named if not lines]
        lines = [line for _, lines in sorted(named, key=_wanted) for line in lines]
        await answer(interaction, help_page(lines, menus, text_for(interaction), self.bot.brand))

    @app_commands.command(name=localised("commands.about.name"), description=localised("commands.about.description"))
    async def about(self, interaction: Interaction) -> None:
        """Answers with the bot's source, and what it keeps and deletes."""
        settings = self.bot.services.settings
        page = about_page(
            text_for(interaction),
            self.bot.brand,
            version=version(DISTRIBUTION),
            source_url=settings.source_url,
            privacy_url=settings.privacy_url,
            contact=settings.contact,
        )
        await answer(interaction, page)

    async def _named(self, command: AnyCommand, locale: discord.Locale) -> tuple[str, list[CommandLine]]:
        """A command's name in that language, and a line for it and each of its subcommands; none for a menu."""
        payload = await command.get_translated_payload(self.bot.tree, CommandTranslator())
        if isinstance(command, app_commands.ContextMenu):
            return _words(payload, "name", locale), []
        moderator = command.default_permissions is not None
        lines = [
            CommandLine(self.bot.mention(path), _words(leaf, "description", locale), moderator)
            for path, leaf in leaves(payload)
        ]
        return command.name, lines


def may_use(command: AnyCommand, interaction: Interaction) -> bool:
    """Whether Discord offers the command to this member here, before a server's own changes to that."""
    if command.guild_only and interaction.guild_id is None:
        return False
    wanted = command.default_permissions
    return wanted is None or interaction.permissions.administrator or wanted <= interaction.permissions


def _wanted(named: tuple[str, list[CommandLine]]) -> int:
    return MOST_WANTED.index(named[0]) if named[0] in MOST_WANTED else len(MOST_WANTED)


def leaves(payload: dict[str, Any], above: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The callable commands in a registered command, with full names: itself or its subcommands."""
    path = f"{above} {payload['name']}".strip()
    below = [option for option in payload.get("options", []) if option["type"] in SUBCOMMANDS]
    return [leaf for option in below for leaf in leaves(option, path)] if below else [(path, payload)]


def _words(payload: dict[str, Any], field: str, locale: discord.Locale) -> str:
    translations: dict[str, str] = payload.get(f"{field}_localizations") or {}
    default: str = payload[field]
    return translations.get(locale.value, default)


async def setup(bot: HeraldBot) -> None:
    """Adds the cog."""
    await bot.add_cog(HelpCog(bot))
