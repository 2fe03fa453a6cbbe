"""What is asked before an action that many people would notice. Pure."""

from dataclasses import dataclass

import discord

from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button
from bot.layouts.components import action_row, card, layout, text_display


@dataclass(frozen=True, slots=True)
class Question:
    """The keys of the sentences and of both labels, and where the button that refuses leads."""

    body: tuple[str, ...]
    yes: str
    no: str
    leads_to: ModeratorAction
    title: str = ""


QUESTIONS = {
    ModeratorAction.REMOVE: Question(
        ("announcements.remove.body",),
        "announcements.remove.yes",
        "announcements.remove.no",
        ModeratorAction.KEEP,
        title="announcements.remove.title",
    ),
    ModeratorAction.UNFOLLOW: Question(
        ("follow.stop.body",),
        "follow.stop.yes",
        "announcements.remove.no",
        ModeratorAction.KEEP,
        title="follow.stop.title",
    ),
    ModeratorAction.RELEASE: Question(
        ("announcements.held.ask_none",),
        "announcements.held.none_sure",
        "announcements.status.back",
        ModeratorAction.OVERVIEW,
    ),
    ModeratorAction.REINSTATE: Question(
        ("announcements.withdrawn.ask", "announcements.withdrawn.ask_scope"),
        "announcements.withdrawn.sure",
        "announcements.status.back",
        ModeratorAction.OVERVIEW,
    ),
}


def ask(action: ModeratorAction, text: Catalogue, *arguments: object, **fields: object) -> discord.ui.LayoutView:
    """The question before an action; `arguments` are those of its control, `fields` must be safe markdown."""
    asked = QUESTIONS[action]
    place = arguments[0] if asked.leads_to is ModeratorAction.KEEP else 0
    return layout(
        card(
            text_display(
                f"## {text(asked.title, **fields)}" if asked.title else "", *(text(key, **fields) for key in asked.body)
            ),
            action_row(
                button(text(asked.yes), action, *arguments, style=discord.ButtonStyle.danger),
                button(text(asked.no), asked.leads_to, place),
            ),
        )
    )
