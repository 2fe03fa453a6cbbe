"""What the stand-in saw, held against what was promised."""

from collections import Counter
from dataclasses import dataclass

from tests.fake_discord.fixture import states
from tests.fake_discord.process import Json
from tests.fake_discord.stage import Stage


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far from exactly once. All zero: the promise was kept."""

    lost: int  # channel and article without a post
    doubled: int  # posts beyond the first
    unpublished: int  # posts in announcement channels that were not published
    threadless: int  # posts in text and announcement channels without the thread that was asked for

    @property
    def kept(self) -> bool:
        """Whether every channel has exactly one of everything."""
        return not (self.lost or self.doubled or self.unpublished or self.threadless)


async def verdict(stage: Stage, *, extras: bool = True) -> Verdict:
    """Counts over every channel that is still there and every article announced so far."""
    lost = doubled = unpublished = threadless = 0
    for channel in await stage.standin.channels():
        posts = [post for post in channel["posts"] if post["marker"]]  # the others tell moderators of incidents
        copies = Counter(post["marker"] for post in posts)
        lost += stage.articles - len(copies)
        doubled += sum(copies.values()) - len(copies)
        if extras and channel["kind"] == "announcement":
            unpublished += _without("published", posts)
        if extras and channel["kind"] in ("text", "announcement"):
            threadless += _without("has_thread", posts)
    return Verdict(lost, doubled, unpublished, threadless)


def _without(mark: str, posts: list[Json]) -> int:
    """Posts that stand there and lack something; what a moderator deleted needs nothing more."""
    return sum(1 for post in posts if not post[mark] and not post["deleted"])


def unsettled(stage: Stage) -> str:
    """For a failure's message: in which states the deliveries are, and the log's end."""
    tail = stage.log.read_text("utf-8", errors="replace")[-3000:] if stage.log.exists() else ""
    return f"{states(stage.database)}\n{tail}"
