"""`python -m tests.tools.screenshots [FOLDER]`: takes the README's pictures from the sandbox, with Chromium.

Every picture is taken at two widths: `search.webp` as on a desktop, `search-phone.webp` as on a phone.
The tour is also taken in Korean.
"""

import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from bot.demo.page_server import SandboxPage, served
from bot.demo.sandbox import Sandbox, opened
from bot.demo.tour import BATCH, Tour
from tests.tools.browser import BrowserError, Tab, browser

FOLDER = Path(".github/pictures")
WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Window:
    """A browser window in CSS pixels; pictures are `scale` times as large."""

    suffix: str
    width: int
    height: int
    scale: float
    layout: str


WINDOWS = (Window("", 1280, 860, 1.0, "desktop"), Window("-phone", 390, 844, 1.5, "phone"))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture shows: the answer to a command, the newest announcement, or a step of the tour."""

    name: str
    command: str = ""
    step: int = 0
    viewer: str = "member"
    language: str = "en"
    presses: tuple[str, ...] = ()  # what is done with the answer, as JavaScript
    windows: tuple[Window, ...] = WINDOWS

    def files(self) -> dict[str, Window]:
        """The names of its pictures."""
        return {f"{self.name}{window.suffix}.webp": window for window in self.windows}


ANSWER = "[...document.querySelectorAll('#timeline article')].at(-1)"
CHOOSE_CHANNEL = f"""(() => {{
  const channels = {ANSWER}.querySelector('select');
  channels.value = [...channels.options].find(option => option.text === '#moderators').value;
  channels.dispatchEvent(new Event('change', {{bubbles: true}}));
}})()"""
SAVE = f"{ANSWER}.querySelector('button.success')"
SETUP = Subject("setup-1", "/announcements setup", viewer="moderator", windows=WINDOWS[1:])

SUBJECTS = (
    Subject("tour", step=3),
    Subject("tour-ko", step=3, language="ko"),
    Subject("announcement"),
    Subject("search", "/search how did the kid open a sealed raido"),
    Subject("act", "/act"),
    Subject("status", "/announcements status", viewer="moderator"),
    Subject("preview", "/announcements preview channel:#announcements", viewer="moderator"),
    SETUP,
    replace(SETUP, name="setup-2", presses=(CHOOSE_CHANNEL, f"{SAVE}.scrollIntoView({{block: 'end'}})")),
    replace(SETUP, name="setup-3", presses=(CHOOSE_CHANNEL, f"{SAVE}.click()")),
)


def main(folder: Path) -> int:
    """Takes all pictures into `folder`. 0: done, 1: no browser, or nothing to see in time."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="herald-pictures-") as data:
            asyncio.run(_take(folder, Path(data)))
    except (BrowserError, TimeoutError) as error:
        print(f"The pictures could not be taken: {error or 'the bot posted nothing in time'}", file=sys.stderr)
        return 1
    return 0


async def _take(folder: Path, data: Path) -> None:
    async with opened(data, time.time) as sandbox, browser() as tab:
        page = SandboxPage(sandbox.world, Tour(sandbox.world, sandbox.blog, asyncio.Lock()), sandbox.blog.base)
        async with served(page) as address:
            await sandbox.blog.read.wait()
            await _publish_some(sandbox)
            await tab.open(address, 1280, 860, 1.0)
            await tab.wait_for("document.getElementById('step-1')")
            for subject in SUBJECTS:
                for name, window in subject.files().items():
                    await _picture(tab, address, subject, window)
                    shown = await tab.picture("body" if subject.step else "main", window.height)
                    (folder / name).write_bytes(shown)


async def _publish_some(sandbox: Sandbox) -> None:
    channel = sandbox.world.announcements
    for slug in BATCH[:3]:
        known = len(channel.history())
        sandbox.blog.publish(slug)
        async with asyncio.timeout(WAIT_SECONDS):
            while len(channel.history()) == known:  # noqa: ASYNC110 - simcord sends no event
                await asyncio.sleep(0.2)


async def _picture(tab: Tab, address: str, subject: Subject, window: Window) -> None:
    chosen = {"viewer": subject.viewer, "language": subject.language, "layout": window.layout}
    await tab.evaluate(f"Object.entries({json.dumps(chosen)}).forEach(([k, v]) => sessionStorage['herald-' + k] = v)")
    await tab.open(address, window.width, window.height, window.scale)
    await tab.wait_for("document.getElementById('step-1')")
    if subject.step:
        await tab.evaluate(f"document.getElementById('step-{subject.step}').click()")
        await tab.wait_for("document.querySelector('.comparison[open]')")
    if subject.command:
        await tab.type_line(subject.command)
    for press in subject.presses:
        await tab.wait_until_idle()
        await tab.evaluate(press)
    await tab.wait_until_idle()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
