"""A test on request: the newest article's card in the channel, plainly marked, pinging nobody."""

import logging
from collections.abc import Sequence

import discord

from bot.client.bot import Interaction, answer
from bot.client.localisation import text_for
from bot.delivery.card_placement import CardPlacement
from bot.i18n import Text
from bot.interactions.draft import Draft
from bot.layouts.announcements.subscriptions import refused, trial_posted, under
from bot.layouts.article_card import coming
from bot.layouts.components import NO_PINGS, notice, small
from bot.models import Article
from bot.store.shared_cards import Place
from cogs.announcements.channels import Channel, find
from cogs.announcements.context import Desk, RefusedError, guild_of, refusal
from cogs.announcements.controls import Handler
from cogs.announcements.wizard import GuideSteps

log = logging.getLogger(__name__)


class Trials:
    """Posts tests and takes them away again."""

    def __init__(self, desk: Desk, guide: GuideSteps) -> None:
        self._desk, self._guide = desk, guide

    def handlers(self) -> dict[str, Handler]:
        """What the buttons for tests do."""
        return {"guide_test": self.of_draft, "test": self.of_subscription, "test_remove": self.remove}

    async def of_draft(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """A test of choices that are not saved yet."""
        await self._run(interaction, self._guide.draft(interaction, code))

    async def of_subscription(self, interaction: Interaction, channel_id: str, _values: Sequence[str]) -> None:
        """A test of what is saved."""
        text = text_for(interaction)
        subscription = await self._desk.subscription(guild_of(interaction), int(channel_id), text)
        await self._run(interaction, Draft.of(subscription))

    async def remove(self, interaction: Interaction, place: str, _values: Sequence[str]) -> None:
        """Takes a test away; one that is gone already is fine."""
        channel_id, message_id = map(int, place.split(":"))
        channel = find(guild_of(interaction), channel_id)
        if channel is None or isinstance(channel, discord.ForumChannel):
            raise refusal(interaction, "unseen")
        await interaction.response.defer()
        try:
            await channel.get_partial_message(message_id).delete()
        except discord.NotFound:
            log.debug("the test %d was gone already", message_id)
        await self._desk.services.cards.forget_message(message_id)
        sentence = text_for(interaction)("announcements.test.removed")
        await interaction.edit_original_response(view=notice(sentence), allowed_mentions=NO_PINGS)

    async def _run(self, interaction: Interaction, draft: Draft) -> None:
        text = text_for(interaction)
        channel, check = self._guide.checked(guild_of(interaction), draft, text)
        if not check.passed:
            raise RefusedError(refused(check, text))
        article, _ = await self._desk.newest(draft.options.topics, draft.options.feeds)
        if article is None:
            raise RefusedError(notice(text("announcements.test.nothing")))
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            message = await self._post(channel, draft, interaction.user.mention)
            there = await self._put(message, article, draft, interaction.user.mention)
        except discord.HTTPException as error:
            log.info("a test in channel %d was refused: %s", channel.id, error)
            await answer(interaction, notice(text("announcements.test.failed", channel=channel.mention)))
            return
        if not there:
            await answer(interaction, notice(text("articles.gone")))
            return
        # A forum's post is a thread, which the bot may not delete without managing threads.
        removable = not isinstance(channel, discord.ForumChannel)
        await answer(interaction, trial_posted(channel.id, message.id, message.jump_url, text, removable=removable))

    async def _post(self, channel: Channel, draft: Draft, member: str) -> discord.Message:
        """A message that names nothing yet; a forum's post names nothing by its title either."""
        words = Text.of(draft.options.language)
        empty = coming(words, small(words("announcements.test.label", member=member)))
        if not isinstance(channel, discord.ForumChannel):
            return await channel.send(view=empty, allowed_mentions=NO_PINGS)
        title = words("announcements.test.title")
        tags = [tag for tag in channel.available_tags if not tag.moderated][:1] if channel.flags.require_tag else []
        post = await channel.create_thread(name=title, view=empty, applied_tags=tags, allowed_mentions=NO_PINGS)
        return post.message

    async def _put(self, message: discord.Message, article: Article, draft: Draft, member: str) -> bool:
        """The card into the message, whose place is stored before; False where it was withdrawn meanwhile."""
        words = Text.of(draft.options.language)
        label = words("announcements.test.label", member=member)
        card = under(label, self._desk.card(article, draft.with_options(role_id=None)))
        services = self._desk.services
        place = Place(message.guild.id if message.guild else 0, message.channel.id, message.id, words.language)
        placing = CardPlacement(services.database, services.clock, services.announcer.wake)
        there = await placing.put(article, place, lambda: message.edit(view=card, allowed_mentions=NO_PINGS))
        if not there:
            await message.edit(view=notice(words("articles.gone")), allowed_mentions=NO_PINGS)
        return there
