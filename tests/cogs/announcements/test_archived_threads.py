"""Discord reports only active threads to the bot; an archived one is looked up where a moderator asks for it."""

import discord
import simcord

from bot.config.settings import Settings
from bot.models import ChannelKind
from bot.store.deliveries import DeliveryState
from tests.cogs.moderation import EVERYONE_MAY, Server, labels, open_server, shown

UNKNOWN = 1_000_000_000_000_000_999


async def archived_thread(server: Server, *, locked: bool = False) -> int:
    """A thread with announcements that the bot's cache does not have; its id."""
    me = server.guild.me
    assert me is not None
    thread = server.env.backend.create_thread(server.channel.id, "Talk", me.id, broadcast=False)
    assert thread.thread_metadata is not None
    thread.thread_metadata.archived, thread.thread_metadata.locked = True, locked
    await server.subscribe(server.channel, kind=ChannelKind.THREAD, channel_id=thread.id)
    return thread.id


async def command(server: Server, name: str, thread_id: int, **options: str) -> simcord.ResponseMessage:
    result = await server.moderator.slash(server.channel, f"announcements {name}", channel=str(thread_id), **options)
    assert result.response is not None
    return result.response


async def newest_id(server: Server) -> int:
    (article,) = await server.services.articles.latest(limit=1)
    return article.id


async def test_an_article_is_announced_there(settings: Settings) -> None:
    async with open_server(settings) as server:
        thread_id, article_id = await archived_thread(server), await newest_id(server)
        page = await command(server, "send", thread_id, article=str(article_id))
        await server.moderator.click(page, label="Announce it")

        (subscription,) = await server.services.subscriptions.of_guild(server.guild.id)
        reports = await server.services.deliveries.of_article(article_id, subscription.id)
        assert [report.state for report in reports] == [DeliveryState.PLANNED]


async def test_nothing_is_announced_there_by_somebody_who_may_not_write_there(settings: Settings) -> None:
    async with open_server(settings) as server:
        thread_id, article_id = await archived_thread(server), await newest_id(server)
        everyone = EVERYONE_MAY.value & ~discord.Permissions(send_messages_in_threads=True).value
        server.env.backend.edit_role(server.guild.id, server.guild.id, {"permissions": everyone})
        await server.env.settle()

        page = await command(server, "send", thread_id, article=str(article_id))

        assert "Send Messages in Threads" in shown(page)
        assert "Announce it" not in labels(page)


async def test_a_test_is_posted_there(settings: Settings) -> None:
    async with open_server(settings) as server:
        thread_id = await archived_thread(server)
        page = await command(server, "edit", thread_id)
        assert labels(page)["Send a test"]
        await server.moderator.click(page, label="Send a test")

        assert len(server.env.backend.messages[thread_id]) == 1


async def test_a_locked_one_lacks_a_permission(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(view_channel=True, use_application_commands=True)
        page = await command(server, "edit", await archived_thread(server, locked=True))

        assert "Manage Threads" in shown(page)
        assert not labels(page)["Send a test"]


async def test_a_channel_that_the_bot_cannot_see_is_refused_before_anything_is_planned(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, kind=ChannelKind.THREAD, channel_id=UNKNOWN)

        page = await command(server, "send", UNKNOWN, article=str(await newest_id(server)))

        assert "I cannot see that channel" in shown(page)
        assert "Check again" in labels(page)
