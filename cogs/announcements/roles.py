"""`/announcements roles`: which role stands for which topic, and the panel for members."""

import logging
from collections.abc import Sequence

import discord

from bot.client.bot import Interaction
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.delivery.planning.topic_roles import RoleProblem, role_problem
from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, control
from bot.interactions.custom_ids import parse_id, parse_page
from bot.interactions.role_facts import role_facts
from bot.interactions.typed_choices import Choice
from bot.layouts.components import NO_PINGS
from bot.layouts.markdown import plain
from bot.layouts.topic_roles import RolesPage, TopicRole, panel, roles_page, topic_page
from bot.store.topic_roles import Panel, RoleTakenError
from cogs.announcements.context import ModerationContext, guild_of
from cogs.announcements.controls import Handler

log = logging.getLogger(__name__)

ROLE_NAME = 100


class TopicRolePages:
    """The actions of the pages' controls. Each requires the person's own Manage Roles."""

    def __init__(self, context: ModerationContext) -> None:
        self._context = context
        self._roles = context.services.topic_roles
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.ROLES_PAGE: self.page,
            ModeratorAction.ROLES_TOPIC: self.topic,
            ModeratorAction.ROLES_ASSIGN: self.assign,
            ModeratorAction.ROLES_CLEAR: self.clear,
            ModeratorAction.ROLES_CREATE: self.create,
            ModeratorAction.ROLES_PANEL: self.post_panel,
        }

    async def page(
        self, interaction: Interaction, number: str = "0", _values: Sequence[str] = (), *, remarks: Sequence[str] = ()
    ) -> discord.ui.LayoutView:
        """A page of the topics with their roles as they are now. Raises UserFacingError without Manage Roles."""
        guild, text = guild_of(interaction), text_for(interaction)
        self._require(interaction)
        known = await self._roles.panel(guild.id)
        shown = RolesPage(
            roles=await self._topic_roles(guild, text),
            may_manage=guild.me.guild_permissions.manage_roles,
            panel_channel_id=known.channel_id if known else None,
            page=parse_page(number),
            remarks=tuple(remarks),
        )
        return roles_page(shown, text)

    async def topic(self, interaction: Interaction, _arguments: str, values: Sequence[str]) -> discord.ui.LayoutView:
        """The page of the topic that was chosen."""
        guild, text = guild_of(interaction), text_for(interaction)
        self._require(interaction)
        choice = self._choice(interaction, "".join(values))
        shown = next(one for one in await self._topic_roles(guild, text) if one.topic.key == choice.key)
        may_manage = guild.me.guild_permissions.manage_roles
        return topic_page(shown, text, may_manage=may_manage)

    async def assign(self, interaction: Interaction, arguments: str, values: Sequence[str]) -> discord.ui.LayoutView:
        """Makes a role stand for the topic if members may safely give it to themselves.

        The arguments are the topic and, on *Check again*, the role.
        """
        topic, _, wanted = arguments.partition(":")
        wanted = wanted or "".join(values)
        if not wanted:
            return await self.clear(interaction, topic, values)
        guild, text = guild_of(interaction), text_for(interaction)
        choice, person = self._choice(interaction, topic), self._require(interaction)
        role_id = parse_id(wanted)
        role, mention = guild.get_role(role_id), f"<@&{role_id}>"
        commands = await self._context.bot.command_access.named_roles(guild.id)
        problem = role_problem(role_facts(role, commands, person))
        if problem is not None or role is None:
            why = text(f"topic_roles.problem.{(problem or RoleProblem.GONE).value}")
            again = control(ModeratorAction.ROLES_ASSIGN, topic, role_id)
            raise refusal(interaction, "topic_roles.topic.refused", again, role=mention, problem=why)
        try:
            await self._roles.assign(guild.id, topic, role.id)
        except RoleTakenError as error:
            known = {one.key: one for one in self._context.bot.brand.choices(text.language).topics}
            taken = known.get(error.topic, choice)
            key = "topic_roles.topic.taken"
            raise refusal(interaction, key, role=mention, topic=plain(taken.name)) from None
        sentence = text("topic_roles.topic.saved", role=mention, topic=plain(choice.name))
        return await self.page(interaction, remarks=[sentence])

    async def clear(self, interaction: Interaction, topic: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Leaves the topic without a role; the role itself stays in the server."""
        choice = self._choice(interaction, topic)
        self._require(interaction)
        await self._roles.assign(guild_of(interaction).id, topic, None)
        sentence = text_for(interaction)("topic_roles.topic.cleared", topic=plain(choice.name))
        return await self.page(interaction, remarks=[sentence])

    async def create(self, interaction: Interaction, topic: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Creates the role of one topic, or with no topic those of all that have none."""
        guild, text = guild_of(interaction), text_for(interaction)
        self._require(interaction)
        if topic:
            wanted = [self._choice(interaction, topic)]
        else:
            usable = await self._topic_roles(guild, text)
            wanted = [one.topic for one in usable if one.role_id is None or one.problem is RoleProblem.GONE]
        await interaction.response.defer()
        public = Catalogue.of(await self._context.language(interaction, guild))
        names = {one.key: one.name for one in self._context.bot.brand.choices(public.language).topics}
        created = 0
        for choice in wanted:
            try:
                # Not `guild.create_role`, which sends the permissions as a string; Discord's OpenAPI document has a
                # number. Mentionable only where the bot could not mention it otherwise.
                made = await interaction.client.http.create_role(
                    guild.id,
                    reason=public("topic_roles.topic.reason", member=str(interaction.user)),
                    name=names[choice.key][:ROLE_NAME],
                    permissions=0,
                    mentionable=not guild.me.guild_permissions.mention_everyone,
                )
            except discord.HTTPException as error:
                log.info("server %d: a topic role could not be created: %s", guild.id, error)
                again = control(ModeratorAction.ROLES_CREATE, *([topic] if topic else []))
                raise refusal(interaction, "topic_roles.topic.failed", again) from None
            await self._roles.assign(guild.id, choice.key, int(made["id"]))
            created += 1
        return await self.page(interaction, remarks=[text("topic_roles.topic.created", count=created)])

    async def post_panel(
        self, interaction: Interaction, arguments: str, values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Posts the panel where both the bot and the person may write; an older panel is deleted."""
        guild, text = guild_of(interaction), text_for(interaction)
        person = self._require(interaction)
        channel_id = parse_id(arguments or "".join(values))  # on *Check again* it is the argument
        channel, again = guild.get_channel(channel_id), control(ModeratorAction.ROLES_PANEL, channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise refusal(interaction, "announcements.refused.unseen", again)
        for key, someone in (("person", person), ("bot", guild.me)):
            granted = channel.permissions_for(someone)
            if not (granted.view_channel and granted.send_messages):
                raise refusal(interaction, f"topic_roles.posted.{key}", again, channel=channel.mention)
        await interaction.response.defer()
        public = Catalogue.of(await self._context.language(interaction, guild))
        try:
            message = await channel.send(view=panel(public, self._context.bot.brand), allowed_mentions=NO_PINGS)
        except discord.HTTPException as error:
            log.info("server %d: the panel could not be posted: %s", guild.id, error)
            raise refusal(interaction, "topic_roles.posted.failed", again, channel=channel.mention) from None
        old = await self._roles.panel(guild.id)
        await self._roles.set_panel(guild.id, Panel(channel.id, message.id))
        of_old = guild.get_channel(old.channel_id) if old else None
        if old is not None and isinstance(of_old, discord.TextChannel):
            try:
                await of_old.get_partial_message(old.message_id).delete()
            except discord.HTTPException as error:
                log.info("server %d: the previous panel could not be deleted: %s", guild.id, error)
        jump = f"[{text('topic_roles.posted.look')}]({message.jump_url})"
        return await self.page(interaction, remarks=[text("topic_roles.posted.done", link=jump)])

    async def _topic_roles(self, guild: discord.Guild, text: Catalogue) -> list[TopicRole]:
        assigned = await self._roles.of_guild(guild.id)
        commands = await self._context.bot.command_access.named_roles(guild.id)
        found: list[TopicRole] = []
        for choice in self._context.bot.brand.choices(text.language).topics:
            role = guild.get_role(assigned.get(choice.key, 0))
            problem = role_problem(role_facts(role, commands)) if choice.key in assigned else None
            alike = role is not None and role.name == choice.name
            found.append(TopicRole(choice, assigned.get(choice.key), problem, alike))
        return found

    def _require(self, interaction: Interaction) -> discord.Member:
        """The person, who needs Manage Roles now. Raises UserFacingError without it."""
        member = interaction.user
        # In the whole server: a channel's own permission is not enough.
        if isinstance(member, discord.Member) and member.guild_permissions.manage_roles:
            return member
        raise refusal(interaction, "topic_roles.page.need_person", control(ModeratorAction.ROLES_PAGE, 0))

    def _choice(self, interaction: Interaction, topic: str) -> Choice:
        """The topic as it is configured now. Raises UserFacingError where it is not any more."""
        for choice in self._context.bot.brand.choices(text_for(interaction).language).topics:
            if choice.key == topic:
                return choice
        raise refusal(interaction, "announcements.refused.outdated")
