import logging

import discord
import pytest

from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.search.index import SearchIndex
from tests.cogs.guild_world import GuildWorld, message_of, open_world
from tests.cogs.moderation import components, labels, press_share, shown


async def test_latest_shows_the_newest_first(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "latest")

    words = shown(result.response)
    assert result.ephemeral
    assert "27 articles · page 1 of 6" in words
    assert words.index("The Teacher Who Asked Why") < words.index("What an Ally Can Do in an Hour")


async def test_latest_of_a_topic_turns_its_pages_after_a_restart(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "latest", topic="markets")
    await members.env.restart_bot(HeraldBot(members.services))

    await members.member.click(message_of(result), label="Next page")

    assert "Markets and entrepreneurs" in shown(result.response)
    assert "page 2 of 2" in shown(result.response)


async def test_next_page_after_all_articles_were_withdrawn_says_there_are_none(members: GuildWorld) -> None:
    """Articles may be withdrawn between two taps."""
    result = await members.member.slash(members.channel, "latest", topic="markets")
    async with members.services.database.transaction() as tx:
        for article in await members.services.articles.latest("markets", limit=10):
            await members.services.articles.withdraw(tx, article.id, 0.0)

    await members.member.click(message_of(result), label="Next page")

    assert "There are no articles yet" in shown(result.response)


async def test_an_empty_archive_is_no_error(settings: Settings) -> None:
    async with open_world(settings, ()) as world:
        latest = await world.member.slash(world.channel, "latest")
        found = await world.member.slash(world.channel, "search", query="market")
        opened = await world.member.slash(world.channel, "article", title="market")

    assert "There are no articles yet" in shown(latest.response)
    assert "I found nothing" in shown(found.response)
    assert "No article called" in shown(opened.response)


async def test_topics_lead_to_their_articles(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "topics")
    assert "**Women** · 4 articles" in shown(result.response)

    await members.member.select(message_of(result), ["women"], custom_id="topic")

    assert "## Women" in shown(result.response)
    assert "The Sewing Room" in shown(result.response)


async def test_an_unknown_topic_is_named(members: GuildWorld) -> None:
    for command in ("topics", "latest"):
        result = await members.member.slash(members.channel, command, topic="**@everyone**")

        assert "There is no topic called “\\*\\*@\u200beveryone\\*\\*”" in shown(result.response)


async def test_an_article_is_found_by_its_title_as_one_types(members: GuildWorld) -> None:
    choices = await members.member.autocomplete(members.channel, "article", "title", "sewing")

    result = await members.member.slash(members.channel, "article", title=choices[0]["value"])

    assert choices[0]["name"] == "The Sewing Room"
    assert "## [The Sewing Room](" in shown(result.response)
    assert "**In this article**" in shown(result.response)
    assert list(labels(result.response)) == ["Read article", "More", "Stand with North Korean women: sign the pledge"]

    more = await members.member.click(message_of(result), label="More")
    assert "**Related articles**" in shown(more.response)
    assert {"Donate", "More like this", "Share here"} <= set(labels(more.response))


async def test_an_unknown_title_gets_a_sentence(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "article", title="xylophone")

    assert "No article called “xylophone”" in shown(result.response)


async def test_a_withdrawn_article_is_shown_nowhere(members: GuildWorld) -> None:
    """Neither by its id from an old list nor by an old share button."""
    opened = await members.member.slash(members.channel, "article", title="1")
    await members.member.click(message_of(opened), label="More")
    async with members.services.database.transaction() as tx:
        await members.services.articles.withdraw(tx, 1, 0.0)
        await SearchIndex(members.services.database, ()).remove(tx, 1)

    again = await members.member.slash(members.channel, "article", title="1")
    shared = await press_share(members.member, opened)

    assert "A Short History" not in shown(again.response)
    assert shared.ephemeral
    assert "no longer available" in shown(shared.response)


async def test_an_article_is_shared_in_the_servers_language(members: GuildWorld) -> None:
    await members.services.guilds.choose(members.guild.id, "language", "ko")
    opened = await members.member.slash(members.channel, "article", title="1")

    shared = await press_share(members.member, opened)

    assert not shared.ephemeral
    assert f"📣 {members.member.mention} 님이 공유한 글이에요." in shown(shared.response)
    posted = [entry.json for entry in members.env.http_requests if entry.path.endswith("/callback") and entry.json]
    assert posted[-1]["data"]["allowed_mentions"]["parse"] == []


async def test_nobody_shares_where_they_may_not_write(members: GuildWorld) -> None:
    """The bot does not circumvent a channel's permissions."""
    silent = discord.PermissionOverwrite(send_messages=False)
    rules = members.guild.create_text_channel("rules", overwrites={members.guild.default_role: silent})
    opened = await members.member.slash(rules, "article", title="1")

    shared = await press_share(members.member, opened)

    assert shared.ephemeral
    assert "not allowed to write" in shown(shared.response)


@pytest.mark.usefixtures("korean")
async def test_answers_are_in_the_members_language(members: GuildWorld) -> None:
    latest = await members.member.slash(members.channel, "latest", topic="여성")
    topics = await members.member.slash(members.channel, "topics")

    assert "## 여성" in shown(latest.response)
    assert "글 4편" in shown(latest.response)
    assert "**장마당과 장사**" in shown(topics.response)
    assert "장마당과 개인 장사, 그리고" in shown(topics.response)


async def test_nothing_is_logged_as_an_error(members: GuildWorld, caplog: pytest.LogCaptureFixture) -> None:
    for command in ("latest", "topics"):
        await members.member.slash(members.channel, command)

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_menus_hold_each_article_once(members: GuildWorld) -> None:
    result = await members.member.slash(members.channel, "latest")

    shared = next(part for part in components(result.response) if part.get("custom_id") == "share")
    assert len({option["value"] for option in shared["options"]}) == 5
