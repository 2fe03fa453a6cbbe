"""Kills at any line: Discord survives the bot, and in the end every post exists exactly once."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.settings import DeliverySettings
from bot.delivery.ports import RetryLater, Step, StepResult
from bot.models import ChannelKind, Rhythm, Schedule
from bot.store.database import Database, Transaction
from bot.store.deliveries import DeliveryState
from bot.store.outbox import DueDelivery
from tests.delivery.delivery_world import START, DeliveryWorld
from tests.delivery.fakes import FakeDiscord, KilledError

KINDS = (ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT, ChannelKind.FORUM)
CHANNELS = 6
ARTICLES = 2
DOWNTIME = (0.1, 5.0, 400.0)


class Deaths:
    """Kills the process at chosen lines: `lines` has the number of lines of each run."""

    def __init__(self, lines: list[int], lost: float, seed: int) -> None:
        self._lines, self._lost, self._rng = lines, lost, Random(seed)
        self._left = -1
        self.dead = asyncio.Event()

    def begin_life(self) -> None:
        self.dead = asyncio.Event()
        self._left = self._lines.pop(0) if self._lines else -1

    def pass_line(self) -> None:
        if self._left == 0:
            self.dead.set()
        if self.dead.is_set():
            raise KilledError
        self._left -= 1

    def fault(self, _step: Step, _work: DueDelivery, _when: str) -> StepResult | None:
        self.pass_line()
        return RetryLater("lost", maybe_sent=True) if self._rng.random() < self._lost else None


class MortalDatabase(Database):
    """Its process may be killed right before or after every commit."""

    deaths: Deaths | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        self._pass()
        async with super().transaction() as tx:
            yield tx
            self._pass()
        self._pass()

    def _pass(self) -> None:
        if self.deaths is not None:
            self.deaths.pass_line()


async def live(world: DeliveryWorld, deaths: Deaths) -> None:
    """One run: until it is killed, or until nothing is left to do."""
    deaths.begin_life()
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # errors of a killed process reach nobody
    running = asyncio.create_task(world.announcer.run())
    death = asyncio.create_task(deaths.dead.wait())
    while not deaths.dead.is_set():
        await world.idle(death)
        if not await world.go_on():
            break
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in (*others, running):
        task.cancel()
    await asyncio.gather(*others, running, return_exceptions=True)


async def many_channels(world: DeliveryWorld) -> None:
    """Channels of every kind, some of which mention a role."""
    for number in range(CHANNELS):
        await world.subscribe(
            number + 1,
            KINDS[number % 3],
            publish=number % 3 == 1,
            open_thread=number == 4,
            role_id=5 if number >= 3 else None,
        )


async def one_digest(world: DeliveryWorld) -> None:
    """A channel with a daily digest that mentions a role."""
    await world.subscribe(1, role_id=5, schedule=Schedule(Rhythm.DAILY, 9))


async def lives(
    path: Path,
    lines: list[int],
    lost: float,
    seed: int,
    window: float,
    set_up: Callable[[DeliveryWorld], Awaitable[None]] = many_channels,
) -> tuple[FakeDiscord, dict[DeliveryState, int]]:
    """Restarts the bot after each kill until its work is done; returns the posts on Discord, and states by count."""
    rng, deaths, now = Random(seed), Deaths(list(lines), lost, seed), START
    discord = FakeDiscord(lambda: now, window=window * 1.5)
    counts: dict[DeliveryState, int] = {}
    for life in range(len(lines) + 1):
        database = await MortalDatabase.open(path)
        world = DeliveryWorld(database, DeliverySettings(nonce_window=window))
        world.now, world.discord, world.sender.discord = now, discord, discord
        discord.clock = lambda world=world: world.now
        world.sender.fault = deaths.fault
        if life == 0:
            await set_up(world)
            for number in range(ARTICLES):
                await world.publish(number)
        database.deaths = deaths
        await live(world, deaths)
        now = world.now + rng.choice(DOWNTIME)
        database.deaths = None
        counts = await world.deliveries.counts()
        await database.close()
    return discord, counts


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    lines=st.lists(st.integers(0, 60), max_size=12),
    lost=st.sampled_from([0.0, 0.2, 0.5]),
    seed=st.integers(0, 1000),
    window=st.sampled_from([1.0, 120.0]),
)
def test_each_article_is_in_each_channel_exactly_once(lines: list[int], lost: float, seed: int, window: float) -> None:
    """For all lines of kills, lost responses and times the bot was away."""
    with tempfile.TemporaryDirectory() as folder:
        discord, counts = asyncio.run(lives(Path(folder) / "herald.db", list(lines), lost, seed, window))

    assert counts == {DeliveryState.POSTED: CHANNELS * ARTICLES}
    for channel in range(1, CHANNELS + 1):
        for article in range(1, ARTICLES + 1):
            (post,) = discord.of(channel, article)
            assert post.published == (channel % 3 == 2)
            assert post.thread == (channel == 5)
            assert not post.text


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    lines=st.lists(st.integers(0, 25), max_size=8),
    lost=st.sampled_from([0.0, 0.2, 0.5]),
    seed=st.integers(0, 1000),
    window=st.sampled_from([1.0, 120.0]),
)
def test_a_digest_is_posted_exactly_once(lines: list[int], lost: float, seed: int, window: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "herald.db"
        discord, counts = asyncio.run(lives(path, list(lines), lost, seed, window, one_digest))

    (post,) = discord.posts
    assert post.shows == ("Article 0", "Article 1")
    assert not post.text
    assert counts == {DeliveryState.POSTED: 1, DeliveryState.IN_DIGEST: 1}
