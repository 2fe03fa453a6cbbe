"""*Share here*: posts an article's card in the channel, in the name of the member who asked."""

from functools import partial
from typing import Any

import discord

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.components import Control
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.delivery.shared_cards import place_card
from bot.delivery.withdrawal_progress import message_link
from bot.i18n import Catalogue
from bot.interactions.custom_ids import SHARE, article_button_id, parse_id
from bot.layouts.components import NO_PINGS, notice
from bot.layouts.posts import article_card, placeholder_card
from bot.models import Article, ArticleState
from bot.store.shared_cards import MessageRef

ACTIONS = 2
SHARED_ONCE_SECONDS = 86_400.0  # an article is shared once in this time in a channel
BYPASS_SLOWMODE = 1 << 52  # a permission


class ShareControl(Control[discord.ui.Item[Any]], template=SHARE):
    """The button of an article, or the menu of articles below a list."""

    async def use(self, interaction: Interaction) -> None:
        """Posts the card here in the name of the member, unless somebody shared it lately; in private just shows it."""
        services, text = interaction.client.services, text_for(interaction)
        article = await services.articles.get(parse_id(self.match["article"] or self.chosen_one()))
        if article is None or article.state is not ArticleState.LIVE:
            await answer(interaction, notice(text("articles.gone")))
            return
        if interaction.guild_id is None:  # only the member reads it, and Discord deletes it by itself
            await answer(interaction, _card(interaction, article, text))
            return
        _require_may_share(interaction, article_button_id("share", article.id))
        channel_id = interaction.channel_id or 0
        with interaction.client.share_limits.only_one(article.id, channel_id) as alone:
            if not alone:
                await answer(interaction, notice(text("articles.being_shared")))
                return
            earlier = await services.cards.shared_since(article.id, channel_id, services.clock() - SHARED_ONCE_SECONDS)
            if earlier is not None:
                url = message_link(earlier.guild_id, earlier.channel_id, earlier.message_id)
                await answer(interaction, notice(text("articles.already_shared", link=url)))
                return
            interaction.client.share_limits.record(interaction.user.id, channel_id)
            await _post(interaction, article, interaction.guild_id)


async def _post(interaction: Interaction, article: Article, guild_id: int) -> None:
    """Posts a public message in the server's language, recorded before it shows the article.

    So a withdrawal reaches it.
    """
    services = interaction.client.services
    chosen = (await services.guilds.get(guild_id)).language
    locale = interaction.guild_locale.value if interaction.guild_locale else ""
    text = Catalogue.of(chosen or locale or services.settings.language)
    empty = placeholder_card(text, text("articles.shared_by", member=interaction.user.mention))
    sent = await interaction.response.send_message(view=empty, allowed_mentions=NO_PINGS)
    message_id = sent.message_id or (await interaction.original_response()).id
    place = MessageRef(guild_id, interaction.channel_id or 0, message_id, text.language)
    card = _card(interaction, article, text)
    show = partial(interaction.edit_original_response, view=card, allowed_mentions=NO_PINGS)
    now, clock, wake = services.clock(), services.clock, services.announcer.wake
    if not await place_card(services.cards, article, place, show, clock=clock, wake=wake, shared_at=now):
        await interaction.edit_original_response(view=notice(text("articles.gone")), allowed_mentions=NO_PINGS)


def _card(interaction: Interaction, article: Article, text: Catalogue) -> discord.ui.LayoutView:
    """The card with the member's name above it."""
    actions = interaction.client.services.actions_for(article, ACTIONS)
    above = text("articles.shared_by", member=interaction.user.mention)
    return article_card(article, actions, text, interaction.client.brand, above=above)


def _require_may_share(interaction: Interaction, again: str) -> None:
    """Raises UserFacingError, `again` below it, where this member may not share here now."""
    channel, granted = interaction.channel, interaction.permissions
    in_thread = isinstance(channel, discord.Thread)
    # Nobody posts through the bot where they could not post themselves.
    if not (granted.send_messages_in_threads if in_thread else granted.send_messages):
        raise refusal(interaction, "articles.may_not_share", again)
    if isinstance(channel, discord.Thread) and channel.locked and not granted.manage_threads:
        raise refusal(interaction, "articles.thread_locked", again)
    # To change the message later, the bot must be a member and see the channel.
    present = interaction.client.get_guild(interaction.guild_id or 0) is not None
    if not present or not interaction.app_permissions.view_channel:
        raise refusal(interaction, "articles.may_not_take_back", again)
    exempt = granted.manage_messages or granted.manage_channels or granted.value & BYPASS_SLOWMODE
    slowmode = 0 if exempt else getattr(channel, "slowmode_delay", 0)
    wait = interaction.client.share_limits.seconds_to_wait(interaction.user.id, interaction.channel_id or 0, slowmode)
    if wait:
        raise refusal(interaction, "common.wait", count=wait)


async def setup(bot: HeraldBot) -> None:
    """Registers the button and the menu, so that those on older messages work."""
    bot.add_dynamic_items(ShareControl)
