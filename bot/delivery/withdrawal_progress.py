"""The progress of a withdrawal over all messages that show the article."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.store.deliveries import Deliveries
from bot.store.shared_cards import SharedCards

LOOK_SECONDS = 0.5

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of the bot's posts, and of cards that members shared or that are tests."""

    posts: int = 0
    cards: int = 0

    @property
    def total(self) -> int:
        """Posts and cards together."""
        return self.posts + self.cards

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(self.posts - other.posts, self.cards - other.cards)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.posts + other.posts, self.cards + other.cards)


@dataclass(frozen=True, slots=True)
class WithdrawalReport:
    """The result of a withdrawal.

    `visible` showed the article before, `waiting` are still to be tried, and `unreachable` could not
    be changed because the bot may not; `links` lead to those.
    """

    visible: Counts = Counts()
    waiting: Counts = Counts()
    unreachable: Counts = Counts()
    links: tuple[str, ...] = ()

    @property
    def done(self) -> Counts:
        """Messages that do not show the article any more."""
        return self.visible - self.waiting - self.unreachable


@dataclass(frozen=True, slots=True)
class WithdrawalProgress:
    """Counts the messages that show an article."""

    deliveries: Deliveries
    cards: SharedCards
    article_id: int

    async def visible(self) -> Counts:
        """Messages that show the article, or may show it."""
        return Counts(await self.deliveries.visible(self.article_id), await self.cards.visible(self.article_id))

    async def waiting(self) -> Counts:
        """Messages with a pending step that can be tried."""
        return Counts(await self.deliveries.pending(self.article_id), await self.cards.pending(self.article_id))

    async def report(self, standing: Counts) -> WithdrawalReport:
        """The progress since `visible` was counted."""
        posts = await self.deliveries.unreachable(self.article_id)
        cards = await self.cards.unreachable(article_id=self.article_id)
        places = [*posts, *((card.place.guild_id, card.place.channel_id, card.place.message_id) for card in cards)]
        links = tuple(message_link(*place) for place in places)
        return WithdrawalReport(standing, await self.waiting(), Counts(len(posts), len(cards)), links)

    async def watch(
        self,
        standing: Counts,
        progress: Progress,
        *,
        patience: float,
        wake: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> WithdrawalReport:
        """Waits until nothing is left to try, at most `patience` seconds."""
        give_up = clock() + patience
        waiting = await self.waiting()
        while waiting.total and clock() < give_up:
            wake()
            progress(max(standing.total - waiting.total, 0), standing.total)
            await sleep(LOOK_SECONDS)
            waiting = await self.waiting()
        progress(max(standing.total - waiting.total, 0), standing.total)
        return await self.report(standing)


def message_link(guild_id: int, channel_id: int, message_id: int | None) -> str:
    """The address that opens a message, or its channel where the message is not known."""
    return "/".join(
        ["https://discord.com/channels", *(str(part) for part in (guild_id, channel_id, message_id) if part)]
    )
