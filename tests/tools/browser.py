"""Chromium without a window, driven over its DevTools protocol, to take pictures of pages."""

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.limits import HANG_SECONDS

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ASK_AGAIN_SECONDS = 0.1
MAX_MESSAGE = 64 * 1024 * 1024
QUALITY = 80
BAD_STATUS = 400


class BrowserError(Exception):
    """Chromium is missing, did not start, or a page did not do what was expected."""


class Tab:
    """A page in the browser. Sizes are CSS pixels; pictures are `scale` times as large."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []

    def complaints(self) -> list[str]:
        """Errors and warnings on the page's console, exceptions, and failed requests."""
        found: list[str] = []
        for event in self.events:
            parameters = event["params"]
            match event["method"]:
                case "Runtime.exceptionThrown":
                    found.append(str(parameters["exceptionDetails"]))
                case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "warning"):
                    found.append(str(parameters["args"]))
                case "Log.entryAdded" if parameters["entry"]["level"] in ("error", "warning"):
                    found.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
                case "Network.responseReceived" if parameters["response"]["status"] >= BAD_STATUS:
                    found.append(f"{parameters['response']['status']} {parameters['response']['url']}")
                case _:
                    pass
        return found

    async def open(self, url: str, width: int, height: int, scale: float) -> None:
        """Loads a page at a window size."""
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.call(f"{domain}.enable")
        await self.call("Emulation.setDeviceMetricsOverride", **size)
        await self.call("Page.navigate", url="about:blank")
        await self.call("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are awaited."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"the page's script failed: {answer['exceptionDetails'].get('exception')}")
        return answer["result"].get("value")

    async def wait_for(self, expression: str) -> None:
        """Waits until a JavaScript expression is true. Raises BrowserError when it does not come true.

        While a page loads, the expression may fail.
        """
        try:
            async with asyncio.timeout(HANG_SECONDS):
                while True:
                    with contextlib.suppress(BrowserError):
                        if await self.evaluate(f"Boolean({expression})"):
                            return
                    await asyncio.sleep(ASK_AGAIN_SECONDS)
        except TimeoutError:
            raise BrowserError(f"the page never came to: {expression}") from None

    async def reload(self) -> None:
        """Loads the page again; the old one is gone afterwards."""
        await self.evaluate("window.isOld = true")
        await self.call("Page.reload")
        await self.wait_for("!window.isOld")

    async def type_line(self, text: str) -> None:
        """Types into the page's input line as a person does, presses Enter, and waits for the answer."""
        await self.evaluate("document.getElementById('input').focus()")
        await self.call("Input.insertText", text=text)
        await self.evaluate("document.getElementById('composer').requestSubmit()")
        await self.wait_until_idle()

    async def wait_until_idle(self) -> None:
        """Waits until the page has no work of its own, and all its pictures are there."""
        await self.wait_for("!document.body.classList.contains('busy')")
        await self.wait_for("[...document.images].every(image => image.complete)")
        await self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    async def picture(self, selector: str, height: float) -> bytes:
        """A WebP picture of the element that `selector` finds, cut off below `height`."""
        box = await self.evaluate(f"document.querySelector({selector!r}).getBoundingClientRect().toJSON()")
        clip = {name: box[name] for name in ("x", "y", "width")} | {"height": min(box["height"], height), "scale": 1}
        shot = await self.call("Page.captureScreenshot", format="webp", quality=QUALITY, clip=clip)
        return base64.b64decode(shot["data"])

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Sends a command of the protocol and returns its result; what the page reports in between goes to `events`."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            answer: dict[str, Any] = json.loads((await self._socket.receive()).data)
            if "method" in answer:
                self.events.append(answer)
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer["result"]


@asynccontextmanager
async def browser() -> AsyncGenerator[Tab]:
    """Starts Chromium with a profile of its own, and stops it at the end. Raises BrowserError."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise BrowserError("Chromium is needed to take pictures; install it (on Debian: apt install chromium)")
    with tempfile.TemporaryDirectory(prefix="herald-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            port = await _port(Path(profile) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                    targets = await response.json()
                address = next(target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page")
                async with session.ws_connect(address, max_msg_size=MAX_MESSAGE) as socket:
                    yield Tab(socket)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _port(file: Path) -> int:
    """The port Chromium has chosen; it writes the file once it listens."""
    try:
        async with asyncio.timeout(HANG_SECONDS):
            while True:
                if port := await asyncio.to_thread(_written_port, file):
                    return port
                await asyncio.sleep(ASK_AGAIN_SECONDS)
    except TimeoutError:
        raise BrowserError("Chromium did not start") from None


def _written_port(file: Path) -> int:
    """The first line of the file; 0 while it is missing or half written."""
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return int(lines[0]) if len(lines) > 1 else 0
