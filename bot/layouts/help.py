"""What `/help` and `/about` show, and what the bot says first in a new server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.i18n import LANGUAGES, Catalogue
from bot.interactions.controls import ModeratorAction, button
from bot.layouts.components import (
    MAX_TEXT,
    Brand,
    action_row,
    card,
    layout,
    link_button,
    subtext,
    text_display,
)
from bot.layouts.markdown import plain

ROOM = MAX_TEXT // 2  # for the commands; the rest is for what stands around them
PREFIX = "help"
MEMBERS_PAGE, MODERATORS_PAGE = "members", "moderators"
TEMPLATE = PREFIX + r":(?P<page>members|moderators)"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command in `/help`: a clickable mention, and its description in the member's language."""

    mention: str
    description: str
    moderator: bool = False


def help_page(
    lines: Sequence[CommandLine], menus: Sequence[str], text: Catalogue, brand: Brand
) -> discord.ui.LayoutView:
    """The commands for members; `menus` are the names of what a message's own menu offers."""
    names = " · ".join(f"**{plain(name)}**" for name in menus)
    organisation = plain(brand.organisation)
    other = discord.ui.Button[Any](label=text("help.moderators"), custom_id=f"{PREFIX}:{MODERATORS_PAGE}")
    return layout(
        card(
            text_display(f"## {text('help.title')}", text("help.intro", organisation=organisation)),
            text_display(*_commands([line for line in lines if not line.moderator])),
            text_display(text("help.menus", names=names)) if names else None,
            text_display(subtext(text("help.private"))),
            action_row(other if any(line.moderator for line in lines) else None),
        )
    )


def moderators_help_page(lines: Sequence[CommandLine], text: Catalogue) -> discord.ui.LayoutView:
    """The commands for moderators, in the order in which they are needed."""
    other = discord.ui.Button[Any](label=text("help.everyone"), custom_id=f"{PREFIX}:{MEMBERS_PAGE}")
    return layout(
        card(
            text_display(f"## {text('help.moderators')}"),
            text_display(*_commands([line for line in lines if line.moderator])),
            action_row(other),
        )
    )


def about_page(
    text: Catalogue, brand: Brand, *, version: str, source_url: str, privacy_url: str, contact: str
) -> discord.ui.LayoutView:
    """Who runs this bot, what it keeps, how it is deleted, and where its source is."""
    organisation = plain(brand.organisation)
    return layout(
        card(
            text_display(f"## {text('help.about.title')}", text("help.about.what", organisation=organisation)),
            text_display(text("help.about.keeps_title"), text("help.about.keeps")),
            text_display(text("help.about.delete_title"), text("help.about.delete", contact=plain(contact, 200))),
            action_row(
                link_button(text("help.about.source"), source_url),
                link_button(text("help.about.privacy"), privacy_url),
            ),
            text_display(subtext(text("help.about.version", version=version))),
        )
    )


def introduction(text: Catalogue, brand: Brand, remark: str = "") -> discord.ui.LayoutView:
    """What to do first in a server that has just invited the bot; the language is one press away."""
    other = next(code for code in LANGUAGES if code != text.language)
    return layout(
        card(
            text_display(f"## {text('help.introduction.title')}", remark),
            text_display(text("help.introduction.body", organisation=plain(brand.organisation))),
            action_row(
                button(text("help.introduction.setup"), ModeratorAction.SETUP, style=discord.ButtonStyle.success),
                button(text("settings.log_channel.title"), ModeratorAction.LOG_CHANNEL),
                button(text(f"languages.{other}"), ModeratorAction.INTRODUCTION_LANGUAGE, other),
            ),
            text_display(subtext(text("help.introduction.later"))),
        )
    )


def _commands(lines: Sequence[CommandLine]) -> list[str]:
    """As many lines as fit."""
    shown: list[str] = []
    for line in lines:
        sentence = f"{line.mention} {plain(line.description, 100)}"
        if sum(map(len, shown)) + len(sentence) > ROOM:
            break
        shown.append(sentence)
    return shown
