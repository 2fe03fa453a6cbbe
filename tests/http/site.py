"""A real web server on loopback that answers as configured and records requests."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.http.client import HttpClient
from tests.limits import HANG_SECONDS

CERTIFICATE = Path(__file__).parent / "loopback.pem"  # of 127.0.0.1, with its key

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def http_client(
    user_agent: str, *, timeout: float = HANG_SECONDS, max_bytes: int = 5_000_000, **options: Any
) -> HttpClient:
    """The HTTP client with limits that no test reaches unless it sets them."""
    return HttpClient(user_agent, timeout=timeout, max_bytes=max_bytes, **options)


@dataclass
class Site:
    """`pages` by path; a missing one answers 404. `asked` are the requests in order."""

    url: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[web.BaseRequest] = field(default_factory=list)

    def page(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        """Answers `path` with this from now on; `ETag` and `Last_Modified` as keyword."""
        octets = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(request: web.BaseRequest) -> web.Response:
            tag = named.get("ETag")
            if status == 200 and tag and request.headers.get("If-None-Match") == tag:
                return web.Response(status=304, headers=named)
            return web.Response(body=octets, status=status, headers=named)

        self.pages[path] = answer

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.asked]


@asynccontextmanager
async def open_site(*, tls: bool = False) -> AsyncIterator[Site]:
    """A site that runs while the block does; with `tls` on https alone, for clients that trust `CERTIFICATE`."""
    site = Site()
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        site.asked.append(request)
        answer = site.pages.get(request.path)
        return await answer(request) if answer else web.Response(status=404)

    server = web.Server(handle)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await listening.start()
    site.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()
