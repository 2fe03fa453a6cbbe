"""What ingestion is given: who receives the changes of articles, and who finds their topics."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.models import ArticleBody, NewArticle
from bot.store.database import Transaction


class ArticleEvents(Protocol):
    """Receives every change inside its transaction; what it writes is committed with the change."""

    async def added(
        self, tx: Transaction, articles: Sequence[tuple[int, NewArticle]], now: float, *, announce: bool
    ) -> None:
        """These articles are new; with `announce` they are planned for every subscription that wants them."""
        ...

    async def changed(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """A stored article changed; a draft without a body keeps the stored body."""
        ...

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """An article was withdrawn."""
        ...


# Finds the topics of an article, best first, from its title, summary and body.
Classify = Callable[[str, str, ArticleBody | None], tuple[str, ...]]
