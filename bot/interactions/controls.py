"""The controls of the moderators' pages: their ids, their buttons, and the handlers that belong to them."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import discord

HandlerT = TypeVar("HandlerT")

PREFIX = "announcements"
TEMPLATE = re.compile(PREFIX + r":(?P<action>[a-z_]+)(?::(?P<arguments>[^\n]*))?")


class ModeratorAction(StrEnum):
    """The action of a control on a moderators' page, as its `custom_id` names it.

    The values are part of existing messages, so they never change.
    """

    WIZARD_CHANNEL = "guide_channel"
    WIZARD_TOPICS = "guide_topics"
    WIZARD_FEEDS = "guide_feeds"
    WIZARD_ROLE = "guide_role"
    WIZARD_PUBLISH = "guide_publish"
    WIZARD_THREAD = "guide_thread"
    WIZARD_TOPIC_ROLES = "guide_topic_roles"
    WIZARD_SILENT = "guide_silent"
    WIZARD_LANGUAGE = "guide_language"
    WIZARD_RECHECK = "guide_again"
    WIZARD_CANCEL = "guide_cancel"
    WIZARD_SAVE = "guide_save"
    WIZARD_TEST = "guide_test"
    SETUP = "setup"
    INTRODUCTION_LANGUAGE = "introduction_language"
    LOG_CHANNEL = "log_channel"
    TEST = "test"
    TEST_REMOVE = "test_remove"
    STATUS = "status"
    CHECK_NOW = "check_now"
    OVERVIEW = "overview"
    LIST = "list"
    REMOVE = "remove"
    KEEP = "keep"
    SETTLE = "settle"
    SEND_NOW = "send_now"
    RELEASE = "release"
    WITHDRAWN = "withdrawn"
    REINSTATE_ASK = "reinstate_ask"
    REINSTATE = "reinstate"
    SEND_ASK = "send_ask"
    SEND = "send"
    SEND_CANCEL = "send_cancel"
    SEND_NEWEST = "send_newest"
    RESUME = "resume"
    FOLLOW_ASK = "follow_ask"
    FOLLOW = "follow"
    UNFOLLOW_ASK = "unfollow_ask"
    UNFOLLOW = "unfollow"
    SCHEDULE = "schedule"
    SCHEDULE_RHYTHM = "schedule_rhythm"
    SCHEDULE_HOUR = "schedule_hour"
    SCHEDULE_QUIET = "schedule_quiet"
    SCHEDULE_ZONE = "schedule_zone"
    VOICE = "voice"
    VOICE_WRITE = "voice_write"
    VOICE_REMOVE = "voice_remove"
    VOICE_COLOUR = "voice_colour"
    VOICE_ACTIONS = "voice_actions"
    VOICE_LANGUAGE = "voice_language"
    ROLES_PAGE = "roles_page"
    ROLES_TOPIC = "roles_topic"
    ROLES_ASSIGN = "roles_assign"
    ROLES_CLEAR = "roles_clear"
    ROLES_CREATE = "roles_create"
    ROLES_PANEL = "roles_panel"


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


class MissingHandlerError(Exception):
    """Controls without a handler: pressing them would do nothing."""


def complete(handlers: Mapping[ModeratorAction, HandlerT]) -> dict[ModeratorAction, HandlerT]:
    """Checks that every control has a handler, and returns the handlers. Raises MissingHandlerError."""
    missing = sorted(action.value for action in ModeratorAction if action not in handlers)
    if missing:
        raise MissingHandlerError(", ".join(missing))
    return dict(handlers)
