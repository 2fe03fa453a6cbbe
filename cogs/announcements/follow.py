"""`/announcements follow`: a channel follows the organisation's own announcement channel, and Discord delivers."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import discord
from discord.ext import commands

from bot.client.bot import Interaction
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.interactions.controls import ModeratorAction, control
from bot.interactions.custom_ids import parse_id
from bot.layouts.announcements.follow import follow_question, following_view
from bot.layouts.announcements.permission_check import permission_name
from bot.layouts.announcements.questions import ask
from bot.layouts.announcements.subscriptions import channel_link
from bot.layouts.components import notice
from bot.layouts.markdown import plain
from bot.store.followed_channels import FollowedChannel
from cogs.announcements.context import ModerationContext, find, guild_of
from cogs.announcements.controls import Handler

log = logging.getLogger(__name__)

FOLLOW_ENDED = "follow_ended"  # kind of incident
REFUSALS = {10003: "unreachable", 30007: "too_many", 50001: "unreachable"}  # by Discord's error code
CONFIRM_SECONDS = 300.0  # how long a response about a webhook stays valid


class FollowedChannelPages(commands.Cog):
    """Lets channels follow and stop, and compares what is stored with Discord's webhooks."""

    def __init__(self, context: ModerationContext) -> None:
        self._context, self._services = context, context.services
        self._followed = context.services.followed_channels
        self._stopping: set[int] = set()  # channels whose webhook is being deleted by us
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.FOLLOW_ASK: self.ask,
            ModeratorAction.FOLLOW: self.follow,
            ModeratorAction.UNFOLLOW_ASK: self.ask_unfollow,
            ModeratorAction.UNFOLLOW: self.unfollow,
        }

    async def ask(self, interaction: Interaction, place: str, _values: Sequence[str] = ()) -> discord.ui.LayoutView:
        """The question before a channel follows. Raises UserFacingError."""
        text, channel_id = text_for(interaction), parse_id(place)
        await self._require_channel(interaction, channel_id)
        await self.reconcile(guild_of(interaction), force=True)
        if (known := await self._followed.get(channel_id)) is not None:
            return following_view(known, text, self._context.bot.brand)
        return follow_question(channel_id, text, self._context.bot.brand)

    async def follow(self, interaction: Interaction, channel_id: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Makes the channel follow, unless it does already."""
        text, guild = text_for(interaction), guild_of(interaction)
        channel, source = await self._require_channel(interaction, parse_id(channel_id))
        await interaction.response.defer()
        try:
            # Somebody may have set the same up in Discord itself, or a crash came before it was recorded.
            webhook_id = next(
                (
                    webhook.id
                    for webhook in await channel.webhooks()
                    if webhook.type is discord.WebhookType.channel_follower
                    and webhook.source_channel is not None
                    and webhook.source_channel.id == source.id
                ),
                None,
            )
            if webhook_id is None:
                webhook_id = (await source.follow(destination=channel)).id
        except discord.HTTPException as error:
            log.warning("channel %d cannot follow channel %d: %s", channel.id, source.id, error)
            key = f"follow.refused.{REFUSALS.get(error.code, 'failed')}"
            again = control(ModeratorAction.FOLLOW_ASK, channel.id)
            raise refusal(interaction, key, again, channel=channel.mention) from None
        now = self._services.clock()
        followed = FollowedChannel(guild.id, channel.id, webhook_id, now, now)
        await self._followed.put(followed)
        log.info("channel %d of server %d follows channel %d", channel.id, guild.id, source.id)
        return following_view(followed, text, self._context.bot.brand)

    async def ask_unfollow(
        self, interaction: Interaction, channel_id: str, _values: Sequence[str] = ()
    ) -> discord.ui.LayoutView:
        """The question before a channel stops following. Raises UserFacingError where it does not follow."""
        followed = await self._known(interaction, parse_id(channel_id))
        organisation, place = plain(self._context.bot.brand.organisation), channel_link(followed.channel_id)
        text, action = text_for(interaction), ModeratorAction.UNFOLLOW
        return ask(action, text, followed.channel_id, channel=place, organisation=organisation)

    async def unfollow(
        self, interaction: Interaction, channel_id: str, _values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Deletes the webhook; one that is gone already counts as deleted."""
        text = text_for(interaction)
        followed = await self._known(interaction, parse_id(channel_id))
        channel = find(guild_of(interaction), followed.channel_id)
        if channel is not None:
            self._require_permission(interaction, channel, ModeratorAction.UNFOLLOW_ASK)
        await interaction.response.defer()
        self._stopping.add(followed.channel_id)  # Discord's event about it needs no report
        try:
            webhook = await interaction.client.fetch_webhook(followed.webhook_id)
            await webhook.delete()
        except discord.NotFound:
            log.info("webhook %d was deleted before", followed.webhook_id)
        except discord.HTTPException as error:
            log.warning("webhook %d could not be deleted: %s", followed.webhook_id, error)
            again, place = control(ModeratorAction.UNFOLLOW_ASK, followed.channel_id), channel_link(followed.channel_id)
            raise refusal(interaction, "follow.refused.failed", again, channel=place) from None
        finally:
            self._stopping.discard(followed.channel_id)
        await self._followed.delete(followed.channel_id)
        return notice(text("follow.stop.done", channel=channel_link(followed.channel_id)))

    async def reconcile(self, guild: discord.Guild, *, force: bool = False) -> list[FollowedChannel]:
        """The server's channels that follow, compared with Discord where the last comparison is a while ago.

        Deletes those whose webhook is gone and reports each once.
        """
        now = self._services.clock()
        for followed in await self._followed.of_guild(guild.id):
            if followed.channel_id in self._stopping:
                continue
            if not force and 0 <= now - followed.confirmed_at < CONFIRM_SECONDS:
                continue
            try:
                await self._context.bot.fetch_webhook(followed.webhook_id)
            except discord.NotFound:
                if await self._followed.delete(followed.channel_id):
                    log.warning("channel %d follows no longer: its webhook was deleted", followed.channel_id)
                    async with self._services.database.transaction() as tx:
                        await self._services.incidents.note(
                            tx, FOLLOW_ENDED, "", now, guild_id=followed.guild_id, channel_id=followed.channel_id
                        )
                    self._services.announcer.wake()
            except discord.HTTPException as error:
                log.info("webhook %d is not confirmed: %s", followed.webhook_id, error)
            else:
                await self._followed.put(replace(followed, confirmed_at=now))
        return await self._followed.of_guild(guild.id)

    @commands.Cog.listener("on_webhooks_update")
    @commands.Cog.listener("on_guild_available")
    async def webhooks_changed(self, place: discord.abc.GuildChannel | discord.Guild) -> None:
        """A webhook of that channel was made, changed or deleted, or one of that server while there was no session."""
        guild = place if isinstance(place, discord.Guild) else place.guild
        if self._context.bot.knows_guilds_of(guild.id):  # else `on_shard_ready` compares it with all others
            await self.reconcile(guild, force=True)

    @commands.Cog.listener()
    async def on_shard_ready(self, shard_id: int) -> None:
        """Webhooks may have been deleted while the bot was off."""
        for guild_id in await self._followed.guilds():
            guild = self._context.bot.get_guild(guild_id)
            if guild is not None and guild.shard_id == shard_id:
                await self.reconcile(guild, force=True)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Its webhooks are gone with it; no report, since somebody deleted it on purpose."""
        await self._followed.delete(channel.id)

    async def _known(self, interaction: Interaction, channel_id: int) -> FollowedChannel:
        followed = await self._followed.get(channel_id)
        if followed is None or followed.guild_id != guild_of(interaction).id:
            raise refusal(interaction, "announcements.refused.not_subscribed")
        return followed

    async def _require_channel(
        self, interaction: Interaction, channel_id: int
    ) -> tuple[discord.TextChannel, discord.TextChannel]:
        """The channel and the one it may follow now. Raises UserFacingError."""
        channel = find(guild_of(interaction), channel_id)
        source_id = self._services.settings.discord.announcement_channel
        again = control(ModeratorAction.FOLLOW_ASK, channel_id)
        mention = channel_link(channel_id)
        if source_id is None:
            raise refusal(interaction, "follow.refused.not_configured", again)
        if channel is None:
            raise refusal(interaction, "announcements.refused.unseen", again)
        if not isinstance(channel, discord.TextChannel):
            raise refusal(interaction, "follow.refused.kind", channel=mention)
        if channel_id == source_id:
            raise refusal(interaction, "follow.refused.source")
        if await self._services.subscriptions.get(channel_id) is not None:
            raise refusal(interaction, "follow.refused.subscribed", again, channel=mention)
        self._require_permission(interaction, channel, ModeratorAction.FOLLOW_ASK)
        source = interaction.client.get_channel(source_id)
        if not isinstance(source, discord.TextChannel) or not source.is_news():
            log.warning("discord.announcement_channel: %d is no announcement channel that the bot can see", source_id)
            raise refusal(interaction, "follow.refused.unreachable", again)
        return channel, source

    def _require_permission(
        self, interaction: Interaction, channel: discord.abc.GuildChannel | discord.Thread, action: ModeratorAction
    ) -> None:
        """Raises UserFacingError unless both the bot and the person may manage webhooks there."""
        text, who = text_for(interaction), interaction.user
        again, place = control(action, channel.id), channel_link(channel.id)
        name = f"**{permission_name('manage_webhooks', None, text)}**"
        if not channel.permissions_for(channel.guild.me).manage_webhooks:
            raise refusal(interaction, "follow.refused.bot", again, permissions=name, channel=place)
        if not isinstance(who, discord.Member) or not channel.permissions_for(who).manage_webhooks:
            raise refusal(interaction, "announcements.refused.own_rights", again, permissions=name, channel=place)
