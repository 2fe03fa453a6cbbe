import pytest

from bot.config.settings import Settings
from bot.i18n import Catalogue
from bot.layouts.guild_settings import settings_page
from bot.store.guilds import GuildSettings
from tests.cogs.guild_world import NOW
from tests.cogs.moderation import menu, open_server, shown
from tests.layouts.reading import said


async def test_members_do_not_see_the_command(settings: Settings) -> None:
    """The command is for those who manage the server, unless the server says otherwise."""
    async with open_server(settings) as server:
        assert "settings" in server.moderator.available_commands(server.channel)
        assert "settings" not in server.member.available_commands(server.channel)


async def test_typed_settings_are_stored_and_shown_privately(settings: Settings) -> None:
    async with open_server(settings) as server:
        private = server.closed_to_members("staff")
        result = await server.moderator.slash(server.channel, "settings", log_channel=private, language="ko")

        assert result.ephemeral
        assert f"I will report problems in {private.mention}" in shown(result.response)
        assert "Saved: 한국어" in shown(result.response)
        stored = await server.services.guilds.get(server.guild.id)
        assert (stored.log_channel_id, stored.language) == (private.id, "ko")


async def test_a_log_channel_that_everyone_can_read_asks_for_confirmation(settings: Settings) -> None:
    async with open_server(settings) as server:
        result = await server.moderator.slash(server.channel, "settings", log_channel=server.channel)
        assert "Everyone in this server can read" in shown(result.response)
        assert (await server.services.guilds.get(server.guild.id)).log_channel_id is None

        assert result.response is not None
        await server.moderator.click(result.response, label="Use it anyway")
        assert (await server.services.guilds.get(server.guild.id)).log_channel_id == server.channel.id


async def test_open_incidents_are_shown_privately_without_a_log_channel_alone(settings: Settings) -> None:
    async with open_server(settings) as server:
        async with server.services.database.transaction() as tx:
            await server.services.incidents.start(
                tx, "blocked", "send_messages", NOW, guild_id=server.guild.id, channel_id=server.channel.id
            )
        result = await server.moderator.slash(server.channel, "settings")
        (private,) = result.followups
        assert "**Send Messages**" in shown(private)
        assert "no log channel" in shown(private)
        assert server.channel.history() == []

        await server.services.guilds.choose(server.guild.id, "log_channel_id", server.closed_to_members("staff").id)
        assert (await server.moderator.slash(server.channel, "settings")).followups == []


async def test_the_menus_store_and_clear(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = (await server.moderator.slash(server.channel, "settings")).response
        assert page is not None

        private = server.closed_to_members("staff")
        await server.moderator.select(page, [private], custom_id=menu(page, "settings:log_channel"))
        await server.moderator.select(page, ["ko"], custom_id=menu(page, "settings:language"))
        stored = await server.services.guilds.get(server.guild.id)
        assert (stored.log_channel_id, stored.language) == (private.id, "ko")

        await server.moderator.select(page, [], custom_id=menu(page, "settings:log_channel"))
        await server.moderator.select(page, ["own"], custom_id=menu(page, "settings:language"))
        assert await server.services.guilds.get(server.guild.id) == GuildSettings(server.guild.id)


async def test_a_log_channel_the_bot_cannot_write_in_is_refused_with_the_solution(settings: Settings) -> None:
    async with open_server(settings) as server:
        closed = server.closed("closed", send_messages=False)

        result = await server.moderator.slash(server.channel, "settings", log_channel=closed)

        assert "Nothing was saved" in shown(result.response)
        assert "❌ **Send Messages**" in shown(result.response)
        assert "How to give me these permissions" in shown(result.response)
        assert (await server.services.guilds.get(server.guild.id)).log_channel_id is None


async def test_the_menus_work_after_a_restart(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = (await server.moderator.slash(server.channel, "settings")).response
        assert page is not None
        await server.env.restart_bot(type(server.bot)(server.services))

        await server.moderator.select(page, ["ko"], custom_id=menu(page, "settings:language"))

        assert (await server.services.guilds.get(server.guild.id)).language == "ko"


@pytest.mark.parametrize(("language", "title"), [("en", "Settings for this server"), ("ko", "이 서버의 설정")])
def test_the_page_speaks_the_moderators_language(language: str, title: str) -> None:
    page = settings_page(GuildSettings(1, log_channel_id=2, language="ko"), Catalogue.of(language))

    assert title in said(page)
