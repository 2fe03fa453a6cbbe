"""Interfaces that ingestion needs: article events, pages, incidents, parsers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.discovery.contents import SourceContents
from bot.models import ArticleBody, NewArticle, Page
from bot.store.database import Transaction


class ArticleEvents(Protocol):
    """Receives every change inside its transaction; what it writes is committed with the change."""

    async def added(self, tx: Transaction, article_id: int, draft: NewArticle, *, announce: bool, now: float) -> None:
        """An article is new; with `announce` it is planned for every subscription that wants it."""
        ...

    async def imported(self, tx: Transaction, drafts: Sequence[tuple[int, NewArticle]]) -> None:
        """These articles of an archive are new and are not announced."""
        ...

    async def wanted(
        self,
        tx: Transaction,
        article_id: int,
        feed: str,
        topics: tuple[str, ...],
        now: float,
        *,
        guild_id: int | None = None,
    ) -> None:
        """A stored article is announced to subscriptions of another feed, or where a server released it."""
        ...

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """A stored article changed; a draft without a body keeps the stored body."""
        ...

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """An article was withdrawn."""
        ...


class Classify(Protocol):
    """Finds the topics of an article."""

    def __call__(self, title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
        """Topic keys, best first."""
        ...


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """The page of a new article; `page` None: not fetched, to be tried again later.

    `missing`: the server says that there is none (404, 410). `begins`: when the premiere or live
    stream on it starts.
    """

    page: Page | None
    etag: str = ""
    last_modified: str = ""
    missing: bool = False
    begins: float | None = None


class PageSource(Protocol):
    """Fetches article pages, politely paced; never raises."""

    async def fetch_for_new(self, url: str) -> PageAnswer:
        """The page at an address that a feed gave."""
        ...

    async def final_address(self, url: str) -> str:
        """The canonical address that `url` redirects to; empty when it leads nowhere else."""
        ...


class Extracting(Protocol):
    """Runs parsers in a process that can be killed; `bot.worker.pool.ParseWorker` does."""

    async def extract(self, html: bytes, url: str, charset: str | None) -> Page | None:
        """The article of a page. Raises ParseFailedError."""
        ...

    async def broadcast_start(self, html: bytes, url: str) -> float | None:
        """When the premiere or live stream on a page begins. Raises ParseFailedError."""
        ...

    async def parse_listing(
        self, body: bytes, headers: Mapping[str, str], url: str, *, is_list: bool = False
    ) -> SourceContents:
        """What a source of an archive names; `is_list` when a list led to it. Raises ParseFailedError."""
        ...
