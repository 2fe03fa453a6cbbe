"""`/announcements send` and `/announcements why`: one article and one channel."""

import logging
from collections.abc import Sequence
from typing import Any

import discord

from bot.client.bot import Interaction
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.delivery.incidents import reason_sentence
from bot.delivery.planning.explain import explain
from bot.delivery.planning.topic_roles import audience
from bot.interactions.controls import ModeratorAction, button, control
from bot.interactions.custom_ids import parse_id, parse_page, split_arguments
from bot.interactions.draft import Draft
from bot.layouts.announcements.send import send_question, why_view
from bot.layouts.announcements.subscriptions import channel_link
from bot.layouts.components import notice
from bot.models import Article, ArticleState, Subscription
from bot.store.deliveries import DeliveryState
from cogs.announcements.context import ModerationContext
from cogs.announcements.controls import Handler

log = logging.getLogger(__name__)


class ArticlePages:
    """The actions about one article in one channel."""

    def __init__(self, context: ModerationContext) -> None:
        self._context, self._services = context, context.services
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.SEND_ASK: self.ask,
            ModeratorAction.SEND: self.send,
            ModeratorAction.SEND_NEWEST: self.ask_newest,
            ModeratorAction.RESUME: self.resume,
        }

    async def send_page(self, interaction: Interaction, typed: str, channel_id: int) -> discord.ui.LayoutView:
        """The question before the article of that title or number is announced. Raises UserFacingError."""
        article = await self._article(interaction, typed)
        subscription = await self._ready(interaction, channel_id, article)
        reports = await self._services.deliveries.of_article(article.id, subscription.id)
        topic_roles = await self._services.topic_roles.of_guild(subscription.guild_id)
        roles = audience([article], subscription.options, topic_roles).roles
        preview = await self._context.card(article, Draft.of(subscription), subscription.guild_id)
        return send_question(article, subscription, reports, roles, preview, text_for(interaction))

    async def why_page(self, interaction: Interaction, typed: str, channel_id: int) -> discord.ui.LayoutView:
        """Why the typed article is, or is not, in the channel. Raises UserFacingError."""
        text = text_for(interaction)
        article = await self._article(interaction, typed)
        subscription = await self._context.subscription(interaction, channel_id)
        reports = await self._services.deliveries.of_article(article.id, subscription.id)
        held = {one.id for one in await self._services.held.of_guild(article.feed, subscription.guild_id)}
        found = explain(article, subscription, reports, self._services.clock(), held=article.id in held)
        return why_view(article, subscription, found, self._context.bot.brand.choices(text.language), text)

    async def ask(self, interaction: Interaction, arguments: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Asks before an article is announced."""
        channel_id, article_id = map(parse_id, split_arguments(arguments, 2))
        return await self.send_page(interaction, str(article_id), channel_id)

    async def ask_newest(
        self, interaction: Interaction, channel_id: str, _values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Asks before the newest article that fits the channel is announced."""
        subscription = await self._context.subscription(interaction, parse_id(channel_id))
        article, fits = await self._context.newest(subscription.options)
        if article is None or not fits:
            raise refusal(interaction, "send.send.no_newest")
        return await self.send_page(interaction, str(article.id), subscription.channel_id)

    async def send(self, interaction: Interaction, arguments: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Announces the article, unless something changed since the question was asked."""
        channel, number, known = split_arguments(arguments, 3)
        text = text_for(interaction)
        article = await self._article(interaction, str(parse_id(number)))
        subscription = await self._ready(interaction, parse_id(channel), article)
        reports = await self._services.deliveries.of_article(article.id, subscription.id)
        if len(reports) != parse_page(known):
            raise refusal(interaction, "send.send.changed")
        waiting = next((report for report in reports if report.state is DeliveryState.PLANNED), None)
        if waiting is not None:
            await self._services.deliveries.send_now(waiting.id)
        else:
            async with self._services.database.transaction() as tx:
                await self._services.deliveries.announce(tx, article.id, subscription.id, self._services.clock())
        log.info("a moderator announces article %d in channel %d", article.id, subscription.channel_id)
        self._services.announcer.wake()
        sentence = text("send.send.done", channel=channel_link(subscription.channel_id))
        status = button(text("send.why.help.status"), ModeratorAction.STATUS, subscription.channel_id)
        return notice(sentence, discord.ui.ActionRow[Any](status))

    async def resume(self, interaction: Interaction, channel_id: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Resumes a paused channel."""
        text = text_for(interaction)
        subscription = await self._context.subscription(interaction, parse_id(channel_id))
        await self._services.subscriptions.set_paused(subscription.id, paused=False)
        self._services.announcer.wake()
        return notice(text("announcements.resume.done", channel=channel_link(subscription.channel_id)))

    async def _article(self, interaction: Interaction, typed: str) -> Article:
        """The article of that title or number, if it may be shown. Raises UserFacingError."""
        found = await self._services.search.resolve_title(typed)
        if found is None:
            is_indexing = await self._services.search.indexing() is not None
            raise refusal(interaction, "send.send.not_yet" if is_indexing else "send.send.unknown")
        if found.state is not ArticleState.LIVE:
            raise refusal(interaction, "send.send.withdrawn")
        return found

    async def _ready(self, interaction: Interaction, channel_id: int, article: Article) -> Subscription:
        """A subscription in which something can be announced now, by this person. Raises UserFacingError."""
        text = text_for(interaction)
        subscription = await self._context.subscription(interaction, channel_id)
        again = control(ModeratorAction.SEND_ASK, channel_id, article.id)
        reason = reason_sentence(subscription.blocked_reason, text)
        if subscription.paused:
            reason = text("send.why.paused_before")
        if reason:
            raise refusal(interaction, "send.send.not_ready", again, channel=channel_link(channel_id), reason=reason)
        await self._context.require_own_rights_there(interaction, subscription, again)
        return subscription
