"""The set-up wizard: every choice on one page, with the permission check and the preview below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.delivery.permissions import may_open_thread, may_publish
from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction
from bot.interactions.draft import NO_EXTRAS, Draft, encode
from bot.interactions.typed_choices import Choice, Choices
from bot.layouts.announcements.controls import button, control
from bot.layouts.announcements.permission_check import Check, checklist
from bot.layouts.components import (
    MAX_COMPONENTS,
    MAX_LABEL,
    MAX_TEXT,
    Part,
    Row,
    action_row,
    card,
    divider,
    layout,
    preselected,
    subtext,
    text_display,
)
from bot.models import ChannelKind
from bot.plain_text import clean_line, truncate

MAX_OPTIONS = 25
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
    """Everything the page shows.

    `check` is None before a channel is chosen. `preview` is the newest article's card as that
    channel would get it, `fits` whether that article has one of the chosen topics. `editing`:
    the channel already gets announcements. `has_topic_roles`: a topic of the server has a role.
    `extras` is the key of the draft's extras.
    """

    draft: Draft
    offer: Choices
    check: Check | None = None
    preview: discord.ui.LayoutView | None = None
    fits: bool = True
    editing: bool = False
    has_topic_roles: bool = True
    extras: str = NO_EXTRAS


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
    intro = [text("announcements.guide.intro")]
    if guide.editing:
        intro = [text("announcements.guide.editing", channel=f"<#{guide.draft.channel_id}>")]
    if len(guide.offer.topics) > MAX_OPTIONS:
        intro.append(subtext(text("announcements.guide.more_topics", count=MAX_OPTIONS)))
    lacks_topic_roles = guide.draft.options.topic_roles and not guide.has_topic_roles
    return card(
        text_display(f"## {text('announcements.guide.title')}", *intro),
        _channel_row(guide, text),
        _select_row(
            guide, "topics", ModeratorAction.WIZARD_TOPICS, guide.offer.topics, guide.draft.options.topics, text
        ),
        _select_row(guide, "feeds", ModeratorAction.WIZARD_FEEDS, guide.offer.feeds, guide.draft.options.feeds, text)
        if len(guide.offer.feeds) > 1
        else None,
        _role_row(guide, text),
        _options_row(guide, text),
        divider(),
        text_display(
            text("announcements.check.title"),
            checklist(guide.check, text) if guide.check else text("announcements.check.choose"),
            text("announcements.guide.no_topic_roles") if lacks_topic_roles else "",
        ),
        _closing_row(guide, text),
    )


def _channel_row(guide: WizardState, text: Catalogue) -> Row:
    return discord.ui.ActionRow(
        discord.ui.ChannelSelect[Any](
            custom_id=control(ModeratorAction.WIZARD_CHANNEL, _code(guide)),
            channel_types=CHANNEL_TYPES,
            placeholder=text("announcements.guide.channel"),
            default_values=preselected(guide.draft.channel_id, discord.SelectDefaultValueType.channel),
        )
    )


def _select_row(
    guide: WizardState,
    name: str,
    action: ModeratorAction,
    choices: Sequence[Choice],
    chosen: Sequence[str],
    text: Catalogue,
) -> Row | None:
    offered = choices[:MAX_OPTIONS]
    if not offered:
        return None
    return discord.ui.ActionRow(
        discord.ui.Select[Any](
            custom_id=control(action, _code(guide)),
            placeholder=text(f"announcements.guide.{name}"),
            min_values=0,
            max_values=len(offered),
            options=[
                discord.SelectOption(
                    label=truncate(clean_line(choice.name), MAX_LABEL), value=choice.key, default=choice.key in chosen
                )
                for choice in offered
            ],
        )
    )


def _role_row(guide: WizardState, text: Catalogue) -> Row:
    return discord.ui.ActionRow(
        discord.ui.RoleSelect[Any](
            custom_id=control(ModeratorAction.WIZARD_ROLE, _code(guide)),
            placeholder=text("announcements.guide.role"),
            min_values=0,
            default_values=preselected(guide.draft.options.role_id, discord.SelectDefaultValueType.role),
        )
    )


def _options_row(guide: WizardState, text: Catalogue) -> Row | None:
    """The options that such a channel supports; the language is always one."""
    draft, kind = guide.draft, guide.check.kind if guide.check else ChannelKind.ANNOUNCEMENT
    language = text(f"languages.{draft.options.language}")
    return action_row(
        _switch(guide, "publish", ModeratorAction.WIZARD_PUBLISH, text, on=draft.options.publish)
        if may_publish(kind)
        else None,
        _switch(guide, "thread", ModeratorAction.WIZARD_THREAD, text, on=draft.options.open_thread)
        if may_open_thread(kind)
        else None,
        _switch(guide, "topic_roles", ModeratorAction.WIZARD_TOPIC_ROLES, text, on=draft.options.topic_roles)
        if guide.offer.topics
        else None,
        _switch(guide, "silent", ModeratorAction.WIZARD_SILENT, text, on=draft.options.silent),
        button(text("announcements.guide.language", language=language), ModeratorAction.WIZARD_LANGUAGE, _code(guide)),
    )


def _switch(
    guide: WizardState, name: str, action: ModeratorAction, text: Catalogue, *, on: bool
) -> discord.ui.Button[Any]:
    style = discord.ButtonStyle.success if on else discord.ButtonStyle.secondary
    label = text(f"announcements.guide.{name}_{'on' if on else 'off'}")
    return button(label, action, _code(guide), style=style)


def _closing_row(guide: WizardState, text: Catalogue) -> Row | None:
    ready = guide.check is not None and guide.check.passed
    code = _code(guide)
    save_style = discord.ButtonStyle.success
    return action_row(
        button(
            text("announcements.guide.save"), ModeratorAction.WIZARD_SAVE, code, style=save_style, disabled=not ready
        ),
        button(text("announcements.guide.test"), ModeratorAction.WIZARD_TEST, code, disabled=not ready),
        button(text("announcements.guide.again"), ModeratorAction.WIZARD_RECHECK, code)
        if guide.check and not ready
        else None,
        button(text("schedule.open"), ModeratorAction.SCHEDULE, code) if ready else None,
        button(text("voice.open"), ModeratorAction.VOICE, code) if ready else None,
        button(text("announcements.guide.cancel"), ModeratorAction.WIZARD_CANCEL),
    )


def _code(guide: WizardState) -> str:
    return encode(guide.draft, guide.offer, guide.extras)
