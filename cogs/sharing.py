"""*Share here*: posts an article's card in the channel, in the name of the member who asked."""

from functools import partial
from typing import Any

import discord

from bot.actions import day, fitting
from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.components import Control
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.delivery.shared_cards import place_card
from bot.delivery.withdrawal_progress import message_link
from bot.i18n import Catalogue
from bot.interactions.custom_ids import SHARE, SHARE_MENU, parse_id
from bot.layouts.components import NO_PINGS, notice
from bot.layouts.posts.article_card import article_card, placeholder_card
from bot.models import Article, ArticleState
from bot.store.shared_cards import MessageRef

ACTIONS = 2
SHARED_ONCE_SECONDS = 86_400.0  # an article is shared once in this time in a channel
BYPASS_SLOWMODE = 1 << 52  # a permission


class ShareButton(Control[discord.ui.Button[Any]], template=SHARE):
    """Shares the article whose id the button holds."""

    async def use(self, interaction: Interaction) -> None:
        """Posts the card."""
        await _share(interaction, int(self.match["article"]))


class ShareMenu(Control[discord.ui.Select[Any]], template=SHARE_MENU):
    """Shares the article chosen from the menu below a list."""

    async def use(self, interaction: Interaction) -> None:
        """Posts the card."""
        await _share(interaction, parse_id(self.chosen_one(interaction)))


async def _share(interaction: Interaction, article_id: int) -> None:
    services, text = interaction.client.services, text_for(interaction)
    article = await services.articles.get(article_id)
    if article is None or article.state is not ArticleState.LIVE:
        await answer(interaction, notice(text("articles.gone")))
        return
    if interaction.guild_id is None:
        card, _ = await _cards(interaction, article)
        await answer(interaction, card)  # only the member reads it, and Discord deletes it by itself
        return
    _require_may_share(interaction, f"share:{article_id}")
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
    """Posts a public message, recorded before it shows the article, so that a withdrawal reaches it."""
    services, text = interaction.client.services, await _public_text(interaction)
    card, empty = await _cards(interaction, article)
    sent = await interaction.response.send_message(view=empty, allowed_mentions=NO_PINGS)
    message_id = sent.message_id or (await interaction.original_response()).id
    place = MessageRef(guild_id, interaction.channel_id or 0, message_id, text.language)
    show = partial(interaction.edit_original_response, view=card, allowed_mentions=NO_PINGS)
    now, clock, wake = services.clock(), services.clock, services.announcer.wake
    if not await place_card(services.cards, article, place, show, clock=clock, wake=wake, shared_at=now):
        await interaction.edit_original_response(view=notice(text("articles.gone")), allowed_mentions=NO_PINGS)


async def _cards(interaction: Interaction, article: Article) -> tuple[discord.ui.LayoutView, discord.ui.LayoutView]:
    """The card with the member's name above it, and the placeholder that is there before it."""
    services, text = interaction.client.services, await _public_text(interaction)
    today = day(services.clock(), services.settings.time_zone)
    actions = fitting(services.settings.actions, article.topics, today, ACTIONS)
    above = text("articles.shared_by", member=interaction.user.mention)
    return article_card(article, actions, text, interaction.client.brand, above=above), placeholder_card(text, above)


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


async def _public_text(interaction: Interaction) -> Catalogue:
    """The server's language, since everybody there will read it; the member's own in private."""
    if interaction.guild_id is None:
        return text_for(interaction)
    chosen = (await interaction.client.services.guilds.get(interaction.guild_id)).language
    locale = interaction.guild_locale.value if interaction.guild_locale else ""
    return Catalogue.of(chosen or locale or interaction.client.services.settings.language)


async def setup(bot: HeraldBot) -> None:
    """Registers the button and the menu, so that those on older messages work."""
    bot.add_dynamic_items(ShareButton, ShareMenu)
