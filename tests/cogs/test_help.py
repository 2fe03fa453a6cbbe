import discord
import pytest

from tests.cogs.guild_world import GuildWorld, message_of
from tests.cogs.moderation import components, labels, shown


async def test_help_names_what_a_member_may_use(members: GuildWorld) -> None:
    """Members see no moderators' commands; moderators find theirs on a second page, as commands to tap."""
    managers = members.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    moderator = members.guild.add_member(members.env.create_user("mod"), roles=[managers])

    for_member = shown((await members.member.slash(members.channel, "help")).response)
    opened = await moderator.slash(members.channel, "help")
    await moderator.click(message_of(opened), label="For moderators")
    second = shown(opened.response)
    await moderator.click(message_of(opened), label="For everyone")

    assert "</search:" in for_member
    assert "**Find related articles**" in for_member
    assert "For moderators" not in for_member
    assert "</settings:" in second
    assert "</announcements setup:" in second
    assert "</search:" not in second
    assert shown(opened.response) == for_member


async def test_each_page_of_the_help_fits_on_a_phone(members: GuildWorld) -> None:
    """Two short pages: no list of commands is longer than twenty lines."""
    managers = members.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    moderator = members.guild.add_member(members.env.create_user("mod"), roles=[managers])
    page = await moderator.slash(members.channel, "help")
    for label in ("For moderators", "For everyone"):
        assert len(shown(page.response).splitlines()) <= 20
        await moderator.click(message_of(page), label=label)


@pytest.mark.usefixtures("korean")
async def test_help_is_in_the_members_language(members: GuildWorld) -> None:
    words = shown((await members.member.slash(members.channel, "help")).response)

    assert "질문에 답이 되는 대목과 함께 글을 찾아요" in words
    assert "**관련 글 찾기**" in words


async def test_about_says_what_is_kept_and_where_the_source_is(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "about")

    assert result.ephemeral
    assert "What it stores" in shown(result.response)
    assert list(labels(result.response)) == ["Source code", "Privacy"]


async def test_act_offers_what_is_in_season(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "act")

    buttons = [part for part in components(result.response) if part.get("type") == 2]
    assert buttons[0]["label"] == "Donate"
    assert buttons[0]["url"] == "https://libertyinnorthkorea.org/donate?utm_source=discord&utm_medium=herald"


async def test_one_action_by_its_name(members: GuildWorld) -> None:
    choices = await members.member.autocomplete(members.channel, "act", "action", "pledge")
    result = await members.member.slash(members.channel, "act", action=choices[0]["value"])

    assert list(labels(result.response)) == ["Sign the Allies pledge"]


async def test_an_unknown_action_is_named(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "act", action="[fly](https://a.example)")

    assert "There is no action called “\\[fly\\](https\\://a.example)”" in shown(result.response)
