"""The views of `/help` and `/about`."""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.i18n import Catalogue
from bot.layouts.components import (
    MAX_TEXT,
    Brand,
    action_row,
    card,
    divider,
    layout,
    link_button,
    subtext,
    text_display,
)
from bot.layouts.markdown import plain

ROOM = MAX_TEXT - 1_000  # for headings and the text below the commands


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command in `/help`: a clickable mention, and its description in the member's language."""

    mention: str
    description: str
    moderator: bool = False


def help_page(
    lines: Sequence[CommandLine], menus: Sequence[str], text: Catalogue, brand: Brand
) -> discord.ui.LayoutView:
    """The commands a member may use; `menus` are the names of the message menu's commands."""
    members = _commands([line for line in lines if not line.moderator])
    moderators = _commands([line for line in lines if line.moderator])
    names = " · ".join(f"**{plain(name)}**" for name in menus)
    organisation = plain(brand.organisation)
    return layout(
        card(
            text_display(f"## {text('help.title')}", text("help.intro", organisation=organisation)),
            text_display(*members) if members else None,
            text_display(text("help.menus", names=names)) if names else None,
            divider() if moderators else None,
            text_display(text("help.moderators"), *moderators) if moderators else None,
            text_display(subtext(text("help.private"))),
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


def _commands(lines: Sequence[CommandLine]) -> list[str]:
    """As many lines as fit."""
    shown: list[str] = []
    for line in lines:
        sentence = f"{line.mention} {plain(line.description, 100)}"
        if sum(map(len, shown)) + len(sentence) > ROOM // 2:
            break
        shown.append(sentence)
    return shown
