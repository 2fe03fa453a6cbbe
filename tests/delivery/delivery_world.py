"""A bot over a real file and a Discord in memory, with one clock that moves only on request."""

import asyncio
import math
from random import Random
from typing import Any

from bot.config.settings import DeliverySettings
from bot.delivery.announcer import Announcer, Clocks
from bot.delivery.channel_health import KnownKeys
from bot.delivery.planning.schedule import MAX_HOLD_SECONDS
from bot.delivery.rate_limiter import RateLimiter
from bot.models import ChannelKind, NewArticle, SubscriptionOptions
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.deliveries import Deliveries, DeliveryState
from bot.store.subscriptions import NewSubscription, Subscriptions
from tests.delivery.fakes import FakeDiscord, FakeSender
from tests.limits import HANG_SECONDS

GUILD = 7
START = 1_800_000_000.0


class DeliveryWorld:
    """A bot over a real file and a Discord in memory, with one clock that moves only on request."""

    def __init__(self, database: Database, settings: DeliverySettings) -> None:
        self.now = START
        self.database, self.settings = database, settings
        self.discord = FakeDiscord(lambda: self.now)
        self.sender = FakeSender(self.discord, before_step=self.swept, on_hang=self.note_rest)
        self.deliveries, self.subscriptions = Deliveries(database), Subscriptions(database)
        self.articles = Articles(database)
        self.known_keys: KnownKeys | None = None
        self.pausing = False  # the announcer waits to be woken
        self.at_rest = asyncio.Event()
        self.announcer = self.start()

    def start(self, active_until: float | None = None) -> Announcer:
        async def no_sleep(seconds: float) -> None:
            self.now += seconds
            await asyncio.sleep(0)

        async def no_wait(_seconds: float) -> None:
            await asyncio.sleep(0)

        clocks = Clocks(lambda: self.now, lambda: self.now, no_wait, self.pause)
        limiter = RateLimiter(1_000.0, invalid_budget=1_000, clock=lambda: self.now, sleep=no_sleep)
        return Announcer(
            self.database,
            self.sender,
            limiter,
            self.settings,
            clocks=clocks,
            rng=Random(1),
            known_keys=self.known_keys,
            active_until=active_until,
        )

    async def subscribe(self, channel: int, kind: ChannelKind = ChannelKind.TEXT, **choices: Any) -> int:
        return await self.subscribe_with(channel, SubscriptionOptions(**choices), kind)

    async def subscribe_with(
        self, channel: int, options: SubscriptionOptions, kind: ChannelKind = ChannelKind.TEXT
    ) -> int:
        return (await self.subscriptions.create(NewSubscription(GUILD, channel, kind, options))).id

    async def publish(self, number: int, ahead: float = 0.0) -> int:
        """Stores and plans an article, by a clock that is `ahead`."""
        now = self.now + ahead
        draft = NewArticle(
            feed="blog", identity=str(number), url=f"https://x.example/{number}", key=f"x.example/{number}",
            title=f"Article {number}", summary="", author="", author_note="", published=START + number, language="en",
            image=None, reading_minutes=None, topics=(), body=None,
        )  # fmt: skip
        async with self.database.transaction() as tx:
            [article_id] = await self.articles.add(tx, [draft], now)
            await self.deliveries.plan(tx, article_id, "blog", now)
        return article_id

    async def retitle(self, article_id: int, title: str) -> None:
        article = await self.articles.get(article_id)
        assert article is not None
        async with self.database.transaction() as tx:
            await tx.execute("UPDATE articles SET title = ? WHERE id = ?", (title, article_id))
            await self.deliveries.changed(tx, article_id, self.now)

    async def withdraw(self, article_id: int) -> None:
        async with self.database.transaction() as tx:
            await self.articles.withdraw(tx, article_id, self.now)
            await self.deliveries.withdrawn(tx, article_id, self.now)

    async def swept(self) -> None:
        """A step begins after the housekeeping in progress, so that these two always meet in the same order."""
        if self.announcer._look is not None:
            await asyncio.wait([self.announcer._look])

    async def pause(self, wake: asyncio.Event, _seconds: float) -> None:
        """The pause of the announcer's loop: no real time ends it, so nothing happens between two wake-ups."""
        self.pausing = True
        self.note_rest()
        await wake.wait()
        self.pausing = False

    def note_rest(self) -> None:
        """The announcer is at rest while it waits to be woken and all that is in progress hangs at closed gates."""
        announcer, hanging = self.announcer, [gate for gate in self.sender.hanging if not gate.is_set()]
        sweeping = announcer._look is not None and not announcer._look.done()
        in_progress = len(announcer._tasks) + len(announcer._card_tasks) + len(announcer._events) + sweeping
        if self.pausing and not announcer._wake.is_set() and in_progress == len(hanging):
            self.at_rest.set()
        else:
            self.at_rest.clear()

    async def idle(self, ended: asyncio.Task[Any]) -> None:
        """Returns when the announcer is at rest, or a task has ended."""
        self.note_rest()
        resting = asyncio.create_task(self.at_rest.wait())
        done, _ = await asyncio.wait([resting, ended], timeout=HANG_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        resting.cancel()
        assert done, "the announcer hangs"

    async def go_on(self, until: float = math.inf) -> bool:
        """Moves the clock to the next step when none is due now and wakes; False when nothing is left to do."""
        outbox = self.announcer._outbox
        left = bool(await outbox.due(self.now, 1) or await outbox.held_over(self.now, MAX_HOLD_SECONDS))
        if not left and (following := await outbox.next_due(self.now)) is not None:
            self.now, left = min(following, until), True
        self.announcer.wake()  # after the outbox was read: a row that it claims before would look like none left
        return left

    async def settle(self, seconds: float = 4_000.0) -> None:
        """Runs the announcer until nothing is due any more within `seconds`."""
        until = self.now + seconds
        running = asyncio.create_task(self.announcer.run())
        health = self.announcer._health
        while self.now < until:
            await self.idle(running)
            if await self.go_on(until):
                continue
            if not (health._news or health._notifier.pending):
                break
            self.now = min(self.now + 5.0, until)
        await self.announcer.stop()
        await running
        self.announcer = self.start()

    async def states(self, channel: int) -> list[DeliveryState]:
        subscription = await self.subscriptions.get(channel)
        assert subscription is not None
        return [report.state for report in reversed(await self.deliveries.recent(subscription.id, 50))]
