"""*Share here*: posts an article's card in the channel, in the name of the member who asked."""

import re
from typing import Any

import discord
from discord.ext import commands

from bot.actions import day, fitting
from bot.client import Control, HeraldBot, Interaction, answer, text_for
from bot.layouts.announcement import announcement
from bot.layouts.paging import SHARE, SHARE_MENU
from bot.layouts.parts import notice
from bot.models import ArticleState
from bot.text import Text

ACTIONS = 2


class ShareButton(Control[discord.ui.Button[Any]], template=SHARE):
    """Shares the article whose id stands in the button."""

    def __init__(self, item: discord.ui.Button[Any], article: int) -> None:
        super().__init__(item)
        self.article = article

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "ShareButton":
        """The button that was pressed."""
        del interaction
        assert isinstance(item, discord.ui.Button)  # noqa: S101 - the template is only ever on buttons
        return cls(item, int(match["article"]))

    async def use(self, interaction: Interaction) -> None:
        """Posts the card."""
        await _share(interaction, self.article)


class ShareMenu(Control[discord.ui.Select[Any]], template=SHARE_MENU):
    """Shares the article chosen from the menu below a list."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "ShareMenu":
        """The menu that was used."""
        del interaction, match
        assert isinstance(item, discord.ui.Select)  # noqa: S101 - the template is only ever on menus
        return cls(item)

    async def use(self, interaction: Interaction) -> None:
        """Posts the card."""
        await _share(interaction, int(self.item.values[0]))


class SharingCog(commands.Cog):
    """The buttons and menus that share an article."""

    def __init__(self, bot: HeraldBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Makes buttons and menus of earlier runs work."""
        self.bot.add_dynamic_items(ShareButton, ShareMenu)

    async def cog_unload(self) -> None:
        """Takes them away again."""
        self.bot.remove_dynamic_items(ShareButton, ShareMenu)


async def _share(interaction: Interaction, article_id: int) -> None:
    services = interaction.client.services
    article = await services.articles.get(article_id)
    if article is None or article.state is not ArticleState.LIVE:
        await answer(interaction, notice(text_for(interaction)("articles.gone")))
        return
    if not _may_write(interaction):
        await answer(interaction, notice(text_for(interaction)("articles.may_not_share")))
        return
    text = await _public_text(interaction)
    today = day(services.clock(), services.settings.time_zone)
    actions = fitting(services.settings.actions, article.topics, today, ACTIONS)
    above = text("articles.shared_by", member=interaction.user.mention)
    await answer(interaction, announcement(article, actions, text, interaction.client.brand, above=above), public=True)


def _may_write(interaction: Interaction) -> bool:
    """What is posted for a member must be something the member could post alone."""
    if interaction.guild_id is None:
        return True
    in_thread = isinstance(interaction.channel, discord.Thread)
    granted = interaction.permissions
    return granted.send_messages_in_threads if in_thread else granted.send_messages


async def _public_text(interaction: Interaction) -> Text:
    """The server's language, since everybody there will read it; the member's own in private."""
    if interaction.guild_id is None:
        return text_for(interaction)
    chosen = (await interaction.client.services.guilds.get(interaction.guild_id)).language
    locale = interaction.guild_locale.value if interaction.guild_locale else ""
    return Text.of(chosen or locale or interaction.client.services.settings.language)


async def setup(bot: HeraldBot) -> None:
    """Adds the cog."""
    await bot.add_cog(SharingCog(bot))
