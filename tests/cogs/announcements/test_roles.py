"""`/announcements roles`: which role stands for which topic, and the panel for members."""

import discord
import pytest
import simcord

from bot.config.settings import Settings
from tests.cogs.moderation import Server, labels, menu, open_server, shown


async def opened(server: Server) -> simcord.ResponseMessage:
    """The page of topic roles."""
    result = await server.moderator.slash(server.channel, "announcements roles")
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def topic_opened(server: Server, topic: str) -> simcord.ResponseMessage:
    """The page of one topic."""
    page = await opened(server)
    await server.moderator.select(page, [topic], custom_id=menu(page, "announcements:roles_topic"))
    return page


async def offered(server: Server, role: simcord.RoleHandle) -> str:
    """What is said after a role was chosen for the topic `women`: beside the page where it is refused."""
    page = await topic_opened(server, "women")
    answer = await server.moderator.select(page, [role], custom_id=menu(page, "announcements:roles_assign"))
    return shown(answer.response or page)


async def test_missing_roles_are_created_without_permissions(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        page = await opened(server)

        await server.moderator.click(page, label=f"Create {len(settings.topics)} missing roles")

        roles = await server.services.topic_roles.of_guild(server.guild.id)
        assert set(roles) == {topic.key for topic in settings.topics}
        created = [server.env.backend.get_role(server.guild.id, role_id) for role_id in roles.values()]
        assert {role.permissions for role in created} == {0}
        assert {role.name for role in created} == {topic.name for topic in settings.topics}
        assert "roles were created" in shown(page)


@pytest.mark.parametrize("may_mention", [True, False])
async def test_created_roles_are_mentionable_only_where_the_bot_needs_it(
    settings: Settings,
    may_mention: bool,  # noqa: FBT001 - a case
) -> None:
    """Without *Mention Everyone* the bot could not mention them; with it members need not be able to."""
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True, mention_everyone=may_mention)
        page = await topic_opened(server, "women")

        await server.moderator.click(page, label="Create a role")

        roles = await server.services.topic_roles.of_guild(server.guild.id)
        role = server.env.backend.get_role(server.guild.id, roles["women"])
        assert role.mentionable is not may_mention


async def test_a_role_without_permissions_can_be_a_topic_role_until_it_is_cleared(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        role = server.plain_role("Women")

        assert f"{role.mention} now stands for" in await offered(server, role)
        assert await server.services.topic_roles.of_guild(server.guild.id) == {"women": role.id}

        page = await topic_opened(server, "women")
        await server.moderator.click(page, label="No role")
        assert await server.services.topic_roles.of_guild(server.guild.id) == {}


@pytest.mark.parametrize(
    "permission", ["manage_messages", "administrator", "kick_members", "mention_everyone", "view_audit_log"]
)
async def test_a_staff_role_is_refused(settings: Settings, permission: str) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(administrator=True)
        staff = server.plain_role("Staff", **{permission: True})

        assert "it has permissions that not everybody has" in await offered(server, staff)
        assert await server.services.topic_roles.of_guild(server.guild.id) == {}


@pytest.mark.parametrize("overwrite", [{"view_channel": True}, {"send_messages": False}, {"manage_messages": True}])
async def test_a_role_that_changes_a_channel_is_refused(settings: Settings, overwrite: dict[str, bool]) -> None:
    """Members could give themselves access, or lift their own mute."""
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        role = server.plain_role("Insiders")
        everyone = server.guild.default_role
        server.guild.create_text_channel(
            "inside",
            overwrites={
                everyone: discord.PermissionOverwrite(view_channel=False),
                role: discord.PermissionOverwrite(**overwrite),
            },
        )

        assert "it changes what its members may do" in await offered(server, role)
        assert await server.services.topic_roles.of_guild(server.guild.id) == {}


async def test_a_role_above_the_bot_or_the_person_is_refused(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        me = server.guild.me
        assert me is not None
        role = server.plain_role("Women")
        server.env.backend.edit_role(server.guild.id, role.id, {"position": me.top_role.position + 1})
        await server.env.settle()
        assert "not below my own role" in await offered(server, role)

        server.env.backend.edit_role(server.guild.id, server.managers_id, {"position": 1})
        server.env.backend.edit_role(server.guild.id, role.id, {"position": 2})
        await server.env.settle()
        assert "not below your own highest role" in await offered(server, role)
        assert await server.services.topic_roles.of_guild(server.guild.id) == {}


async def test_everyone_and_a_bots_own_role_are_refused(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        assert "everybody has it" in await offered(server, server.guild.default_role)
        managed = server.guild.create_role("Booster", managed=True)
        assert "manages it" in await offered(server, managed)


async def test_a_role_belongs_to_one_topic_only(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        role = server.plain_role("Women")
        await server.services.topic_roles.assign(server.guild.id, "history", role.id)

        assert "already" in await offered(server, role)
        assert await server.services.topic_roles.of_guild(server.guild.id) == {"history": role.id}


async def test_a_person_without_manage_roles_is_refused(settings: Settings) -> None:
    """Manage Server alone is not enough, on the command and on a page that is already open."""
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        page = await opened(server)
        await server.forbid_moderator("manage_roles")

        refused = await server.moderator.click(page, label=f"Create {len(settings.topics)} missing roles")
        assert "**Manage Roles**" in shown(refused.response)
        again = await server.moderator.slash(server.channel, "announcements roles")
        assert "**Manage Roles**" in shown(again.response)
        assert await server.services.topic_roles.of_guild(server.guild.id) == {}


async def test_a_bot_without_manage_roles_says_what_it_needs_and_checks_again(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot()
        page = await opened(server)
        assert "I need the permission **Manage Roles**" in shown(page)

        await server.permit_bot(manage_roles=True)
        await server.moderator.click(page, label="Check again")

        assert "I need the permission **Manage Roles**" not in shown(page)
        assert labels(page)[f"Create {len(settings.topics)} missing roles"]


async def test_a_new_panel_replaces_the_old_one(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        other = server.guild.create_text_channel("welcome")
        page = await opened(server)

        await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:roles_panel"))
        assert "The panel is posted" in shown(page)
        await server.moderator.select(page, [other], custom_id=menu(page, "announcements:roles_panel"))

        assert [message for message in server.channel.history() if not message.flags.ephemeral] == []
        posted = other.last_message
        assert posted is not None
        assert "What do you want to hear about?" in shown(posted)
        assert f"The panel is in {other.mention}" in shown(page)


async def test_the_panel_needs_the_persons_own_permission_to_write(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True, send_messages=True, view_channel=True)
        me = server.guild.me
        assert me is not None
        closed = server.guild.create_text_channel(
            "rules",
            overwrites={
                server.guild.default_role: discord.PermissionOverwrite(send_messages=False),
                me: discord.PermissionOverwrite(send_messages=True),
            },
        )
        page = await opened(server)

        refused = await server.moderator.select(page, [closed], custom_id=menu(page, "announcements:roles_panel"))

        assert "You may not write in" in shown(refused.response)
        assert closed.history() == []


@pytest.mark.usefixtures("korean")
async def test_the_page_is_in_the_moderators_language(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.permit_bot(manage_roles=True)
        assert "주제 역할" in shown(await opened(server))
