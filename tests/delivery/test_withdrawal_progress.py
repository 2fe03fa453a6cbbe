"""`herald retract` counts every message that shows an article, and tells the truth about each."""

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
from bot.cli import retract as command
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
from tests.store.test_articles import draft

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
            self.core.database, self.sender, limiter, DeliverySettings(), clocks=clocks, rng=Random(1)
        )

    async def retract(self, *, dry_run: bool = False) -> int:
        return await asyncio.to_thread(command.retract, self.settings, Namespace(url=self.url, dry_run=dry_run))

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
    async def open_announcer(core: Core, _client: Any) -> AsyncIterator[tuple[Announcer, None]]:
        clocks = Clocks(lambda: NOW, lambda: NOW)
        limiter = RateLimiter(1_000.0, clock=lambda: NOW, sleep=asyncio.sleep)
        yield build_announcer(core.database, sender, limiter, DeliverySettings(), clocks=clocks, rng=Random(1)), None

    monkeypatch.setattr(discord.Client, "login", login)
    monkeypatch.setattr(command, "open_announcer", open_announcer)


async def test_a_dry_run_counts_and_changes_nothing(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert await stage.retract(dry_run=True) == 0

    assert "would be withdrawn: 2 posts and 2 shared cards" in capsys.readouterr().out
    assert stage.shown == ["standing", "standing", "Title 1", "Title 1"]


async def test_without_a_running_bot_the_command_takes_everything_back(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await stage.retract() == 0

    assert "2 posts and 2 shared cards are taken back." in capsys.readouterr().out
    assert stage.shown == ["notice"] * 4


async def test_a_running_bot_does_it_and_the_command_watches(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    announcer = stage.announcer()
    with DatabaseLock(stage.settings.database):
        asking = asyncio.create_task(stage.retract())
        running = asyncio.create_task(announcer.run())
        while not asking.done():
            announcer.wake()
            await asyncio.wait([asking], timeout=0.01)
        await announcer.stop()
        await running

    assert await asking == 0
    assert "2 posts and 2 shared cards are taken back." in capsys.readouterr().out
    assert stage.shown == ["notice"] * 4


async def test_what_cannot_be_reached_is_not_called_taken_back(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its address is told, so that somebody can delete it; given again, the command tries again."""
    stage.sender.problems[71] = "view_channel"

    assert await stage.retract() == 1
    told = capsys.readouterr()
    assert "2 posts and 1 shared card of 2 posts and 2 shared cards are taken back." in told.out
    assert f"https://discord.com/channels/{GUILD}/71/71" in told.err
    assert stage.shown == ["notice", "notice", "notice", "Title 1"]

    stage.sender.problems.clear()
    assert await stage.retract() == 0
    assert "0 posts and 1 shared card is taken back." in capsys.readouterr().out
    assert stage.shown == ["notice"] * 4


async def test_without_a_token_it_waits_for_the_bot(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    without = Stage(stage.settings.model_copy(update={"token": None}), stage.core, stage.sender, stage.url)

    assert await without.retract() == 2
    assert "Its posts wait" in capsys.readouterr().err
    assert await stage.core.cards.pending(1) == 2
