"""What reading pages needs from the fetcher and the killable worker."""

from collections.abc import Mapping
from typing import Protocol

from bot.feeds.archive_contents import SourceContents
from bot.feeds.fetch import FetchRequest, FetchResult
from bot.models import Page


class Fetching(Protocol):
    """Asks for an address; `bot.feeds.fetch.Fetcher` is one."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """The answer; never raises for network trouble."""
        ...


class Extracting(Protocol):
    """Runs parsers in a process that can be killed; `bot.feeds.worker.ParseWorker` is one."""

    async def extract(self, html: bytes, url: str, charset: str | None) -> Page | None:
        """The article of a page. Raises ParseFailedError."""
        ...

    async def survey(self, body: bytes, headers: Mapping[str, str], url: str) -> SourceContents:
        """What a source of an archive names. Raises ParseFailedError."""
        ...
