"""`/announcements follow`: Discord delivers the organisation's own posts; Herald keeps in step with the webhook."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest
import simcord

from bot.config.settings import Settings
from bot.store.followed_channels import FollowedChannel, FollowedChannels
from tests.cogs.guild_world import NOW, message_of
from tests.cogs.moderation import Server, labels, open_server, shown

WEBHOOKS = {"view_channel": True, "send_messages": True, "manage_webhooks": True, "manage_guild": True}
SOURCE = 900_000_000_000_000_001


@asynccontextmanager
async def organisation(settings: Settings) -> AsyncIterator[tuple[Server, simcord.ChannelHandle]]:
    """A server, and the announcement channel of the organisation's own server that the operator configured."""
    discord_settings = settings.discord.model_copy(update={"announcement_channel": SOURCE})
    async with open_server(settings.model_copy(update={"discord": discord_settings})) as server:
        home = server.env.create_guild("Organisation")
        source = home.create_news_channel("news")
        placed = discord_settings.model_copy(update={"announcement_channel": source.id})
        object.__setattr__(server.services.settings, "discord", placed)
        await server.permit_bot(**WEBHOOKS)
        wanted = discord.Permissions(**WEBHOOKS, manage_roles=True).value
        server.env.backend.edit_role(server.guild.id, server.managers_id, {"permissions": wanted})
        await server.env.settle()
        yield server, source


async def follow(server: Server) -> simcord.InteractionResult:
    page = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)
    await server.moderator.click(message_of(page), label="Follow")
    return page


async def stored(server: Server) -> list[FollowedChannel]:
    return await FollowedChannels(server.services.database).of_guild(server.guild.id)


async def test_a_channel_follows_after_what_is_different_was_said(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        page = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)
        question = shown(page.response)
        assert "no topics" in question
        assert "nobody is mentioned" in question
        assert "I cannot prove that they arrived" in question
        assert not server.env.backend.webhooks

        await server.moderator.click(message_of(page), label="Follow")

        (webhook,) = server.env.backend.webhooks.values()
        assert webhook.channel_id == server.channel.id
        assert [one.webhook_id for one in await stored(server)] == [webhook.id]
        assert "now follows the announcement channel" in shown(page.response)
        assert "I cannot prove that they arrived" in shown(page.response)


async def test_list_and_status_name_it_without_claiming_a_delivery(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        await follow(server)
        for command in ("announcements list", "announcements status"):
            words = shown((await server.moderator.slash(server.channel, command)).response)
            assert f"📡 {server.channel.mention} · follows" in words
            assert "cannot prove that they arrived" in words


async def test_remove_deletes_the_webhook_after_a_question(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        await follow(server)
        choices = await server.moderator.autocomplete(server.channel, "announcements remove", "channel", "")
        page = await server.moderator.slash(server.channel, "announcements remove", channel=choices[0]["value"])
        assert server.env.backend.webhooks

        await server.moderator.click(message_of(page), label="Stop following")

        assert not server.env.backend.webhooks
        assert not await stored(server)
        assert not await server.services.incidents.unreported()


async def test_a_webhook_that_somebody_deleted_is_reported_once(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        await follow(server)
        (webhook,) = server.env.backend.webhooks.values()

        server.env.backend.delete_webhook(webhook.id)
        await server.env.settle()
        await listen(server, "on_webhooks_update")
        await listen(server, "on_webhooks_update")

        assert not await stored(server)
        assert [one.kind for one in await server.services.incidents.unreported()] == ["follow_ended"]


@pytest.mark.parametrize("event", ["on_shard_ready", "on_guild_available"])
async def test_a_webhook_deleted_while_there_was_no_session_is_noticed(settings: Settings, event: str) -> None:
    async with organisation(settings) as (server, _source):
        await FollowedChannels(server.services.database).put(
            FollowedChannel(server.guild.id, server.channel.id, 12345, NOW, NOW)
        )

        await listen(server, event)

        assert not await stored(server)


async def test_a_webhook_the_bot_may_not_see_any_more_is_kept_and_not_confirmed(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        await follow(server)
        (before,) = await stored(server)
        await server.permit_bot(view_channel=True)

        await listen(server, "on_guild_available")

        assert await stored(server) == [before]


async def test_both_the_bot_and_the_person_need_manage_webhooks(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        await server.permit_bot(view_channel=True)
        refused = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)
        assert "I need **Manage Webhooks**" in shown(refused.response)
        assert list(labels(refused.response)) == ["Check again"]

        await server.permit_bot(**WEBHOOKS)
        await server.forbid_moderator("manage_webhooks")
        await server.moderator.click(message_of(refused), label="Check again")
        assert not server.env.backend.webhooks
        again = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)
        assert "You do not have **Manage Webhooks**" in shown(again.response)


async def test_the_permission_is_asked_for_again_at_the_press(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        page = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)
        await server.forbid_moderator("manage_webhooks")

        await server.moderator.click(message_of(page), label="Follow")

        assert not server.env.backend.webhooks
        assert not await stored(server)


async def test_no_channel_gets_every_article_twice(settings: Settings) -> None:
    """Neither does a channel with announcements follow, nor does one that follows get announcements."""
    async with organisation(settings) as (server, source):
        subscription = await server.subscribe(server.channel)
        refused = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)
        assert "twice" in shown(refused.response)
        await server.services.subscriptions.remove(subscription.id)
        await follow(server)

        refused = await server.moderator.slash(server.channel, "announcements add", channel=server.channel)
        assert "twice" in shown(refused.response)
        assert await server.services.subscriptions.get(server.channel.id) is None
        assert source.id != server.channel.id


async def test_following_twice_makes_one_webhook(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        await follow(server)

        again = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)

        assert list(labels(again.response)) == ["Stop following"]
        assert len(server.env.backend.webhooks) == 1


async def test_a_webhook_that_follows_already_is_adopted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody followed in Discord itself, or a crash came before the webhook was recorded."""
    async with organisation(settings) as (server, source):

        class Place:
            id = source.id

        class Existing:
            id, type, source_channel = 4242, discord.WebhookType.channel_follower, Place()

        async def webhooks(_channel: discord.TextChannel) -> list[Existing]:
            return [Existing()]

        monkeypatch.setattr(discord.TextChannel, "webhooks", webhooks)
        await follow(server)

        assert [one.webhook_id for one in await stored(server)] == [4242]
        assert not server.env.backend.webhooks


@pytest.mark.parametrize(("code", "words"), [(30007, "as many webhooks as Discord allows"), (50001, "cannot reach")])
async def test_a_refusal_of_discords_is_explained(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    async with organisation(settings) as (server, _source):

        class Answer:
            status, reason = 400, "Bad Request"

        async def refuse(*_args: object, **_kwargs: object) -> None:
            raise discord.HTTPException(Answer(), {"code": code, "message": "no"})  # type: ignore[arg-type]

        monkeypatch.setattr(discord.TextChannel, "follow", refuse)
        page = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)
        result = await server.moderator.click(message_of(page), label="Follow")

        assert words in shown(result.followups[0].message)
        assert not await stored(server)


async def test_without_a_configured_channel_the_command_says_so(settings: Settings) -> None:
    async with open_server(settings) as server:
        result = await server.moderator.slash(server.channel, "announcements follow", channel=server.channel)

        assert "is not known to me" in shown(result.response)


async def test_the_data_of_a_server_includes_what_follows_there(settings: Settings) -> None:
    async with organisation(settings) as (server, _source):
        await follow(server)
        async with server.services.database.transaction() as tx:
            await server.services.guilds.delete(tx, server.guild.id)

        assert not await stored(server)


async def listen(server: Server, event: str) -> None:
    """Runs the listener of an event to its end."""
    cog, guild = server.bot.get_cog("FollowedChannelPages"), server.bot.get_guild(server.guild.id)
    assert cog is not None
    assert guild is not None
    places = {"on_webhooks_update": guild.get_channel(server.channel.id), "on_shard_ready": guild.shard_id}
    await dict(cog.get_listeners())[event](places.get(event, guild))
