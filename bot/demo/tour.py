"""The tour of the sandbox: six steps, each of which shows what the bot does before and after.

A step uses what a blog, a server's moderator or a member has: the sample blog publishes, corrects and
withdraws; permissions of a channel change; people use commands and buttons. It never calls the bot's code.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import simcord
from simcord.backend.models import Channel

from bot.demo.projection import components_of, messages, text_of, threads_of
from bot.demo.server import SampleBlog
from bot.demo.world import World

STEPS = 6
WAIT_SECONDS = 40.0
TICK_SECONDS = 0.1
STATUS_SECONDS = 1.0

ARTICLE = "a-radio-under-the-blanket"
CORRECTED_NAME = "Jun-ho"
QUESTION = "hidden raido under a blankit"
BATCH = (
    "a-bake-sale-in-dayton",
    "first-week-first-bank-card",
    "anatomy-of-a-journey",
    "the-sewing-room",
    "english-at-nine-in-the-evening",
    "a-dictionary-for-the-pocket",
    "first-winter-in-seoul-ko",
)
CLOSED_ARTICLE = "the-teacher-who-asked-why"


class TourError(Exception):
    """The expected reaction did not come in time."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A channel at one moment: the words of its newest message about the article, or nothing."""

    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """The view before and after a step; the page then opens `channel` as `viewer`, at `message`.

    Both are ids as text, because JavaScript rounds numbers of this size.
    """

    step: int
    before: tuple[Glimpse, ...]
    after: tuple[Glimpse, ...]
    channel: str
    viewer: str
    message: str | None = None


@dataclass(slots=True)
class Tour:
    """Runs the steps in order; a step that needs an earlier one runs it first, and none runs twice."""

    world: World
    blog: SampleBlog
    busy: asyncio.Lock
    wait_seconds: float = WAIT_SECONDS
    locale: str = "en-US"
    done: dict[int, StepResult] = field(default_factory=dict[int, StepResult])

    async def run(self, step: int, locale: str = "en-US") -> StepResult:
        """The result of a step, whose commands are used by people of that locale.

        Raises TourError when the bot does not react in time.
        """
        steps: dict[int, Callable[[], Awaitable[StepResult]]] = {
            1: self._publish,
            2: self._search,
            3: self._correct,
            4: self._withdraw,
            5: self._publish_batch,
            6: self._shut_out,
        }
        if step in self.done:
            return self.done[step]
        if step in (2, 3, 4) and 1 not in self.done:
            await self.run(1, locale)
        if step == 4 and 3 not in self.done:  # noqa: PLR2004 - the steps have numbers
            await self.run(3, locale)
        self.locale = locale
        try:
            self.done[step] = await steps[step]()
        except TimeoutError:
            raise TourError from None
        return self.done[step]

    async def _publish(self) -> StepResult:
        title = self.blog.articles[ARTICLE].title
        before = self._glimpses(title)
        self.blog.publish(ARTICLE)
        await self._until(lambda: all(glimpse.text for glimpse in self._glimpses(title)))
        world = self.world
        return StepResult(1, before, self._glimpses(title), str(world.announcements.id), "member")

    async def _search(self) -> StepResult:
        before = (Glimpse(f"/search {QUESTION}", ""),)
        answer, words = await self._command(self.world.member, self.world.announcements, "search", query=QUESTION)
        after = (Glimpse(f"/search {QUESTION}", words),)
        return StepResult(2, before, after, str(self.world.announcements.id), "member", str(answer.id))

    async def _correct(self) -> StepResult:
        title = self.blog.articles[ARTICLE].title
        before = self._glimpses(title)
        self.blog.correct(ARTICLE)
        await self._until(
            lambda: all(glimpse.text and CORRECTED_NAME not in glimpse.text for glimpse in self._glimpses(title))
        )
        channel = self.world.announcements.id
        place = self.world.env.backend.get_channel(channel)
        posts = messages(self.world.env.backend, place, self.world.member.id)
        public = (one for one in reversed(posts) if not one["ephemeral"])
        post = next(one["id"] for one in public if title in text_of(one["content"], one["components"]))
        return StepResult(3, before, self._glimpses(title), str(channel), "member", post)

    async def _withdraw(self) -> StepResult:
        title = self.blog.articles[ARTICLE].title
        before = self._glimpses(title)
        self.blog.withdraw(ARTICLE)
        await self._until(lambda: not any(glimpse.text for glimpse in self._glimpses(title)))
        answer, words = await self._command(self.world.moderator, self.world.moderators, "announcements status")
        after = (*self._glimpses(title), Glimpse("/announcements status", words))
        return StepResult(4, before, after, str(self.world.moderators.id), "moderator", str(answer.id))

    async def _publish_batch(self) -> StepResult:
        world = self.world
        for slug in BATCH:
            self.blog.publish(slug)
        # A status page that shows held articles has a button that releases the newest of them.
        async with asyncio.timeout(self.wait_seconds):
            while True:
                status, held = await self._command(world.moderator, world.moderators, "announcements status")
                ids = [component.get("custom_id", "") for component in components_of(status.components)]
                button = next((found for found in ids if ":release:" in found and "newest" in found), "")
                if button:
                    break
                await asyncio.sleep(STATUS_SECONDS)
        async with self.busy:
            await world.moderator.click(status, custom_id=button)
        newest = self.blog.articles[BATCH[-1]].title
        await self._until(lambda: bool(self._latest(world.announcements, newest)))
        return StepResult(
            5,
            (Glimpse("/announcements status", held),),
            (Glimpse("#announcements", self._latest(world.announcements, newest)),),
            str(world.announcements.id),
            "moderator",
        )

    async def _shut_out(self) -> StepResult:
        world, title = self.world, self.blog.articles[CLOSED_ARTICLE].title
        known = len(self._incidents())
        async with self.busy:
            world.shut_out_bot(world.closed_channel)
        self.blog.publish(CLOSED_ARTICLE)
        await self._until(lambda: len(self._incidents()) > known)
        incident = self._incidents()[-1]
        before = (Glimpse("#closed", self._latest(world.closed_channel, title)), Glimpse("#moderators", incident))
        async with self.busy:
            world.admit_bot(world.closed_channel)
        await self._until(lambda: bool(self._latest(world.closed_channel, title)) and self._incidents()[-1] != incident)
        after = (
            Glimpse("#closed", self._latest(world.closed_channel, title)),
            Glimpse("#moderators", self._incidents()[-1]),
        )
        return StepResult(6, before, after, str(world.closed_channel.id), "moderator")

    def _glimpses(self, title: str) -> tuple[Glimpse, ...]:
        channels = (self.world.announcements, self.world.news, self.world.forum)
        return tuple(Glimpse(f"#{channel.name}", self._latest(channel, title)) for channel in channels)

    def _latest(self, channel: simcord.ChannelHandle, title: str) -> str:
        """The words of the newest message that carries this title, in the channel or its threads."""
        backend = self.world.env.backend
        stored = backend.get_channel(channel.id)
        for place in reversed((stored, *threads_of(backend, stored))):
            name = [place.name or ""] if place.is_thread else []
            for text in reversed(self._texts(place)):
                if title in (shown := "\n".join((*name, text))):
                    return shown
        return ""

    def _texts(self, place: Channel) -> list[str]:
        """The words of the messages that everyone there sees, oldest first; private answers do not count."""
        seen = messages(self.world.env.backend, place, self.world.moderator.id)
        return [text_of(message["content"], message["components"]) for message in seen if not message["ephemeral"]]

    def _incidents(self) -> list[str]:
        """The reports to moderators about #closed, oldest first."""
        channel = f"<#{self.world.closed_channel.id}>"
        return [
            text
            for text in self._texts(self.world.env.backend.get_channel(self.world.moderators.id))
            if channel in text
        ]

    async def _command(
        self, actor: simcord.MemberActor, channel: simcord.ChannelHandle, name: str, **options: object
    ) -> tuple[simcord.ResponseMessage, str]:
        """The answer to a command, and its words. Raises TourError without one."""
        async with self.busy:
            self.world.locale.value = self.locale
            answer = (await actor.slash(channel, name, **options)).response
        if answer is None:
            raise TourError
        return answer, text_of(answer.content, answer.components)

    async def _until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(self.wait_seconds):
            while not happened():  # noqa: ASYNC110 - simcord sends no event
                await asyncio.sleep(TICK_SECONDS)
