"""Which network addresses may be reached, so that nobody can make the bot ask its own neighbours.

Names are checked where they are resolved: the connector connects to the very addresses that
were checked, so there is no gap in which a name could come to mean something else. Addresses
written as numbers never reach a resolver; `is_forbidden_literal` judges those.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

DEFAULT_PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddressError(OSError):
    """A name leads to the bot's own machine or network."""


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet, also when wrapped in another notation."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _wrapped(found)
    return found.is_global and not found.is_multicast and (inner is None or is_public(str(inner)))


def is_forbidden_literal(host: str) -> bool:
    """Whether a host written as an IP address may not be reached; False for every name."""
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return not is_public(host.strip("[]"))


def place_of(url: str) -> tuple[str, int]:
    """The server an address belongs to: its host and port, http and https on their usual ports alike.

    Raises ValueError for a malformed address.
    """
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    return (parts.hostname or "").rstrip("."), DEFAULT_PORTS["https"] if port in DEFAULT_PORTS.values() else port


class GuardedResolver(AbstractResolver):
    """Resolves names to public addresses alone."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a name. Raises ForbiddenAddressError when it has others alone."""
        found = await self._resolver.resolve(host, port, family)
        public = [result for result in found if is_public(result["host"])]
        if not public:
            raise ForbiddenAddressError(f"{host} leads to no public address")
        return public

    async def close(self) -> None:
        """Closes the resolver behind it."""
        await self._resolver.close()


def _wrapped(address: Address) -> Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
