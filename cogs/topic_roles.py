"""`/follow`, the panel's button and *Notify me*: members choose the topics they are notified about."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer, replace_page
from bot.client.components import Control
from bot.client.errors import refusal
from bot.client.localisation import localised, text_for
from bot.delivery.planning.topic_roles import role_changes, role_problem
from bot.interactions.role_facts import role_facts
from bot.interactions.typed_choices import Choice, names
from bot.layouts.components import MAX_OPTIONS, NO_PINGS
from bot.layouts.markdown import plain
from bot.layouts.topic_roles import CHOOSE_TEMPLATE, MAX_MENUS, NAMES_LIMIT, OPEN, OPEN_TEMPLATE, member_menu

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GuildTopics:
    """The topics of a server that have a role: those members can choose now, and those they cannot."""

    roles: dict[str, discord.Role]
    offered: tuple[Choice, ...]
    unavailable: tuple[Choice, ...]


class OpenMenu(Control[discord.ui.Button[Any]], template=OPEN_TEMPLATE):
    """Opens the menu with the member's current choice."""

    async def use(self, interaction: Interaction) -> None:
        """Answers privately, wherever the button is; in place of a private answer."""
        private = interaction.message is not None and interaction.message.flags.ephemeral
        await (replace_page if private else answer)(
            interaction, await current_menu(interaction, int(self.match["page"] or 0))
        )


class TopicMenu(Control[discord.ui.Select[Any]], template=CHOOSE_TEMPLATE):
    """Adds and removes the topic roles chosen in the menu."""

    async def use(self, interaction: Interaction) -> None:
        """Changes what differs from the member's roles, and says what changed."""
        member, text = interaction.user, text_for(interaction)
        if not isinstance(member, discord.Member):
            raise refusal(interaction, "topic_roles.member.not_here")
        await interaction.response.defer()
        commands = await interaction.client.command_access.named_roles(member.guild.id)
        topics = await guild_topics(interaction, member.guild, commands)
        chunk = int(self.match["chunk"])
        shown = [choice.key for choice in topics.offered[chunk * MAX_OPTIONS :][:MAX_OPTIONS]]
        roles = {topic: role.id for topic, role in topics.roles.items()}
        held = {role.id for role in member.roles}
        changes = role_changes(roles, shown, held, self.chosen)
        failed: list[str] = []
        for topic in (*changes.added, *changes.removed):
            change = member.add_roles if topic in changes.added else member.remove_roles
            if role_problem(role_facts(topics.roles[topic], commands)) is not None:  # since the previous request
                failed.append(topic)
                continue
            try:
                await change(topics.roles[topic], reason=text("topic_roles.member.reason"))
            except discord.HTTPException as error:
                log.warning("server %d: role of topic %s not changed: %s", member.guild.id, topic, error)
                failed.append(topic)
            else:
                (held.add if topic in changes.added else held.discard)(roles[topic])
        remarks = [
            text(f"topic_roles.member.{key}", topics=plain(names(changed, topics.offered), NAMES_LIMIT))
            for key, changed in (
                ("added", [topic for topic in changes.added if topic not in failed]),
                ("removed", [topic for topic in changes.removed if topic not in failed]),
                ("failed", failed),
            )
            if changed
        ]
        remarks = remarks or [text("topic_roles.member.unchanged")]
        view = menu_view(topics, held, interaction, remarks, chunk // MAX_MENUS, again=bool(failed))
        await interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS)


class TopicRolesCog(commands.Cog):
    """The members' side of topic roles; moderators set them up with `/announcements roles`."""

    @app_commands.command(name=localised("commands.follow.name"), description=localised("commands.follow.description"))
    async def follow(self, interaction: Interaction) -> None:
        """Opens the member's menu of topics."""
        await answer(interaction, await current_menu(interaction))


async def current_menu(interaction: Interaction, page: int = 0) -> discord.ui.LayoutView:
    """A page of the member's menu. Raises UserFacingError where there is none."""
    member = interaction.user
    if not isinstance(member, discord.Member):
        raise refusal(interaction, "topic_roles.member.not_here")
    topics = await guild_topics(interaction, member.guild)
    return menu_view(topics, {role.id for role in member.roles}, interaction, (), page)


async def guild_topics(interaction: Interaction, guild: discord.Guild, commands: Collection[int] = ()) -> GuildTopics:
    """The server's topics with a role, each role checked as it is now; `commands` as for `role_facts`."""
    services = interaction.client.services
    assigned = await services.topic_roles.of_guild(guild.id)
    roles: dict[str, discord.Role] = {}
    offered: list[Choice] = []
    unavailable: list[Choice] = []
    for choice in interaction.client.brand.choices(text_for(interaction).language).topics:
        role = guild.get_role(assigned.get(choice.key, 0))
        safe = role_problem(role_facts(role, commands)) is None
        if role is not None and safe and guild.me.guild_permissions.manage_roles:
            roles[choice.key] = role
            offered.append(choice)
        elif choice.key in assigned:
            unavailable.append(choice)
    return GuildTopics(roles, tuple(offered), tuple(unavailable))


def menu_view(
    topics: GuildTopics,
    held: set[int],
    interaction: Interaction,
    remarks: Sequence[str],
    page: int,
    *,
    again: bool = False,
) -> discord.ui.LayoutView:
    """A page of the menu as this member sees it; `again`: something was refused. Raises UserFacingError: no topics."""
    text, lines = text_for(interaction), list(remarks)
    unavailable = plain(", ".join(choice.name for choice in topics.unavailable), NAMES_LIMIT)
    if not topics.offered:
        raise refusal(
            interaction, f"topic_roles.member.{'unavailable' if unavailable else 'none'}", OPEN, topics=unavailable
        )
    if unavailable:
        lines.append(text("topic_roles.member.unavailable", topics=unavailable))
    has = {topic for topic, role in topics.roles.items() if role.id in held}
    return member_menu(topics.offered, has, text, lines, page, again=again or bool(unavailable))


async def setup(bot: HeraldBot) -> None:
    """Adds the cog, and makes buttons and menus of earlier runs work."""
    bot.add_dynamic_items(OpenMenu, TopicMenu)
    await bot.add_cog(TopicRolesCog())
