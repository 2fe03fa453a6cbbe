"""SSRF benchmark: attack → inputs tried → blocked / bypassed. Run `python -m tests.bench.ssrf`.

Every attack goes through the real client, the real connector and a real loopback server that
stands for an internal service. The judge is independent of the code under test: it sits at the
event loop's `sock_connect` and records every address that a socket was about to reach.
"""

import asyncio
import ipaddress
import random
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from idna import uts46data

from bot.http.client import Failed, FetchRequest, HttpClient
from bot.http.proxies import Proxies
from tests.http.site import http_client

# What nobody outside may reach, written down here a second time so that the judge shares no code with the guard.
PRIVATE = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
    "::/128", "::1/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
    "2001:2::/48", "2001:10::/28", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
    "ff00::/8",
)  # fmt: skip
NETWORKS = tuple(ipaddress.ip_network(text) for text in PRIVATE)
PUBLIC = "93.184.215.14"


def is_private(address: str) -> bool:
    """The judge's own opinion of an address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_private(str(inner))
    return any(found in network for network in NETWORKS if network.version == found.version)


@dataclass
class Row:
    """One line of the table."""

    attack: str
    tried: int = 0
    bypassed: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        line = f"{self.attack:<46} {self.tried:>6} {self.tried - len(self.bypassed):>8} {len(self.bypassed):>9}"
        return line + "".join(f"\n    {url}" for url in self.bypassed[:3])


class ScriptedResolver(AbstractResolver):
    """Resolves every name to the next of its scripted answers, the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - as the interface has it
    ) -> list[ResolveResult]:
        script = self.answers.get(host)
        if script is None:
            # What the C library resolves without a query: 127.1, 0x7f000001, localhost.
            try:
                infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
            except OSError:
                infos = []
            addresses = [str(info[4][0]) for info in infos] or (["127.0.0.1"] if "localhost" in host else [])
            if not addresses:
                raise OSError(f"{host} is not known")
        else:
            addresses = script.pop(0) if len(script) > 1 else script[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in addresses
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Targets:
    """What is attacked: a site that the operator trusts, and an internal service on another port."""

    http: HttpClient
    trusted: str
    port: int
    resolver: ScriptedResolver
    reached: list[str]
    locations: dict[str, str] = field(default_factory=dict[str, str])

    async def attack(self, row: Row, url: str) -> None:
        """Fetches a hostile address; any connection towards a private address is a bypass."""
        self.reached.clear()
        row.tried += 1
        await self.http.fetch(FetchRequest(url))
        if self.reached:
            row.bypassed.append(f"{url!r} reached {self.reached}")

    async def redirect(self, row: Row, url: str) -> None:
        """The trusted site redirects to a hostile address."""
        self.reached.clear()
        row.tried += 1
        self.locations["/r"] = url
        answer = await self.http.fetch(FetchRequest(f"{self.trusted}/r"))
        if self.reached or not isinstance(answer, Failed):
            row.bypassed.append(f"{url!r} reached {self.reached}")


@asynccontextmanager
async def open_targets(proxies: Callable[[int], Proxies] | None = None) -> AsyncIterator[Targets]:
    """Targets whose servers run, and whose event loop reports every connection."""
    loop: Any = asyncio.get_running_loop()
    reached: list[str] = []
    locations: dict[str, str] = {}

    async def site(request: web.BaseRequest) -> web.StreamResponse:
        location = locations.get(request.path)
        return web.Response(status=302, headers={"Location": location}) if location else web.Response(text="fine")

    async def internal(request: web.BaseRequest) -> web.StreamResponse:
        # As a proxy it is asked for whole addresses; a private literal in one of them is a bypass.
        host = str(request.url.host or "")
        try:
            if proxies and is_private(host):
                reached.append(f"proxy asked for {host}")
        except ValueError:
            pass  # a name, which is the proxy's own affair
        return web.Response(text="secret")

    runners = [web.ServerRunner(web.Server(handler), shutdown_timeout=0.1) for handler in (site, internal)]
    ports: list[int] = []
    for runner in runners:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.append(runner.addresses[0][1])
    allowed = {("127.0.0.1", ports[0]), *([("127.0.0.1", ports[1])] if proxies else [])}
    connect = loop.sock_connect

    async def recorded(sock: socket.socket, address: Any) -> None:
        if address[:2] not in allowed:
            if is_private(str(address[0])):
                reached.append(f"{address[0]}:{address[1]}")
            raise ConnectionRefusedError(111, "nothing but the trusted site is reachable")
        await connect(sock, address)

    loop.sock_connect = recorded
    resolver = ScriptedResolver()
    trusted = f"http://127.0.0.1:{ports[0]}"
    try:
        async with http_client(
            "Herald/1", timeout=5, trusted=[trusted], resolver=resolver,
            proxies=proxies(ports[1]) if proxies else Proxies(),
        ) as http:  # fmt: skip
            yield Targets(http, trusted, ports[1], resolver, reached, locations)
    finally:
        loop.sock_connect = connect
        for runner in runners:
            await runner.cleanup()


def lookalikes() -> dict[str, list[str]]:
    """Every character that the IDNA mapping (UTS 46) turns into a digit, a letter of a hex number or a dot."""
    wanted = set("0123456789abcdefx.localhost")
    found: dict[str, list[str]] = {char: [] for char in wanted}
    rows = list(zip(uts46data.uts46_starts, uts46data.uts46_statuses, uts46data.uts46_replacements, strict=False))
    for index, (start, _, mapped) in enumerate(rows):
        end = rows[index + 1][0] if index + 1 < len(rows) else start + 1
        if mapped and mapped in found:
            found[mapped] += [chr(code) for code in range(start, min(end, start + 64)) if chr(code) != mapped]
    found["."] += ["\u3002", "\uff0e", "\uff61"]
    return found


def samples(rng: random.Random) -> Iterator[str]:
    """Addresses of every private range: its ends and some between."""
    for network in NETWORKS:
        first, size = int(network.network_address), network.num_addresses
        kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
        for offset in dict.fromkeys([0, 1 % size, size - 1, *(rng.randrange(size) for _ in range(5))]):
            yield str(kind(first + offset))


def spellings_v4(address: str, rng: random.Random, alike: dict[str, list[str]]) -> Iterator[str]:
    """Other ways to write an IPv4 address that some parser understands."""
    number, (a, b, c, d) = int(ipaddress.IPv4Address(address)), (int(part) for part in address.split("."))
    yield from (address, f"{address}.", str(number), hex(number), f"0x{number:X}", f"0{number:o}")
    yield from (f"{a}.{(b << 16) + (c << 8) + d}", f"{a}.{b}.{(c << 8) + d}", f"0{a:o}.{b}.{c}.{d}")
    yield from (f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}", f"000{a:o}.000{b:o}.000{c:o}.000{d:o}")
    yield "".join(f"%{ord(char):02x}" for char in address)
    for _ in range(6):
        yield "".join(rng.choice(alike[char]) if alike.get(char) else char for char in address)
    for dot in ("\u3002", "\uff0e", "\uff61"):
        yield address.replace(".", dot)
    yield "".join(rng.choice(alike[char]) if alike.get(char) else char for char in hex(number))
    high, low = number >> 16, number & 0xFFFF
    yield from (f"[::ffff:{address}]", f"[::{address}]", f"[64:ff9b::{address}]", f"[64:ff9b:1::{address}]")
    yield from (f"[2002:{high:x}:{low:x}::1]", f"[0:0:0:0:0:FFFF:{high:x}:{low:x}]")
    flipped = number ^ 0xFFFF_FFFF
    yield f"[2001:0:4136:e378:8000:63bf:{flipped >> 16:x}:{flipped & 0xFFFF:x}]"


def spellings_v6(address: str) -> Iterator[str]:
    """Other ways to write an IPv6 address."""
    whole = ipaddress.IPv6Address(address)
    yield from (f"[{address}]", f"[{whole.exploded}]", f"[{whole.exploded.upper()}]", f"[{address}%25eth0]")


def literal_hosts(rng: random.Random) -> list[str]:
    """Hosts that are a private address, however written."""
    alike = lookalikes()
    hosts: list[str] = []
    for address in samples(rng):
        hosts += spellings_v6(address) if ":" in address else spellings_v4(address, rng, alike)
    return list(dict.fromkeys(hosts))


async def run(seed: int = 1) -> list[Row]:
    """Every attack against fresh targets."""
    rng = random.Random(seed)
    hosts = literal_hosts(rng)
    alike = lookalikes()
    literals, redirects = Row("private literals, in every spelling"), Row("redirects to them from a trusted site")
    names, rebinding = (
        Row("names that resolve to a private address"),
        Row("names that change their address (rebinding)"),
    )
    odd, proxied = Row("userinfo, backslashes, tabs and other parser gaps"), Row("private literals behind a proxy")
    async with open_targets() as world:
        for host in hosts:
            await world.attack(literals, f"http://{host}:{world.port}/")
        for host in rng.sample(hosts, 400):
            await world.redirect(redirects, f"http://{host}:{world.port}/")
        for index, address in enumerate(samples(rng)):
            world.resolver.answers[f"n{index}.example"] = [[address]]
            await world.attack(names, f"http://n{index}.example:{world.port}/")
            world.resolver.answers[f"m{index}.example"] = [[PUBLIC, address]]
            await world.attack(names, f"http://m{index}.example:{world.port}/")
        for _ in range(60):
            host = "".join(rng.choice([char, *alike.get(char, [])]) for char in "localhost")
            await world.attack(names, f"http://{host}:{world.port}/")
        for index, address in enumerate(samples(rng)):
            world.resolver.answers[f"r{index}.example"] = [[PUBLIC], [address]]
            for _ in range(3):
                await world.attack(rebinding, f"http://r{index}.example:{world.port}/")
        for host in rng.sample(hosts, 60):
            for url in gaps(host, world.port):
                await world.attack(odd, url)
    async with open_targets(
        lambda port: Proxies(http=f"http://127.0.0.1:{port}", https=f"http://127.0.0.1:{port}")
    ) as world:
        for host in rng.sample(hosts, 400):
            await world.attack(proxied, f"http://{host}/")
    return [literals, redirects, names, rebinding, odd, proxied]


def gaps(host: str, port: int) -> Sequence[str]:
    """Addresses that two parsers may read differently."""
    return (
        f"http://{PUBLIC}@{host}:{port}/",
        f"http://{PUBLIC}\\@{host}:{port}/",
        f"http://{PUBLIC}#@{host}:{port}/",
        f"http://{host}:{port}\\@{PUBLIC}/",
        f"http://\t{host}:{port}/",
        f"http:/\t/{host}:{port}/",
        f"http:{host}:{port}/",
        f"//{host}:{port}/",
        f"HtTp://{host}:{port}/?u=http://{PUBLIC}/",
    )


def table(rows: Sequence[Row]) -> str:
    """The rows below a heading, and their sum."""
    total = Row("all", sum(row.tried for row in rows), [url for row in rows for url in row.bypassed])
    head = f"{'attack':<46} {'tried':>6} {'blocked':>8} {'bypassed':>9}"
    return "\n".join([head, *map(str, rows), str(Row(total.attack, total.tried, total.bypassed)).split("\n")[0]])


if __name__ == "__main__":
    print(table(asyncio.run(run())))
