"""Nobody outside can make the bot reach a private address: by spelling, redirect, name or proxy."""

import ipaddress

import pytest
from aiohttp import web
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from yarl import URL

from bot.http.client import Failed, FailureKind, Fetched, FetchRequest
from bot.http.proxies import Proxies, UnusableProxyError
from bot.http.ssrf import ForbiddenAddressError, guarded_socket_factory, is_private_literal, is_public
from bot.urls import is_web_url, origin, parse_literal, parse_web_url, without_credentials
from tests.bench import ssrf
from tests.http.site import http_client, open_site


async def test_no_attack_of_the_benchmark_gets_through() -> None:
    rows = await ssrf.run()

    assert sum(row.tried for row in rows) >= 1_000
    assert [url for row in rows for url in row.bypassed] == []


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.ip_addresses())
def test_the_guard_refuses_every_address_the_benchmark_calls_private(address: ipaddress.IPv4Address) -> None:
    if ssrf.is_private(str(address)):
        assert not is_public(str(address))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from(ssrf.NETWORKS), st.integers(0, 2**128))
def test_every_address_of_every_private_range_is_refused(network: ipaddress.IPv4Network, offset: int) -> None:
    address = network[offset % network.num_addresses]
    assume(ssrf.is_private(str(address)))  # an embedded IPv4 address counts as that one

    assert not is_public(str(address))
    assert is_private_literal(str(address))
    with pytest.raises(ForbiddenAddressError):
        guarded_socket_factory((2, 1, 6, "", (str(address), 80)))


@pytest.mark.parametrize("address", ["fec0::1", "::8.8.8.8", "64:ff9b:1::808:808", "3fff::1", "5f00::1", "100::1"])
def test_ranges_that_some_python_versions_call_global_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:2800:220:1::1", "2a00:1450:4001::1", "64:ff9b::808:808"])
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)
    assert not is_private_literal(address)


NUMBERS = ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "[::1]", "::1%eth0", "0"]


@pytest.mark.parametrize("host", NUMBERS)
def test_every_notation_of_a_number_is_read_as_that_address(host: str) -> None:
    assert parse_literal(host) is not None
    assert is_private_literal(host)


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "localhost.localdomain"])
def test_names_that_always_mean_this_machine_are_refused(host: str) -> None:
    assert is_private_literal(host)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=30))
def test_parsing_a_parsed_address_changes_nothing(text: str) -> None:
    """The checked address is the one that is sent: parsing it again changes nothing."""
    for url in (f"http://{text}", f"https://{text}/", f"http://example.org{text}"):
        if is_web_url(url):
            parsed = parse_web_url(url)
            assert parse_web_url(str(parsed)) == parsed
            assert origin(url) == origin(parsed) == origin(str(parsed))


@pytest.mark.parametrize("url", ["https://user:secret@example.org/feed", "https://user@example.org/feed"])
async def test_credentials_in_an_address_are_refused_and_never_printed(url: str) -> None:
    async with http_client("Herald/1") as http:
        answer = await http.fetch(FetchRequest(url))

    assert isinstance(answer, Failed)
    assert "user" not in repr(answer).replace("user name", "")
    assert "secret" not in repr(answer)
    assert without_credentials(url) == "https://example.org/feed"


async def test_a_redirect_to_credentials_does_not_print_them() -> None:
    async with open_site() as site, http_client("Herald/1", trusted=[site.url]) as http:
        site.page("/feed", status=302, Location="https://user:secret@example.org/")
        answer = await http.fetch(FetchRequest(f"{site.url}/feed"))

    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.REDIRECT
    assert "secret" not in repr(answer)


async def test_a_proxy_named_by_the_environment_is_used_and_may_be_private() -> None:
    """Names are resolved by the proxy; forbidden literals are refused before."""
    asked: list[str] = []

    async def proxy(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(str(request.url))
        return web.Response(text="through the proxy")

    runner = web.ServerRunner(web.Server(proxy), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxies = Proxies.from_environment(
        {"http_proxy": f"127.0.0.1:{runner.addresses[0][1]}", "NO_PROXY": "direct.example"}
    )
    async with http_client("Herald/1", proxies=proxies) as http:
        answer = await http.fetch(FetchRequest("http://blog.example/feed"))
        private = await http.fetch(FetchRequest("http://１２７.0.0.1/feed"))  # noqa: RUF001 - that is the attack
    await runner.cleanup()

    assert isinstance(answer, Fetched)
    assert (answer.body, asked) == (b"through the proxy", ["http://blog.example/feed"])
    assert isinstance(private, Failed)
    assert private.kind is FailureKind.FORBIDDEN


@pytest.mark.parametrize(
    ("url", "through"),
    [
        ("http://blog.example/", True),
        ("https://blog.example/", True),
        ("http://inside.example/", False),
        ("http://deep.inside.example/", False),
        ("http://notinside.example/", True),
        ("http://10.1.2.3/", False),
        ("http://11.1.2.3/", True),
        ("http://other.example:8080/", False),
        ("http://other.example/", True),
    ],
)
def test_no_proxy_names_hosts_networks_and_ports(url: str, through: bool) -> None:  # noqa: FBT001
    proxies = Proxies.from_environment(
        {
            "HTTP_PROXY": "http://proxy.example:3128",
            "HTTPS_PROXY": "http://proxy.example:3128",
            "NO_PROXY": "inside.example, 10.0.0.0/8,other.example:8080",
        }
    )

    assert bool(proxies.for_url(URL(url))) is through


def test_a_proxy_that_cannot_be_used_is_named_without_its_password() -> None:
    with pytest.raises(UnusableProxyError, match="HTTPS_PROXY") as raised:
        Proxies.from_environment({"https_proxy": "socks5://user:secret@proxy.example:1080"})

    assert "secret" not in str(raised.value)
    assert "secret" not in str(Proxies.from_environment({"http_proxy": "http://user:secret@proxy.example:3128"}))
    assert Proxies.from_environment({"NO_PROXY": "*"}) == Proxies(exceptions=("*",))
    assert not Proxies.from_environment({"HTTP_PROXY": "http://evil.example", "REQUEST_METHOD": "GET"}).http


async def test_headers_of_64_kilobytes_are_read() -> None:
    async with open_site() as site, http_client("Herald/1", trusted=[site.url]) as http:
        site.page("/feed", "hello", Content_Security_Policy="x" * 60_000)
        answer = await http.fetch(FetchRequest(f"{site.url}/feed"))

    assert isinstance(answer, Fetched)


async def test_a_compression_that_was_not_offered_is_named() -> None:
    async with open_site() as site, http_client("Herald/1", trusted=[site.url]) as http:
        site.page("/feed", b"\x0b\x02\x80hello\x03", Content_Encoding="br")
        answer = await http.fetch(FetchRequest(f"{site.url}/feed"))

    assert isinstance(answer, Failed)
    assert (answer.kind, "brotli" in answer.detail or " br," in answer.detail) == (FailureKind.PROTOCOL, True)
