"""What users of the HTTP client need from it."""

from typing import Protocol

from bot.http.client import FetchRequest, FetchResult


class Fetching(Protocol):
    """Asks for an address; `bot.http.client.Fetcher` is one."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """The answer; never raises for network trouble."""
        ...
