"""The bot's introduction in a server: once, where only moderators read it."""

import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import Interaction
from bot.client.localisation import text_for
from bot.delivery.incidents import incident_sentence
from bot.i18n import LANGUAGES
from bot.interactions.controls import ModeratorAction
from bot.interactions.custom_ids import known_value
from bot.layouts.components import NO_PINGS, notice, subtext
from bot.layouts.help import introduction
from cogs.announcements.context import ModerationContext, guild_of
from cogs.announcements.controls import Handler

log = logging.getLogger(__name__)

MAX_INCIDENTS = 5
RECENT_SECONDS = 86_400.0  # since an invitation that came while the bot was off


class Introduction(commands.Cog):
    """Introduces the bot in a private channel when it is invited, else to the first moderator who uses a command."""

    def __init__(self, context: ModerationContext) -> None:
        self._context, self._services = context, context.services
        self.handlers: dict[ModeratorAction, Handler] = {ModeratorAction.INTRODUCTION_LANGUAGE: self.change_language}

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was invited."""
        channel = private_channel(guild)
        if channel is None or not await self._services.guilds.introduce(guild.id, self._services.clock()):
            return
        text = self._context.bot.catalogue(guild.preferred_locale.value)
        try:
            await channel.send(view=introduction(text, self._context.bot.brand), allowed_mentions=NO_PINGS)
        except discord.HTTPException as error:
            log.warning("server %d: Discord refused the introduction in channel %d: %s", guild.id, channel.id, error)
            await self._services.guilds.forget_introduction(guild.id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Introduces the bot where it was invited while it was off, which has no event."""
        joined = guild.me.joined_at
        if joined is not None and 0 <= self._services.clock() - joined.timestamp() < RECENT_SECONDS:
            await self.on_guild_join(guild)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu
    ) -> None:
        """After a moderator's command: shows privately the introduction if it is due, and open incidents."""
        root = getattr(command, "root_parent", None) or command
        if interaction.guild is None or root.default_permissions is None:
            return
        services, text, guild_id = self._services, text_for(interaction), interaction.guild.id
        if await services.guilds.introduce(guild_id, services.clock()):
            view = introduction(text, self._context.bot.brand)
            await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
        if (await services.guilds.get(guild_id)).log_channel_id is not None:
            return  # which has the incidents
        names = {feed.key: feed.name for feed in services.settings.feeds}
        found = await services.incidents.open(guild_id=guild_id)
        sentences = [incident_sentence([one], text, names) for one in found if not one.is_notice][:MAX_INCIDENTS]
        if sentences:
            view = notice("\n".join((*sentences, subtext(text("incidents.no_log_channel")))))
            await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NO_PINGS)

    async def change_language(
        self, interaction: Interaction, language: str, _values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Stores the server's language, and says the same in it."""
        known_value(language, LANGUAGES)
        await self._services.guilds.choose(guild_of(interaction).id, "language", language)
        text = self._context.bot.catalogue(language)
        remark = text("settings.language.saved", language=text(f"languages.{language}"))
        return introduction(text, self._context.bot.brand, remark)


def private_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """A channel hidden from members in which the bot may write.

    The Community updates channel, else the one that the fewest roles without Manage Server can see.
    """
    usable = [
        channel
        for channel in guild.text_channels
        if not channel.permissions_for(guild.default_role).view_channel
        and channel.permissions_for(guild.me) >= discord.Permissions(view_channel=True, send_messages=True)
    ]
    if guild.public_updates_channel in usable:
        return guild.public_updates_channel
    members = [role for role in guild.roles if not role.managed and not role.permissions.manage_guild]
    return min(
        usable, key=lambda channel: sum(channel.permissions_for(role).view_channel for role in members), default=None
    )
