import re
from typing import Any

import discord
import simcord

from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.i18n import Catalogue
from bot.layouts.components import article_button
from bot.layouts.posts import article_card
from bot.search.index import SearchIndex
from tests.cogs.guild_world import GuildWorld, message_of, open_world, samples
from tests.cogs.moderation import labels, press_share, shown

MENU = "Find related articles"
PRESS = "More like this"


async def card_of(world: GuildWorld, title: str) -> simcord.InteractionResult:
    """The article's card, public in the channel."""
    opened = await world.member.slash(world.channel, "article", title=title)
    return await press_share(world.member, opened)


async def post(world: GuildWorld, title: str, *, interactive: bool = True) -> discord.Message:
    """Puts the card of an article into the channel; with the button that older announcements have."""
    article = await world.services.search.resolve_title(title)
    channel: Any = world.bot.get_channel(world.channel.id)
    assert article is not None
    view = article_card(article, (), Catalogue.of("en"), world.bot.brand, interactive=interactive)
    if interactive:
        view.add_item(discord.ui.ActionRow(article_button("related", article, Catalogue.of("en"))))
    await channel.send(view=view)
    posted = world.channel.last_message
    assert posted is not None
    return posted


async def withdraw(world: GuildWorld, title: str) -> None:
    article = await world.services.search.resolve_title(title)
    assert article is not None
    async with world.services.database.transaction() as tx:
        await world.services.articles.withdraw(tx, article.id, 0.0)
        await SearchIndex(world.services.database, ()).remove(tx, article.id)


async def test_related_articles_of_a_card_are_shown_privately(members: GuildWorld) -> None:
    """Also after a restart: the button has the article's id. The article itself is not listed, and the card stays."""
    card = await post(members, "The Sewing Room")
    await members.env.restart_bot(HeraldBot(members.services))

    result = await members.member.click(card, label=PRESS)

    words = shown(result.response)
    assert result.ephemeral
    assert "## More like “The Sewing Room”" in words
    assert words.count("### [") == 3
    assert "### [The Sewing Room]" not in words
    assert labels(card)[PRESS]


async def test_a_withdrawn_article_is_not_among_related_articles(members: GuildWorld) -> None:
    """No announcement has to be edited: related articles are looked up at the press."""
    card = await post(members, "The Sewing Room")
    first = await members.member.click(card, label=PRESS)
    neighbour = re.findall(r"### \[(.+?)\]", shown(first.response))[0]

    await withdraw(members, neighbour)
    again = await members.member.click(card, label=PRESS)

    assert neighbour not in shown(again.response)
    assert "### [" in shown(again.response)


async def test_a_withdrawn_article_has_no_related_articles(members: GuildWorld) -> None:
    """Not even its title is shown to a press before the card was replaced."""
    card = await post(members, "The Sewing Room")
    await withdraw(members, "The Sewing Room")

    result = await members.member.click(card, label=PRESS)

    assert "no longer available" in shown(result.response)
    assert "Sewing" not in shown(result.response)


async def test_the_only_article_says_where_to_look(settings: Settings) -> None:
    async with open_world(settings, samples()[:1]) as world:
        result = await world.member.click(await post(world, "1"), label=PRESS)

    assert "I have not found anything like this article yet. </topics:" in shown(result.response)


async def test_a_shared_card_has_related_articles_too(members: GuildWorld) -> None:
    shared = await card_of(members, "The River in Both Directions")

    more = await members.member.click(message_of(shared), label="More")
    assert more.ephemeral
    result = await members.member.click(message_of(more), label=PRESS)

    assert "More like “The River in Both Directions”" in shown(result.response)


async def test_related_articles_of_a_message(members: GuildWorld) -> None:
    """The message menu privately finds articles about what somebody wrote."""
    message = await members.member.send(members.channel, "How do defectors cross the river at night?")

    result = await members.member.context_menu(members.channel, MENU, message)

    assert result.ephemeral
    assert "Articles about what this message says" in shown(result.response)
    assert "The River in Both Directions" in shown(result.response)


async def test_a_card_is_a_message_about_its_article(members: GuildWorld) -> None:
    """The message menu of an announcement does the same as its button."""
    card = await post(members, "The Sewing Room")

    result = await members.member.context_menu(members.channel, MENU, card)

    assert "More like “The Sewing Room”" in shown(result.response)


async def test_a_card_without_the_button_is_read(members: GuildWorld) -> None:
    """A published announcement has no button; its text is searched for, its addresses are not."""
    card = await post(members, "The Sewing Room", interactive=False)

    result = await members.member.context_menu(members.channel, MENU, card)

    assert "[The Sewing Room](" in shown(result.response)


async def test_an_address_alone_is_no_question(members: GuildWorld) -> None:
    message = await members.member.send(members.channel, "https://example.org/market/women")

    result = await members.member.context_menu(members.channel, MENU, message)

    assert "has no words that I could search for" in shown(result.response)


async def test_a_message_without_related_articles_gets_a_sentence(members: GuildWorld) -> None:
    message = await members.member.send(members.channel, "…")

    result = await members.member.context_menu(members.channel, MENU, message)

    assert "found no article" in shown(result.response)


async def test_a_message_has_no_related_articles_yet_while_older_ones_are_indexed(members: GuildWorld) -> None:
    oldest = min(article.id for article in await members.services.articles.latest(limit=99))
    async with members.services.database.transaction() as tx:
        await SearchIndex(members.services.database, ()).remove(tx, oldest)
    about_nothing = await members.member.send(members.channel, "…")
    about_escape = await members.member.send(members.channel, "How do defectors cross the river at night?")

    nothing = await members.member.context_menu(members.channel, MENU, about_nothing)
    found = await members.member.context_menu(members.channel, MENU, about_escape)

    assert "I have not found an article about what this message says yet.\nI am still reading" in shown(
        nothing.response
    )
    assert "-# I am still reading older articles after an update" in shown(found.response)
