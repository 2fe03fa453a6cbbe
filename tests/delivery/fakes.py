"""A Discord in memory behind the `Sender` interface: nonces, faults, permissions, and kills at any line."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from random import Random

from bot.delivery.ports import (
    ChannelState,
    Done,
    MessageDeleted,
    NotifyLaterError,
    NotPosted,
    PermissionMissing,
    RetryLater,
    Step,
    StepResult,
    Unverifiable,
)
from bot.models import ChannelKind, Subscription
from bot.store.outbox import DueDelivery
from bot.store.shared_cards import DueCard

SHOWN = {Step.REPLACE: "notice", Step.DELETE: "delete"}


class KilledError(BaseException):
    """The process was killed; nothing after this line happened."""


@dataclass(slots=True)
class Post:
    """A message in a channel."""

    id: int
    channel: int
    article: int
    made_at: float
    nonce: str
    shows: tuple[str, ...]
    published: bool = False
    thread: bool = False
    thread_name: str = ""
    edits: int = 0
    text: bool = False  # plain text that has still to become the card
    state: str = "standing"  # or "notice", "deleted"


@dataclass(slots=True)
class FakeDiscord:
    """State that survives the bot. `window` is how long nonces are remembered."""

    clock: Callable[[], float]
    window: float = 120.0
    posts: list[Post] = field(default_factory=list[Post])
    said: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    order: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def of(self, channel: int, article: int) -> list[Post]:
        return [post for post in self.posts if (post.channel, post.article) == (channel, article)]

    def post(self, work: DueDelivery) -> Post | None:
        """Creates a message, or returns the one created with this nonce; None when that one was deleted."""
        forum = work.subscription.kind is ChannelKind.FORUM
        nonce = "" if forum else work.delivery.nonce
        for post in self.posts:
            if nonce and post.nonce == nonce and self.clock() - post.made_at < self.window:
                return None if post.state == "deleted" else post
        titles = tuple(article.title for article in work.articles)
        made = Post(len(self.posts) + 1, work.subscription.channel_id, work.article.id, self.clock(), nonce, titles)
        made.text = work.delivery.is_text
        self.posts.append(made)
        self.order.append((work.article.id, made.channel))
        return made

    def by_id(self, number: int | None) -> Post | None:
        found = [post for post in self.posts if post.id == number and post.state != "deleted"]
        return found[0] if found else None


Fault = Callable[[Step, DueDelivery, str], StepResult | None]


def no_fault(_step: Step, _work: DueDelivery, _when: str) -> StepResult | None:
    return None


async def nothing_else(_step: Step, _when: str) -> None:
    """Nothing else happens while a step is in flight."""


async def do_nothing() -> None: ...


@dataclass
class FakeSender:
    """Performs steps on a FakeDiscord. `fault` may answer instead, "before" or "after" the effect, or raise."""

    discord: FakeDiscord
    fault: Fault = no_fault
    during: Callable[[Step, str], Awaitable[None]] = nothing_else  # "before" and "after" the effect
    problems: dict[int, str] = field(default_factory=dict[int, str])
    members: dict[int, bool | None] = field(default_factory=dict[int, "bool | None"])
    channel_states: dict[int, ChannelState] = field(default_factory=dict[int, ChannelState])
    young_posts: dict[int, list[tuple[int, int]]] = field(default_factory=dict[int, list[tuple[int, int]]])
    deleted_channels: set[int] = field(default_factory=set[int])
    hidden: set[int] = field(default_factory=set[int])
    deaf: bool = False
    ahead: float = 0.0  # by how much the bot's clock is ahead of Discord's
    before_step: Callable[[], Awaitable[None]] = do_nothing
    on_hang: Callable[[], None] = lambda: None
    hanging: list[asyncio.Event] = field(default_factory=list[asyncio.Event])  # the gates at which requests wait
    gates: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])  # by channel: hangs until set
    late_gates: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])  # after the effect
    taken: list[tuple[Step, int]] = field(default_factory=list[tuple[Step, int]])
    cards: dict[int, str] = field(default_factory=dict[int, str])  # what shared cards show, by message
    cards_taken: list[tuple[Step, int]] = field(default_factory=list[tuple[Step, int]])
    card_answers: list[StepResult] = field(default_factory=list[StepResult])  # instead of doing it, one after another
    card_gate: asyncio.Event | None = None
    deleted_roles: set[int] = field(default_factory=set[int])
    community: str = ""  # the language of a server with the Community feature

    async def perform(
        self,
        step: Step,
        work: DueDelivery,
        deadline: float | None,
        still_wanted: Callable[[], Awaitable[bool]] | None = None,
    ) -> StepResult:
        await self.before_step()
        self.taken.append((step, work.subscription.channel_id))
        await self._hang(self.gates.get(work.subscription.channel_id))
        await self.during(step, "before")
        if step is Step.POST and still_wanted is not None and not await still_wanted():
            return RetryLater("no_longer_wanted", maybe_sent=False)
        if deadline is not None and self.discord.clock() + self.ahead >= deadline:
            return RetryLater("too_late", maybe_sent=False)
        if (answer := self.fault(step, work, "before")) is not None:
            return answer
        done = self._do(step, work)
        await self.during(step, "after")
        await self._hang(self.late_gates.get(work.subscription.channel_id))
        return self.fault(step, work, "after") or done

    async def _hang(self, gate: asyncio.Event | None) -> None:
        if gate is not None:
            self.hanging.append(gate)
            self.on_hang()
            await gate.wait()
            self.hanging.remove(gate)

    def _do(self, step: Step, work: DueDelivery) -> StepResult:
        if step is Step.POST:
            made = self.discord.post(work)
            return Done(made.id) if made else MessageDeleted()
        if step is Step.VERIFY:
            return self._find(work)
        post = self.discord.by_id(work.delivery.message_id)
        if post is None:
            return MessageDeleted()
        match step:
            case Step.PUBLISH:
                assert not post.text, "published before it became the card"
                post.published = True
            case Step.OPEN_THREAD:
                opened, post.thread = post.thread, True
                return Done(None if opened else post.id)
            case Step.RENAME:
                post.thread_name = work.articles[0].title if work.articles else ""
            case Step.EDIT:
                post.shows = tuple(article.title for article in work.articles)
                post.edits += 1
                post.text = False
            case Step.HIDE_NAME:
                post.thread_name = "neutral"
            case Step.REPLACE:
                post.state, post.shows = "notice", ()
            case _:
                post.state, post.shows = "deleted", ()
        return Done()

    def _find(self, work: DueDelivery) -> StepResult:
        channel = work.subscription.channel_id
        if channel in self.hidden:
            return Unverifiable("read_message_history")
        found = [post for post in self.discord.of(channel, work.article.id) if post.state != "deleted"]
        return Done(found[0].id) if found else NotPosted()

    def community_language(self, guild_id: int) -> str:
        del guild_id
        return self.community

    def preflight_problem(self, subscription: Subscription) -> str:
        return self.problems.get(subscription.channel_id, "")

    def is_member(self, guild_id: int) -> bool | None:
        return self.members.get(guild_id, True)

    def channel_state(self, subscription: Subscription) -> ChannelState | None:
        known = ChannelState(kind=subscription.kind)
        return (
            self.channel_states.get(subscription.channel_id, known) if self.is_member(subscription.guild_id) else None
        )

    def missing_roles(self, guild_id: int, role_ids: Collection[int]) -> frozenset[int]:
        return frozenset(self.deleted_roles.intersection(role_ids)) if self.is_member(guild_id) else frozenset()

    async def own_posts_since(self, subscription: Subscription, since: float) -> list[tuple[int, int]] | None:
        del since
        return self.young_posts.get(subscription.channel_id)

    async def is_deleted(self, channel_id: int) -> bool:
        return channel_id in self.deleted_channels

    async def take_card(self, step: Step, work: DueCard) -> StepResult:
        if problem := self.problems.get(work.card.place.channel_id):
            return PermissionMissing(problem)
        await self.before_step()
        self.cards_taken.append((step, work.card.place.message_id))
        await self._hang(self.card_gate)
        await self.during(step, "before")
        if self.card_answers:
            return self.card_answers.pop(0)
        self.cards[work.card.place.message_id] = work.article.title if step is Step.EDIT else SHOWN[step]
        return Done()

    async def notify(self, guild_id: int, first: tuple[int, ...], sentence: str, nonce: str) -> bool:
        if self.deaf:
            raise NotifyLaterError("deaf")
        self.discord.said.append((first[0] if first else guild_id, sentence))
        return bool(nonce)


def flaky(rng: Random, share: float) -> Fault:
    """Fails a share of all steps, before or after the effect, ambiguously."""

    def fault(_step: Step, _work: DueDelivery, when: str) -> StepResult | None:
        return RetryLater(f"lost_{when}", maybe_sent=True) if rng.random() < share else None

    return fault
