"""The checks of article pages: validators, results, due times."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.store.database import Row, Store, Transaction


@dataclass(frozen=True, slots=True)
class PageState:
    """The state of an article's page between two checks.

    `next_check` None: it is not checked again. `missing_since` is the first 404 or 410 in a
    row. `in_feed`: the latest successful poll of its feed listed the article.
    """

    article_id: int
    feed: str
    url: str
    published: float
    first_seen: float
    has_body: bool
    etag: str = ""
    last_modified: str = ""
    next_check: float | None = None
    errors: int = 0
    in_feed: bool = True
    missing_since: float | None = None


_PAGE = (
    "SELECT id, feed, url, published, first_seen, body IS NOT NULL AS has_body, page_etag, page_last_modified,"
    " page_next_check, page_errors, in_feed, missing_since FROM articles"
)


class PageChecks(Store):
    """The columns of articles about page checks."""

    async def get(self, article_id: int) -> PageState | None:
        """The page of one article, None for an unknown id."""
        row = await self._database.one(f"{_PAGE} WHERE id = ?", (article_id,))
        return _page_from_row(row) if row else None

    async def due(self, now: float, limit: int) -> list[PageState]:
        """Pages whose check is due, the most overdue first."""
        rows = await self._database.all(
            f"{_PAGE} WHERE page_next_check <= ? ORDER BY page_next_check LIMIT ?", (now, limit)
        )
        return [_page_from_row(row) for row in rows]

    async def next_check(self) -> float | None:
        """The instant of the next page check, None without any."""
        row = await self._database.one("SELECT min(page_next_check) AS at FROM articles WHERE page_next_check NOT NULL")
        return row["at"] if row else None

    async def count(self) -> int:
        """How many pages are checked."""
        row = await self._database.one("SELECT count(*) AS n FROM articles WHERE page_next_check IS NOT NULL")
        return row["n"] if row else 0

    async def missing(self, host: str, since: float) -> tuple[int, int]:
        """How many pages of a host are missing or were withdrawn after `since`, and how many it has."""
        row = await self._database.one(
            "SELECT count(*) FILTER (WHERE missing_since IS NOT NULL AND (state = 'live' OR updated >= ?2)) AS missing,"
            " count(*) FILTER (WHERE state = 'live' OR updated >= ?2) AS pages"
            " FROM articles WHERE substr(key, 1, length(?1)) = ?1",
            (f"https://{host}/", since),
        )
        return (row["missing"], row["pages"]) if row else (0, 0)

    async def sample(self, host: str, article_id: int, limit: int) -> list[PageState]:
        """The newest other pages of a host that were available at their last check."""
        rows = await self._database.all(
            f"{_PAGE} WHERE substr(key, 1, length(?1)) = ?1 AND id != ?2 AND state = 'live' AND missing_since IS NULL"
            " AND page_next_check IS NOT NULL ORDER BY published DESC LIMIT ?3",
            (f"https://{host}/", article_id, limit),
        )
        return [_page_from_row(row) for row in rows]

    async def save(self, tx: Transaction, page: PageState) -> None:
        """Stores validators, next check, errors and absence; the rest of the article is unchanged."""
        await tx.execute(
            "UPDATE articles SET page_etag = ?, page_last_modified = ?, page_next_check = ?, page_errors = ?,"
            " missing_since = ? WHERE id = ?",
            (page.etag, page.last_modified, page.next_check, page.errors, page.missing_since, page.article_id),
        )

    async def begin(self, tx: Transaction, pages: Iterable[tuple[int, str, str, float]]) -> None:
        """Begins the checks of articles' pages: id, ETag, Last-Modified and the instant of the next check of each."""
        await tx.executemany(
            "UPDATE articles SET page_etag = ?2, page_last_modified = ?3, page_next_check = ?4, page_errors = 0,"
            " missing_since = NULL WHERE id = ?1",
            pages,
        )

    async def schedule_check(self, tx: Transaction, ids: Iterable[int], now: float) -> None:
        """Schedules these pages for an immediate check; withdrawn ones and those without a page are skipped."""
        await tx.execute(
            "UPDATE articles SET page_next_check = min(coalesce(page_next_check, ?1), ?1)"
            " WHERE state = 'live' AND instr(key, '#') = 0 AND id IN (SELECT value FROM json_each(?2))",
            (now, json.dumps(list(ids))),
        )

    async def sites(self, limit: int) -> list[str]:
        """An address on each host whose pages are checked, those with the most pages first."""
        rows = await self._database.all(
            "SELECT min(url) AS url FROM articles WHERE page_next_check IS NOT NULL AND instr(key, '#') = 0"
            " GROUP BY substr(key, 1, length('https://') + instr(substr(key, length('https://') + 1), '/'))"
            " ORDER BY count(*) DESC LIMIT ?",
            (limit,),
        )
        return [row["url"] for row in rows]

    async def compare_modified(self, tx: Transaction, modified: Mapping[str, float]) -> tuple[int, list[int]]:
        """How many pages a sitemap dated before, by key, and the ids of those that it dates otherwise now."""
        rows = await tx.all(
            "SELECT articles.id, sitemap_modified IS NOT found.value AS moved FROM json_each(?) AS found"
            " JOIN articles ON articles.key = found.key"
            " WHERE sitemap_modified IS NOT NULL AND page_next_check IS NOT NULL",
            (json.dumps(dict(modified)),),
        )
        return len(rows), [row["id"] for row in rows if row["moved"]]

    async def record_modified(self, tx: Transaction, modified: Mapping[str, float], check: Iterable[int]) -> None:
        """Stores what a sitemap says; the pages of `check` are checked before all others."""
        await tx.execute(
            "UPDATE articles SET sitemap_modified = found.value FROM json_each(?) AS found"
            " WHERE articles.key = found.key AND sitemap_modified IS NOT found.value",
            (json.dumps(dict(modified)),),
        )
        await tx.execute(
            "UPDATE articles SET page_next_check = 0 WHERE page_next_check IS NOT NULL"
            " AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(check)),),
        )

    async def in_feed(self, tx: Transaction, feed: str, ids: Iterable[int]) -> None:
        """Records which articles the latest successful poll listed; the others of that feed have left it."""
        listed = json.dumps(list(ids))
        await tx.execute(
            "UPDATE articles SET in_feed = 0"
            " WHERE feed = ? AND in_feed = 1 AND id NOT IN (SELECT value FROM json_each(?))",
            (feed, listed),
        )
        await tx.execute(
            "UPDATE articles SET in_feed = 1 WHERE id IN (SELECT value FROM json_each(?)) AND in_feed = 0 AND feed = ?",
            (listed, feed),
        )


def _page_from_row(row: Row) -> PageState:
    return PageState(
        article_id=row["id"],
        feed=row["feed"],
        url=row["url"],
        published=row["published"],
        first_seen=row["first_seen"],
        has_body=bool(row["has_body"]),
        etag=row["page_etag"],
        last_modified=row["page_last_modified"],
        next_check=row["page_next_check"],
        errors=row["page_errors"],
        in_feed=bool(row["in_feed"]),
        missing_since=row["missing_since"],
    )
