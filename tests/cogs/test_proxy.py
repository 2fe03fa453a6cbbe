"""Discord is reached through the proxy that the environment names."""

import argparse
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.cli.check import check
from bot.client.bot import HeraldBot
from bot.config.settings import Settings
from bot.delivery.discord_api.rest import Call, HttpTransport
from bot.delivery.rate_limiter import RateLimiter
from tests.cogs.guild_world import open_services
from tests.conftest import CONFIGURATION


class RefusingProxy:
    """Writes down what it is asked to connect to, and refuses."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.address = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append((request.method, request.headers["Host"]))
        return web.Response(status=502)


@pytest.fixture
async def proxy() -> AsyncIterator[RefusingProxy]:
    refusing = RefusingProxy()
    runner = web.ServerRunner(web.Server(refusing.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    refusing.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield refusing
    await runner.cleanup()


async def test_commands_and_deliveries_go_through_the_proxy(
    settings: Settings, proxy: RefusingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    async with open_services(settings) as services:
        bot = HeraldBot(services)
        deliveries = HttpTransport(
            bot.http, RateLimiter(40.0, invalid_budget=1_000, clock=time.monotonic), time.time, 5.0
        )
        try:
            with pytest.raises(aiohttp.ClientHttpProxyError):
                await bot.login("a.b.c")
            signed_in = list(proxy.asked)
            response = await deliveries.call(Call("GET", "/gateway", {}))
        finally:
            await deliveries.close()
            await bot.close()

    assert set(signed_in) == {("CONNECT", "discord.com")}
    assert response.problem == "ClientHttpProxyError"
    assert len(proxy.asked) == len(signed_in) + 1


async def test_no_proxy_excepts_discord(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "discord.com,discord.gg")
    async with open_services(settings) as services:
        bot = HeraldBot(services)

        assert bot.http.proxy is None


async def test_the_check_tries_the_token_through_the_proxy_too(
    settings: Settings,
    proxy: RefusingProxy,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Otherwise it would call a token wrong, or Discord out of reach, that `herald run` reaches."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    alone = {"feeds": (), "token": SecretStr("a.b.c"), "database": tmp_path / "herald.db"}
    arguments = argparse.Namespace(url=None, config=CONFIGURATION, offline=False)

    await check(settings.model_copy(update=alone), arguments)

    assert proxy.asked == [("CONNECT", "discord.com")]
    assert f"cannot be reached through the proxy {proxy.address} (HTTP 502)" in capsys.readouterr().out
