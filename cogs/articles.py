"""`/latest`, `/topics` and `/article`, and the pages and menus of their answers."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.components import Control
from bot.client.localisation import localised, text_for
from bot.client.typed_options import AppChoices, OneOf
from bot.i18n import Catalogue
from bot.interactions.custom_ids import LATEST, MORE, TOPIC_MENU, known_value
from bot.interactions.typed_choices import Choice, as_choices
from bot.layouts.article_page import OpenArticle, article_page, full_article_page, unknown_article
from bot.layouts.articles import article_list, topic_list
from bot.layouts.components import PER_PAGE, notice
from bot.models import Article, ArticleState

MAX_TITLE = 200
RELATED = 3
ACTIONS = 2
MAX_ACTIONS = 4
TopicKey = app_commands.Transform[str, OneOf("topic")]


class ListPage(Control[discord.ui.Button[Any]], template=LATEST):
    """A button that shows a page of the newest articles; its `custom_id` holds topic and page."""

    async def use(self, interaction: Interaction) -> None:
        """Turns to that page in place."""
        topic = self.match["topic"] or None
        if topic is not None:
            known_value(topic, {one.key for one in interaction.client.brand.topics})
        await interaction.response.defer()
        page = int(self.match["page"])
        await answer(interaction, await _list(interaction.client, topic, page, text_for(interaction)))


class TopicMenu(Control[discord.ui.Select[Any]], template=TOPIC_MENU):
    """The menu below the list of topics: opens the one that is chosen."""

    async def use(self, interaction: Interaction) -> None:
        """Shows the articles of the topic in place of the list."""
        topics = {topic.key for topic in interaction.client.brand.topics}
        topic = known_value(self.chosen_one(), topics)
        await interaction.response.defer()
        await answer(interaction, await _list(interaction.client, topic, 0, text_for(interaction)))


class MoreButton(Control[discord.ui.Button[Any]], template=MORE):
    """Shows everything about the article whose id the button holds."""

    async def use(self, interaction: Interaction) -> None:
        """Opens a private answer below a public card; an answer that is private already is replaced."""
        private = interaction.message is not None and interaction.message.flags.ephemeral
        await interaction.response.defer(ephemeral=True, thinking=not private)
        bot, text = interaction.client, text_for(interaction)
        article = await bot.services.articles.get(int(self.match["article"]))
        if article is None or article.state is not ArticleState.LIVE:
            await answer(interaction, notice(text("articles.gone")))
            return
        opened = await _open(bot, article, MAX_ACTIONS)
        await answer(interaction, full_article_page(opened, text, bot.brand))


class ArticlesCog(commands.Cog):
    """Articles by date, by topic and by title."""

    @app_commands.command(name=localised("commands.latest.name"), description=localised("commands.latest.description"))
    @app_commands.rename(topic=localised("commands.latest.topic.name"))
    @app_commands.describe(topic=localised("commands.latest.topic.description"))
    async def latest(self, interaction: Interaction, topic: TopicKey | None = None) -> None:
        """Answers with the newest articles."""
        await interaction.response.defer(ephemeral=True)
        await answer(interaction, await _list(interaction.client, topic, 0, text_for(interaction)))

    @app_commands.command(name=localised("commands.topics.name"), description=localised("commands.topics.description"))
    @app_commands.rename(topic=localised("commands.topics.topic.name"))
    @app_commands.describe(topic=localised("commands.topics.topic.description"))
    async def topics(self, interaction: Interaction, topic: TopicKey | None = None) -> None:
        """Answers with all topics, or with the articles of one."""
        await interaction.response.defer(ephemeral=True)
        text = text_for(interaction)
        if topic:
            await answer(interaction, await _list(interaction.client, topic, 0, text))
            return
        counts = await interaction.client.services.articles.topic_counts()
        await answer(interaction, topic_list(interaction.client.brand.topics, counts, text))

    @app_commands.command(
        name=localised("commands.article.name"), description=localised("commands.article.description")
    )
    @app_commands.rename(title=localised("commands.article.title.name"))
    @app_commands.describe(title=localised("commands.article.title.description"))
    async def article(self, interaction: Interaction, title: app_commands.Range[str, 1, MAX_TITLE]) -> None:
        """Answers with one article."""
        await interaction.response.defer(ephemeral=True)
        text = text_for(interaction)
        services = interaction.client.services
        found = await services.search.resolve_title(title)
        if found is not None and found.state is ArticleState.LIVE:
            view = article_page(await _open(interaction.client, found, ACTIONS), text, interaction.client.brand)
        else:
            suggestions = await services.search.suggest_titles(title, limit=PER_PAGE)
            near = await services.articles.many([int(suggestion.value) for suggestion in suggestions])
            incomplete = await services.search.indexing() is not None
            view = unknown_article(title, near, text, interaction.client.brand, incomplete=incomplete)
        await answer(interaction, view)

    @article.autocomplete("title")
    async def complete_title(self, interaction: Interaction, typed: str) -> AppChoices:
        """Titles near to what is typed; the value is the article's id."""
        found = await interaction.client.services.search.suggest_titles(typed, language=text_for(interaction).language)
        return as_choices(Choice(suggestion.value, suggestion.label) for suggestion in found)


async def _open(bot: HeraldBot, article: Article, actions: int) -> OpenArticle:
    services = bot.services
    related = await services.search.related(article.id, RELATED)
    return OpenArticle(
        article=article,
        body=await services.articles.body(article.id),
        related=tuple(hit.article for hit in related),
        actions=services.actions_for(article, actions),
    )


async def _list(bot: HeraldBot, topic: str | None, page: int, text: Catalogue) -> discord.ui.LayoutView:
    articles = bot.services.articles
    total = await articles.count(topic)
    found = await articles.latest(topic, limit=PER_PAGE, offset=page * PER_PAGE)
    if not found and page > 0:  # articles were withdrawn in the meantime
        return await _list(bot, topic, 0, text)
    return article_list(found, total, page, bot.brand.topic(topic) if topic else None, text, bot.brand)


async def setup(bot: HeraldBot) -> None:
    """Adds the cog, and makes buttons and menus of earlier runs work."""
    bot.add_dynamic_items(ListPage, TopicMenu, MoreButton)
    await bot.add_cog(ArticlesCog())
