"""Views of topic roles: the panel, the members' menu and the moderators' page. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.delivery.planning.topic_roles import RoleProblem
from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button, control
from bot.interactions.typed_choices import Choice
from bot.layouts.components import (
    MAX_LABEL,
    MAX_OPTIONS,
    Brand,
    action_row,
    card,
    layout,
    menu_row,
    pager,
    pages,
    preselected,
    subtext,
    text_display,
)
from bot.layouts.markdown import plain

PREFIX = "topic_roles"
OPEN = f"{PREFIX}:open"
OPEN_TEMPLATE = OPEN + r"(?::(?P<page>[0-9]{1,3}))?"
CHOOSE = f"{PREFIX}:choose"
CHOOSE_TEMPLATE = CHOOSE + r":(?P<chunk>[0-9]{1,3})"  # counted over all pages
MAX_MENUS = 4  # of a page
PER_PAGE = MAX_MENUS * MAX_OPTIONS
NAMES_LIMIT = 600
PANEL_CHANNEL_TYPES = [discord.ChannelType.text, discord.ChannelType.news]


@dataclass(frozen=True, slots=True)
class TopicRole:
    """A topic and its role in a server; `problem` is why members cannot choose it now.

    `alike`: the role is called as the topic is.
    """

    topic: Choice
    role_id: int | None = None
    problem: RoleProblem | None = None
    alike: bool = False


@dataclass(frozen=True, slots=True)
class RolesPage:
    """The contents of the moderators' page; `page` counts from 0, `remarks` are sentences about the last change."""

    roles: Sequence[TopicRole]
    may_manage: bool
    panel_channel_id: int | None = None
    page: int = 0
    remarks: tuple[str, ...] = ()


def open_button(label: str) -> discord.ui.Button[Any]:
    """The button that opens the menu of topics privately."""
    return discord.ui.Button(label=label, custom_id=OPEN, emoji="🔔")


def panel(text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """The public post from which members open their menu."""
    return layout(
        card(
            text_display(f"## {text('topic_roles.panel.title')}"),
            text_display(text("topic_roles.panel.body", organisation=plain(brand.organisation))),
            action_row(open_button(text("topic_roles.member.choose"))),
        )
    )


def member_menu(
    offered: Sequence[Choice],
    chosen: Collection[str],
    text: Catalogue,
    remarks: Sequence[str] = (),
    page: int = 0,
    *,
    again: bool = False,
) -> discord.ui.LayoutView:
    """A page of the topics, counted from 0, with the member's current choice.

    `remarks` say what just changed, `again` offers to check again.
    """
    page = min(page, pages(len(offered), PER_PAGE) - 1)
    retry = discord.ui.Button[Any](label=text("announcements.guide.again"), custom_id=f"{OPEN}:{page}")
    chunks = [offered[start : start + MAX_OPTIONS] for start in range(0, len(offered), MAX_OPTIONS)]
    first, last = page * PER_PAGE + 1, min((page + 1) * PER_PAGE, len(offered))
    part = text("topic_roles.member.part", count=len(offered), first=first, last=last)
    return layout(
        card(
            text_display(
                f"## {text('topic_roles.member.title')}",
                text("topic_roles.member.intro"),
                part if len(offered) > PER_PAGE else "",
            ),
            *(
                menu_row(
                    f"{CHOOSE}:{number}",
                    [(choice.name, choice.key, choice.key in chosen) for choice in chunk],
                    placeholder=text("topic_roles.member.placeholder"),
                    several=True,
                )
                for number, chunk in enumerate(chunks)
                if number // MAX_MENUS == page
            ),
            pager(lambda number: f"{OPEN}:{number}", page, len(offered), text, PER_PAGE),
            text_display(*remarks) if remarks else None,
            action_row(retry if again else None),
        )
    )


def roles_page(shown: RolesPage, text: Catalogue) -> discord.ui.LayoutView:
    """Every topic with its role and its controls."""
    last = pages(len(shown.roles), MAX_OPTIONS) - 1
    page = max(0, min(shown.page, last))
    visible = shown.roles[page * MAX_OPTIONS : (page + 1) * MAX_OPTIONS]
    missing = sum(role.role_id is None or role.problem is RoleProblem.GONE for role in shown.roles)
    where = f"<#{shown.panel_channel_id}>" if shown.panel_channel_id is not None else ""
    panel_line = text("topic_roles.page.panel", channel=where) if where else text("topic_roles.page.no_panel")
    lines: list[str] = []
    for role in visible:
        mention = f"<@&{role.role_id}>"
        if role.problem is not None:
            problem = text(f"topic_roles.problem.{role.problem.value}")
            mention = text("topic_roles.page.bad_role", role=mention, problem=problem)
        if role.role_id is not None:
            named = text("topic_roles.page.line", topic=plain(role.topic.name, MAX_LABEL), role=mention)
            lines.append(mention if role.alike else named)
    without = [role.topic for role in visible if role.role_id is None]
    if without:
        topics = plain(", ".join(topic.name for topic in without), NAMES_LIMIT)
        lines.append(text("topic_roles.page.no_role", topics=topics))
    channel = discord.ui.ChannelSelect[Any](
        custom_id=control(ModeratorAction.ROLES_PANEL),
        channel_types=PANEL_CHANNEL_TYPES,
        placeholder=text("topic_roles.page.post_panel"),
    )
    return layout(
        card(
            text_display(f"## {text('topic_roles.page.title')}", *shown.remarks, text("topic_roles.page.intro")),
            text_display("\n".join(lines) or text("topic_roles.page.no_topics")),
            None if shown.may_manage else text_display(text("topic_roles.page.need_bot")),
            menu_row(
                control(ModeratorAction.ROLES_TOPIC),
                [(role.topic.name, role.topic.key, False) for role in visible],
                placeholder=text("topic_roles.page.choose_topic"),
            ),
            discord.ui.ActionRow(channel) if visible else None,
            text_display(subtext(panel_line)),
            action_row(
                button(
                    text("topic_roles.page.create_all", count=missing),
                    ModeratorAction.ROLES_CREATE,
                    style=discord.ButtonStyle.success,
                    disabled=not shown.may_manage,
                )
                if missing
                else None,
                None
                if shown.may_manage
                else button(text("announcements.guide.again"), ModeratorAction.ROLES_PAGE, page),
                button(text("topic_roles.page.previous"), ModeratorAction.ROLES_PAGE, page - 1) if page > 0 else None,
                button(text("topic_roles.page.next"), ModeratorAction.ROLES_PAGE, page + 1) if page < last else None,
            ),
        )
    )


def topic_page(role: TopicRole, text: Catalogue, *, may_manage: bool) -> discord.ui.LayoutView:
    """One topic: choose its role, create one, or clear it."""
    key = role.topic.key
    current = preselected(role.role_id, discord.SelectDefaultValueType.role)
    return layout(
        card(
            text_display(
                f"## {text('topic_roles.topic.title', topic=plain(role.topic.name, MAX_LABEL))}",
                text("topic_roles.topic.body"),
            ),
            discord.ui.ActionRow(
                discord.ui.RoleSelect[Any](
                    custom_id=control(ModeratorAction.ROLES_ASSIGN, key),
                    placeholder=text("topic_roles.topic.placeholder"),
                    min_values=0,
                    default_values=current,
                )
            ),
            action_row(
                button(text("topic_roles.topic.create"), ModeratorAction.ROLES_CREATE, key, disabled=not may_manage),
                button(
                    text("topic_roles.topic.clear"), ModeratorAction.ROLES_CLEAR, key, disabled=role.role_id is None
                ),
                button(text("topic_roles.page.back"), ModeratorAction.ROLES_PAGE, 0),
            ),
        )
    )
