"""What the bot says first: once, in a channel that members cannot read, or to the first moderator."""

import discord
import pytest
import simcord

from bot.config.settings import Settings
from tests.cogs.moderation import Server, labels, open_server, shown

BUTTONS = ["Set a channel up", "Where should I report problems?", "한국어"]


async def invite(server: Server) -> None:
    """Discord's event after an invitation, with the channels as they are now."""
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    await listen(server, "on_guild_join", guild)


async def listen(server: Server, event: str, guild: discord.Guild) -> None:
    """Runs the listener of an event to its end."""
    cog = server.bot.get_cog("Introduction")
    assert cog is not None
    await dict(cog.get_listeners())[event](guild)


def hidden(server: Server, name: str, *others: simcord.RoleHandle | simcord.MemberActor) -> simcord.ChannelHandle:
    """A channel hidden from members, in which the bot and some others may write."""
    me = server.guild.me
    assert me is not None
    visible = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    closed = discord.PermissionOverwrite(view_channel=False)
    return server.guild.create_text_channel(
        name, overwrites={server.guild.default_role: closed, me: visible, **dict.fromkeys(others, visible)}
    )


async def test_the_introduction_is_posted_where_members_cannot_read_it(settings: Settings) -> None:
    async with open_server(settings, introduced=False) as server:
        readers = server.plain_role("Readers")
        among_readers, staff = hidden(server, "readers", readers), hidden(server, "staff")

        await invite(server)

        assert not server.channel.history()
        assert not among_readers.history()
        (message,) = staff.history()
        assert "Thank you for inviting me" in shown(message)
        assert list(labels(message)) == BUTTONS


async def test_the_community_updates_channel_comes_first_when_it_is_private(settings: Settings) -> None:
    async with open_server(settings, introduced=False) as server:
        staff, updates = hidden(server, "staff"), hidden(server, "updates", server.plain_role("Helpers"))
        server.env.backend.edit_guild(server.guild.id, {"public_updates_channel_id": updates.id})
        await server.env.settle()

        await invite(server)

        assert not staff.history()
        assert len(updates.history()) == 1


async def test_a_public_updates_channel_is_not_used(settings: Settings) -> None:
    async with open_server(settings, introduced=False) as server:
        server.env.backend.edit_guild(server.guild.id, {"public_updates_channel_id": server.channel.id})
        await server.env.settle()

        await invite(server)

        assert not server.channel.history()


async def test_a_server_is_introduced_once_even_when_the_bot_is_invited_again(settings: Settings) -> None:
    async with open_server(settings, introduced=False) as server:
        staff = hidden(server, "staff")
        await invite(server)
        async with server.services.database.transaction() as tx:
            await server.services.guilds.left(tx, server.guild.id, 1.0)
            await server.services.guilds.returned(tx, server.guild.id)

        await invite(server)
        result = await server.moderator.slash(server.channel, "announcements list")

        assert len(staff.history()) == 1
        assert not result.followups


async def test_without_a_private_channel_the_first_moderator_reads_it(settings: Settings) -> None:
    """Only whoever manages the server, only once, and nothing is posted."""
    async with open_server(settings, introduced=False) as server:
        await invite(server)
        assert not (await server.member.slash(server.channel, "help")).followups

        first = await server.moderator.slash(server.channel, "settings")
        second = await server.moderator.slash(server.channel, "settings")

        (introduction,) = first.followups
        assert introduction.ephemeral
        assert list(labels(introduction.message)) == BUTTONS
        assert not second.followups
        assert not server.channel.history()


async def test_an_introduction_that_discord_refuses_is_shown_to_the_first_moderator(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(settings, introduced=False) as server:
        hidden(server, "staff")

        async def refuse(*_args: object, **_kwargs: object) -> None:
            class Answer:
                status, reason = 403, "Forbidden"

            raise discord.Forbidden(Answer(), "no")  # type: ignore[arg-type]

        with monkeypatch.context() as refusing:
            refusing.setattr(discord.TextChannel, "send", refuse)
            await invite(server)
        result = await server.moderator.slash(server.channel, "announcements list")

        assert len(result.followups) == 1


async def test_an_invitation_while_the_bot_was_off_is_noticed_at_its_start(settings: Settings) -> None:
    async with open_server(settings, introduced=False) as server:
        staff = hidden(server, "staff")
        guild = server.bot.get_guild(server.guild.id)
        assert guild is not None
        for joined, messages in ((100_000.0, 0), (60.0, 1)):
            instant = server.services.clock() - joined
            guild.me.joined_at = discord.utils.utcnow().fromtimestamp(instant, discord.utils.utcnow().tzinfo)
            await listen(server, "on_guild_available", guild)
            assert len(staff.history()) == messages


async def test_each_button_does_what_it_says_and_only_for_moderators(settings: Settings) -> None:
    async with open_server(settings, introduced=False) as server:
        staff = hidden(server, "staff", server.moderator, server.member)
        await invite(server)
        (message,) = staff.history()

        wizard = await server.moderator.click(message, label="Set a channel up")
        log_channel = await server.moderator.click(message, label="Where should I report problems?")
        refused = await server.member.click(message, label="한국어")
        await server.moderator.click(message, label="한국어")

        assert "New articles for a channel" in shown(wizard.response)
        assert "Settings for this server" in shown(log_channel.response)
        assert "You need permission" in shown(refused.response)
        (korean,) = staff.history()
        assert "초대해 주셔서 고마워요" in shown(korean)
        assert list(labels(korean)) == ["채널 설정하기", "문제가 생기면 어디에 알릴까요?", "English"]
        assert (await server.services.guilds.get(server.guild.id)).language == "ko"
