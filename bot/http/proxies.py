"""Chooses the HTTP proxy for an address: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, read once at the start."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Self

from yarl import URL

from bot.urls import parse_literal

WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:]*):(\d+)")


class UnusableProxyError(ValueError):
    """A proxy variable is not the address of an HTTP proxy; `str()` names it and the fix."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """Proxy addresses, empty for a direct connection.

    `exceptions` are hosts that are reached directly: names (with everything below them), addresses,
    networks such as 10.0.0.0/8, or `*` for all. A proxy's own address is never checked against
    private networks, because the operator configured it.
    """

    http: str = ""
    https: str = ""
    exceptions: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The proxies the environment names, in lower or upper case. Raises UnusableProxyError.

        `HTTP_PROXY` in upper case is ignored where REQUEST_METHOD is set (CGI, "httpoxy").
        """
        names = {"http": ("http_proxy", "HTTP_PROXY"), "https": ("https_proxy", "HTTPS_PROXY")}
        if "REQUEST_METHOD" in environment:
            names["http"] = ("http_proxy", "http_proxy")
        fallback = _first(environment, "all_proxy", "ALL_PROXY")
        found = {scheme: _first(environment, *variables) or fallback for scheme, variables in names.items()}
        for scheme, value in found.items():
            found[scheme] = _checked(value, names[scheme][1])
        exceptions = re.split(r"[\s,]+", _first(environment, "no_proxy", "NO_PROXY").lower().strip())
        return cls(found["http"], found["https"], tuple(name for name in exceptions if name))

    def for_url(self, url: URL) -> str:
        """The proxy an address is fetched through; empty: directly."""
        proxy = self.https if url.scheme == "https" else self.http
        host = (url.host or "").rstrip(".").lower()
        literal = parse_literal(host)

        for exception in self.exceptions:
            found = WITH_PORT.fullmatch(exception)
            name, port = found.groups() if found else (exception, "")
            if port and port != str(url.port):
                continue
            if name == "*":
                return ""
            if literal is not None:
                with suppress(ValueError):  # a name is no network, and no exception for an address
                    network = ip_network(name.strip("[]"), strict=False)
                    if literal.version == network.version and literal in network:
                        return ""
            elif host == name.lstrip("*.") or host.endswith(f".{name.lstrip('*.')}"):
                return ""

        return proxy

    def __str__(self) -> str:
        """The proxies without their credentials, for people."""
        shown = [str(URL(proxy).with_user(None)) for proxy in dict.fromkeys((self.http, self.https)) if proxy]
        return ", ".join(shown) or "none"


NO_PROXIES = Proxies()


def _first(environment: Mapping[str, str], *names: str) -> str:
    return next((value for name in names if (value := environment.get(name, "").strip())), "")


def _checked(value: str, variable: str) -> str:
    if not value:
        return ""
    address = value if "://" in value else f"http://{value}"
    try:
        url = URL(address)
        usable = url.scheme == "http" and bool(url.host)
    except ValueError:
        usable = False
    if not usable:
        raise UnusableProxyError(
            f"{variable} does not name an HTTP proxy that Herald can use; write http://host:port, or unset it"
        )
    return address
