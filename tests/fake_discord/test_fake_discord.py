"""The fake Discord against a plain discord.py client and plain HTTP."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import Route

from tests.fake_discord.plan import Plan
from tests.fake_discord.process import FakeDiscord
from tests.fake_discord.state import CHANNEL_BASE, Permission
from tests.limits import HANG_SECONDS

TEXT, NEWS, FORUM = CHANNEL_BASE, CHANNEL_BASE + 1, CHANNEL_BASE + 2
ROOMY = Plan(channels=12, guilds=2, global_limit=1000, still=True)


async def ping(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("pong", ephemeral=True)


async def slow(interaction: discord.Interaction) -> None:
    await interaction.response.defer()
    await interaction.followup.send("at last")


class Plain(discord.AutoShardedClient):
    """Answers `/ping` at once and `/slow` in two steps."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1, max_messages=None)
        self.tree = discord.app_commands.CommandTree(self)
        self.tree.command(name="ping", description="Ping")(ping)
        self.tree.command(name="slow", description="Slow")(slow)
        self.came = asyncio.Event()
        self.resumed = asyncio.Event()

    async def on_ready(self) -> None:
        self.came.set()

    async def on_resumed(self) -> None:
        self.resumed.set()


@asynccontextmanager
async def connected(discord_server: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Plain]:
    """A client that is ready."""
    monkeypatch.setattr(Route, "BASE", discord_server.api)
    client = Plain()
    async with client:
        task = asyncio.create_task(client.start("token"))
        await client.came.wait()
        async with asyncio.timeout(HANG_SECONDS):
            while any(guild.unavailable for guild in client.guilds):  # noqa: ASYNC110 - discord.py may be ready before
                await asyncio.sleep(0.01)
        yield client
    await asyncio.gather(task, return_exceptions=True)


def text_channel(client: discord.Client, channel_id: int) -> discord.TextChannel:
    channel = client.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def post(
    discord_server: FakeDiscord, channel_id: int, nonce: str, content: str = "fixture-1"
) -> tuple[int, dict[str, Any]]:
    """A message by plain HTTP."""
    body = {"content": content, "nonce": nonce, "enforce_nonce": True}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{discord_server.api}/channels/{channel_id}/messages", json=body) as response,
    ):
        return response.status, await response.json()


async def test_a_client_sees_its_guilds_and_sends_publishes_and_opens_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shapes are those discord.py understands, from READY to a forum post."""
    async with FakeDiscord.start(ROOMY) as discord_server, connected(discord_server, monkeypatch) as client:
        assert len(client.guilds) == 2
        assert sum(len(guild.channels) for guild in client.guilds) == 12

        await text_channel(client, TEXT).send("fixture-1 here")
        news = await text_channel(client, NEWS).send("fixture-1 news")
        await news.publish()
        await news.create_thread(name="Talk")
        forum = client.get_channel(FORUM)
        assert isinstance(forum, discord.ForumChannel)
        view = discord.ui.LayoutView()
        view.add_item(discord.ui.Container(discord.ui.TextDisplay("fixture-1 in a card")))
        made = await forum.create_thread(name="Post", view=view)

        summary = await discord_server.summary()
        assert (summary.posts, summary.delivered, summary.doubled) == (3, 3, 0)
        assert (summary.published, summary.threads) == (1, 1)
        assert made.thread.id == made.message.id
        assert [thread.id for thread in await forum.guild.active_threads() if thread.parent_id == FORUM] == [
            made.thread.id
        ]


async def test_discord_says_that_a_thread_was_opened_on_an_older_message_or_renamed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first message can be deleted, the second cannot."""
    async with FakeDiscord.start(ROOMY) as discord_server, connected(discord_server, monkeypatch) as client:
        channel = text_channel(client, TEXT)
        older = await channel.send("fixture-1")
        await channel.send("fixture-2")
        thread = await older.create_thread(name="Talk")
        (latest,) = [message async for message in channel.history(limit=1)]
        assert (latest.type, latest.content) == (discord.MessageType.thread_created, "Talk")
        await latest.delete()

        await thread.edit(name="Other talk")
        (latest,) = [message async for message in thread.history(limit=1)]
        assert (latest.type, latest.content) == (discord.MessageType.channel_name_change, "Other talk")
        with pytest.raises(discord.Forbidden) as refused:
            await latest.delete()
        assert refused.value.code == 50021


async def test_what_is_already_done_is_answered_with_discords_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """40033 for a second publishing, 160004 for a second thread, 10008 for a deleted message."""
    async with FakeDiscord.start(ROOMY) as discord_server, connected(discord_server, monkeypatch) as client:
        message = await text_channel(client, NEWS).send("fixture-1")
        await message.publish()
        await message.create_thread(name="Talk")

        for again, code in ((message.publish(), 40033), (message.create_thread(name="Talk"), 160004)):
            with pytest.raises(discord.HTTPException) as error:
                await again
            assert error.value.code == code

        await message.delete()
        with pytest.raises(discord.NotFound) as gone:
            await text_channel(client, NEWS).fetch_message(message.id)
        assert gone.value.code == 10008


async def test_an_enforced_nonce_gives_the_first_message_while_the_window_holds() -> None:
    """Inside the window a repeat creates nothing, or is a 404 for a deleted message; outside it creates another."""
    async with FakeDiscord.start(ROOMY) as discord_server:
        first = (await post(discord_server, TEXT, "n1"))[1]
        status, again = await post(discord_server, TEXT, "n1")
        assert (status, again["id"]) == (200, first["id"])
        assert (await discord_server.summary()).posts == 1

        await discord_server.delete_message(TEXT, int(first["id"]))
        status, gone = await post(discord_server, TEXT, "n1")
        assert (status, gone["code"]) == (404, 10008)

    async with FakeDiscord.start(Plan(nonce_window=0.0, global_limit=1000)) as discord_server:
        await post(discord_server, TEXT, "n1")
        await post(discord_server, TEXT, "n1")
        assert (await discord_server.summary()).doubled == 1


async def test_only_the_answer_to_the_making_of_a_message_carries_its_nonce() -> None:
    """A look-up has to recognise a post by something else, as with Discord."""
    async with FakeDiscord.start(ROOMY) as discord_server, aiohttp.ClientSession() as session:
        assert (await post(discord_server, TEXT, "n1"))[1]["nonce"] == "n1"
        async with session.get(f"{discord_server.api}/channels/{TEXT}/messages") as response:
            assert "nonce" not in (await response.json())[0]


async def test_the_global_limit_refuses_the_request_after_the_last_allowed_one() -> None:
    """The refusal says that it is global, for how long, and through whom it came."""
    async with FakeDiscord.start(Plan(global_limit=5, still=True)) as discord_server:
        answers = [await post(discord_server, CHANNEL_BASE + number * 3, str(number)) for number in range(6)]
        assert [status for status, _ in answers] == [200] * 5 + [429]
        assert answers[-1][1]["global"] is True
        assert 0 < answers[-1][1]["retry_after"] <= 1


async def test_a_channel_has_a_bucket_of_its_own() -> None:
    """Five messages in five seconds; the headers count down; another channel is not concerned."""
    async with FakeDiscord.start(ROOMY) as discord_server, aiohttp.ClientSession() as session:
        url = f"{discord_server.api}/channels/{TEXT}/messages"
        for left in (4, 3, 2, 1, 0):
            async with session.post(url, json={"content": "x"}) as response:
                assert response.headers["X-RateLimit-Remaining"] == str(left)
        async with session.post(url, json={"content": "x"}) as response:
            assert (response.status, (await response.json())["global"]) == (429, False)
            assert response.headers["Via"]
        assert (await post(discord_server, NEWS, "other"))[0] == 200


@pytest.mark.parametrize(("fault", "made"), [("reset", 0), ("reset_after", 1)])
async def test_a_connection_may_break_before_or_after_the_message_is_made(fault: str, made: int) -> None:
    """The client sees the same error; only the fake Discord knows whether there is a message."""
    async with FakeDiscord.start(ROOMY) as discord_server:
        await discord_server.fault(fault, routes=["create_message"])
        with pytest.raises(aiohttp.ClientError):
            await post(discord_server, TEXT, "n1")
        assert (await discord_server.summary()).posts == made
        assert [rule["fired"] for rule in await discord_server.faults()] == [1]


async def test_faults_answer_as_discord_and_what_stands_before_it_do() -> None:
    """A 500 is not JSON, a 403 has its code, a bare 429 has neither JSON nor Via."""
    async with FakeDiscord.start(ROOMY) as discord_server, aiohttp.ClientSession() as session:
        url = f"{discord_server.api}/channels/{TEXT}/messages"
        await discord_server.fault("status", status=503)
        await discord_server.fault("status", status=403, code=50013)
        await discord_server.fault("bare_429")
        await discord_server.fault("global_429", seconds=30.0)
        seen: list[tuple[int, str, bool]] = []
        for _ in range(5):
            async with session.post(url, json={"content": "x"}) as response:
                seen.append((response.status, response.content_type, "Via" in response.headers))
        assert seen == [
            (503, "text/html", False),
            (403, "application/json", True),
            (429, "text/html", False),
            (429, "application/json", True),
            (429, "application/json", True),
        ]


async def test_a_channel_without_permission_refuses_and_the_bot_gets_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """CHANNEL_UPDATE and CHANNEL_DELETE reach the client; the answers fit."""
    async with FakeDiscord.start(ROOMY) as discord_server, connected(discord_server, monkeypatch) as client:
        await discord_server.deny(TEXT, Permission.SEND_MESSAGES)
        with pytest.raises(discord.Forbidden) as refused:
            await text_channel(client, TEXT).send("x")
        channel = text_channel(client, TEXT)
        assert refused.value.code == 50013
        assert not channel.permissions_for(channel.guild.me).send_messages

        await discord_server.delete_channel(TEXT)
        with pytest.raises(discord.NotFound) as gone:
            await channel.send("x")
        assert gone.value.code == 10003


async def test_a_cut_gateway_is_resumed_and_an_invalid_session_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resume costs no identify."""
    async with FakeDiscord.start(ROOMY) as discord_server, connected(discord_server, monkeypatch) as client:
        await discord_server.gateway("abort")
        await client.resumed.wait()
        summary = await discord_server.summary()
        assert (summary.identifies, summary.resumes) == (1, 1)


async def test_a_slash_command_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both an answer at once and a deferred one; a command nobody answers has no time."""
    async with FakeDiscord.start(ROOMY) as discord_server, connected(discord_server, monkeypatch) as client:
        await client.tree.sync()
        assert sorted((await discord_server.summary()).commands) == ["ping", "slow"]

        ping = await discord_server.ask("ping", TEXT)
        slow = await discord_server.ask("slow", TEXT)
        assert ping["data"]["content"] == "pong"
        assert slow["data"]["content"] == "at last"
        assert 0 < slow["first"] <= slow["final"]
