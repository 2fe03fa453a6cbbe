"""Shared cards and test posts, and what people see after a correction and after a withdrawal."""

from dataclasses import replace
from random import Random
from typing import Any

import discord
import pytest
import simcord

from bot.client.bot import HeraldBot
from bot.client.services import Services
from bot.config.settings import Settings
from bot.delivery.announcer import Change
from bot.delivery.discord_api.sender import DiscordSender
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.shared_cards import SharedCardUpdater
from bot.layouts.posts import Renderer
from bot.models import Article
from bot.store.shared_cards import MessageRef, SharedCards
from tests.cogs.guild_world import NOW, GuildWorld
from tests.cogs.moderation import labels, menu, open_server, press_share, shown


async def share(members: GuildWorld, channel: simcord.ChannelHandle | None = None) -> simcord.InteractionResult:
    """A member opens the first article and shares it."""
    opened = await members.member.slash(channel or members.channel, "article", title="1")
    return await press_share(members.member, opened)


async def first(services: Services) -> Article:
    article = await services.articles.get(1)
    assert article is not None
    return article


async def correct(services: Services, article: Article, title: str) -> None:
    async with services.database.transaction() as tx:
        await tx.execute("UPDATE articles SET title = ? WHERE id = ?", (title, article.id))
        await services.cards.changed(tx, article.id, NOW)


async def withdraw(services: Services, article: Article) -> None:
    async with services.database.transaction() as tx:
        await services.articles.withdraw(tx, article.id, NOW)
        await services.cards.changed(tx, article.id, NOW)


async def keep(services: Services, bot: HeraldBot) -> None:
    """Performs the due steps of cards."""
    limiter = RateLimiter(1_000.0, invalid_budget=1_000, clock=lambda: NOW)
    sender = DiscordSender(
        lambda: bot, Renderer(services.settings, lambda: NOW), limiter, clock=lambda: NOW, timeout_seconds=30.0
    )
    updater = SharedCardUpdater(services.database, sender, delete=False, rng=Random(1))
    while works := await updater.cards.due(NOW, 1, ()):
        await updater.update(works[0], lambda: NOW)


async def test_a_shared_card_is_corrected_and_keeps_who_shared_it(members: GuildWorld) -> None:
    article = await first(members.services)
    await share(members)
    await correct(members.services, article, "A title put right")

    await keep(members.services, members.bot)

    said = shown(members.channel.last_message)
    assert said.startswith(f"📣 {members.member.mention} shared this article.")
    assert "A title put right" in said
    assert article.title not in said
    assert "Read article" in labels(members.channel.last_message)


async def test_a_shared_card_is_withdrawn_with_its_article(members: GuildWorld) -> None:
    """No word, link or picture of it remains, and the message's row is deleted."""
    article = await first(members.services)
    await share(members)
    await withdraw(members.services, article)

    await keep(members.services, members.bot)

    message = members.channel.last_message
    assert "has withdrawn this article" in shown(message)
    assert article.title not in str([part.to_dict() for part in message.components] if message else "")
    assert labels(message) == {}
    assert await members.services.cards.visible(article.id) == 0


async def test_the_first_public_message_names_no_article(members: GuildWorld) -> None:
    """The card comes with the second request, after the message was recorded."""
    article = await first(members.services)
    await share(members)

    sent = [one for one in members.env.http_requests if one.path.endswith("/callback") and one.json]
    assert article.title not in str(sent[-1].json)
    assert "article is on its way" in str(sent[-1].json)
    (card,) = await _all(members.services)
    message = members.channel.last_message
    assert message is not None
    assert card == MessageRef(members.guild.id, members.channel.id, message.id, "en")


async def see(members: GuildWorld, *, view_channel: bool) -> None:
    """Somebody changes what the bot may see of the channel."""
    cached = members.bot.get_channel(members.channel.id)
    assert isinstance(cached, discord.TextChannel)
    await cached.edit(overwrites={cached.guild.me: discord.PermissionOverwrite(view_channel=view_channel)})
    await members.env.settle()


async def _all(services: Services) -> list[MessageRef]:
    rows = await services.database.all("SELECT * FROM shared_cards")
    return [MessageRef(row["guild_id"], row["channel_id"], row["message_id"], row["language"]) for row in rows]


async def test_a_card_whose_article_is_withdrawn_during_sharing_never_appears(
    members: GuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = await first(members.services)
    begin = SharedCards.reserve

    async def late(self: SharedCards, *arguments: Any) -> int | None:
        await withdraw(members.services, article)
        return await begin(self, *arguments)

    monkeypatch.setattr(SharedCards, "reserve", late)
    await share(members)

    assert "no longer available" in shown(members.channel.last_message)
    assert await _all(members.services) == []


async def test_nothing_is_shared_where_it_could_not_be_withdrawn(members: GuildWorld) -> None:
    """An answer reaches a channel the bot cannot see; a withdrawal would not."""
    me = members.guild.me
    assert me is not None
    unseen = members.guild.create_text_channel(
        "hidden", overwrites={me: discord.PermissionOverwrite(view_channel=False)}
    )

    shared = await share(members, unseen)

    assert shared.ephemeral
    assert "View Channel" in shown(shared.response)
    assert await _all(members.services) == []


async def test_a_shared_card_in_a_channel_closed_later_is_reported(members: GuildWorld) -> None:
    """The report links to the message, because the bot cannot change it."""
    article = await first(members.services)
    await share(members)
    await see(members, view_channel=False)
    await withdraw(members.services, article)

    await keep(members.services, members.bot)

    (incident,) = await members.services.incidents.open(guild_id=members.guild.id)
    assert (incident.kind, incident.detail) == ("shared", "view_channel")
    assert len(await members.services.cards.unreachable(guild_id=members.guild.id)) == 1


async def test_a_test_follows_its_article_too(settings: Settings) -> None:
    async with open_server(settings) as server:
        (article,) = await server.services.articles.latest(limit=1)
        opened = await server.moderator.slash(server.channel, "announcements setup")
        assert opened.response is not None
        page = opened.response
        await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:guide_channel"))
        await server.moderator.click(page, label="Send a test")
        await correct(server.services, article, "A title put right")
        await keep(server.services, server.bot)
        said = shown(server.channel.last_message)
        assert said.startswith(f"-# Test, requested by {server.moderator.mention}")
        assert "A title put right" in said

        await withdraw(server.services, article)
        await keep(server.services, server.bot)
        assert "has withdrawn this article" in shown(server.channel.last_message)
        assert await server.services.cards.visible(article.id) == 0


async def test_a_test_in_a_forum_names_its_article_nowhere_but_on_the_card(settings: Settings) -> None:
    """The thread's title would stay visible after a withdrawal."""
    async with open_server(settings) as server:
        (article,) = await server.services.articles.latest(limit=1)
        forum = server.guild.create_forum_channel("talk")
        opened = await server.moderator.slash(server.channel, "announcements setup")
        assert opened.response is not None
        page = opened.response
        await server.moderator.select(page, [forum], custom_id=menu(page, "announcements:guide_channel"))
        await server.moderator.click(page, label="Send a test")
        await withdraw(server.services, article)
        await keep(server.services, server.bot)

        (thread,) = forum.threads
        assert article.title not in str(thread.name)
        assert "has withdrawn this article" in shown(thread.last_message)
        assert article.title not in shown(thread.last_message)


async def test_a_deleted_test_post_is_forgotten(settings: Settings) -> None:
    async with open_server(settings) as server:
        opened = await server.moderator.slash(server.channel, "announcements setup")
        assert opened.response is not None
        page = opened.response
        await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:guide_channel"))
        result = await server.moderator.click(page, label="Send a test")
        assert result.response is not None
        assert len(await _all(server.services)) == 1

        await server.moderator.click(result.response, label="Delete the test")
        assert await _all(server.services) == []


async def test_status_links_to_cards_that_cannot_be_changed(settings: Settings) -> None:
    async with open_server(settings) as server:
        article = await first(server.services)
        card = await server.services.cards.reserve(1, MessageRef(server.guild.id, 70, 700, "en"), NOW)
        assert card is not None
        await server.services.cards.confirm(card, article, NOW)
        await withdraw(server.services, article)
        (work,) = await server.services.cards.due(NOW, 1)
        async with server.services.database.transaction() as tx:
            await server.services.cards.save(tx, replace(work.card, blocked_reason="view_channel"), NOW)

        status = await server.moderator.slash(server.channel, "announcements status")

        said = shown(status.response)
        assert "One message still shows an article" in said
        assert f"https://discord.com/channels/{server.guild.id}/70/700" in said
        assert "I do not have the permission **View Channel**" in said


async def test_cards_are_retried_when_the_bot_regains_permission(members: GuildWorld) -> None:
    announcer: Any = members.services.announcer

    await see(members, view_channel=True)

    assert announcer.followed[Change.CARDS] == [members.guild.id]


async def test_what_a_member_shares_in_private_is_for_that_member_alone(members: GuildWorld) -> None:
    """Discord deletes it by itself, so no private channel is recorded."""
    user = members.env.create_user("bea")
    opened = await user.slash("article", title="1")

    shared = await press_share(user, opened)

    assert shared.ephemeral
    assert (await first(members.services)).title in shown(shared.response)
    assert await _all(members.services) == []


async def test_an_article_is_shared_once_a_day_in_a_channel(members: GuildWorld) -> None:
    """Fifteen presses make one post; the answers link it."""
    opened = await members.member.slash(members.channel, "article", title="The Sewing Room")
    others = [members.guild.add_member(members.env.create_user(f"member-{number}")) for number in range(4)]
    await press_share(members.member, opened)
    before = len(members.channel.history())
    for other in others:
        again = await other.slash(members.channel, "article", title="The Sewing Room")
        refused = await press_share(other, again)
        assert "already shared here: https://discord.com/channels/" in shown(refused.response)

    assert len(members.channel.history()) == before


async def test_a_member_waits_between_two_shares(members: GuildWorld) -> None:
    for title in ("The Sewing Room", "The River in Both Directions"):
        opened = await members.member.slash(members.channel, "article", title=title)
        result = await press_share(members.member, opened)

    assert "Please try again in" in shown(result.response)
    assert len([one for one in members.channel.history() if "Sewing" in shown(one)]) == 1


async def test_nothing_is_shared_in_a_locked_thread(members: GuildWorld) -> None:
    """Members cannot write there, so nothing is posted in their name."""
    backend = members.env.backend
    thread = backend.create_thread(members.channel.id, "quiet", members.member.id)
    await members.env.settle()
    place = next(one for one in members.channel.threads if one.id == thread.id)
    opened = await members.member.slash(place, "article", title="1")
    backend.edit_channel(thread.id, {}, thread_metadata={"locked": True})
    await members.env.settle()
    before = len(place.history())

    refused = await press_share(members.member, opened)

    assert refused.ephemeral
    assert "This thread is locked" in shown(refused.response)
    assert len(place.history()) == before
    assert await _all(members.services) == []
