"""`python -m bot.demo.pictures [FOLDER]`: takes the README's pictures from the sandbox, with Chromium.

Every picture is taken at two widths: `search.png` as on a desktop, `search-phone.png` as on a phone.
"""

import asyncio
import io
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import simcord
from PIL import Image

from bot.demo import world as worlds
from bot.demo.browser import BrowserError, Tab, browser
from bot.demo.sandbox import Sandbox, opened
from bot.demo.server import Pace
from bot.demo.world import World

FOLDER = Path(".github/pictures")
PHONE_SUFFIX = "-phone"
MORNING = datetime(2026, 5, 4, 9, 30, tzinfo=UTC).timestamp()
ANNOUNCED = 3  # announcements on show before the pictures are taken
PATIENCE_SECONDS = 60.0
LOOKS_SECONDS = 6.0  # between two looks at the feed
COLOURS = 255
MARGIN = 20  # pixels of background above and below a message

# The page tells when it has drawn everything. Right after loading it also reports its size to the
# server, and shows buttons as unavailable meanwhile.
READY = (
    "window.simcordPreview?.ready && simcordPreview.lastAction && !simcordPreview.pendingAction"
    " && !document.querySelector('#focused-content button[aria-disabled=true]:not([disabled])')"
)
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MESSAGE = "#focused-content"


@dataclass(frozen=True, slots=True)
class Window:
    """A browser window in CSS pixels; pictures are `scale` times as large, and cut off below `shown`."""

    suffix: str
    width: int
    shown: int
    scale: float


HEIGHT = 2400  # higher than any message, so that the page has nothing to scroll
WINDOWS = (Window("", 940, 1000, 1.5), Window(PHONE_SUFFIX, 390, 844, 2.0))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture shows: a command's answer to somebody, or the newest announcement when there is none."""

    name: str
    command: str = ""
    options: tuple[tuple[str, str], ...] = ()
    moderator: bool = False


SUBJECTS = (
    Subject("announcement"),
    Subject("search", "search", (("query", "listening to a radio under a blanket"),)),
    Subject("act", "act"),
    Subject("status", "announcements status", moderator=True),
    Subject("preview", "announcements preview", (("channel", "announcements"),), moderator=True),
)


def main(folder: Path) -> int:
    """Takes all pictures into `folder`. 0: done, 1: no browser, or nothing to see in time."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="herald-pictures-") as data:
            asyncio.run(_take(folder, Path(data)))
    except (BrowserError, TimeoutError) as error:
        print(f"The pictures could not be taken: {error or 'the bot announced nothing in time'}", file=sys.stderr)  # noqa: T201 - a script
        return 1
    return 0


def palette_png(picture: bytes) -> bytes:
    """The same picture in at most 255 colours, with a margin of its background above and below."""
    out = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    framed = Image.new("RGB", (image.width, image.height + 2 * MARGIN), image.getpixel((image.width // 2, 0)))
    framed.paste(image, (0, MARGIN))
    framed.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


async def _take(folder: Path, data: Path) -> None:
    begun = time.time()
    pace = Pace(first=1.0, every=2.0)
    async with opened(data, lambda: MORNING + time.time() - begun, pace, LOOKS_SECONDS) as sandbox, browser() as tab:
        world = sandbox.world
        place, topics = world.announcements, "women, rescue"
        await world.moderator.slash(place, "announcements add", channel=world.news, topics=topics)
        await _announced(sandbox, ANNOUNCED)
        for subject in SUBJECTS:
            await _portray(sandbox, tab, subject, folder)


async def _portray(sandbox: Sandbox, tab: Tab, subject: Subject, folder: Path) -> None:
    world = sandbox.world
    actor = world.moderator if subject.moderator else world.member
    await _looked(sandbox)
    asked = world.env.now()
    result = await _answer(world, actor, subject) if subject.command else world.announcements.last_message
    page = worlds.preview(
        world, world.announcements, sandbox.pictures, viewers=(actor,), layout="message", shown_at=asked
    )
    async with page:
        await page.show(result)
        for window in WINDOWS:
            await tab.open(page.url, window.width, HEIGHT, window.scale)
            await tab.wait_for(READY)
            await tab.evaluate(DRAWN)
            picture = await tab.picture(MESSAGE, window.shown)
            (folder / f"{subject.name}{window.suffix}.png").write_bytes(palette_png(picture))


async def _answer(world: World, actor: simcord.MemberActor, subject: Subject) -> simcord.InteractionResult:
    return await actor.slash(world.announcements, subject.command, **dict(subject.options))


async def _looked(sandbox: Sandbox) -> None:
    """Waits until the bot has just read the feed, so that in the picture its next look lies ahead."""
    sandbox.blog.read.clear()
    await asyncio.wait_for(sandbox.blog.read.wait(), PATIENCE_SECONDS)
    await asyncio.sleep(worlds.TICK_SECONDS * 2)


async def _announced(sandbox: Sandbox, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(sandbox.world.announcements.history()) < count:  # noqa: ASYNC110 - simcord sends no event
            await asyncio.sleep(worlds.TICK_SECONDS)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
