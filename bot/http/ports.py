"""The interface of the HTTP client for its users."""

from typing import Protocol

from bot.http.results import FetchRequest, FetchResult


class Fetching(Protocol):
    """Fetches an address; `bot.http.client.HttpClient` does."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """The result; never raises."""
        ...
