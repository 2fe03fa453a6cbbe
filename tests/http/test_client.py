"""The polite HTTP client against a real server that records requests."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.http.client import Failed, FailureKind, Fetched, FetchRequest, Gone, NotModified, _redirect
from bot.http.ssrf import MAX_RECV, CappedRecvSocket, is_public
from tests.http.site import Site, http_client, open_site

AGENT = "Herald/1 (+https://example.org; someone@example.org)"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


async def ask(site: Site, path: str = "/feed", **said: Any) -> Any:
    options = {name: said.pop(name) for name in ("timeout", "max_bytes", "resolver") if name in said}
    async with http_client(AGENT, trusted=[site.url], **options) as http:
        return await http.fetch(FetchRequest(said.pop("url", site.url + path), **said))


async def test_validators_are_sent_back_unchanged(site: Site) -> None:
    site.page("/feed", "hello", ETag='W/"a b"', Last_Modified="odd but theirs")
    first = await ask(site)
    assert isinstance(first, Fetched)
    second = await ask(site, etag=first.etag, last_modified=first.last_modified)

    assert isinstance(second, NotModified)
    assert site.asked[1].headers["If-None-Match"] == 'W/"a b"'
    assert site.asked[1].headers["If-Modified-Since"] == "odd but theirs"
    assert not {"If-None-Match", "If-Modified-Since"} & set(site.asked[0].headers)


async def test_validators_go_only_to_the_address_they_came_from(site: Site) -> None:
    site.page("/feed", status=302, Location="/there")
    site.page("/there", "hello", ETag='"x"')
    followed = await ask(site, etag='"x"')
    known = await ask(site, etag='"x"', validators_of=f"{site.url}/there")

    assert isinstance(followed, Fetched)
    assert isinstance(known, NotModified)
    assert ["If-None-Match" in request.headers for request in site.asked] == [True, False, False, True]


async def test_requests_identify_the_bot_and_nothing_else(site: Site) -> None:
    site.page("/feed", "hello", Set_Cookie="spy=1")
    async with http_client(AGENT, trusted=[site.url]) as http:
        for _ in range(2):
            await http.fetch(FetchRequest(f"{site.url}/feed"))

    for request in site.asked:
        assert request.headers["User-Agent"] == AGENT
        assert "gzip" in request.headers["Accept-Encoding"]
        assert not {"Cookie", "Referer", "If-None-Match"} & set(request.headers)


async def test_one_request_in_flight_for_a_host(site: Site) -> None:
    now, most = 0, 0

    async def busy(_request: web.BaseRequest) -> web.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(20):
            await asyncio.sleep(0)
        now -= 1
        return web.Response(text="hello")

    site.pages["/feed"] = busy
    async with http_client(AGENT, trusted=[site.url]) as http:
        await asyncio.gather(*(http.fetch(FetchRequest(f"{site.url}/feed")) for _ in range(5)))

    assert (len(site.asked), most) == (5, 1)


async def test_permanent_redirects_are_reported_until_a_temporary_one(site: Site) -> None:
    site.page("/feed", status=301, Location="/b")
    site.page("/b", status=308, Location=f"{site.url}/c")
    site.page("/c", status=302, Location="/d")
    site.page("/d", status=301, Location="/e")
    site.page("/e", "hello")
    answer = await ask(site)

    assert isinstance(answer, Fetched)
    assert (answer.permanent_url, answer.final_url) == (f"{site.url}/c", f"{site.url}/e")


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_temporary_redirects_are_not_reported_as_moves(site: Site, status: int) -> None:
    site.page("/feed", status=status, Location="/b")
    site.page("/b", "hello")
    answer = await ask(site)

    assert isinstance(answer, Fetched)
    assert answer.permanent_url == ""


async def test_a_circle_of_redirects_ends_after_five(site: Site) -> None:
    site.page("/feed", status=301, Location="/feed")
    answer = await ask(site)

    assert isinstance(answer, Failed)
    assert (answer.kind, len(site.asked)) == (FailureKind.REDIRECT, 6)


@pytest.mark.parametrize(
    "location", ["", "ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "http://["]
)
async def test_redirects_to_anything_but_the_web_are_refused(site: Site, location: str) -> None:
    site.page("/feed", status=301, **({"Location": location} if location else {}))
    answer = await ask(site)

    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.REDIRECT


def test_a_redirect_from_https_to_http_is_tried_on_https_and_never_followed_to_http() -> None:
    forced = _redirect(301, {"location": "http://example.org/a"}, URL("https://example.org/a"))
    port = _redirect(301, {"location": "http://example.org:8443/b"}, URL("https://example.org:8443/a"))
    down = _redirect(301, {"location": "http://example.org/b"}, URL("https://example.org/a"))
    same = _redirect(301, {"location": "/b"}, URL("https://example.org/a"))
    up = _redirect(301, {"location": "https://example.org/b"}, URL("http://example.org/a"))

    assert isinstance(forced, Failed)
    assert forced.kind is FailureKind.REDIRECT
    assert not isinstance(down, Failed)
    assert str(down.url) == "https://example.org/b"
    assert not isinstance(port, Failed)
    assert str(port.url) == "https://example.org:8443/b"
    assert not isinstance(same, Failed)
    assert not isinstance(up, Failed)


async def test_gone_missing_and_overloaded_are_different_results(site: Site) -> None:
    site.page("/gone", status=410)
    site.page("/busy", status=429, Retry_After="120")
    site.page("/later", status=302, Location="/gone")
    busy, missing, later = await ask(site, "/busy"), await ask(site, "/none"), await ask(site, "/later")

    assert isinstance(await ask(site, "/gone"), Gone)
    assert (busy.kind, busy.retry_after) == (FailureKind.OVERLOADED, 120.0)
    assert missing.kind is FailureKind.MISSING
    assert later.kind is FailureKind.STATUS


async def test_reading_stops_at_the_cap_however_small_the_bomb(site: Site) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    site.page("/bomb", bomb, Content_Encoding="gzip")
    site.page("/feed", b"x" * 200_001)
    site.page("/exact", b"x" * 200_000)

    for path in ("/bomb", "/feed"):
        answer = await ask(site, path, max_bytes=200_000)
        assert isinstance(answer, Failed)
        assert answer.kind is FailureKind.TOO_LARGE
    assert isinstance(await ask(site, "/exact", max_bytes=200_000), Fetched)


async def test_a_slow_body_ends_with_the_total_timeout(site: Site) -> None:
    async def drip(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while request.transport and not request.transport.is_closing():
            await response.write(b" ")
            await asyncio.sleep(0.01)
        return response

    site.pages["/feed"] = drip
    answer = await ask(site, timeout=0.1)

    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.TIMEOUT


async def test_broken_answers_are_failures_not_exceptions(site: Site) -> None:
    site.page("/feed", b"not gzip at all", Content_Encoding="gzip")
    broken = await ask(site)
    refused = await ask(site, url="http://127.0.0.1:1/feed", trusted=True)

    assert isinstance(broken, Failed)
    assert broken.kind in (FailureKind.PROTOCOL, FailureKind.CONNECTION)
    assert isinstance(refused, Failed)
    assert refused.kind is FailureKind.CONNECTION


async def test_nonsense_instead_of_http_is_a_failure() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\0\xff nonsense\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, http_client(AGENT, trusted=[url]) as http:
        answer = await http.fetch(FetchRequest(url))

    assert isinstance(answer, Failed)


class Names(AbstractResolver):
    """Resolves every name to one address, and counts how often it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses, self.asked = addresses, 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.addresses
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
     "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "nonsense"],
)  # fmt: skip
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]"])
async def test_numeric_private_addresses_are_refused(site: Site, host: str) -> None:
    answer = await ask(site, url=f"http://{host}:9/feed")

    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.FORBIDDEN


@pytest.mark.parametrize("host", ["rebind.example.org", "2130706433", "127.1", "0x7f.1"])
async def test_names_that_resolve_to_private_addresses_are_refused(site: Site, host: str) -> None:
    """The check and the connection use the same resolution, so a second one cannot differ."""
    names = Names("127.0.0.1", "10.0.0.1")
    answer = await ask(site, url=f"http://{host}:{site.url.rsplit(':', 1)[1]}/feed", resolver=names)

    assert isinstance(answer, Failed)
    assert answer.kind in (FailureKind.FORBIDDEN, FailureKind.PROTOCOL)  # half-numbers are no address to aiohttp
    assert site.asked == []
    assert names.asked <= 1


async def test_every_hop_is_checked_again(site: Site) -> None:
    """A trusted feed may not lead to another server of the private network."""
    async with open_site() as inside:
        inside.page("/secret", "secret")
        site.page("/feed", status=302, Location=f"{inside.url}/secret")
        answer = await ask(site, trusted=True)

        assert isinstance(answer, Failed)
        assert (answer.kind, inside.asked) == (FailureKind.FORBIDDEN, [])


async def test_only_an_address_the_operator_configured_may_be_private(site: Site) -> None:
    site.page("/feed", "hello")
    async with http_client(AGENT) as http:
        trusted = await http.fetch(FetchRequest(f"{site.url}/feed", trusted=True))
        other = await http.fetch(FetchRequest(f"{site.url}/feed"))

    assert isinstance(trusted, Fetched)
    assert isinstance(other, Failed)


@pytest.mark.parametrize("status", [429, 503])
async def test_an_overloaded_host_gets_no_request_for_feeds_or_pages(site: Site, status: int) -> None:
    """That includes its other feeds and pages; other hosts are not affected."""
    now = [100.0]
    site.page("/feed", status=status, Retry_After="120")
    site.page("/page", "hello")
    async with open_site() as other, http_client(AGENT, trusted=[site.url, other.url], clock=lambda: now[0]) as http:
        other.page("/page", "hello")
        await http.fetch(FetchRequest(f"{site.url}/feed"))
        now[0] += 30
        resting = await http.fetch(FetchRequest(f"{site.url}/page"))
        elsewhere = await http.fetch(FetchRequest(f"{other.url}/page"))
        asked = site.paths()
        now[0] += 90
        rested = await http.fetch(FetchRequest(f"{site.url}/page"))

    assert isinstance(resting, Failed)
    assert (resting.kind, resting.retry_after, asked) == (FailureKind.OVERLOADED, 90.0, ["/feed"])
    assert isinstance(elsewhere, Fetched)
    assert isinstance(rested, Fetched)


@pytest.mark.parametrize(("said", "rest"), [("", 60.0), ("1", 60.0), ("nonsense", 60.0), ("9999999", 86_400.0)])
async def test_a_back_off_lasts_between_a_minute_and_a_day(site: Site, said: str, rest: float) -> None:
    site.page("/feed", status=429, **({"Retry_After": said} if said else {}))
    async with http_client(AGENT, trusted=[site.url], clock=lambda: 0.0) as http:
        await http.fetch(FetchRequest(f"{site.url}/feed"))
        second = await http.fetch(FetchRequest(f"{site.url}/feed"))

    assert isinstance(second, Failed)
    assert (second.retry_after, len(site.asked)) == (rest, 1)


async def test_responses_are_received_in_small_pieces(site: Site) -> None:
    """The loop processes everything it receives at once before other tasks run."""
    site.page("/feed", b"x" * 1_000_000)
    sizes: list[int] = []

    class Noting(CappedRecvSocket):
        def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
            taken = super().recv(bufsize, flags)
            sizes.append(len(taken))
            return taken

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.http.ssrf.CappedRecvSocket", Noting)
        answer = await ask(site)

    assert isinstance(answer, Fetched)
    assert 0 < max(sizes) <= MAX_RECV


async def test_requests_carry_only_the_intended_headers(site: Site) -> None:
    """A plain GET: no body, no ranges, nothing that forbids caches to answer, nothing left from a redirect."""
    site.page("/feed", status=302, Location="/there?a=b", Set_Cookie="spy=1")
    site.page("/there", "hello")
    await ask(site)

    for request in site.asked:
        assert request.method == "GET"
        assert not request.can_read_body
        assert set(request.headers) == {"Host", "User-Agent", "Accept-Encoding", "Accept"}
