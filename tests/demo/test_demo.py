"""The sandbox as a process: started from the command line, read through its page, stopped with a signal."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.demo import sandbox
from tests.limits import HANG_SECONDS

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/$", re.MULTILINE)


@asynccontextmanager
async def demo(*arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--no-browser", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def address(process: asyncio.subprocess.Process) -> str:
    """The page's address, from what the sandbox prints."""
    assert process.stdout is not None
    async for line in process.stdout:
        if found := ADDRESS.search(line.decode()):
            return found[0]
    assert process.stderr is not None
    raise AssertionError((await process.stderr.read()).decode())


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
async def test_an_article_arrives_by_itself_and_ctrl_c_stops_everything() -> None:
    """The page shows the greeting, then an article; after SIGINT the exit code is 0 and no error was logged."""
    async with asyncio.timeout(HANG_SECONDS), demo() as process, aiohttp.ClientSession() as session:
        page, shown = await address(process), ""
        while "Sample story:" not in shown:
            async with session.get(page + "api/view") as response:
                shown = await response.text()
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()

    assert process.returncode == 0
    assert out.decode().rstrip().endswith("Stopped.")
    assert err.decode() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
async def test_sigterm_stops_it_too() -> None:
    async with asyncio.timeout(HANG_SECONDS), demo() as process:
        await address(process)
        process.terminate()
        _, err = await process.communicate()

    assert (process.returncode, err.decode()) == (0, "")


async def test_a_port_in_use_is_a_sentence() -> None:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(HANG_SECONDS), server, demo("--port", str(port)) as process:
        _, err = await process.communicate()

    assert process.returncode == 2
    assert "--port" in err.decode()
    assert "Traceback" not in err.decode()


async def test_without_the_extra_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sandbox, "NEEDED", ("a_package_nobody_has",))

    assert sandbox.run_demo(None, open_browser=False) == 2
    assert "pip install 'herald-bot[demo]'" in capsys.readouterr().err


async def test_the_command_line_loads_without_the_extra() -> None:
    """Importing the sandbox imports nothing of the extra, so that the sentence above can be said."""
    program = "import bot.demo.sandbox as demo, sys; sys.exit(any(name in sys.modules for name in demo.NEEDED))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)

    assert await process.wait() == 0
