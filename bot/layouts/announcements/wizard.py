"""The set-up wizard: every choice on one page, with the permission check and the preview below."""

from dataclasses import dataclass
from typing import Any

import discord

from bot.delivery.permissions import KINDS_WITH_PUBLISHING, KINDS_WITH_THREADS
from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button, control
from bot.interactions.draft import Draft
from bot.interactions.typed_choices import Choices
from bot.layouts.announcements.permission_check import Check, checklist
from bot.layouts.components import (
    MAX_COMPONENTS,
    MAX_OPTIONS,
    MAX_TEXT,
    Part,
    action_row,
    card,
    divider,
    layout,
    menu_row,
    preselected,
    subtext,
    text_display,
)
from bot.models import ChannelKind

CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]


@dataclass(frozen=True, slots=True)
class WizardState:
    """Everything the page shows; `code` is the draft as its controls carry it.

    `check` is None before a channel is chosen. `preview` is the newest article's card as that
    channel would get it, `fits` whether that article has one of the chosen topics. `editing`:
    the channel already gets announcements. `has_topic_roles`: a topic of the server has a role.
    """

    draft: Draft
    offer: Choices
    code: str
    check: Check | None = None
    preview: discord.ui.LayoutView | None = None
    fits: bool = True
    editing: bool = False
    has_topic_roles: bool = True


def wizard_page(guide: WizardState, text: Catalogue) -> discord.ui.LayoutView:
    """The page with all choices so far; every control carries the whole draft."""
    page = layout(_choices(guide, text))
    if guide.check is None:
        return page
    if guide.preview is None:
        page.add_item(text_display(subtext(text("announcements.guide.no_preview"))))
    else:
        key = "announcements.guide.preview" if guide.fits else "announcements.guide.preview_else"
        page.add_item(text_display(subtext(text(key, channel=f"<#{guide.check.channel_id}>"))))
        for part in guide.preview.children:
            page.add_item(part)
    if page.content_length() <= MAX_TEXT and page.total_children_count <= MAX_COMPONENTS:
        return page
    return layout(_choices(guide, text))


def _choices(guide: WizardState, text: Catalogue) -> Part:
    """The menus, the switches and the permission check, from top to bottom."""
    options, offer, code = guide.draft.options, guide.offer, guide.code
    intro = [text("announcements.guide.intro")]
    if guide.editing:
        intro = [text("announcements.guide.editing", channel=f"<#{guide.draft.channel_id}>")]
    if len(offer.topics) > MAX_OPTIONS:
        intro.append(subtext(text("announcements.guide.more_topics", count=MAX_OPTIONS)))
    channel = discord.ui.ChannelSelect[Any](
        custom_id=control(ModeratorAction.WIZARD_CHANNEL, code),
        channel_types=CHANNEL_TYPES,
        placeholder=text("announcements.guide.channel"),
        default_values=preselected(guide.draft.channel_id, discord.SelectDefaultValueType.channel),
    )
    topics = menu_row(
        control(ModeratorAction.WIZARD_TOPICS, code),
        [(choice.name, choice.key, choice.key in options.topics) for choice in offer.topics],
        placeholder=text("announcements.guide.topics"),
        several=True,
    )
    feeds = menu_row(
        control(ModeratorAction.WIZARD_FEEDS, code),
        [(choice.name, choice.key, choice.key in options.feeds) for choice in offer.feeds],
        placeholder=text("announcements.guide.feeds"),
        several=True,
    )
    role = discord.ui.RoleSelect[Any](
        custom_id=control(ModeratorAction.WIZARD_ROLE, code),
        placeholder=text("announcements.guide.role"),
        min_values=0,
        default_values=preselected(options.role_id, discord.SelectDefaultValueType.role),
    )
    lacks_topic_roles = options.topic_roles and not guide.has_topic_roles
    return card(
        text_display(f"## {text('announcements.guide.title')}", *intro),
        discord.ui.ActionRow(channel),
        topics,
        feeds if len(offer.feeds) > 1 else None,
        discord.ui.ActionRow(role),
        action_row(*_switches(guide, text)),
        divider(),
        text_display(
            text("announcements.check.title"),
            checklist(guide.check, text) if guide.check else text("announcements.check.choose"),
            text("announcements.guide.no_topic_roles") if lacks_topic_roles else "",
        ),
        action_row(*_closing_buttons(guide, text)),
    )


def _switches(guide: WizardState, text: Catalogue) -> list[discord.ui.Button[Any]]:
    """The options that such a channel supports; the language is always one."""
    options, kind = guide.draft.options, guide.check.kind if guide.check else ChannelKind.ANNOUNCEMENT
    switches = (
        ("publish", ModeratorAction.WIZARD_PUBLISH, options.publish, kind in KINDS_WITH_PUBLISHING),
        ("thread", ModeratorAction.WIZARD_THREAD, options.open_thread, kind in KINDS_WITH_THREADS),
        ("topic_roles", ModeratorAction.WIZARD_TOPIC_ROLES, options.topic_roles, bool(guide.offer.topics)),
        ("silent", ModeratorAction.WIZARD_SILENT, options.silent, True),
    )
    language = text("announcements.guide.language", language=text(f"languages.{options.language}"))
    return [
        *(
            button(
                text(f"announcements.guide.{name}_{'on' if on else 'off'}"),
                action,
                guide.code,
                style=discord.ButtonStyle.success if on else discord.ButtonStyle.secondary,
            )
            for name, action, on, supported in switches
            if supported
        ),
        button(language, ModeratorAction.WIZARD_LANGUAGE, guide.code),
    ]


def _closing_buttons(guide: WizardState, text: Catalogue) -> list[discord.ui.Button[Any]]:
    ready, code = guide.check is not None and guide.check.passed, guide.code
    save, test = text("announcements.guide.save"), text("announcements.guide.test")
    buttons = [
        button(save, ModeratorAction.WIZARD_SAVE, code, style=discord.ButtonStyle.success, disabled=not ready),
        button(test, ModeratorAction.WIZARD_TEST, code, disabled=not ready),
    ]
    if ready:
        buttons.append(button(text("schedule.open"), ModeratorAction.SCHEDULE, code))
        buttons.append(button(text("voice.open"), ModeratorAction.VOICE, code))
    elif guide.check:
        buttons.append(button(text("announcements.guide.again"), ModeratorAction.WIZARD_RECHECK, code))
    return [*buttons, button(text("announcements.guide.cancel"), ModeratorAction.WIZARD_CANCEL)]
