"""The wizard of `/announcements setup`, as a moderator uses it."""

from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord

from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.models import Topic
from tests.cogs.moderation import Server, labels, menu, open_server, shown


async def opened(server: Server) -> simcord.ResponseMessage:
    """The guide, just opened."""
    result = await server.moderator.slash(server.channel, "announcements setup")
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def chosen(server: Server, channel: simcord.ChannelHandle) -> simcord.ResponseMessage:
    """The guide with a channel chosen."""
    page = await opened(server)
    await server.moderator.select(page, [channel], custom_id=menu(page, "announcements:guide_channel"))
    return page


async def test_the_wizard_stores_all_choices_on_save(settings: Settings) -> None:
    """Each choice is shown at once; only Save stores them, all together."""
    async with open_server(settings) as server:
        news = server.guild.create_news_channel("announcements")
        role = server.guild.create_role("Readers", mentionable=True)
        page = await opened(server)
        assert "Nothing is saved until you press **Save**" in shown(page)
        assert not labels(page)["Save"]

        await server.moderator.select(page, [news], custom_id=menu(page, "announcements:guide_channel"))
        assert "✅ View Channel\n✅ Send Messages" in shown(page)
        await server.moderator.select(page, ["women", "history"], custom_id=menu(page, "announcements:guide_topics"))
        await server.moderator.select(page, [role], custom_id=menu(page, "announcements:guide_role"))
        await server.moderator.click(page, label="Publish to followers: no")
        await server.moderator.click(page, label="Open a thread: no")
        await server.moderator.click(page, label="Language: English")
        assert "✅ Create Public Threads" in shown(page)
        assert await server.services.subscriptions.get(news.id) is None
        await server.moderator.click(page, label="Save")

        assert f"will be posted in {news.mention}" in shown(page)
        stored = await server.services.subscriptions.get(news.id)
        assert stored is not None
        assert set(stored.options.topics) == {"women", "history"}
        assert (stored.options.role_id, stored.options.publish, stored.options.open_thread) == (role.id, True, True)
        assert stored.options.language == "ko"
        assert news.history() == []


async def test_the_preview_follows_the_choices(settings: Settings) -> None:
    async with open_server(settings) as server:
        (newest,) = await server.services.articles.latest(limit=1)
        about_women = (await server.services.articles.latest("women", 1))[0]
        assert newest is not None
        assert newest.id != about_women.id

        page = await chosen(server, server.channel)
        assert newest.title in shown(page)
        await server.moderator.select(page, ["women"], custom_id=menu(page, "announcements:guide_topics"))

        assert about_women.title in shown(page)
        assert newest.title not in shown(page)


async def test_save_is_disabled_until_no_permission_is_missing(settings: Settings) -> None:
    async with open_server(settings) as server:
        closed = server.closed("closed", send_messages=False)
        page = await chosen(server, closed)
        assert "❌ **Send Messages**, to post the articles" in shown(page)
        assert "How to give me these permissions" in shown(page)
        assert not labels(page)["Save"]
        assert not labels(page)["Send a test"]

        cached = server.bot.get_channel(closed.id)
        assert isinstance(cached, discord.TextChannel)
        await cached.edit(overwrites={})
        await server.moderator.click(page, label="Check again")

        assert "✅ Send Messages" in shown(page)
        assert labels(page)["Save"]


async def test_a_forum_offers_only_the_options_a_forum_supports(settings: Settings) -> None:
    async with open_server(settings) as server:
        forum = server.guild.create_forum_channel("talk")

        page = await chosen(server, forum)

        assert "✅ Create Posts" in shown(page)
        assert not [label for label in labels(page) if "thread" in label or "Publish" in label]


async def test_the_wizard_survives_a_restart(settings: Settings) -> None:
    """All choices are part of the message itself."""
    async with open_server(settings) as server:
        page = await chosen(server, server.channel)
        await server.moderator.select(page, ["women"], custom_id=menu(page, "announcements:guide_topics"))
        await server.env.restart_bot(HeraldBot(server.services))

        await server.moderator.click(page, label="Save")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options.topics == ("women",)


async def test_a_channel_with_a_subscription_shows_its_options(settings: Settings) -> None:
    async with open_server(settings) as server:
        subscription = await server.subscribe(server.channel, topics=("women",), language="ko")

        page = await chosen(server, server.channel)
        assert "You are changing what it gets" in shown(page)
        assert "Language: 한국어" in labels(page)
        await server.moderator.click(page, label="Open a thread: no")
        await server.moderator.click(page, label="Save")

        assert "Saved for <#" in shown(page)
        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert (stored.id, stored.options.topics, stored.options.open_thread) == (subscription.id, ("women",), True)


async def test_topics_beyond_the_menu_stay_when_others_are_chosen(settings: Settings) -> None:
    """A menu of Discord has 25 options; further topics are chosen by typing."""
    more = (Topic(f"more-{number}", f"More {number}", "", (f"subject{number}",)) for number in range(30))
    many = settings.model_copy(update={"topics": (*settings.topics, *more)})
    async with open_server(many) as server:
        await server.subscribe(server.channel, topics=("women", "more-29"))
        page = await chosen(server, server.channel)
        await server.moderator.select(page, ["history"], custom_id=menu(page, "announcements:guide_topics"))
        await server.moderator.click(page, label="Save")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert set(stored.options.topics) == {"history", "more-29"}


async def test_everyone_cannot_be_chosen(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = await chosen(server, server.channel)

        result = await server.moderator.select(
            page, [server.guild.default_role], custom_id=menu(page, "announcements:guide_role")
        )

        assert "I never mention @\u200beveryone" in shown(result.response)


async def test_a_test_post_is_marked_pings_nobody_and_can_be_deleted(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)
        page = await chosen(server, server.channel)
        await server.moderator.select(page, [role], custom_id=menu(page, "announcements:guide_role"))

        result = await server.moderator.click(page, label="Send a test")

        posted = server.channel.last_message
        assert posted is not None
        (newest,) = await server.services.articles.latest(limit=1)
        assert newest.title in shown(posted)
        assert f"Test, requested by {server.moderator.mention}" in shown(posted)
        assert role.mention not in shown(posted)
        sent = next(one for one in server.env.http_requests if one.path == f"/channels/{server.channel.id}/messages")
        assert sent.json is not None
        assert sent.json["allowed_mentions"] == {"parse": []}
        assert result.response is not None
        assert posted.jump_url in shown(result.response)
        assert await server.services.subscriptions.get(server.channel.id) is None

        await server.moderator.click(result.response, label="Delete the test")
        assert "The test was deleted" in shown(result.response)
        assert [message for message in server.channel.history() if not message.flags.ephemeral] == []


async def test_a_test_in_a_forum_is_a_separate_post(settings: Settings) -> None:
    async with open_server(settings) as server:
        forum = server.guild.create_forum_channel("talk")
        page = await chosen(server, forum)

        await server.moderator.click(page, label="Send a test")

        assert [str(thread.name) for thread in forum.threads] == ["Test announcement"]


async def test_a_test_post_that_discord_refuses_is_reported(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = await chosen(server, server.channel)
        server.env.inject_error("POST", "/channels/*/messages", status=403)

        result = await server.moderator.click(page, label="Send a test")

        assert "I could not post the test" in shown(result.response)


async def test_cancel_changes_nothing(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = await chosen(server, server.channel)

        await server.moderator.click(page, label="Cancel")

        assert "Nothing was changed" in shown(page)
        assert await server.services.subscriptions.of_guild(server.guild.id) == []


async def test_controls_obey_the_servers_command_permissions_when_they_are_pressed(settings: Settings) -> None:
    """A server may give the command to others, and revoke that while their page is open."""
    async with open_server(settings) as server:
        synced = next(one for one in await server.bot.tree.fetch_commands() if one.name == "announcements")
        server.guild.set_command_permissions(synced, {server.member: True})
        result = await server.member.slash(server.channel, "announcements setup")
        assert result.response is not None
        await server.env.advance_time(timedelta(hours=1).total_seconds())

        allowed = await server.member.select(
            result.response, [server.channel], custom_id=menu(result.response, "announcements:guide_channel")
        )
        assert allowed.response is None or "Manage Server" not in shown(allowed.response)
        assert "✅ View Channel" in shown(result.response)

        server.guild.set_command_permissions(synced, {server.member: False})
        state: Any = server.bot._connection
        data: Any = {
            "id": synced.id,
            "application_id": server.bot.application_id,
            "guild_id": server.guild.id,
            "permissions": [],
        }
        event = discord.RawAppCommandPermissionsUpdateEvent(data=data, state=state)
        await server.bot.on_raw_app_command_permissions_update(event)
        refused = await server.member.click(result.response, label="Save")
        assert "permission to use `/announcements`" in shown(refused.response)
        assert await server.services.subscriptions.get(server.channel.id) is None


async def test_somebody_who_was_demoted_cannot_use_an_open_page(settings: Settings) -> None:
    async with open_server(settings) as server:
        result = await server.moderator.slash(server.channel, "announcements setup")
        assert result.response is not None
        await server.moderator.select(
            result.response, [server.channel], custom_id=menu(result.response, "announcements:guide_channel")
        )
        server.env.backend.get_guild(server.guild.id).members[server.moderator.id].role_ids.clear()
        refused = await server.moderator.click(result.response, label="Save")
        assert "permission to use `/announcements`" in shown(refused.response)
        assert await server.services.subscriptions.get(server.channel.id) is None


async def test_a_moderator_cannot_set_up_what_they_may_not_do_themselves(settings: Settings) -> None:
    """The bot may write in the channel and mention the role; the moderator may not."""
    async with open_server(settings) as server:
        mod = server.moderator
        closed = server.guild.create_text_channel(
            "staff", overwrites={mod: discord.PermissionOverwrite(send_messages=False)}
        )
        role = server.guild.create_role("Readers", mentionable=False)
        me = server.guild.me
        assert me is not None
        refused = await mod.slash(server.channel, "announcements add", channel=closed)
        assert "You do not have **Send Messages**" in shown(refused.response)
        assert await server.services.subscriptions.get(closed.id) is None

        open_channel = server.guild.create_text_channel(
            "open", overwrites={me: discord.PermissionOverwrite(mention_everyone=True)}
        )
        refused = await mod.slash(server.channel, "announcements add", channel=open_channel, role=role)
        assert "All Roles" in shown(refused.response)
        assert "yourself" in shown(refused.response)
        assert await server.services.subscriptions.get(open_channel.id) is None


@pytest.mark.usefixtures("korean")
async def test_a_korean_moderator_sees_the_wizard_in_korean(settings: Settings) -> None:
    """The page is in the moderator's language, and a Korean server's channels begin in Korean."""
    async with open_server(settings) as server:
        page = await chosen(server, server.channel)

        assert "채널에 새 글 올리기" in shown(page)
        assert "✅ 채널 보기\n✅ 메시지 보내기" in shown(page)
        assert "언어: 한국어" in labels(page)


async def test_the_servers_language_comes_first(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.services.guilds.choose(server.guild.id, "language", "ko")

        assert "Language: 한국어" in labels(await opened(server))


async def test_setting_up_a_channel_with_topic_roles_takes_eight_taps(settings: Settings) -> None:
    """From the command to a channel that mentions topic roles, and a panel from which members choose."""
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True, mention_everyone=True)
        page = await opened(server)
        await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:guide_channel"))
        await server.moderator.click(page, label="Mention topic roles: no")
        assert "No topic has a role yet" in shown(page)
        await server.moderator.click(page, label="Save")
        assert "so nobody is mentioned" in shown(page)
        assert next(iter(labels(page))) == "Topic roles"  # the next step comes first
        await server.moderator.click(page, label="Topic roles")
        assert shown(page).count("No role yet") == 1
        await server.moderator.click(page, label=f"Create {len(settings.topics)} missing roles")
        await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:roles_panel"))
        # Each menu takes two taps: 2 + 1 + 1 + 1 + 1 + 2.

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options.topic_roles
        assert "The panel is posted" in shown(page)


async def test_silent_and_mentions_exclude_each_other(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)
        page = await chosen(server, server.channel)
        await server.moderator.select(page, [role], custom_id=menu(page, "announcements:guide_role"))
        await server.moderator.click(page, label="Silent: no")
        assert role.mention not in shown(page)

        await server.moderator.click(page, label="Mention topic roles: no")
        assert labels(page)["Silent: no"]

        await server.moderator.select(page, [role], custom_id=menu(page, "announcements:guide_role"))
        assert labels(page)["Mention topic roles: no"]
        await server.moderator.click(page, label="Save")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        options = stored.options
        assert (options.role_id, options.topic_roles, options.silent) == (role.id, False, False)


async def test_the_preview_mentions_the_roles_of_the_articles_topics(settings: Settings) -> None:
    async with open_server(settings) as server:
        (newest,) = await server.services.articles.latest(limit=1)
        role = server.guild.create_role("Topic", mentionable=True)
        await server.services.topic_roles.assign(server.guild.id, newest.topics[0], role.id)
        page = await chosen(server, server.channel)

        await server.moderator.click(page, label="Mention topic roles: no")

        assert role.mention in shown(page)
        assert "Notify me" in labels(page)


async def test_a_server_without_a_log_channel_is_asked_for_one_when_a_channel_is_saved(settings: Settings) -> None:
    """The button opens the settings beside the page, and a public channel is confirmed there too."""
    async with open_server(settings) as server:
        page = await chosen(server, server.channel)
        await server.moderator.click(page, label="Save")
        assert "no log channel yet" in shown(page)

        opened_settings = await server.moderator.click(page, label="Where should I report problems?")
        assert opened_settings.ephemeral
        asked = opened_settings.response
        assert asked is not None
        await server.moderator.select(asked, [server.channel], custom_id=menu(asked, "settings:log_channel"))
        assert "Everyone in this server can read" in shown(asked)
        assert (await server.services.guilds.get(server.guild.id)).log_channel_id is None
        await server.moderator.click(asked, label="Use it anyway")

        assert (await server.services.guilds.get(server.guild.id)).log_channel_id == server.channel.id
        assert "Send a test" in labels(page)


async def test_a_server_with_a_log_channel_is_not_asked_again(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.services.guilds.choose(server.guild.id, "log_channel_id", server.closed_to_members("staff").id)
        page = await chosen(server, server.channel)
        await server.moderator.click(page, label="Save")

        assert "Where should I report problems?" not in labels(page)
        assert "no log channel yet" not in shown(page)
