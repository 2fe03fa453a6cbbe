"""Schedule and own words in the set-up, before anything is saved: the draft carries them."""

import simcord

from bot.config.settings import Settings
from bot.models import Rhythm, Schedule
from tests.cogs.guild_world import NOW
from tests.cogs.moderation import Server, labels, menu, open_server, shown

LINE = "Read this, {author} wrote it"


async def begin(server: Server) -> simcord.ResponseMessage:
    """The set-up page with a channel chosen."""
    page = (await server.moderator.slash(server.channel, "announcements setup")).response
    assert page is not None
    await server.moderator.select(page, [server.channel], custom_id=menu(page, "announcements:guide_channel"))
    return page


async def edit(server: Server) -> simcord.ResponseMessage:
    """The set-up page of a channel that has announcements."""
    result = await server.moderator.slash(server.channel, "announcements edit", channel=str(server.channel.id))
    assert result.response is not None
    return result.response


async def test_schedule_and_words_are_chosen_before_save_with_a_preview(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = await begin(server)
        await server.moderator.click(page, label="Schedule")
        await server.moderator.select(page, ["weekly-4"], custom_id=menu(page, "announcements:schedule_rhythm"))
        await server.moderator.select(page, ["18"], custom_id=menu(page, "announcements:schedule_hour"))
        assert "Nothing here is saved until you press **Save**" in shown(page)

        await server.moderator.click(page, label="Own words")
        await server.moderator.select(page, ["teal"], custom_id=menu(page, "announcements:voice_colour"))
        form = await server.moderator.click(page, label="Write your line…")
        await server.moderator.submit_modal(form, {"line": LINE})
        assert "Read this, " in shown(page).rpartition("as it would look")[2]
        assert await server.services.subscriptions.get(server.channel.id) is None

        await server.moderator.click(page, label="Back")
        assert "Read this, " in shown(page)
        await server.moderator.click(page, label="Save")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options.schedule.rhythm is Rhythm.WEEKLY
        assert (stored.options.schedule.weekday, stored.options.schedule.hour) == (4, 18)
        assert stored.options.line == LINE
        assert stored.options.accent == 0x1ABC9C


async def test_other_choices_keep_the_schedule_of_the_draft(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = await begin(server)
        await server.moderator.click(page, label="Schedule")
        await server.moderator.select(page, ["daily"], custom_id=menu(page, "announcements:schedule_rhythm"))
        await server.moderator.click(page, label="Back")
        await server.moderator.select(page, ["women"], custom_id=menu(page, "announcements:guide_topics"))
        await server.moderator.click(page, label="Silent: no")
        await server.moderator.click(page, label="Save")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert (stored.options.topics, stored.options.silent) == (("women",), True)
        assert stored.options.schedule.rhythm is Rhythm.DAILY


async def test_editing_step_by_step_shows_and_keeps_what_a_channel_has(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, schedule=Schedule(Rhythm.DAILY, 7), line=LINE)
        page = await edit(server)
        await server.moderator.click(page, label="Open a thread: no")
        await server.moderator.click(page, label="Save")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options.open_thread
        assert stored.options.schedule == Schedule(Rhythm.DAILY, 7)
        assert stored.options.line == LINE


async def test_a_schedule_can_be_taken_back_in_the_set_up(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, schedule=Schedule(Rhythm.DAILY, 7))
        page = await edit(server)
        await server.moderator.click(page, label="Schedule")
        await server.moderator.select(page, ["at_once"], custom_id=menu(page, "announcements:schedule_rhythm"))
        await server.moderator.click(page, label="Back")
        await server.moderator.click(page, label="Save")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert stored.options.schedule.rhythm is Rhythm.AT_ONCE


async def test_a_draft_survives_a_restart_and_an_expired_one_is_refused(settings: Settings) -> None:
    async with open_server(settings) as server:
        page = await begin(server)
        await server.moderator.click(page, label="Schedule")
        await server.moderator.select(page, ["daily"], custom_id=menu(page, "announcements:schedule_rhythm"))
        await server.env.restart_bot(type(server.bot)(server.services))
        await server.moderator.click(page, label="Back")
        assert labels(page)["Save"]

        async with server.services.database.transaction() as tx:
            await tx.execute("DELETE FROM saved_searches WHERE used <= ?", (NOW,))
        refused = await server.moderator.click(page, label="Save")

        assert "start again" in shown(refused.response)
        assert await server.services.subscriptions.get(server.channel.id) is None


async def test_a_page_of_an_older_version_keeps_what_the_channel_has(settings: Settings) -> None:
    """Its codes have no part for the schedule; saving must not reset it."""
    async with open_server(settings) as server:
        await server.subscribe(server.channel, schedule=Schedule(Rhythm.DAILY, 7))
        page = await edit(server)
        stored = server.env.backend.get_message(page.channel_id, page.id)
        old = menu(page, "announcements:guide_save")
        for row in stored.components[0]["components"]:
            for part in row.get("components", []):
                if part.get("custom_id") == old:
                    part["custom_id"] = old.rpartition(".")[0]
        await server.moderator.click(page, custom_id=old.rpartition(".")[0])

        kept = await server.services.subscriptions.get(server.channel.id)
        assert kept is not None
        assert kept.options.schedule == Schedule(Rhythm.DAILY, 7)
