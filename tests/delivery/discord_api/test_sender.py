from dataclasses import replace
from typing import Any, cast

import discord
import pytest

from bot.delivery.discord_api.responses import Response
from bot.delivery.discord_api.rest import Call
from bot.delivery.ports import Done, MessageDeleted, NotPosted, PermissionMissing, Step, StepResult, Unverifiable
from bot.models import ChannelKind, SubscriptionOptions
from bot.store.deliveries import FollowUp
from tests.delivery.discord_api.sender_world import open_sender_world, post
from tests.delivery.samples import ARTICLE


async def test_a_post_pings_nobody_and_is_found_again() -> None:
    async with open_sender_world() as world:
        channel = world.guild.create_text_channel("news")
        work = world.work(channel.id)
        assert await world.sender.perform(Step.VERIFY, work, None) == NotPosted()

        message_id = await post(world, work)

        raw = await world.client.http.get_message(channel.id, message_id)
        assert raw["mention_everyone"] is False
        assert await world.sender.perform(Step.VERIFY, work, None) == Done(message_id)
        other = replace(work, delivery=replace(work.delivery, nonce="another", component_id=2_000_000_000))
        elsewhere = replace(other, articles=())
        assert await world.sender.perform(Step.VERIFY, elsewhere, None) == NotPosted()


async def test_a_forum_post_has_the_articles_title_and_is_found_again() -> None:
    async with open_sender_world() as world:
        forum = world.guild.create_forum_channel("stories")
        work = world.work(forum.id, ChannelKind.FORUM)

        message_id = await post(world, work)

        thread = world.client.get_channel(message_id)
        assert isinstance(thread, discord.Thread)
        assert thread.name == ARTICLE.title
        assert await world.sender.perform(Step.VERIFY, work, None) == Done(message_id)


async def test_a_thread_is_opened_once_and_renamed_with_a_withdrawal() -> None:
    """A thread's name may name people too."""
    async with open_sender_world() as world:
        channel = world.guild.create_text_channel("news")
        message_id = await post(world, world.work(channel.id))
        work = world.work(channel.id, message_id=message_id)
        assert isinstance(await world.sender.perform(Step.OPEN_THREAD, work, None), Done)
        assert isinstance(await world.sender.perform(Step.OPEN_THREAD, work, None), Done)

        done = replace(work, delivery=replace(work.delivery, thread=FollowUp.DONE), articles=())
        assert isinstance(await world.sender.perform(Step.REPLACE, done, None), Done)
        assert isinstance(await world.sender.perform(Step.HIDE_NAME, done, None), Done)

        thread = world.client.get_channel(message_id)
        assert isinstance(thread, discord.Thread)
        assert thread.name == "Withdrawn"
        raw = await world.client.http.get_message(channel.id, message_id)
        assert ARTICLE.title not in str(raw)


async def test_a_deleted_message_is_reported_as_deleted() -> None:
    async with open_sender_world() as world:
        channel = world.guild.create_text_channel("news")
        message_id = await post(world, world.work(channel.id))
        work = world.work(channel.id, message_id=message_id)
        assert await world.sender.perform(Step.DELETE, work, None) == Done()

        assert await world.sender.perform(Step.EDIT, work, None) == MessageDeleted()
        assert await world.sender.perform(Step.DELETE, work, None) == MessageDeleted()


async def test_publishing_twice_is_no_error() -> None:
    async with open_sender_world() as world:
        channel = world.guild.create_news_channel("announcements")
        message_id = await post(world, world.work(channel.id, ChannelKind.ANNOUNCEMENT))
        work = world.work(channel.id, ChannelKind.ANNOUNCEMENT, message_id)

        assert isinstance(await world.sender.perform(Step.PUBLISH, work, None), Done)
        assert isinstance(await world.sender.perform(Step.PUBLISH, work, None), Done)


async def test_what_the_cache_knows_to_be_missing_is_named() -> None:
    async with open_sender_world() as world:
        closed = world.guild.create_text_channel("closed")
        await world.env.settle()
        channel = world.client.get_channel(closed.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.set_permissions(channel.guild.default_role, send_messages=False, read_message_history=False)
        work = world.work(closed.id)

        assert world.sender.preflight_problem(work.subscription) == "send_messages"
        assert world.sender.preflight_problem(replace(work.subscription, channel_id=1)) == "channel_gone"
        assert world.sender.preflight_problem(replace(work.subscription, guild_id=1)) == "guild_left"
        assert await world.sender.perform(Step.VERIFY, work, None) == Unverifiable("read_message_history")


async def test_a_mention_is_posted_as_text_and_becomes_the_card() -> None:
    """A push notification shows the words of plain text, and nothing of a card; both are found again."""
    async with open_sender_world() as world:
        channel = world.guild.create_text_channel("news")
        role = world.guild.create_role("Readers", mentionable=True)
        work = world.work(channel.id)
        work = replace(
            work,
            subscription=replace(work.subscription, options=SubscriptionOptions(role_id=role.id)),
            delivery=replace(work.delivery, desired_hash=5, posted_hash=-5),
        )

        message_id = await post(world, work)
        raw = await world.client.http.get_message(channel.id, message_id)
        assert raw["content"] == f"<@&{role.id}> {ARTICLE.title}"
        assert raw["mention_roles"] == [str(role.id)]
        assert await world.sender.perform(Step.VERIFY, work, None) == Done(message_id)

        posted = replace(work, delivery=replace(work.delivery, message_id=message_id))
        assert isinstance(await world.sender.perform(Step.EDIT, posted, None), Done)
        raw = await world.client.http.get_message(channel.id, message_id)
        assert raw["content"] == ""
        assert int(raw.get("flags", 0)) & discord.MessageFlags(components_v2=True).value
        assert await world.sender.perform(Step.VERIFY, posted, None) == Done(message_id)
        # Repeating the edit, as after a crash, changes nothing.
        assert isinstance(await world.sender.perform(Step.EDIT, posted, None), Done)


async def test_a_role_that_was_deleted_is_not_mentioned() -> None:
    async with open_sender_world() as world:
        channel = world.guild.create_text_channel("news")
        work = world.work(channel.id)
        options = SubscriptionOptions(role_id=channel.id)  # no role has that id
        work = replace(work, subscription=replace(work.subscription, options=options))

        message_id = await post(world, work)

        raw = await world.client.http.get_message(channel.id, message_id)
        assert str(channel.id) not in str(raw.get("components"))


async def test_a_silent_post_notifies_nobody() -> None:
    async with open_sender_world() as world:
        channel = world.guild.create_text_channel("news")
        work = world.work(channel.id)
        work = replace(work, subscription=replace(work.subscription, options=SubscriptionOptions(silent=True)))

        message_id = await post(world, work)

        raw = await world.client.http.get_message(channel.id, message_id)
        assert int(raw.get("flags", 0)) & discord.MessageFlags(suppress_notifications=True).value


class ThreadTransport:
    """Answers requests about a thread, which holds these messages."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages, self.deleted = messages, list[int]()

    async def call(self, call: Call) -> Response:
        if call.method == "DELETE":
            self.deleted.append(call.ids["message_id"])
        return Response(200, list(self.messages) if call.method == "GET" else {})


@pytest.mark.parametrize(
    ("messages", "result"),
    [
        ([{"type": 4, "content": "Withdrawn"}, {"type": 0, "content": "a member's reply"}], Done()),
        ([{"type": 4, "content": "A corrected title"}], PermissionMissing("former_names")),
    ],
)
async def test_a_former_name_that_discord_keeps_in_the_thread_of_a_withdrawn_article_is_reported(
    messages: list[dict[str, Any]], result: StepResult
) -> None:
    async with open_sender_world() as world:
        work = world.work(70, ChannelKind.FORUM, message_id=9)
        world.sender._transport = cast("Any", ThreadTransport(*messages))  # pyright: ignore[reportPrivateUsage]
        answer = await world.sender.perform(Step.HIDE_NAME, work, None)
        world.sender._transport = None  # pyright: ignore[reportPrivateUsage]

    assert answer == result


async def test_the_message_that_a_thread_was_opened_is_deleted_with_its_title() -> None:
    async with open_sender_world() as world:
        work = world.work(70, message_id=9)
        work = replace(work, delivery=replace(work.delivery, thread=FollowUp.DONE))
        transport = ThreadTransport(
            {"id": "10", "type": 18, "content": ARTICLE.title, "message_reference": {"channel_id": "9"}},
            {"id": "11", "type": 18, "content": "A thread of a member", "message_reference": {"channel_id": "8"}},
            {"id": "12", "type": 0, "content": "A reply", "message_reference": {"channel_id": "9"}},
        )
        world.sender._transport = cast("Any", transport)  # pyright: ignore[reportPrivateUsage]
        answer = await world.sender.perform(Step.HIDE_NAME, work, None)
        world.sender._transport = None  # pyright: ignore[reportPrivateUsage]

    assert answer == Done()
    assert transport.deleted == [10]
