"""Buttons and menus of the announcement pages, with their custom ids."""

import re

import discord

from bot.interactions.controls import ModeratorAction

PREFIX = "announcements"
TEMPLATE = re.compile(PREFIX + r":(?P<action>[a-z_]+)(?::(?P<arguments>[^\n]*))?")


def control(action: ModeratorAction, *arguments: object) -> str:
    """The `custom_id` of a control: its action and arguments."""
    return ":".join((PREFIX, action, *map(str, arguments)))


def button(
    label: str,
    action: ModeratorAction,
    *arguments: object,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> discord.ui.Button[discord.ui.LayoutView]:
    """A button for `action`; it works after a restart too."""
    return discord.ui.Button(label=label, custom_id=control(action, *arguments), style=style, disabled=disabled)
