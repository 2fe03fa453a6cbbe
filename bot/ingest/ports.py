"""What ingestion is given: who receives the changes of articles, and what a page says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

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

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """A stored article changed; a draft without a body keeps the stored body."""
        ...

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """An article was withdrawn."""
        ...


# Finds the topics of an article, best first, from its title, summary and body.
Classify = Callable[[str, str, ArticleBody | None], tuple[str, ...]]


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
