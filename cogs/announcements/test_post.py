"""Test posts: the newest article's card in the channel, marked as a test, mentioning nobody."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

import discord

from bot.client.bot import Interaction
from bot.client.errors import UserFacingError, refusal
from bot.client.localisation import text_for
from bot.delivery.shared_cards import place_card
from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button, control
from bot.interactions.custom_ids import parse_id, split_arguments
from bot.interactions.draft import Draft
from bot.layouts.announcements.subscriptions import permissions_view, with_caption
from bot.layouts.components import NO_PINGS, notice, subtext
from bot.layouts.posts import placeholder_card
from bot.models import Article
from bot.store.shared_cards import MessageRef
from cogs.announcements.context import Channel, ModerationContext, find_anywhere, guild_of
from cogs.announcements.controls import Handler
from cogs.announcements.wizard import SetupWizard

log = logging.getLogger(__name__)


class TestPosts:
    """Posts and deletes tests."""

    def __init__(self, context: ModerationContext, wizard: SetupWizard) -> None:
        self._context, self._wizard = context, wizard
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.WIZARD_TEST: self.post,
            ModeratorAction.TEST: self.post,
            ModeratorAction.TEST_REMOVE: self.remove,
        }

    async def remove(self, interaction: Interaction, place: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Deletes a test; one that is gone already counts as deleted."""
        channel_id, message_id = map(parse_id, split_arguments(place, 2))
        again = control(ModeratorAction.TEST_REMOVE, place)
        channel = await find_anywhere(guild_of(interaction), channel_id)
        if channel is None or isinstance(channel, discord.ForumChannel):
            raise refusal(interaction, "announcements.refused.unseen", again)
        await interaction.response.defer()
        try:
            await channel.get_partial_message(message_id).delete()
        except discord.NotFound:
            log.debug("test message %d was gone already", message_id)
        except discord.HTTPException as error:
            log.info("test message %d not deleted: %s", message_id, error)
            raise refusal(interaction, "announcements.test.not_removed", again, channel=channel.mention) from None
        services = self._context.services
        async with services.database.transaction() as tx:
            await services.cards.forget(tx, message_id=message_id)
        return notice(text_for(interaction)("announcements.test.removed"))

    async def post(self, interaction: Interaction, place: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Posts a test in a channel with a subscription, given by its id, or in that of a draft, given by its code."""
        text = text_for(interaction)
        if "." in place:
            draft = await self._wizard.draft(interaction, place)
        else:
            draft = Draft.of(await self._context.subscription(interaction, parse_id(place)))
        channel, check = await self._wizard.require_channel(interaction, draft)
        if not check.passed:
            raise UserFacingError(permissions_view(check, await self._wizard.code(draft, text), text))
        plain = Draft(draft.channel_id)  # a test mentions nobody
        await self._context.require_own_rights(interaction, channel, plain, await self._wizard.again(draft, text))
        article, _ = await self._context.newest(draft.options)
        if article is None:
            raise refusal(interaction, "announcements.test.nothing")
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            message = await self._post(channel, draft, interaction.user.mention)
            there = await self._publish(message, article, draft, interaction.user.mention)
        except discord.HTTPException as error:
            log.info("test in channel %d rejected: %s", channel.id, error)
            again = await self._wizard.again(draft, text)
            raise refusal(interaction, "announcements.test.failed", again, channel=channel.mention) from None
        if not there:
            return notice(text("articles.gone"))
        jump = f"[{text('announcements.test.look')}]({message.jump_url})"
        sentence = text("announcements.test.sent", channel=channel.mention, link=jump)
        if isinstance(channel, discord.ForumChannel):
            return notice(sentence)  # the post is a thread, which the bot may not delete without managing threads
        remove = button(text("announcements.test.remove"), ModeratorAction.TEST_REMOVE, channel.id, message.id)
        return notice(sentence, discord.ui.ActionRow[Any](remove))

    async def _post(self, channel: Channel, draft: Draft, member: str) -> discord.Message:
        """Posts a placeholder: neither the message nor a forum post's title names the article."""
        words = Catalogue.of(draft.options.language)
        empty = placeholder_card(words, subtext(words("announcements.test.label", member=member)))
        if not isinstance(channel, discord.ForumChannel):
            return await channel.send(view=empty, allowed_mentions=NO_PINGS)
        title = words("announcements.test.title")
        tags = [tag for tag in channel.available_tags if not tag.moderated][:1] if channel.flags.require_tag else []
        post = await channel.create_thread(name=title, view=empty, applied_tags=tags, allowed_mentions=NO_PINGS)
        return post.message

    async def _publish(self, message: discord.Message, article: Article, draft: Draft, member: str) -> bool:
        """Puts the card into the message, recorded before; False where the article was withdrawn in between."""
        words = Catalogue.of(draft.options.language)
        label = words("announcements.test.label", member=member)
        guild_id = message.guild.id if message.guild else 0
        card = with_caption(
            label, await self._context.card(article, draft.with_options(role_id=None, topic_roles=False), guild_id)
        )
        services = self._context.services
        place = MessageRef(guild_id, message.channel.id, message.id, words.language)
        show = partial(message.edit, view=card, allowed_mentions=NO_PINGS)
        clock, wake = services.clock, services.announcer.wake
        there = await place_card(services.cards, article, place, show, clock=clock, wake=wake)
        if not there:
            await message.edit(view=notice(words("articles.gone")), allowed_mentions=NO_PINGS)
        return there
