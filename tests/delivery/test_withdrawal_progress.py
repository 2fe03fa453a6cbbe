"""`herald withdraw` counts every message that shows an article, and reports the truth about each."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import discord
import pytest
from pydantic import SecretStr

from bot.app.core import Core, open_core
from bot.cli import withdraw as command
from bot.config.settings import DeliverySettings, Settings
from bot.delivery import withdrawal_progress as retraction
from bot.delivery.announcer import Announcer, Clocks
from bot.delivery.card_placement import CardPlacement
from bot.delivery.factory import build_announcer
from bot.delivery.rate_limiter import RateLimiter
from bot.models import ChannelKind
from bot.store.instance_lock import DatabaseLock
from bot.store.shared_cards import MessageRef
from bot.store.subscriptions import NewSubscription
from tests.delivery.fakes import FakeDiscord, FakeSender
from tests.delivery.world import GUILD
from tests.store.samples import draft

NOW = 1_800_000_000.0


@dataclass(frozen=True)
class Stage:
    """An article in two channels, a forum among them, and in two shared cards."""

    settings: Settings
    core: Core
    sender: FakeSender
    url: str

    def announcer(self) -> Announcer:
        clocks = Clocks(lambda: NOW, lambda: NOW)
        limiter = RateLimiter(1_000.0, clock=lambda: NOW, sleep=asyncio.sleep)
        return build_announcer(
            self.core.database,
            self.sender,
            limiter,
            DeliverySettings(),
            clocks=clocks,
            rng=Random(1),
            settle_seconds=0.0,
        )

    async def withdraw(self, *, dry_run: bool = False) -> int:
        return await asyncio.to_thread(command.withdraw, self.settings, Namespace(url=self.url, dry_run=dry_run))

    @property
    def shown(self) -> list[str]:
        """What stands where the article was."""
        return [post.state for post in self.sender.discord.posts] + list(self.sender.cards.values())


@pytest.fixture
async def stage(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(retraction, "LOOK_SECONDS", 0.001)
    settings = settings.model_copy(update={"token": SecretStr("invented")})
    async with open_core(settings, clock=lambda: NOW) as core:
        sender = FakeSender(FakeDiscord(lambda: NOW))
        found = Stage(settings, core, sender, draft(1).url)
        await core.subscriptions.create(NewSubscription(GUILD, 1, ChannelKind.TEXT))
        await core.subscriptions.create(NewSubscription(GUILD, 2, ChannelKind.FORUM))
        async with core.database.transaction() as tx:
            article_id = await core.articles.add(tx, draft(1), NOW)
            await core.events.added(tx, article_id, draft(1), announce=True, now=NOW)
        article = await core.articles.get(article_id)
        assert article is not None
        await _deliver(found.announcer(), core, article_id)
        for number in (70, 71):
            sender.cards[number] = article.title
            place = MessageRef(GUILD, number, number, "en")
            await CardPlacement(core.database, lambda: NOW, lambda: None).put(article, place, _nothing)
        _log_in(monkeypatch, sender)
        yield found


async def _nothing() -> None: ...


async def _deliver(announcer: Announcer, core: Core, article_id: int) -> None:
    running = asyncio.create_task(announcer.run())
    for _ in range(5_000):
        if not await core.deliveries.pending(article_id):
            break
        await asyncio.sleep(0.001)
    await announcer.stop()
    await running


def _log_in(monkeypatch: pytest.MonkeyPatch, sender: FakeSender) -> None:
    """The command's own way to Discord, as far as its announcer."""

    async def login(_client: discord.Client, _token: str) -> None: ...

    @asynccontextmanager
    async def open_announcer(
        core: Core, _client: Any, *, only_article: int | None
    ) -> AsyncIterator[tuple[Announcer, None]]:
        clocks = Clocks(lambda: NOW, lambda: NOW)
        limiter = RateLimiter(1_000.0, clock=lambda: NOW, sleep=asyncio.sleep)
        announcer = build_announcer(
            core.database, sender, limiter, DeliverySettings(), clocks=clocks, rng=Random(1), only_article=only_article
        )
        yield announcer, None

    monkeypatch.setattr(discord.Client, "login", login)
    monkeypatch.setattr(command, "open_announcer", open_announcer)


async def test_a_dry_run_counts_and_changes_nothing(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert await stage.withdraw(dry_run=True) == 0

    assert "would be withdrawn: 2 posts and 2 shared cards" in capsys.readouterr().out
    assert stage.shown == ["standing", "standing", "Title 1", "Title 1"]


async def test_without_a_running_bot_the_command_withdraws_every_message(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await stage.withdraw() == 0

    assert "2 posts and 2 shared cards are withdrawn." in capsys.readouterr().out
    assert stage.shown == ["notice"] * 4


async def test_a_running_bot_does_it_and_the_command_watches(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    announcer = stage.announcer()
    with DatabaseLock(stage.settings.database):
        asking = asyncio.create_task(stage.withdraw())
        running = asyncio.create_task(announcer.run())
        while not asking.done():
            announcer.wake()
            await asyncio.wait([asking], timeout=0.01)
        await announcer.stop()
        await running

    assert await asking == 0
    assert "2 posts and 2 shared cards are withdrawn." in capsys.readouterr().out
    assert stage.shown == ["notice"] * 4


async def test_a_message_that_cannot_be_reached_is_listed_as_still_visible(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its link, so that somebody can delete it; the command run again retries it."""
    stage.sender.problems[71] = "view_channel"

    assert await stage.withdraw() == 1
    output = capsys.readouterr()
    assert "2 posts and 1 shared card of 2 posts and 2 shared cards are withdrawn." in output.out
    assert f"https://discord.com/channels/{GUILD}/71/71" in output.err
    assert stage.shown == ["notice", "notice", "notice", "Title 1"]

    stage.sender.problems.clear()
    assert await stage.withdraw() == 0
    assert "0 posts and 1 shared card is withdrawn." in capsys.readouterr().out
    assert stage.shown == ["notice"] * 4


async def test_without_a_token_it_waits_for_the_bot(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    without = Stage(stage.settings.model_copy(update={"token": None}), stage.core, stage.sender, stage.url)

    assert await without.withdraw() == 2
    assert "Its posts wait" in capsys.readouterr().err
    assert await stage.core.cards.pending(1) == 2


async def test_without_a_running_bot_only_this_article_is_dealt_with(stage: Stage) -> None:
    """What else waits is posted by the bot, and what was under way is left to its start."""
    async with stage.core.database.transaction() as tx:
        other = await stage.core.articles.add(tx, draft(2), NOW)
        await stage.core.events.added(tx, other, draft(2), announce=True, now=NOW)
        await tx.execute("UPDATE deliveries SET state = 'claimed' WHERE article = ? AND channel_id = 1", (other,))
    before = [
        tuple(row) for row in await stage.core.database.all("SELECT * FROM deliveries WHERE article = ?", (other,))
    ]

    assert await stage.withdraw() == 0

    after = [
        tuple(row) for row in await stage.core.database.all("SELECT * FROM deliveries WHERE article = ?", (other,))
    ]
    assert after == before
    assert stage.shown == ["notice"] * 4


@pytest.mark.parametrize("ended", ["removed", "channel_blocked", "guild_left"])
async def test_a_pending_withdrawal_outlives_its_subscription(
    stage: Stage, capsys: pytest.CaptureFixture[str], ended: str
) -> None:
    """It is never reported as done before Discord has confirmed it."""
    await stage.core.withdraw(1)
    subscription = await stage.core.subscriptions.get(1)
    assert subscription is not None
    async with stage.core.database.transaction() as tx:
        if ended == "removed":
            await stage.core.subscriptions.end(tx, subscription.id)
        elif ended == "channel_blocked":
            await stage.core.subscriptions.set_blocked(tx, subscription.id, "view_channel")
        else:
            await stage.core.guilds.left(tx, GUILD, NOW)
            await stage.core.subscriptions.guild_left(tx, GUILD)
    visible = await stage.core.deliveries.still_visible(GUILD)
    assert {post.channel_id for post in visible} == {1, stage.sender.discord.posts[1].id}
    if ended == "guild_left":
        assert len(await stage.core.deliveries.unreachable(1)) == 2
        async with stage.core.database.transaction() as tx:
            await stage.core.guilds.returned(tx, GUILD)

    assert await stage.withdraw() == 0
    assert "2 posts and 2 shared cards are withdrawn." in capsys.readouterr().out
    assert stage.shown == ["notice"] * 4
    assert await stage.core.deliveries.still_visible(GUILD) == []


async def test_a_later_withdrawal_reaches_the_posts_of_a_removed_subscription(stage: Stage) -> None:
    for channel in (1, 2):
        subscription = await stage.core.subscriptions.get(channel)
        assert subscription is not None
        await stage.core.subscriptions.remove(subscription.id)
    assert await stage.withdraw() == 0
    assert stage.shown == ["notice"] * 4


async def test_nothing_new_is_posted_for_a_removed_subscription(stage: Stage) -> None:
    """Also where a first attempt may have arrived: it is looked for, and not repeated."""
    async with stage.core.database.transaction() as tx:
        other = await stage.core.articles.add(tx, draft(2), NOW)
        await stage.core.events.added(tx, other, draft(2), announce=True, now=NOW)
        await tx.execute(
            "UPDATE deliveries SET state = 'claimed', maybe_sent = 1, claimed_at = ?1, tried_at = ?1 - 60"
            " WHERE article = ?2 AND channel_id = 1",
            (NOW, other),
        )
    for channel in (1, 2):
        subscription = await stage.core.subscriptions.get(channel)
        assert subscription is not None
        await stage.core.subscriptions.remove(subscription.id)
    await _deliver(stage.announcer(), stage.core, other)
    assert len(stage.sender.discord.posts) == 2
    states = await stage.core.database.all("SELECT DISTINCT state FROM deliveries WHERE article = ?", (other,))
    assert [row["state"] for row in states] == ["cancelled"]


async def test_reinstating_brings_the_posts_back(stage: Stage) -> None:
    assert await stage.withdraw() == 0
    code = await asyncio.to_thread(command.reinstate, stage.settings, Namespace(url=stage.url))
    assert code == 0
    assert [post.shows for post in stage.sender.discord.posts] == [("Title 1",), ("Title 1",)]
