"""Every refusal that somebody can lift has a button that checks again, and keeps what was chosen."""

import discord

from bot.config.settings import Settings
from tests.cogs.guild_world import message_of
from tests.cogs.moderation import labels, open_server, shown

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
