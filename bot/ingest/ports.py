"""What ingestion needs from others: who hears of articles, who fetches pages, who reports problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.discovery.contents import SourceContents
from bot.models import ArticleBody, NewArticle, Page
from bot.store.database import Transaction


class ArticleEvents(Protocol):
    """Hears of every change inside the transaction that makes it; what it writes is stored with it."""

    async def added(self, tx: Transaction, article_id: int, draft: NewArticle, *, announce: bool, now: float) -> None:
        """An article is new; `announce` it to every subscription that wants its feed and topics."""
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
        """A stored article is announced: to those who want another feed that has it, or where a server chose it."""
        ...

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """A stored article says something else now; a draft without a body leaves the body as it was."""
        ...

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """An article was taken back; its words are gone from the store."""
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


class FeedProblems(Protocol):
    """Records what a person has to hear of: a failing feed, held articles, missing pages.

    Called inside the transaction that stores it, so that neither a crash nor a restart reports
    twice. `kind` is a `FailureKind` or `PollErrorKind`; `detail` is plain text for operators.
    """

    async def started(self, tx: Transaction, feed: str, kind: str, detail: str, now: float) -> None:
        """A feed fails."""
        ...

    async def ended(self, tx: Transaction, feed: str, kind: str, now: float) -> None:
        """The failure of that kind is over."""
        ...

    async def held(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """These articles of a feed wait until a moderator of that server chooses what is announced there."""
        ...

    async def hold_ended(self, tx: Transaction, feed: str, guild_id: int, now: float) -> None:
        """A moderator has chosen."""
        ...

    async def hold_expired(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """Nobody has chosen in time, and nothing is announced."""
        ...

    async def gap(self, tx: Transaction, feed: str, since: float, now: float) -> None:
        """Entries published after `since` may have been missed between two polls."""
        ...

    async def gap_closed(self, tx: Transaction, feed: str, now: float) -> None:
        """The latest poll overlaps with the one before."""
        ...

    async def withdrawals_suspended(self, tx: Transaction, host: str, missing: int, now: float) -> None:
        """Too many pages of a host are missing: nothing is withdrawn until a person decides."""
        ...

    async def suspension_ended(self, tx: Transaction, host: str, now: float) -> None:
        """The pages of a host are there again."""
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
