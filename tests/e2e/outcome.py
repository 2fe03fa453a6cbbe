"""Compares the posts on the fake Discord with the expected ones."""

from collections import Counter
from dataclasses import dataclass

from tests.fake_discord.bot_world import BotWorld
from tests.fake_discord.fixture import states
from tests.fake_discord.process import Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """Deviations from exactly once; all zero: none."""

    lost: int  # channel and article without a post
    doubled: int  # posts beyond the first
    unpublished: int  # posts in announcement channels that were not published
    threadless: int  # posts in text and announcement channels without the thread that was asked for

    @property
    def exactly_once(self) -> bool:
        """Whether every channel has exactly one of everything."""
        return not (self.lost or self.doubled or self.unpublished or self.threadless)


async def measure_outcome(world: BotWorld, *, extras: bool = True) -> Outcome:
    """Counts over every remaining channel and every article announced so far."""
    lost = doubled = unpublished = threadless = 0
    for channel in await world.discord_server.channels():
        posts = [post for post in channel["posts"] if post["marker"]]  # the others report incidents to moderators
        copies = Counter(post["marker"] for post in posts)
        lost += world.articles - len(copies)
        doubled += sum(copies.values()) - len(copies)
        if extras and channel["kind"] == "announcement":
            unpublished += _without("published", posts)
        if extras and channel["kind"] in ("text", "announcement"):
            threadless += _without("has_thread", posts)
    return Outcome(lost, doubled, unpublished, threadless)


def _without(mark: str, posts: list[Json]) -> int:
    """Posts without the mark; deleted ones need nothing more."""
    return sum(1 for post in posts if not post[mark] and not post["deleted"])


def unsettled(world: BotWorld) -> str:
    """For a failure's message: in which states the deliveries are, and the log's end."""
    tail = world.log.read_text("utf-8", errors="replace")[-3000:] if world.log.exists() else ""
    return f"{states(world.database)}\n{tail}"
