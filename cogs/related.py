"""Related articles, shown privately: *More like this* on a card, and the message menu."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import discord
from discord import app_commands

from bot.client.bot import HeraldBot, Interaction, answer
from bot.client.components import Control
from bot.client.localisation import localised, text_for
from bot.i18n import Catalogue
from bot.interactions.custom_ids import MORE, RELATED
from bot.layouts.articles import like_page
from bot.layouts.components import notice
from bot.layouts.search import related_page
from bot.models import ArticleState
from bot.plain_text import clean_line, truncate

SHOWN = 4  # about a message
ALIKE = 3
MAX_CHARACTERS = 4_000  # of a message
ADDRESS = re.compile(r"https?://\S+")  # also the end of a masked link: addresses are not searched for


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


def article_id_of(message: discord.Message) -> int | None:
    """The article whose card this message is; None for any other message."""
    buttons = (part.custom_id or "" for part in _parts(message.components) if isinstance(part, discord.Button))
    found = (RELATED.fullmatch(button) or MORE.fullmatch(button) for button in buttons)
    return next((int(match["article"]) for match in found if match), None)


def message_text(message: discord.Message) -> str:
    """The message's words in one line: its text, its embeds, its cards, and what it forwards."""
    pieces: list[str] = []
    for said in (message, *message.message_snapshots):
        pieces.append(said.content)
        for embed in said.embeds:
            pieces += [embed.title or "", embed.description or ""]
        pieces += [part.content for part in _parts(said.components) if isinstance(part, discord.TextDisplay)]
    return truncate(clean_line(ADDRESS.sub(" ", " ".join(pieces))), MAX_CHARACTERS)


def _parts(components: Iterable[discord.Component]) -> Iterator[discord.Component]:
    """Every component, at any depth."""
    for component in components:
        yield component
        yield from _parts(getattr(component, "children", ()))


async def setup(bot: HeraldBot) -> None:
    """Adds the message menu, and makes buttons of earlier runs work."""
    bot.add_dynamic_items(RelatedButton)
    bot.tree.add_command(app_commands.ContextMenu(name=localised("commands.related.name"), callback=of_message))
