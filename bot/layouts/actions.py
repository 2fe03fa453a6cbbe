"""The view of `/act`: current actions, each with its link."""

from collections.abc import Sequence

import discord

from bot.i18n import Catalogue
from bot.layouts.components import (
    MAX_LABEL,
    Brand,
    Part,
    button_width,
    card,
    layout,
    link_button,
    subtext,
    text_display,
)
from bot.layouts.markdown import paragraphs, plain
from bot.models import Action

MOST = 10  # each takes three of Discord's forty components
SENTENCE = 150
MAX_BESIDE = 110.0  # pixels of a button beside a sentence


def action_list(actions: Sequence[Action], text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """The actions with a button each; actions beyond the limit are named below."""
    if not actions:
        return layout(card(text_display(text("actions.nothing", organisation=plain(brand.organisation)))))
    names = [plain(action.label_in(text.language), MAX_LABEL) for action in actions[MOST : MOST + 10]]
    return layout(
        card(
            text_display(
                f"## {text('actions.title')}", subtext(text("actions.intro", organisation=plain(brand.organisation)))
            ),
            *(part for action in actions[:MOST] for part in action_parts(action, text, brand)),
            text_display(subtext(text("actions.more", names=" · ".join(names)))) if names else None,
        )
    )


def one_action(action: Action, text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """One action with its button."""
    return layout(card(*action_parts(action, text, brand)))


def action_parts(action: Action, text: Catalogue, brand: Brand) -> list[Part]:
    """An action's sentence, with its button beside it where a phone has room for both, else below it."""
    sentence = paragraphs(dict(action.sentences).get(text.language, action.sentence), SENTENCE)
    button = link_button(action.label_in(text.language), brand.public(action.url))
    if button is None:
        return [text_display(f"**{plain(action.label_in(text.language), MAX_LABEL)}**", sentence)]
    if button_width(button) <= MAX_BESIDE:
        return [discord.ui.Section(text_display(sentence), accessory=button)]
    return [text_display(sentence), discord.ui.ActionRow(button)]
