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
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.shared_cards import place_card
from bot.models import ChannelKind
from bot.store.instance_lock import database_lock
from bot.store.shared_cards import MessageRef
from bot.store.subscriptions import NewSubscription
from tests.delivery.delivery_world import GUILD
from tests.delivery.fakes import FakeDiscord, FakeSender
from tests.store.samples import draft

NOW = 1_800_000_000.0


@dataclass(frozen=True)
class WithdrawalWorld:
    """An article in two channels, a forum among them, and in two shared cards."""

    settings: Settings
    core: Core
    sender: FakeSender
    url: str

    def announcer(self) -> Announcer:
        clocks = Clocks(lambda: NOW, lambda: NOW)
        limiter = RateLimiter(1_000.0, invalid_budget=1_000, clock=lambda: NOW, sleep=asyncio.sleep)
        return Announcer(
            self.core.database,
            self.sender,
            limiter,
            DeliverySettings(),
            clocks=clocks,
            rng=Random(1),
            settle_seconds=0.0,
        )

    async def withdraw(self, *, dry_run: bool = False) -> int:
        arguments = Namespace(url=self.url, dry_run=dry_run)
        return await asyncio.to_thread(lambda: asyncio.run(command.withdraw(self.settings, arguments)))

    @property
    def shown(self) -> list[str]:
        """The current content of the messages."""
        return [post.state for post in self.sender.discord.posts] + list(self.sender.cards.values())


@pytest.fixture
async def world(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WithdrawalWorld]:
    monkeypatch.setattr(retraction, "LOOK_SECONDS", 0.001)
    settings = settings.model_copy(update={"token": SecretStr("invented")})
    async with open_core(settings, clock=lambda: NOW) as core:
        sender = FakeSender(FakeDiscord(lambda: NOW))
        found = WithdrawalWorld(settings, core, sender, draft(1).url)
        await core.subscriptions.create(NewSubscription(GUILD, 1, ChannelKind.TEXT))
        await core.subscriptions.create(NewSubscription(GUILD, 2, ChannelKind.FORUM))
        async with core.database.transaction() as tx:
            [article_id] = await core.articles.add(tx, [draft(1)], NOW)
            await core.events.added(tx, [(article_id, draft(1))], NOW, announce=True)
        article = await core.articles.get(article_id)
        assert article is not None
        await _deliver(found.announcer(), core, article_id)
        for number in (70, 71):
            sender.cards[number] = article.title
            place = MessageRef(GUILD, number, number, "en")
            await place_card(core.cards, article, place, _nothing, clock=lambda: NOW, wake=lambda: None)
        _log_in(monkeypatch, sender)
        yield found


async def _nothing() -> None: ...


async def _deliver(announcer: Announcer, core: Core, article_id: int) -> None:
    running = asyncio.create_task(announcer.run())
    for _ in range(60_000):
        if not await core.deliveries.pending(article_id):
            break
        await asyncio.sleep(0.001)
    await announcer.stop()
    await running


def _log_in(monkeypatch: pytest.MonkeyPatch, sender: FakeSender) -> None:
    """Replaces the command's own login and announcer."""

    async def login(_client: discord.Client, _token: str) -> None: ...

    @asynccontextmanager
    async def open_announcer(
        core: Core, _client: Any, *, only_article: int | None
    ) -> AsyncIterator[tuple[Announcer, None]]:
        clocks = Clocks(lambda: NOW, lambda: NOW)
        limiter = RateLimiter(1_000.0, invalid_budget=1_000, clock=lambda: NOW, sleep=asyncio.sleep)
        announcer = Announcer(
            core.database, sender, limiter, DeliverySettings(), clocks=clocks, rng=Random(1), only_article=only_article
        )
        yield announcer, None

    monkeypatch.setattr(discord.Client, "login", login)
    monkeypatch.setattr(command, "open_announcer", open_announcer)


async def test_a_dry_run_counts_and_changes_nothing(world: WithdrawalWorld, capsys: pytest.CaptureFixture[str]) -> None:
    assert await world.withdraw(dry_run=True) == 0

    assert "would be withdrawn: 2 posts and 2 shared cards" in capsys.readouterr().out
    assert world.shown == ["standing", "standing", "Title 1", "Title 1"]


async def test_without_a_running_bot_the_command_withdraws_every_message(
    world: WithdrawalWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await world.withdraw() == 0

    assert "2 posts and 2 shared cards are withdrawn." in capsys.readouterr().out
    assert world.shown == ["notice"] * 4


async def test_a_running_bot_withdraws_and_the_command_reports_progress(
    world: WithdrawalWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    announcer = world.announcer()
    with database_lock(world.settings.database):
        asking = asyncio.create_task(world.withdraw())
        running = asyncio.create_task(announcer.run())
        while not asking.done():
            announcer.wake()
            await asyncio.wait([asking], timeout=0.01)
        await announcer.stop()
        await running

    assert await asking == 0
    assert "2 posts and 2 shared cards are withdrawn." in capsys.readouterr().out
    assert world.shown == ["notice"] * 4


async def test_a_message_that_cannot_be_reached_is_listed_as_still_visible(
    world: WithdrawalWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its link, so that somebody can delete it; the command run again retries it."""
    world.sender.problems[71] = "view_channel"

    assert await world.withdraw() == 1
    output = capsys.readouterr()
    assert "2 posts and 1 shared card of 2 posts and 2 shared cards are withdrawn." in output.out
    assert f"https://discord.com/channels/{GUILD}/71/71" in output.err
    assert world.shown == ["notice", "notice", "notice", "Title 1"]

    world.sender.problems.clear()
    assert await world.withdraw() == 0
    assert "0 posts and 1 shared card is withdrawn." in capsys.readouterr().out
    assert world.shown == ["notice"] * 4


async def test_without_a_token_the_withdrawal_waits_for_the_bot(
    world: WithdrawalWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    without = WithdrawalWorld(world.settings.model_copy(update={"token": None}), world.core, world.sender, world.url)

    assert await without.withdraw() == 2
    assert "Its posts wait" in capsys.readouterr().err
    assert await world.core.cards.pending(1) == 2


async def test_without_a_running_bot_only_this_article_is_changed(world: WithdrawalWorld) -> None:
    """Other pending deliveries are left to the bot."""
    async with world.core.database.transaction() as tx:
        [other] = await world.core.articles.add(tx, [draft(2)], NOW)
        await world.core.events.added(tx, [(other, draft(2))], NOW, announce=True)
        await tx.execute("UPDATE deliveries SET state = 'claimed' WHERE article = ? AND channel_id = 1", (other,))
    before = [
        tuple(row) for row in await world.core.database.all("SELECT * FROM deliveries WHERE article = ?", (other,))
    ]

    assert await world.withdraw() == 0

    after = [
        tuple(row) for row in await world.core.database.all("SELECT * FROM deliveries WHERE article = ?", (other,))
    ]
    assert after == before
    assert world.shown == ["notice"] * 4


@pytest.mark.parametrize("ended", ["removed", "channel_blocked", "guild_left"])
async def test_a_pending_withdrawal_survives_the_removal_of_its_subscription(
    world: WithdrawalWorld, capsys: pytest.CaptureFixture[str], ended: str
) -> None:
    """It is never reported as done before Discord has confirmed it."""
    await world.core.withdraw(1)
    subscription = await world.core.subscriptions.get(1)
    assert subscription is not None
    async with world.core.database.transaction() as tx:
        if ended == "removed":
            await world.core.subscriptions.end(tx, subscription.id)
        elif ended == "channel_blocked":
            await world.core.subscriptions.set_blocked(tx, subscription.id, "view_channel")
        else:
            await world.core.guilds.left(tx, GUILD, NOW)
    visible = await world.core.deliveries.still_visible(GUILD)
    assert {post.channel_id for post in visible} == {1, world.sender.discord.posts[1].id}
    if ended == "guild_left":
        assert len(await world.core.deliveries.unreachable(1)) == 2
        async with world.core.database.transaction() as tx:
            await world.core.guilds.returned(tx, GUILD)

    assert await world.withdraw() == 0
    assert "2 posts and 2 shared cards are withdrawn." in capsys.readouterr().out
    assert world.shown == ["notice"] * 4
    assert await world.core.deliveries.still_visible(GUILD) == []


async def test_a_later_withdrawal_reaches_the_posts_of_a_removed_subscription(world: WithdrawalWorld) -> None:
    for channel in (1, 2):
        subscription = await world.core.subscriptions.get(channel)
        assert subscription is not None
        await world.core.subscriptions.remove(subscription.id)
    assert await world.withdraw() == 0
    assert world.shown == ["notice"] * 4


async def test_nothing_new_is_posted_for_a_removed_subscription(world: WithdrawalWorld) -> None:
    """Also where a first attempt may have arrived: it is looked up, not repeated."""
    async with world.core.database.transaction() as tx:
        [other] = await world.core.articles.add(tx, [draft(2)], NOW)
        await world.core.events.added(tx, [(other, draft(2))], NOW, announce=True)
        await tx.execute(
            "UPDATE deliveries SET state = 'claimed', maybe_sent = 1, claimed_at = ?1, tried_at = ?1 - 60"
            " WHERE article = ?2 AND channel_id = 1",
            (NOW, other),
        )
    for channel in (1, 2):
        subscription = await world.core.subscriptions.get(channel)
        assert subscription is not None
        await world.core.subscriptions.remove(subscription.id)
    await _deliver(world.announcer(), world.core, other)
    assert len(world.sender.discord.posts) == 2
    states = await world.core.database.all("SELECT DISTINCT state FROM deliveries WHERE article = ?", (other,))
    assert [row["state"] for row in states] == ["cancelled"]


async def test_reinstating_brings_the_posts_back(world: WithdrawalWorld) -> None:
    assert await world.withdraw() == 0
    arguments = Namespace(url=world.url)
    code = await asyncio.to_thread(lambda: asyncio.run(command.reinstate(world.settings, arguments)))
    assert code == 0
    assert [post.shows for post in world.sender.discord.posts] == [("Title 1",), ("Title 1",)]
