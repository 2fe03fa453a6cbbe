"""Related articles, shown privately: *More like this* on a card, and the message menu."""

from typing import Any

import discord
from discord import app_commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.components import Control
from bot.client.localisation import localised, text_for
from bot.i18n import Catalogue
from bot.interactions.custom_ids import RELATED
from bot.interactions.message_text import article_id_of, message_text
from bot.layouts.articles import like_page
from bot.layouts.components import notice
from bot.layouts.search import related_page
from bot.models import ArticleState

SHOWN = 4  # about a message
ALIKE = 3


class RelatedButton(Control[discord.ui.Button[Any]], template=RELATED):
    """Shows articles like the one whose id the button holds.

    They are looked up at the press, so a button of any age shows current articles and no withdrawn one.
    """

    async def use(self, interaction: Interaction) -> None:
        """Answers below the card, which stays as it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await _like(interaction.client, int(self.match["article"]), text_for(interaction))
        await answer(interaction, view)


async def of_message(interaction: Interaction, message: discord.Message) -> None:
    """Answers with articles about what a message says; the message is not kept."""
    await interaction.response.defer(ephemeral=True)
    bot, text = interaction.client, text_for(interaction)
    if article := article_id_of(message):
        view = await _like(bot, article, text)
    elif said := message_text(message):
        view = related_page(await bot.services.search.search(said, limit=SHOWN), text, bot.brand)
    else:
        view = notice(text("search.related.wordless"))
    await answer(interaction, view)


async def _like(bot: HeraldBot, article_id: int, text: Catalogue) -> discord.ui.LayoutView:
    article = await bot.services.articles.get(article_id)
    if article is None or article.state is not ArticleState.LIVE:
        return notice(text("articles.gone"))
    hits = await bot.services.search.related(article_id, ALIKE)
    if not hits:
        return notice(text("articles.like.nothing"))
    return like_page(article, [hit.article for hit in hits], text, bot.brand)


async def setup(bot: HeraldBot) -> None:
    """Adds the message menu, and makes buttons of earlier runs work."""
    bot.add_dynamic_items(RelatedButton)
    bot.tree.add_command(app_commands.ContextMenu(name=localised("commands.related.name"), callback=of_message))
