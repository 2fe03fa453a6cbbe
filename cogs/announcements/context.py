"""Shared by the moderators' commands: services, channels, look-ups and refusals."""

from collections.abc import Mapping

import discord

from bot.client.bot import HeraldBot, Interaction
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.delivery.permissions import Wants
from bot.delivery.planning.topic_roles import audience
from bot.i18n import Catalogue
from bot.interactions.draft import Draft
from bot.layouts.announcements.permission_check import Check, permission_name
from bot.layouts.posts import Renderer
from bot.models import Article, ChannelKind, Subscription, SubscriptionOptions
from bot.store.subscriptions import mismatch

LOOK_BACK = 50
Channel = discord.TextChannel | discord.ForumChannel | discord.Thread


class ModerationContext:
    """Look-ups that several commands share."""

    def __init__(self, bot: HeraldBot) -> None:
        self.bot = bot
        self.services = bot.services
        self._render = Renderer(bot.services.settings, bot.services.clock, bot.catalogue)

    async def language(self, interaction: Interaction, guild: discord.Guild) -> str:
        """The language with which new subscriptions of a server start."""
        chosen = (await self.services.guilds.get(guild.id)).language
        locale = interaction.guild_locale
        return chosen or (Catalogue.of(locale.value).language if locale else self.services.settings.language)

    async def subscription(self, interaction: Interaction, channel_id: int) -> Subscription:
        """The subscription of a channel in this server. Raises UserFacingError when it has none."""
        found = await self.services.subscriptions.get(channel_id)
        if found is None or found.guild_id != guild_of(interaction).id:
            raise refusal(interaction, "announcements.refused.not_subscribed")
        return found

    async def newest(self, options: SubscriptionOptions) -> tuple[Article | None, bool]:
        """The newest article such a subscription would get, else the newest of all, and whether it matches."""
        found = [
            article
            for topic in options.topics or (None,)
            for article in await self.services.articles.latest(topic, LOOK_BACK)
            if mismatch(options, article.feed, article.topics, article.language) is None
        ]
        if found:
            return max(found, key=lambda article: (article.published, article.id)), True
        newest = await self.services.articles.latest(limit=1)
        return (newest[0] if newest else None), False

    async def card(self, article: Article, draft: Draft, guild_id: int) -> discord.ui.LayoutView:
        """The post of an article exactly as the announcer would render it for the draft's channel."""
        subscription = Subscription(0, guild_id, draft.channel_id or 0, ChannelKind.TEXT, draft.options)
        roles = await self.services.topic_roles.of_guild(guild_id)
        return self._render([article], subscription, audience([article], draft.options, roles)).view

    async def require_own_rights(self, interaction: Interaction, channel: Channel, draft: Draft, again: str) -> None:
        """Raises UserFacingError, `again` below it, where the person may not do what the bot would do in their name."""
        text, who = text_for(interaction), interaction.user
        roles = await self.services.topic_roles.of_guild(channel.guild.id)
        check = inspect(channel, draft, roles, who if isinstance(who, discord.Member) else None)
        if check.missing:
            names = ", ".join(f"**{permission_name(name, check.kind, text)}**" for name in check.missing)
            key, place = "announcements.refused.own_rights", channel.mention
            raise refusal(interaction, key, again, permissions=names, channel=place)

    async def require_own_rights_there(self, interaction: Interaction, subscription: Subscription, again: str) -> None:
        """As `require_own_rights`, in the channel of a subscription; a channel that the bot cannot see is refused."""
        channel = await find_anywhere(guild_of(interaction), subscription.channel_id)
        if channel is None:
            raise refusal(interaction, "announcements.refused.unseen", again)
        await self.require_own_rights(interaction, channel, Draft.of(subscription), again)


def guild_of(interaction: Interaction) -> discord.Guild:
    """The server a moderator's command was used in; Discord offers these commands nowhere else."""
    if interaction.guild is None:
        raise discord.app_commands.NoPrivateMessage
    return interaction.guild


def kind_of(channel: Channel) -> ChannelKind:
    """Which of the kinds that carry announcements this channel is."""
    if isinstance(channel, discord.Thread):
        return ChannelKind.THREAD
    if isinstance(channel, discord.ForumChannel):
        return ChannelKind.FORUM
    return ChannelKind.ANNOUNCEMENT if channel.is_news() else ChannelKind.TEXT


def find(guild: discord.Guild, channel_id: int) -> Channel | None:
    """The channel if the client's cache has it and it can carry announcements; archived threads it never has."""
    return _suitable(guild.get_channel_or_thread(channel_id))


async def find_anywhere(guild: discord.Guild, channel_id: int) -> Channel | None:
    """As `find`, but asks Discord about what the cache does not have, such as an archived thread."""
    if guild.get_channel_or_thread(channel_id) is not None:
        return find(guild, channel_id)
    try:
        return _suitable(await guild.fetch_channel(channel_id))
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):  # the last: a channel of another server
        return None


def _suitable(channel: discord.abc.GuildChannel | discord.Thread | None) -> Channel | None:
    """The channel if it can carry announcements and its permissions are known."""
    if not isinstance(channel, Channel) or (isinstance(channel, discord.Thread) and channel.parent is None):
        return None
    is_gallery = isinstance(channel, discord.ForumChannel) and channel.is_media()
    return None if is_gallery else channel


def inspect(channel: Channel, draft: Draft, topic_roles: Mapping[str, int], who: discord.Member | None = None) -> Check:
    """What the draft needs in that channel, and what the bot, or `who`, is granted there now.

    `topic_roles` are the server's role ids by topic.
    """
    options = draft.options
    mentioned = list(topic_roles.values()) if options.topic_roles else [options.role_id or 0]
    roles = [role for role_id in mentioned if (role := channel.guild.get_role(role_id)) is not None]
    locked = next((role for role in roles if not role.mentionable), None)
    tags_missing = False
    if isinstance(channel, discord.ForumChannel):
        tags_missing = channel.flags.require_tag and all(tag.moderated for tag in channel.available_tags)
    return Check(
        channel_id=channel.id,
        kind=kind_of(channel),
        granted=channel.permissions_for(who or channel.guild.me).value,
        wants=Wants(
            open_thread=options.open_thread,
            mention_locked_role=locked is not None,
            locked=isinstance(channel, discord.Thread) and channel.locked,
        ),
        role_id=locked.id if locked else options.role_id,
        tags_missing=tags_missing,
    )
