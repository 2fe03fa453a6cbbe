"""Requests and their possible results."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.6, */*;q=0.1"
)


class FailureKind(StrEnum):
    """Why a request failed."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"  # no such host, refused, connection lost, bad certificate
    PROTOCOL = "protocol"  # the response is not HTTP, or not in the encoding it declares
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"  # too many, without a target, or only to http
    FORBIDDEN = "forbidden"  # leads to a private network
    MISSING = "missing"  # 404
    OVERLOADED = "overloaded"  # 429 or 503
    STATUS = "status"  # any other status


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch.

    `etag` and `last_modified` are sent as they were received, and only to the address they
    came from: `validators_of`, or `url` when that is empty. `trusted`: the operator configured
    this address, so its server may lie on a private network. `max_bytes` None: the
    client's own cap.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = FEED_TYPES
    trusted: bool = False
    validators_of: str = ""
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response with a body. `digest` is the SHA-256 of the body; header names are in lower case.

    `permanent_url` is the target of the permanent redirects at the start of the chain, empty without any.
    """

    body: bytes
    digest: str
    headers: Mapping[str, str]
    final_url: str
    permanent_url: str = ""

    @property
    def etag(self) -> str:
        """The validator as it came."""
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        """The validator as it came."""
        return self.headers.get("last-modified", "")


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing has changed."""

    headers: Mapping[str, str]
    final_url: str
    permanent_url: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """410: gone for good."""

    final_url: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable response. `status` 0: none at all. `retry_after` in seconds as the server asked."""

    kind: FailureKind
    detail: str
    status: int = 0
    retry_after: float | None = None
    final_url: str = ""


FetchResult = Fetched | NotModified | Gone | Failed
