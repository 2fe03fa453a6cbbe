"""`/announcements status` and its actions: resolve unverified posts, send now, release held articles."""

import logging
from collections.abc import Sequence
from typing import Literal, cast, get_args

import discord

from bot.client.bot import Interaction
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.delivery.announcer import Change
from bot.delivery.planning.channel_facts import channel_facts
from bot.interactions.controls import ModeratorAction, control
from bot.interactions.custom_ids import known_value, parse_id, parse_page, split_arguments
from bot.interactions.draft import Draft
from bot.layouts.announcements.deliveries import SOON_SECONDS
from bot.layouts.announcements.follow import followed_part
from bot.layouts.announcements.questions import ask
from bot.layouts.announcements.status import (
    PER_PAGE,
    ChannelStatus,
    FeedStatus,
    VisibleMessage,
    channel_page,
    overview_page,
)
from bot.layouts.announcements.subscriptions import channel_link, subscription_list
from bot.layouts.announcements.withdrawn import WithdrawnSummary, title_of, withdrawn_page
from bot.layouts.components import notice
from bot.models import Subscription
from bot.store.withdrawals import WithdrawnArticle
from cogs.announcements.context import ModerationContext, find, guild_of, inspect
from cogs.announcements.controls import Handler
from cogs.announcements.follow import FollowedChannelPages

log = logging.getLogger(__name__)

LAST_DELIVERIES = 5
UNCLASSIFIED = 5
Release = Literal["all", "newest", "none"]


class StatusPages:
    """Gathers the content of the pages, and handles their buttons."""

    def __init__(self, context: ModerationContext, following: FollowedChannelPages) -> None:
        self._context, self._following = context, following
        self._services = context.services
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.STATUS: self.channel,
            ModeratorAction.CHECK_NOW: self.check_now,
            ModeratorAction.OVERVIEW: self.overview,
            ModeratorAction.LIST: self.subscriptions,
            ModeratorAction.REMOVE: self.remove,
            ModeratorAction.SETTLE: self.settle,
            ModeratorAction.SEND_NOW: self.send_now,
            ModeratorAction.RELEASE: self.release,
            ModeratorAction.WITHDRAWN: self.withdrawn,
            ModeratorAction.REINSTATE_ASK: self.ask_reinstate,
            ModeratorAction.REINSTATE: self.reinstate,
        }

    async def channel(
        self, interaction: Interaction, channel_id: str, _values: Sequence[str] = ()
    ) -> discord.ui.LayoutView:
        """The page of one channel."""
        guild, text = guild_of(interaction), text_for(interaction)
        subscription = await self._context.subscription(interaction, parse_id(channel_id))
        status = await self._status(guild, subscription)
        feeds = [
            feed
            for feed in await self._feeds(guild.id)
            if not subscription.options.feeds or feed.state.key in subscription.options.feeds
        ]
        return channel_page(status, feeds, self._context.bot.brand.choices(text.language), text, self._services.clock())

    async def overview(
        self, interaction: Interaction, number: str = "0", _values: Sequence[str] = ()
    ) -> discord.ui.LayoutView:
        """A page of the overview of the whole server."""
        guild, text, page = guild_of(interaction), text_for(interaction), parse_page(number)
        subscriptions = await self._services.subscriptions.of_guild(guild.id)
        pages = max(1, (len(subscriptions) + PER_PAGE - 1) // PER_PAGE)
        page = max(0, min(page, pages - 1))
        shown = subscriptions[page * PER_PAGE : (page + 1) * PER_PAGE]
        channels = [await self._status(guild, subscription) for subscription in shown]
        unclassified = await self._services.articles.without_topic(UNCLASSIFIED)
        feeds = await self._feeds(guild.id)
        unreached = [
            VisibleMessage(post.guild_id, post.channel_id, post.message_id, post.problem)
            for post in await self._services.deliveries.still_visible(guild.id)
        ]
        for card in await self._services.cards.unreachable(guild_id=guild.id):
            place = card.place
            message = VisibleMessage(place.guild_id, place.channel_id, place.message_id, card.blocked_reason)
            unreached.append(message)
        if guild.id in self._services.settings.delivery.reinstate_servers:
            kept = await self._services.withdrawals.kept()
            withdrawn = WithdrawnSummary(len(kept), tuple(kept), self._services.settings.delivery.erase_after)
        else:
            withdrawn = WithdrawnSummary(await self._services.withdrawals.kept_of_guild(guild.id))
        followed = followed_part(await self._following.reconcile(guild), text)
        indexing, now = await self._services.search.indexing(), self._services.clock()
        return overview_page(
            channels, page, pages, feeds, unclassified, unreached, withdrawn, text, now, followed, indexing
        )

    async def subscriptions(
        self, interaction: Interaction, page: str = "0", _values: Sequence[str] = ()
    ) -> discord.ui.LayoutView:
        """A page of the list of every channel that gets announcements."""
        guild, text = guild_of(interaction), text_for(interaction)
        subscriptions = await self._services.subscriptions.of_guild(guild.id)
        followed = followed_part(await self._following.reconcile(guild), text)
        names = {channel.id: channel.name for channel in (*guild.channels, *guild.threads)}
        return subscription_list(
            subscriptions, parse_page(page), self._context.bot.brand.choices(text.language), text, names, followed
        )

    async def check_now(
        self, interaction: Interaction, channel_id: str, _values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Checks a channel again: its waiting deliveries are retried at once, and the page is updated."""
        subscription = await self._context.subscription(interaction, parse_id(channel_id))
        await self._services.announcer.follow(Change.CHANNEL, subscription.channel_id)
        return await self.channel(interaction, channel_id)

    async def remove(self, interaction: Interaction, channel_id: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Removes a subscription, after the moderator confirmed it."""
        text = text_for(interaction)
        subscription = await self._context.subscription(interaction, parse_id(channel_id))
        await self._services.subscriptions.remove(subscription.id)
        return notice(text("announcements.remove.done", channel=channel_link(subscription.channel_id)))

    async def settle(self, interaction: Interaction, arguments: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Records a moderator's answer about an unverified post."""
        channel_id, delivery_id, there = split_arguments(arguments, 3)
        known_value(there, ("0", "1"))
        await self._own_delivery(interaction, parse_id(channel_id), parse_id(delivery_id), sends=there == "0")
        await self._services.deliveries.resolve_unverified(int(delivery_id), there == "1")
        self._services.announcer.wake()
        return await self.channel(interaction, channel_id)

    async def send_now(self, interaction: Interaction, arguments: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Makes a waiting delivery due at once."""
        channel_id, delivery_id = split_arguments(arguments, 2)
        await self._own_delivery(interaction, parse_id(channel_id), parse_id(delivery_id), sends=True)
        await self._services.deliveries.send_now(int(delivery_id))
        self._services.announcer.wake()
        return await self.channel(interaction, channel_id)

    async def release(self, interaction: Interaction, arguments: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Decides about the held articles of a feed."""
        feed, choice = split_arguments(arguments, 2)
        known = {one.key for one in self._services.settings.feeds}
        if choice not in (*get_args(Release), "none_sure") or feed not in known:
            raise refusal(interaction, "announcements.refused.outdated")
        guild_id = guild_of(interaction).id
        waiting = await self._services.held.of_guild(feed, guild_id)
        if not waiting:
            raise refusal(interaction, "announcements.refused.vanished")
        if choice == "none":
            return ask(ModeratorAction.RELEASE, text_for(interaction), feed, "none_sure", count=len(waiting))
        log.info("a moderator of server %d released feed %s: %s", guild_id, feed, choice)
        choice = choice.removesuffix("_sure")
        await self._services.poll_writer.release(feed, guild_id, cast("Release", choice))
        self._services.announcer.wake()
        return notice(text_for(interaction)(f"announcements.held.done_{choice}"))

    async def withdrawn(
        self, interaction: Interaction, _arguments: str, _values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """The page of the withdrawn articles that can come back."""
        kept = await self._reinstatable(interaction)
        if not kept:
            raise refusal(interaction, "announcements.refused.vanished")
        summary = WithdrawnSummary(len(kept), tuple(kept), self._services.settings.delivery.erase_after)
        return withdrawn_page(summary, text_for(interaction))

    async def ask_reinstate(
        self, interaction: Interaction, article_id: str, _values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Asks before a withdrawn article comes back."""
        article = await self._withdrawn_article(interaction, parse_id(article_id))
        text = text_for(interaction)
        return ask(ModeratorAction.REINSTATE, text, article.id, title=title_of(article, text))

    async def reinstate(
        self, interaction: Interaction, article_id: str, _values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Brings a withdrawn article back in every server, after the moderator confirmed it."""
        article = await self._withdrawn_article(interaction, parse_id(article_id))
        if not await self._services.reinstate(article.id):
            raise refusal(interaction, "announcements.refused.vanished")
        # A decision for all servers is logged for the operator.
        log.warning("a moderator of server %d reinstated article %d", guild_of(interaction).id, article.id)
        self._services.announcer.wake()
        return notice(text_for(interaction)("announcements.withdrawn.done"))

    async def _withdrawn_article(self, interaction: Interaction, article_id: int) -> WithdrawnArticle:
        """Raises UserFacingError unless this server's moderators decide and the article's words are still kept."""
        found = next((article for article in await self._reinstatable(interaction) if article.id == article_id), None)
        if found is None:
            raise refusal(interaction, "announcements.refused.vanished")
        return found

    async def _reinstatable(self, interaction: Interaction) -> list[WithdrawnArticle]:
        """Raises UserFacingError unless the operator lets this server's moderators decide about withdrawn articles."""
        if guild_of(interaction).id not in self._services.settings.delivery.reinstate_servers:
            raise refusal(interaction, "announcements.refused.not_deciding", control(ModeratorAction.WITHDRAWN))
        return await self._services.withdrawals.kept()

    async def _own_delivery(self, interaction: Interaction, channel_id: int, delivery_id: int, *, sends: bool) -> None:
        """Raises UserFacingError unless the delivery is this server's and, where it `sends`, the person may send."""
        subscription = await self._context.subscription(interaction, channel_id)
        recent = await self._services.deliveries.recent(subscription.id, LAST_DELIVERIES * 4)
        if delivery_id not in {report.id for report in recent}:
            raise refusal(interaction, "announcements.refused.vanished")
        if sends:
            again = control(ModeratorAction.CHECK_NOW, channel_id)
            await self._context.require_own_rights_there(interaction, subscription, again)

    async def _status(self, guild: discord.Guild, subscription: Subscription) -> ChannelStatus:
        channel = find(guild, subscription.channel_id)
        topic_roles = await self._services.topic_roles.of_guild(guild.id)
        check = inspect(channel, Draft.of(subscription), topic_roles) if channel else None
        recent = await self._services.deliveries.recent(subscription.id, LAST_DELIVERIES)
        soon = self._services.clock() + SOON_SECONDS
        unfinished = await self._services.deliveries.unfinished_changes(subscription.id, soon)
        settings, announcer = self._services.settings, self._services.announcer
        facts = channel_facts(
            subscription,
            recent,
            {topic.key for topic in settings.topics},
            {feed.key for feed in settings.feeds},
            announcer.suspension,
        )
        name = channel.name if channel else ""
        return ChannelStatus(subscription, check, tuple(recent), facts, name, tuple(unfinished))

    async def _feeds(self, guild_id: int) -> list[FeedStatus]:
        states = {state.key: state for state in await self._services.feeds.all()}
        return [
            FeedStatus(feed.name, states[feed.key], tuple(await self._services.held.of_guild(feed.key, guild_id)))
            for feed in self._services.settings.feeds
            if feed.key in states
        ]
