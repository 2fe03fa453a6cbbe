"""`/follow`, the panel and *Notify me*: what members choose, and what is checked at every press."""

import discord
import pytest
import simcord

from bot.config.settings import Settings
from bot.layouts.topic_roles import CHOOSE, OPEN
from tests.cogs.moderation import Server, components, menu, open_server, shown


async def with_roles(server: Server, *topics: str) -> dict[str, simcord.RoleHandle]:
    """A server in which these topics have roles."""
    await server.permit_bot(manage_roles=True)
    roles = {topic: server.plain_role(topic.title()) for topic in topics}
    for topic, role in roles.items():
        await server.services.topic_roles.assign(server.guild.id, topic, role.id)
    return roles


async def followed(server: Server, **options: object) -> simcord.ResponseMessage:
    """The member's menu."""
    result = await server.member.slash(server.channel, "follow", **options)
    assert result.ephemeral
    assert result.response is not None
    return result.response


def chosen(page: simcord.ResponseMessage) -> set[str]:
    """The topics that the menu shows as chosen."""
    options = [option for part in components(page) for option in part.get("options", [])]
    return {option["value"] for option in options if option.get("default")}


def role_ids(server: Server) -> set[int]:
    """The roles the member has on Discord."""
    return set(server.env.backend.get_member(server.guild.id, server.member.id).role_ids)


async def choose(server: Server, page: simcord.ResponseMessage, *topics: str) -> None:
    await server.member.select(page, list(topics), custom_id=menu(page, CHOOSE))


async def test_a_choice_adds_and_removes_roles_and_reports_the_change(settings: Settings) -> None:
    async with open_server(settings) as server:
        roles = await with_roles(server, "women", "history", "markets")
        page = await followed(server)
        assert chosen(page) == set()

        await choose(server, page, "women", "history")
        assert role_ids(server) >= {roles["women"].id, roles["history"].id}
        assert "You will be notified about: " in shown(page)
        assert chosen(page) == {"women", "history"}

        await choose(server, page, "history", "markets")
        assert roles["women"].id not in role_ids(server)
        assert role_ids(server) >= {roles["history"].id, roles["markets"].id}
        assert "No longer: " in shown(page)


async def test_the_menu_shows_the_members_current_topics(settings: Settings) -> None:
    async with open_server(settings) as server:
        roles = await with_roles(server, "women", "history")
        server.env.backend.add_member_role(server.guild.id, server.member.id, roles["women"].id)

        assert chosen(await followed(server)) == {"women"}


async def test_roles_that_are_no_topic_roles_are_never_touched(settings: Settings) -> None:
    async with open_server(settings) as server:
        await with_roles(server, "women")
        other = server.plain_role("Helper")
        server.env.backend.add_member_role(server.guild.id, server.member.id, other.id)
        page = await followed(server)

        await choose(server, page, "women")
        await choose(server, page)

        assert other.id in role_ids(server)


async def test_a_server_without_topic_roles_says_so(settings: Settings) -> None:
    async with open_server(settings) as server:
        assert "no topic roles yet" in shown(await followed(server))


@pytest.mark.parametrize("change", ["permissions", "moved", "deleted", "bot"])
async def test_a_role_that_became_unsafe_is_not_given(settings: Settings, change: str) -> None:
    """The menu was open before; what counts is how the role is when it is pressed."""
    async with open_server(settings) as server:
        roles = await with_roles(server, "women", "history")
        page = await followed(server)
        me = server.guild.me
        assert me is not None
        backend, guild, role = server.env.backend, server.guild.id, roles["women"]
        if change == "permissions":
            backend.edit_role(guild, role.id, {"permissions": discord.Permissions(kick_members=True).value})
        elif change == "moved":
            backend.edit_role(guild, role.id, {"position": me.top_role.position + 1})
        elif change == "deleted":
            backend.delete_role(guild, role.id)
        else:
            await server.permit_bot()
        await server.env.settle()

        await choose(server, page, "women")

        assert role.id not in role_ids(server)
        assert not server.env.errors


async def test_what_discord_refuses_is_named(settings: Settings) -> None:
    async with open_server(settings) as server:
        await with_roles(server, "women")
        page = await followed(server)
        server.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=403)

        await choose(server, page, "women")

        assert "Discord refused Women" in shown(page)
        assert chosen(page) == set()


async def test_the_panel_opens_a_private_menu_for_each_member(settings: Settings) -> None:
    async with open_server(settings) as server:
        await with_roles(server, "women")
        page = await server.moderator.slash(server.channel, "announcements roles")
        assert page.response is not None
        await server.moderator.select(
            page.response, [server.channel], custom_id=menu(page.response, "announcements:roles_panel")
        )
        panel = server.channel.last_message
        assert panel is not None

        opened = await server.member.click(panel, custom_id=OPEN)

        assert opened.ephemeral
        assert opened.response is not None
        await choose(server, opened.response, "women")
        assert "You will be notified about: Women" in shown(opened.response)


async def test_nothing_about_members_is_stored(settings: Settings) -> None:
    async with open_server(settings) as server:
        await with_roles(server, "women")
        await choose(server, await followed(server), "women")

        tables = await server.services.database.all("SELECT name FROM sqlite_master WHERE type = 'table'")
        for table in tables:
            rows = await server.services.database.all(f'SELECT * FROM "{table["name"]}"')  # noqa: S608 - our tables
            assert all(server.member.id not in tuple(row) for row in rows), table["name"]


@pytest.mark.usefixtures("korean")
async def test_the_menu_is_in_the_members_language(settings: Settings) -> None:
    async with open_server(settings) as server:
        await with_roles(server, "women")
        result = await server.member.slash(server.channel, "follow")
        assert "어떤 소식을 받고 싶으세요?" in shown(result.response)
