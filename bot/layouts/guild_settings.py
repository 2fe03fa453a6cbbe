"""The page on which moderators choose a server's log channel and language."""

from typing import Any

import discord

from bot.i18n import LANGUAGES, Catalogue
from bot.layouts.components import card, layout, menu_row, preselected, text_display
from bot.store.guilds import GuildSettings

PREFIX = "settings"
OPEN = "open"  # the page itself
TEMPLATE = PREFIX + r":(?P<setting>log_channel|language|public_log|open)(?::(?P<channel>[0-9]{1,19}))?"
OWN_LANGUAGE = "own"  # Discord's setting of the server; an option's value cannot be empty
LOG_CHANNEL_TYPES = [discord.ChannelType.text, discord.ChannelType.public_thread, discord.ChannelType.private_thread]


def settings_page(chosen: GuildSettings, text: Catalogue, remark: str = "") -> discord.ui.LayoutView:
    """Both settings as menus; `remark` is a safe sentence about what just happened."""
    log_channel = discord.ui.ChannelSelect[Any](
        custom_id=f"{PREFIX}:log_channel",
        channel_types=LOG_CHANNEL_TYPES,
        placeholder=text("settings.log_channel.none"),
        min_values=0,
        default_values=preselected(chosen.log_channel_id, discord.SelectDefaultValueType.channel),
    )
    languages = {OWN_LANGUAGE: "", **{code: code for code in LANGUAGES}}
    return layout(
        card(
            text_display(f"## {text('settings.title')}", remark),
            text_display(f"**{text('settings.log_channel.title')}**", text("settings.log_channel.body")),
            discord.ui.ActionRow(log_channel),
            text_display(f"**{text('settings.language.title')}**", text("settings.language.body")),
            menu_row(
                f"{PREFIX}:language",
                [(language_name(value, text), value, chosen.language == stored) for value, stored in languages.items()],
            ),
        )
    )


def language_name(value: str, text: Catalogue) -> str:
    """The label of a choice in the language menu."""
    return text("settings.language.own" if value == OWN_LANGUAGE else f"languages.{value}")


def ask_public_log(channel_id: int, text: Catalogue) -> discord.ui.LayoutView:
    """The question before reports go to a channel that everyone in the server can read."""
    confirm = discord.ui.Button[discord.ui.LayoutView](
        label=text("settings.log_channel.public_sure"),
        custom_id=f"{PREFIX}:public_log:{channel_id}",
        style=discord.ButtonStyle.danger,
    )
    other = discord.ui.Button[discord.ui.LayoutView](
        label=text("settings.log_channel.elsewhere"), custom_id=f"{PREFIX}:{OPEN}"
    )
    question = text("settings.log_channel.public", channel=f"<#{channel_id}>")
    return layout(card(text_display(question), discord.ui.ActionRow(confirm, other)))
