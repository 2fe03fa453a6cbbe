"""Every refusal that somebody can lift has a button that checks again, and keeps what was chosen."""

import discord

from bot.config.settings import Settings
from tests.cogs.guild_world import message_of
from tests.cogs.moderation import labels, menu, open_server, shown

AGAIN = "Check again"


async def test_a_missing_permission_of_the_bot_is_checked_again_with_everything_that_was_typed(
    settings: Settings,
) -> None:
    async with open_server(settings) as server:
        channel = server.closed("readers", send_messages=False)
        refused = await server.moderator.slash(
            server.channel, "announcements add", channel=channel, topics="women", thread=True
        )
        assert "❌ **Send Messages**" in shown(refused.response)
        me = server.guild.me
        assert me is not None
        server.env.backend.delete_overwrite(channel.id, me.id)
        await server.env.settle()

        await server.moderator.click(message_of(refused), label=AGAIN)
        assert labels(refused.response)["Save"]
        await server.moderator.click(message_of(refused), label="Save")

        stored = await server.services.subscriptions.get(channel.id)
        assert stored is not None
        assert stored.options.topics == ("women",)
        assert stored.options.open_thread


async def test_a_hidden_channel_is_checked_again_until_the_bot_sees_it(settings: Settings) -> None:
    async with open_server(settings) as server:
        channel = server.closed("hidden", view_channel=False)
        refused = await server.moderator.slash(server.channel, "announcements add", channel=channel)
        assert "I cannot see that channel" in shown(refused.response) or "View Channel" in shown(refused.response)
        me = server.guild.me
        assert me is not None
        server.env.backend.delete_overwrite(channel.id, me.id)
        await server.env.settle()

        await server.moderator.click(message_of(refused), label=AGAIN)

        assert labels(refused.response)["Save"]


async def test_a_missing_permission_of_the_person_is_checked_again(settings: Settings) -> None:
    async with open_server(settings) as server:
        channel = server.guild.create_text_channel(
            "staff", overwrites={server.moderator: discord.PermissionOverwrite(send_messages=False)}
        )
        await server.subscribe(channel)
        refused = await server.moderator.slash(
            server.channel, "announcements send", article="1", channel=str(channel.id)
        )
        assert "You do not have **Send Messages**" in shown(refused.response)

        server.env.backend.delete_overwrite(channel.id, server.moderator.id)
        await server.env.settle()
        await server.moderator.click(message_of(refused), label=AGAIN)

        assert "Announce it" in labels(refused.response)


async def test_status_of_a_blocked_channel_offers_to_check_again(settings: Settings) -> None:
    async with open_server(settings) as server:
        channel = server.closed("readers", send_messages=False)
        await server.subscribe(channel)

        page = await server.moderator.slash(server.channel, "announcements status", channel=str(channel.id))

        assert "❌ **Send Messages**" in shown(page.response)
        assert AGAIN in labels(page.response)
        assert "Check now" not in labels(page.response)


async def test_a_refused_log_channel_is_checked_again(settings: Settings) -> None:
    async with open_server(settings) as server:
        channel = server.closed("reports", send_messages=False)
        page = await server.moderator.slash(server.channel, "settings", log_channel=channel)
        assert "Nothing was saved" in shown(page.response)
        me = server.guild.me
        assert me is not None
        server.env.backend.delete_overwrite(channel.id, me.id)
        await server.env.settle()

        await server.moderator.click(message_of(page), label=AGAIN)

        assert "Everyone in this server can read" in shown(page.response)


async def test_somebody_without_manage_roles_can_check_again(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.forbid_moderator("manage_roles")
        page = await server.moderator.slash(server.channel, "announcements roles")
        assert list(labels(page.response)) == [AGAIN]
        server.env.backend.edit_role(server.guild.id, server.managers_id, {"permissions": (1 << 5) | (1 << 28)})
        await server.env.settle()

        await server.moderator.click(message_of(page), label=AGAIN)

        assert "Topic roles" in shown(page.response)


async def test_somebody_who_lost_the_command_goes_on_where_they_were(settings: Settings) -> None:
    """A button is pressed again, a menu's page is opened with what was chosen before."""
    async with open_server(settings) as server:
        page = (await server.moderator.slash(server.channel, "announcements setup")).response
        assert page is not None
        await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:guide_channel"))
        await server.forbid_moderator("manage_guild")
        chosen = await server.moderator.select(page, ["women"], custom_id=menu(page, "announcements:guide_topics"))
        pressed = await server.moderator.click(page, label="Save")
        assert [*labels(chosen.response), *labels(pressed.response)] == [AGAIN, AGAIN]
        server.env.backend.edit_role(server.guild.id, server.managers_id, {"permissions": 1 << 5})
        await server.env.settle()

        await server.moderator.click(message_of(chosen), label=AGAIN)
        await server.moderator.click(message_of(pressed), label=AGAIN)

        assert "✅ View Channel" in shown(chosen.response)
        assert "All set" in shown(pressed.response)


async def test_a_role_deleted_during_the_set_up_leaves_everything_else_chosen(settings: Settings) -> None:
    async with open_server(settings) as server:
        role = server.guild.create_role("Readers", mentionable=True)
        page = (await server.moderator.slash(server.channel, "announcements setup")).response
        assert page is not None
        await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:guide_channel"))
        await server.moderator.select(page, [role], custom_id=menu(page, "announcements:guide_role"))
        server.env.backend.delete_role(server.guild.id, role.id)
        await server.env.settle()
        refused = await server.moderator.click(page, label="Save")
        assert "no longer exists" in shown(refused.response)

        await server.moderator.click(message_of(refused), label=AGAIN)
        await server.moderator.click(message_of(refused), label="Save")

        (stored,) = await server.services.subscriptions.of_guild(server.guild.id)
        assert (stored.channel_id, stored.options.role_id) == (server.channel.id, None)


async def test_a_refused_topic_role_is_checked_again(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        role = server.plain_role("Women", kick_members=True)
        page = (await server.moderator.slash(server.channel, "announcements roles")).response
        assert page is not None
        await server.moderator.select(page, ["women"], custom_id=menu(page, "announcements:roles_topic"))
        refused = await server.moderator.select(page, [role], custom_id=menu(page, "announcements:roles_assign"))
        assert "cannot be a topic role" in shown(refused.response)
        server.env.backend.edit_role(server.guild.id, role.id, {"permissions": 0})
        await server.env.settle()

        await server.moderator.click(message_of(refused), label=AGAIN)

        assert f"{role.mention} now stands for" in shown(refused.response)
        assert await server.services.topic_roles.of_guild(server.guild.id) == {"women": role.id}


async def test_a_panel_that_could_not_be_posted_is_posted_on_the_second_try(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        channel = server.closed("rules", send_messages=False)
        page = (await server.moderator.slash(server.channel, "announcements roles")).response
        assert page is not None
        refused = await server.moderator.select(page, [channel], custom_id=menu(page, "announcements:roles_panel"))
        assert "I cannot post in" in shown(refused.response)
        me = server.guild.me
        assert me is not None
        server.env.backend.delete_overwrite(channel.id, me.id)
        await server.env.settle()

        await server.moderator.click(message_of(refused), label=AGAIN)

        assert "The panel is posted" in shown(refused.response)
        assert len(channel.history()) == 1


async def test_a_member_checks_again_whether_there_are_topic_roles(settings: Settings) -> None:
    async with open_server(settings) as server:
        refused = await server.member.slash(server.channel, "follow")
        assert list(labels(refused.response)) == [AGAIN]
        await server.permit_bot(manage_roles=True)
        await server.services.topic_roles.assign(server.guild.id, "women", server.plain_role("Women").id)

        await server.member.click(message_of(refused), label=AGAIN)

        assert "What do you want to hear about?" in shown(refused.response)
