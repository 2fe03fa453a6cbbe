import logging
from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.search.index import SearchIndex
from tests.cogs.guild_world import GuildWorld, message_of, open_world, samples
from tests.cogs.moderation import components, labels, shown

HOSTILE_QUERIES = [
    "@everyone <@&1> [a](javascript:alert(1))",
    '" OR 1=1; DROP TABLE articles; --',
    "NEAR(market, 2) AND title:* ^market",
    "😀🏳️‍🌈",
    "장마당에서 무엇을 파나요?",
    "a" * 200,
    "\u202e\u200b",
    "%_'\\\n\t",
]


async def ask(world: GuildWorld, query: str, **options: Any) -> Any:
    return await world.member.slash(world.channel, "search", query=query, **options)


async def test_the_answer_is_private_and_shows_the_passage(members: GuildWorld) -> None:
    """A hit has its title, facts, the words that matched in bold and a link to that very passage."""
    result = await ask(members, "why do traders trust each other without contracts")

    words = shown(result.response)
    assert result.ephemeral
    assert "[Credit, Corn and a Handshake](https://blog.example.org/blog/credit-corn-and-a-handshake)" in words
    assert "**contracts**" in words
    assert "#:~:text=" in words


async def test_the_interaction_is_acknowledged_before_the_database_is_read(members: GuildWorld) -> None:
    """The response within three seconds does not depend on the database: it is deferred first."""
    await ask(members, "market")

    first = next(entry.json for entry in members.env.http_requests if entry.path.endswith("/callback"))
    assert isinstance(first, dict)
    assert first["type"] == discord.InteractionResponseType.deferred_channel_message.value


async def test_pages_turn_in_place(members: GuildWorld) -> None:
    first = await ask(members, "market")

    second = await members.member.click(message_of(first), label="Next page")

    assert "page 2 of" in shown(second.response or first.response)
    assert labels(first.response)["Previous page"]


async def test_pages_turn_after_a_restart(members: GuildWorld) -> None:
    """The state of a page lives in its buttons, so a new process continues from it."""
    first = await ask(members, "market", topic="markets")
    await members.env.restart_bot(HeraldBot(members.services))

    await members.member.click(message_of(first), label="Next page")

    assert "page 2 of" in shown(first.response)
    assert "Markets and entrepreneurs" in shown(first.response)


async def test_a_long_search_keeps_its_pages(members: GuildWorld) -> None:
    """Two hundred characters do not fit into a button; the search is stored under a short key."""
    first = await ask(members, ("market trade woman family border " * 7)[:200])
    identities = [part["custom_id"] for part in components(first.response) if "custom_id" in part]
    assert all(len(identity) <= 100 for identity in identities)

    await members.member.click(message_of(first), label="Next page")

    assert "page 2 of" in shown(first.response)


async def test_a_button_of_an_expired_search_explains_itself(members: GuildWorld) -> None:
    first = await ask(members, ("market trade woman family border " * 7)[:200])
    async with members.services.database.transaction() as tx:
        await tx.execute("DELETE FROM saved_searches")

    await members.member.click(message_of(first), label="Next page")

    assert "too old" in shown(first.response)


async def test_a_corrected_query_can_be_searched_for_as_typed(members: GuildWorld) -> None:
    result = await ask(members, "jangmadnag")
    assert "You wrote “jangmadnag”; I corrected the spelling." in shown(result.response)

    await members.member.click(message_of(result), label="Search exactly as written")

    assert "I found nothing for “jangmadnag”" in shown(result.response)


async def test_nothing_found_says_what_to_try(members: GuildWorld) -> None:
    result = await ask(members, "xylophone zeppelin", year="2021")

    words = shown(result.response)
    assert "I found nothing for “xylophone zeppelin”" in words
    assert "What you can try" in words
    assert "</topics:" in words


async def drop_index(world: GuildWorld, *, kept: int = 0) -> None:
    """Leaves the newest articles in the search index, as some moments after an update that dropped it."""
    ids = [article.id for article in await world.services.articles.latest(limit=99)]
    index = SearchIndex(world.services.database, world.services.settings.topics)
    async with world.services.database.transaction() as tx:
        for article_id in sorted(ids)[: len(ids) - kept]:
            await index.remove(tx, article_id)


async def test_every_answer_says_that_older_articles_may_be_missing_while_they_are_indexed(members: GuildWorld) -> None:
    """Nothing found then is nothing found yet: it does not say that there is nothing."""
    await drop_index(members, kept=8)

    found = shown((await ask(members, "market")).response)
    nothing = shown((await ask(members, "xylophone zeppelin")).response)
    helped = shown((await ask(members, "how can I help if I am broke")).response)
    unknown = shown((await members.member.slash(members.channel, "article", title="xylophone zeppelin")).response)

    assert "## Results for “market”" in found
    assert "\n-# I am still reading older articles after an update, so some may be missing." in found
    assert "## I have not found anything for “xylophone zeppelin” yet\nI am still reading older" in nothing
    assert "What you can do" in helped
    assert "## I have not found an article called “xylophone zeppelin” yet\nI am still reading older" in unknown
    for words in (found, nothing, helped, unknown):
        assert words.count("I am still reading older articles") == 1
        assert "I found nothing" not in words
        assert "No article" not in words


@pytest.mark.usefixtures("korean")
async def test_older_articles_that_may_be_missing_are_mentioned_in_korean(members: GuildWorld) -> None:
    await drop_index(members, kept=8)

    assert "\n-# 업데이트한 뒤 예전 글을 다시 읽는 중이라" in shown((await ask(members, "market")).response)
    assert "## “xylophone zeppelin”에 맞는 글을 아직 찾지 못했어요\n업데이트한 뒤 " in shown(
        (await ask(members, "xylophone zeppelin")).response
    )


async def test_an_answer_from_a_complete_index_mentions_no_update(members: GuildWorld) -> None:
    for query in ("market", "xylophone zeppelin"):
        assert "after an update" not in shown((await ask(members, query)).response)


async def test_filters_limit_the_answer(members: GuildWorld) -> None:
    everything = await ask(members, "market")
    few = await ask(members, "market", topic="Women", year="2024", feed="blog", author="Hana Seo", language="en")

    assert "Women · 2024 · LiNK Blog · by Hana Seo · English" in shown(few.response)
    assert shown(few.response).count("### ") < shown(everything.response).count("### ")


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("topic", "no such topic", "There is no topic called “no such topic”"),
        ("feed", "@everyone", "There is no source called “@\u200beveryone”"),
        ("year", "20x4", "“20x4” is not a year"),
        ("year", "٢٠٢٤", "is not a year"),
    ],
)
async def test_a_filter_that_means_nothing_is_named(
    members: GuildWorld, option: str, value: str, sentence: str
) -> None:
    result = await ask(members, "market", **{option: value})

    assert sentence in shown(result.response)


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
async def test_no_query_breaks_the_answer(members: GuildWorld, query: str, caplog: pytest.LogCaptureFixture) -> None:
    """Search syntax, SQL, mentions, emoji, other scripts: all are plain words."""
    result = await ask(members, query)

    assert result.ephemeral
    assert result.response is not None
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "@everyone" not in shown(result.response)


async def test_hostile_articles_come_out_harmless(settings: Settings) -> None:
    """Text from a feed is shown literally and pings nobody."""
    nasty = replace(
        samples()[0],
        title="@everyone <@&1> **market** [x](javascript:alert(1)) " * 100,
        summary="# market\n> <@1> \u202e" * 200,
        author="||@here||",
        body=None,
    )
    async with open_world(settings, (nasty,)) as world:
        result = await ask(world, "market")
        payloads = [entry.json for entry in world.env.http_requests if entry.json and "messages" in entry.path]

    assert "@everyone" not in shown(result.response)
    assert "](javascript" not in shown(result.response)
    assert payloads
    assert all(payload["allowed_mentions"]["parse"] == [] for payload in payloads if isinstance(payload, dict))


async def test_every_option_completes(members: GuildWorld) -> None:
    async def offered(option: str, typed: str) -> list[str]:
        found = await members.member.autocomplete(members.channel, "search", option, typed, query="x")
        return [choice["name"] for choice in found]

    assert "Women" in await offered("topic", "wom")
    assert await offered("feed", "you") == ["LiNK on YouTube"]
    assert "2024" in await offered("year", "")
    assert "Hana Seo" in await offered("author", "han")
    assert "한국어" in await offered("language", "")
    assert await members.member.autocomplete(members.channel, "search", "query", "sewing")


async def test_one_of_the_results_is_shared(members: GuildWorld) -> None:
    """Sharing posts the card where everybody sees it, with the member's name, and pings nobody."""
    result = await ask(members, "sewing room factory")
    chosen = next(part for part in components(result.response) if part.get("custom_id") == "share")

    shared = await members.member.select(
        message_of(result), [chosen["options"][0]["value"]], custom_id=chosen["custom_id"]
    )

    assert not shared.ephemeral
    assert shown(shared.response).startswith(f"📣 {members.member.mention} shared this article.")
    assert chosen["options"][0]["label"] in shown(shared.response)
    assert "Read article" in labels(shared.response)
