"""Related articles, shown privately: *More like this* on a card, and the message menu."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.components import ArticleButton
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


class RelatedButton(ArticleButton, template=RELATED):
    """Shows articles like the one whose id the button holds.

    They are looked up at the press, so a button of any age shows current articles and no withdrawn one.
    """

    async def use(self, interaction: Interaction) -> None:
        """Answers below the card, which stays as it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await answer(interaction, await _like(interaction.client, self.article, text_for(interaction)))


class RelatedCog(commands.Cog):
    """Articles like another one, and articles about what a message says."""

    def __init__(self, bot: HeraldBot) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name=localised("commands.related.name"), callback=self.of_message)

    async def cog_load(self) -> None:
        """Makes buttons of earlier runs work, and adds the message menu."""
        self.bot.add_dynamic_items(RelatedButton)
        self.bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Unregisters both."""
        self.bot.remove_dynamic_items(RelatedButton)
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    async def of_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Answers with articles about what a message says; the message is not kept."""
        await interaction.response.defer(ephemeral=True)
        text = text_for(interaction)
        article = article_id_of(message)
        answered = await (_like(self.bot, article, text) if article else _about(self.bot, message_text(message), text))
        await answer(interaction, answered)


async def _like(bot: HeraldBot, article_id: int, text: Catalogue) -> discord.ui.LayoutView:
    article = await bot.services.articles.get(article_id)
    if article is None or article.state is not ArticleState.LIVE:
        return notice(text("articles.gone"))
    hits = await bot.services.search.related(article_id, ALIKE)
    if not hits:
        return notice(text("articles.like.nothing"))
    return like_page(article, [hit.article for hit in hits], text, bot.brand)


async def _about(bot: HeraldBot, said: str, text: Catalogue) -> discord.ui.LayoutView:
    if not said:
        return notice(text("search.related.wordless"))
    hits = await bot.services.search.related_to_text(said, SHOWN)
    return related_page(hits, text, bot.brand) if hits else notice(text("search.related.nothing"))


async def setup(bot: HeraldBot) -> None:
    """Adds the cog."""
    await bot.add_cog(RelatedCog(bot))
