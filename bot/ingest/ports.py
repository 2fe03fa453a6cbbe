"""What the watcher needs from others: who hears of articles, who fetches pages, who is told of trouble."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.discovery.contents import SourceContents
from bot.models import ArticleBody, NewArticle, Page
from bot.store.database import Transaction


class ArticleEvents(Protocol):
    """Hears of every change inside the transaction that makes it; what it writes is stored with it."""

    async def added(self, tx: Transaction, article_id: int, draft: NewArticle, *, announce: bool, now: float) -> None:
        """An article is new. Comes a second time, with `announce`, when a moderator frees a held one."""
        ...

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """A stored article says something else now; a draft without a body leaves the body as it was."""
        ...

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """An article was taken back; its words are gone from the store."""
        ...


class Classify(Protocol):
    """Tells the topics of an article."""

    def __call__(self, title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
        """Topic keys, best first."""
        ...


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What asking for an article's page gave; `page` None: not had, to be tried again later."""

    page: Page | None
    etag: str = ""
    last_modified: str = ""


class PageSource(Protocol):
    """Fetches and parses one article's page, politely paced; never raises for trouble."""

    async def fetch_for_new(self, url: str) -> PageAnswer:
        """The page at an address that a feed gave."""
        ...


class FeedProblems(Protocol):
    """Told once when a feed's trouble is worth telling, once when it is over, and of floods held back.

    Called inside the transaction that records it, so that neither a crash nor a restart tells
    twice. `kind` is a `bot.ingest.poll_policy.Problem`; `detail` is plain text for operators.
    """

    async def started(self, tx: Transaction, feed: str, kind: str, detail: str, now: float) -> None:
        """A feed is in trouble."""
        ...

    async def ended(self, tx: Transaction, feed: str, kind: str, now: float) -> None:
        """The trouble of that kind is over; of kind "held": a moderator has chosen."""
        ...

    async def held(self, tx: Transaction, feed: str, article_ids: tuple[int, ...], now: float) -> None:
        """These articles, newest first, wait until a moderator chooses what is announced."""
        ...


class Extracting(Protocol):
    """Runs parsers in a process that can be killed; `bot.worker.pool.ParseWorker` is one."""

    async def extract(self, html: bytes, url: str, charset: str | None) -> Page | None:
        """The article of a page. Raises ParseFailedError."""
        ...

    async def parse_listing(self, body: bytes, headers: Mapping[str, str], url: str) -> SourceContents:
        """What a source of an archive names. Raises ParseFailedError."""
        ...
