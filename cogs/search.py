"""`/search` and its pages."""

import re
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.components import Control
from bot.client.errors import UserFacingError
from bot.client.localisation import localised, text_for
from bot.client.typed_options import AppChoices, OneOf
from bot.i18n import Catalogue
from bot.interactions.custom_ids import MAX_CUSTOM_ID, SAVED_MARK, SEARCH, Search, decode, encode, search_id
from bot.interactions.typed_choices import MAX_VALUE_LENGTH, Choice, UnknownChoiceError, as_choices, choose, matching
from bot.layouts.components import notice
from bot.layouts.markdown import plain
from bot.layouts.search import language_choices, language_name, nothing_found, search_page
from bot.search.engine import HITS_PER_PAGE
from bot.store.search.filters import SearchFilters

MAX_QUERY = 200


class SearchPage(Control[discord.ui.Button[Any]], template=SEARCH):
    """A button that shows a page of a search; its `custom_id` holds the search."""

    async def use(self, interaction: Interaction) -> None:
        """Turns to that page in place."""
        await interaction.response.defer()
        bot, text = interaction.client, text_for(interaction)
        state = self.match["state"]
        if state.startswith(SAVED_MARK):
            state = await bot.long_searches.find(state.removeprefix(SAVED_MARK))
        if state:
            view = await _page(bot, decode(state), int(self.match["page"]), text)
        else:
            view = notice(text("search.forgotten"))
        await answer(interaction, view)


class SearchCog(commands.Cog):
    """Finding articles by words and questions."""

    @app_commands.command(name=localised("commands.search.name"), description=localised("commands.search.description"))
    @app_commands.rename(
        query=localised("commands.search.query.name"),
        topic=localised("commands.search.topic.name"),
        year=localised("commands.search.year.name"),
        feed=localised("commands.search.feed.name"),
        author=localised("commands.search.author.name"),
        language=localised("commands.search.language.name"),
    )
    @app_commands.describe(
        query=localised("commands.search.query.description"),
        topic=localised("commands.search.topic.description"),
        year=localised("commands.search.year.description"),
        feed=localised("commands.search.feed.description"),
        author=localised("commands.search.author.description"),
        language=localised("commands.search.language.description"),
    )
    async def search(
        self,
        interaction: Interaction,
        query: app_commands.Range[str, 1, MAX_QUERY],
        topic: app_commands.Transform[str, OneOf("topic")] | None = None,
        year: str | None = None,
        feed: app_commands.Transform[str, OneOf("feed")] | None = None,
        author: str | None = None,
        language: str | None = None,
    ) -> None:
        """Answers with the best articles and the passage that matched."""
        await interaction.response.defer(ephemeral=True)
        text = text_for(interaction)
        if year and not re.fullmatch(r"[0-9]{4}", year.strip()):
            raise UserFacingError(notice(text("search.bad_year", year=plain(year, MAX_VALUE_LENGTH))))
        try:
            code = choose(language, language_choices(text)) if language else None
        except UnknownChoiceError:
            code = (language or "").strip().lower()  # a language that has no name in the catalogue
        filters = SearchFilters(
            topic=topic,
            year=int(year) if year else None,
            feed=feed,
            author=author.strip() if author else None,
            language=code,
        )
        await answer(interaction, await _page(interaction.client, Search(query, filters), 0, text))

    @search.autocomplete("query")
    async def complete_query(self, interaction: Interaction, typed: str) -> AppChoices:
        """Words and titles that begin like what is typed."""
        found = await interaction.client.services.search.suggest_queries(typed, language=text_for(interaction).language)
        return as_choices(Choice(query, query) for query in found)

    @search.autocomplete("year")
    async def complete_year(self, interaction: Interaction, typed: str) -> AppChoices:
        """Years that have articles."""
        return as_choices(
            Choice(year, year) for year in await interaction.client.services.search.suggest_values("year", typed)
        )

    @search.autocomplete("author")
    async def complete_author(self, interaction: Interaction, typed: str) -> AppChoices:
        """People who wrote articles."""
        return as_choices(
            Choice(name, name) for name in await interaction.client.services.search.suggest_values("author", typed)
        )

    @search.autocomplete("language")
    async def complete_language(self, interaction: Interaction, typed: str) -> AppChoices:
        """Languages that articles are written in, by their names."""
        text = text_for(interaction)
        codes = await interaction.client.services.search.suggest_values("language")
        return as_choices(matching([Choice(code, language_name(code, text)) for code in codes], typed))


async def _page(bot: HeraldBot, search: Search, page: int, text: Catalogue) -> discord.ui.LayoutView:
    found = await bot.services.search.search(
        search.query,
        search.filters,
        limit=HITS_PER_PAGE,
        offset=page * HITS_PER_PAGE,
        literal=search.literal,
        language=text.language,
    )
    if not found.hits and page > 0:  # articles were withdrawn in the meantime
        return await _page(bot, search, 0, text)
    meant = found.did_you_mean
    suggested = await _remember(bot, Search(meant, search.filters)) if meant else None
    actions = bot.services.actions_in_season() if found.help else ()
    if not found.hits:
        return nothing_found(found, search.filters, text, bot.brand, suggested=suggested, actions=actions)
    state = await _remember(bot, search)
    literal = await _remember(bot, Search(search.query, search.filters, literal=True)) if found.corrected else None
    return search_page(
        found, search.filters, page, state, text, bot.brand, literal=literal, suggested=suggested, actions=actions
    )


async def _remember(bot: HeraldBot, search: Search) -> str:
    state = encode(search)
    fits = len(search_id(9_999, state)) <= MAX_CUSTOM_ID  # with room for any page
    return state if fits else f"{SAVED_MARK}{await bot.long_searches.keep(state)}"


async def setup(bot: HeraldBot) -> None:
    """Adds the cog, and makes buttons of earlier runs work."""
    bot.add_dynamic_items(SearchPage)
    await bot.add_cog(SearchCog())
