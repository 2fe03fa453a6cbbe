"""What moderators choose for the whole server: `/settings`."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer, replace_page
from bot.client.components import Control
from bot.client.errors import refusal
from bot.client.localisation import localised, localised_options, text_for
from bot.delivery.permissions import Wants
from bot.i18n import LANGUAGES
from bot.interactions.custom_ids import parse_id
from bot.layouts.announcements.permission_check import Check, checklist
from bot.layouts.guild_settings import (
    LOG_CHANNEL_TYPES,
    OPEN,
    OWN_LANGUAGE,
    PREFIX,
    TEMPLATE,
    ask_public_log,
    language_name,
    settings_page,
)
from bot.models import ChannelKind

LogChannel = discord.TextChannel | discord.Thread


class SettingControl(Control[discord.ui.Item[Any]], template=TEMPLATE):
    """A control of the page."""

    async def use(self, interaction: Interaction) -> None:
        """Stores the choice and shows the page again."""
        if interaction.guild is None or not await interaction.client.command_access.may_use(interaction, PREFIX):
            again = self.match.string if isinstance(self.item, discord.ui.Button) else f"{PREFIX}:{OPEN}"
            raise refusal(interaction, "settings.not_yours", again)
        setting, channel, remark = self.match["setting"], self.match["channel"], ""
        if setting == "language":
            remark = await store_language(interaction, interaction.guild, self.chosen_one())
        elif setting == "public_log":
            remark = await store_log_channel(interaction, interaction.guild, parse_id(channel or ""))
        elif setting != OPEN:
            typed = channel or (self.chosen_one() if self.chosen else "")
            wanted = parse_id(typed) if typed else None
            if wanted is not None and is_public(interaction.guild, wanted):
                await replace_page(interaction, ask_public_log(wanted, text_for(interaction)))
                return
            remark = await store_log_channel(interaction, interaction.guild, wanted)
        chosen = await interaction.client.services.guilds.get(interaction.guild.id)
        await replace_page(interaction, settings_page(chosen, text_for(interaction), remark))


class ServerSettings(commands.Cog):
    """The one command, usable where Discord lets a member use it."""

    @app_commands.command(name=localised("settings.command.name"), description=localised("settings.command.settings"))
    @localised_options("settings", "log_channel", "language")
    @app_commands.choices(
        language=[
            app_commands.Choice(
                name=localised("settings.language.own" if value == OWN_LANGUAGE else f"languages.{value}"), value=value
            )
            for value in (OWN_LANGUAGE, *LANGUAGES)
        ]
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def settings(
        self,
        interaction: Interaction,
        log_channel: LogChannel | None = None,
        language: str | None = None,
    ) -> None:
        """Stores what was typed, and shows the page."""
        guild = interaction.guild
        if guild is None:
            raise app_commands.NoPrivateMessage
        if log_channel and is_public(guild, log_channel.id):
            if language:
                await store_language(interaction, guild, language)
            await answer(interaction, ask_public_log(log_channel.id, text_for(interaction)))
            return
        remarks = [
            await store_language(interaction, guild, language) if language else "",
            await store_log_channel(interaction, guild, log_channel.id) if log_channel else "",
        ]
        chosen = await interaction.client.services.guilds.get(guild.id)
        await answer(interaction, settings_page(chosen, text_for(interaction), "\n".join(filter(None, remarks))))


def is_public(guild: discord.Guild, channel_id: int) -> bool:
    """Whether reports could go to that channel, and everyone in the server would read them."""
    channel = guild.get_channel_or_thread(channel_id)
    if not isinstance(channel, LogChannel) or not _check(channel).passed:
        return False
    return channel.permissions_for(guild.default_role).view_channel


async def store_log_channel(interaction: Interaction, guild: discord.Guild, channel_id: int | None) -> str:
    """Stores the channel, and says so. Raises UserFacingError where the bot may not write there."""
    text, guilds = text_for(interaction), interaction.client.services.guilds
    if channel_id is None:
        await guilds.choose(guild.id, "log_channel_id", None)
        return text("settings.log_channel.cleared")
    channel, again = guild.get_channel_or_thread(channel_id), f"{PREFIX}:log_channel:{channel_id}"
    if not isinstance(channel, LogChannel) or channel.type not in LOG_CHANNEL_TYPES:
        raise refusal(interaction, "settings.log_channel.unseen", again)
    check = _check(channel)
    if not check.passed:
        key, missing = "settings.log_channel.refused", checklist(check, text, only_missing=True)
        raise refusal(interaction, key, again, channel=channel.mention, missing=missing)
    await guilds.choose(guild.id, "log_channel_id", channel_id)
    return text("settings.log_channel.saved", channel=channel.mention)


async def store_language(interaction: Interaction, guild: discord.Guild, value: str) -> str:
    """Stores the language, if it is one of ours; a sentence about it either way."""
    text = text_for(interaction)
    if value not in (OWN_LANGUAGE, *LANGUAGES):
        return text("settings.language.unknown")
    await interaction.client.services.guilds.choose(guild.id, "language", "" if value == OWN_LANGUAGE else value)
    return text("settings.language.saved", language=language_name(value, text))


def _check(channel: LogChannel) -> Check:
    is_thread = isinstance(channel, discord.Thread)
    return Check(
        channel_id=channel.id,
        kind=ChannelKind.THREAD if is_thread else ChannelKind.TEXT,
        granted=channel.permissions_for(channel.guild.me).value,
        wants=Wants(locked=is_thread and channel.locked),
    )


async def setup(bot: HeraldBot) -> None:
    """Loads the cog and its menus."""
    bot.add_dynamic_items(SettingControl)
    await bot.add_cog(ServerSettings())
