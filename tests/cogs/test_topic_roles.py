"""`/follow`, the panel and *Notify me*: what members choose, and what is checked at every press."""

import asyncio
from collections.abc import Callable
from typing import Any

import discord
import pytest
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.config.settings import Settings
from bot.delivery.planning.topic_roles import role_problem
from bot.interactions.role_facts import role_facts
from bot.layouts.topic_roles import CHOOSE, OPEN
from bot.models import Topic
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


def allow_in_channel(server: Server, role: simcord.RoleHandle) -> None:
    """What everybody may do there too; yet it overrides what another role, such as a mute, denies."""
    overwrite = Overwrite(role.id, OverwriteType.ROLE, allow=discord.Permissions(send_messages=True).value)
    server.env.backend.set_overwrite(server.channel.id, overwrite)


def deny_in_category(server: Server, role: simcord.RoleHandle) -> None:
    category = server.guild.create_category("Archive")
    overwrite = Overwrite(role.id, OverwriteType.ROLE, deny=discord.Permissions(add_reactions=True).value)
    server.env.backend.set_overwrite(category.id, overwrite)


def take_from_everyone(server: Server, role: simcord.RoleHandle) -> None:
    """The role has a permission that everybody had until now."""
    send = discord.Permissions(send_messages=True).value
    server.env.backend.edit_role(server.guild.id, role.id, {"permissions": send})
    everyone = server.guild.default_role
    rest = server.env.backend.get_role(server.guild.id, everyone.id).permissions & ~send
    server.env.backend.edit_role(server.guild.id, everyone.id, {"permissions": rest})


def lower_the_bot(server: Server, role: simcord.RoleHandle) -> None:
    me = server.guild.me
    assert me is not None
    server.env.backend.edit_role(server.guild.id, role.id, {"position": 5})
    server.env.backend.edit_role(server.guild.id, me.top_role.id, {"position": 4})


def grant(server: Server, role: simcord.RoleHandle) -> None:
    bits = discord.Permissions(manage_messages=True).value
    server.env.backend.edit_role(server.guild.id, role.id, {"permissions": bits})


def delete(server: Server, role: simcord.RoleHandle) -> None:
    server.env.backend.delete_role(server.guild.id, role.id)


CHANGES = (allow_in_channel, deny_in_category, take_from_everyone, lower_the_bot, grant, delete)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("held", [False, True])
async def test_a_role_that_became_unsafe_is_neither_given_nor_taken(
    settings: Settings,
    change: Callable[[Server, simcord.RoleHandle], None],
    held: bool,  # noqa: FBT001 - a case
) -> None:
    """To be rid of a role that denies something would be as harmful as to get one that allows something."""
    async with open_server(settings) as server:
        roles = await with_roles(server, "women", "history")
        if held:
            server.env.backend.add_member_role(server.guild.id, server.member.id, roles["women"].id)
        page = await followed(server)
        change(server, roles["women"])
        await server.env.settle()
        requests = len(server.env.http_requests)

        await choose(server, page, *(["history"] if held else ["women", "history"]))

        changed = [one.path for one in server.env.http_requests[requests:] if one.method in ("PUT", "DELETE")]
        assert not any(path.endswith(str(roles["women"].id)) for path in changed)
        assert change is lower_the_bot or roles["history"].id in role_ids(server)


@pytest.mark.parametrize("change", [grant, delete, allow_in_channel])
async def test_a_role_that_becomes_unsafe_while_another_is_given_is_not_given(
    settings: Settings, change: Callable[[Server, simcord.RoleHandle], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(settings) as server:
        roles = await with_roles(server, "women", "history")
        page = await followed(server)
        order = [topic.key for topic in settings.topics if topic.key in roles]
        add_roles, guild = discord.Member.add_roles, server.bot.get_guild(server.guild.id)
        cached = guild.get_role(roles[order[1]].id) if guild else None

        async def add_then_change(member: discord.Member, *given: discord.abc.Snowflake, **options: Any) -> None:
            await add_roles(member, *given, **options)
            change(server, roles[order[1]])
            while role_problem(role_facts(cached, ())) is None:  # noqa: ASYNC110 - until the bot's cache knows
                await asyncio.sleep(0)

        monkeypatch.setattr(discord.Member, "add_roles", add_then_change)
        await choose(server, page, "women", "history")

        assert roles[order[0]].id in role_ids(server)
        assert roles[order[1]].id not in role_ids(server)
        assert "I could not change everything" in shown(page)


async def test_a_role_that_integrations_let_use_moderators_commands_is_no_topic_role(settings: Settings) -> None:
    """Otherwise members could make themselves moderators of the bot."""
    async with open_server(settings) as server:
        roles = await with_roles(server, "women", "history")
        page = await followed(server)
        synced = next(one for one in await server.bot.tree.fetch_commands() if one.name == "settings")
        server.guild.set_command_permissions(synced, {roles["women"]: True})

        await choose(server, page, "women", "history")

        assert role_ids(server) & {role.id for role in roles.values()} == {roles["history"].id}
        offered = await server.moderator.slash(server.channel, "announcements roles")
        assert "Integrations names it for commands of mine" in shown(offered.response)


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


async def test_topics_beyond_four_menus_are_on_further_pages(settings: Settings) -> None:
    names = [f"topic-{number}" for number in range(1, 104)]
    many = tuple(Topic(name, name, "", (name,)) for name in names)
    async with open_server(settings.model_copy(update={"topics": many})) as server:
        roles = await with_roles(server, *names)
        page = await followed(server)
        assert "This page has topics 1 to 100 of 103." in shown(page)

        await server.member.click(page, label="Next page")
        assert "This page has topics 101 to 103 of 103." in shown(page)
        await choose(server, page, "topic-102")

        assert roles["topic-102"].id in role_ids(server)
        assert chosen(page) == {"topic-102"}  # the same page again
        await server.member.click(page, label="Previous page")
        assert "This page has topics 1 to 100 of 103." in shown(page)
        assert chosen(page) == set()
