"""The table of articles: reading for lists and cards, adding, changing and withdrawing.

Other facts about articles are in `identities`, `page_checks` and, of held ones, `feeds`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

from bot.models import Article, ArticleBody, ArticleState, CallToAction, Image, Link, LinkKind, NewArticle, Passage
from bot.store.database import Row, Store, Transaction
from bot.store.identities import erased_name

# For other store modules: `SELECT {ARTICLE_COLUMNS} FROM articles AS article`, then `article_from_row`.
ARTICLE_COLUMNS = ", ".join(
    f"article.{name}"
    for name in (
        "id", "feed", "url", "key", "title", "summary", "author", "author_note", "published", "first_seen",
        "language", "image_url", "image_alt", "reading_minutes", "topics", "state", "calls",
    )
)  # fmt: skip
STEP = 200
MAX_CALLS = 3
RECHECK_AFTER_REINSTATE = 86_400.0

_SELECT = f"SELECT {ARTICLE_COLUMNS} FROM articles AS article"
_INSERT = (
    "INSERT INTO articles (id, feed, url, key, title, summary, author, author_note, published, first_seen, updated,"
    " language, image_url, image_alt, reading_minutes, topics, body, calls, in_feed)"
    " VALUES (:id, :feed, :url, :key, :title, :summary, :author, :author_note, :published, :first_seen, :updated,"
    " :language, :image_url, :image_alt, :reading_minutes, :topics, :body, :calls, :in_feed)"
)
_LIVE = "article.state = 'live'"
_NEWEST_FIRST = "ORDER BY article.published DESC, article.id DESC"

# The columns of an article that are withheld, and their replacements; the address stays until they are erased.
_CONTENT: dict[str, Any] = {
    "url": "", "title": "", "summary": "", "author": "", "author_note": "", "image_url": "", "image_alt": "",
    "reading_minutes": None, "topics": "[]", "body": None, "calls": "[]",
}  # fmt: skip


class Articles(Store):
    """The table of articles. Lists hold live articles only, newest first."""

    async def get(self, article_id: int, tx: Transaction | None = None) -> Article | None:
        """The article of that id, withdrawn or not; as `tx` sees it, where it is given."""
        row = await (tx or self._database).one(f"{_SELECT} WHERE article.id = ?", (article_id,))
        return article_from_row(row) if row else None

    async def by_key(self, key: str) -> Article | None:
        """The article of that canonical key, withdrawn or not."""
        row = await self._database.one(
            f"{_SELECT} WHERE article.key IN (?1, ?2) OR article.id IN"
            " (SELECT article FROM article_aliases WHERE key IN (?1, ?2)) ORDER BY article.key IN (?1, ?2) DESC",
            (key, erased_name(key)),
        )
        return article_from_row(row) if row else None

    async def many(self, ids: Sequence[int]) -> list[Article]:
        """The articles of these ids in the order asked; unknown ids are left out."""
        wanted = json.dumps(list(ids))
        rows = await self._database.all(
            f"{_SELECT} WHERE article.id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        found = {row["id"]: article_from_row(row) for row in rows}
        return [found[article_id] for article_id in ids if article_id in found]

    async def body(self, article_id: int) -> ArticleBody:
        """The body; empty when the page was not fetched, the article was withdrawn, or the id is unknown."""
        row = await self._database.one("SELECT body FROM articles WHERE id = ?", (article_id,))
        return body_from_json(row["body"] if row else None)

    async def latest(self, topic: str | None = None, limit: int = 10, offset: int = 0) -> list[Article]:
        """The newest articles, of one topic or of all."""
        join = (
            "" if topic is None else "JOIN article_topics AS tagged ON tagged.article = article.id AND tagged.topic = ?"
        )
        parameters = (limit, offset) if topic is None else (topic, limit, offset)
        rows = await self._database.all(
            f"{_SELECT} {join} WHERE {_LIVE} {_NEWEST_FIRST} LIMIT ? OFFSET ?",
            parameters,
        )
        return [article_from_row(row) for row in rows]

    async def count(self, topic: str | None = None) -> int:
        """The number of live articles, of one topic or of all."""
        if topic is not None:
            return (await self.topic_counts()).get(topic, 0)
        row = await self._database.one("SELECT count(*) AS n FROM articles WHERE state = 'live'")
        return row["n"] if row else 0

    async def topic_counts(self) -> dict[str, int]:
        """How many articles each topic has; topics without any are left out."""
        rows = await self._database.all(
            "SELECT tagged.topic, count(*) AS n FROM article_topics AS tagged"
            " JOIN articles AS article ON article.id = tagged.article AND article.state = 'live' GROUP BY tagged.topic"
        )
        return {row["topic"]: row["n"] for row in rows}

    async def without_topic(self, limit: int) -> list[Article]:
        """The newest articles that have no topic."""
        rows = await self._database.all(
            f"{_SELECT} WHERE {_LIVE} AND article.topics = '[]' {_NEWEST_FIRST} LIMIT ?",
            (limit,),
        )
        return [article_from_row(row) for row in rows]

    async def stream(self) -> AsyncIterator[Article]:
        """Every live article by id, read in steps to bound memory."""
        last = 0
        while True:
            rows = await self._database.all(
                f"{_SELECT} WHERE {_LIVE} AND article.id > ? ORDER BY article.id LIMIT ?",
                (last, STEP),
            )
            for row in rows:
                yield article_from_row(row)
            if len(rows) < STEP:
                return
            last = rows[-1]["id"]

    async def stored(
        self, ids: Collection[int], tx: Transaction | None = None
    ) -> dict[int, tuple[Article, ArticleBody]]:
        """The articles of these ids with their bodies, withdrawn or not; as `tx` sees them, where it is given."""
        rows = await (tx or self._database).all(
            f"SELECT {ARTICLE_COLUMNS}, body FROM articles AS article WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        # On another thread: reading long bodies would hold up the event loop.
        return await asyncio.to_thread(
            lambda: {row["id"]: (article_from_row(row), body_from_json(row["body"])) for row in rows}
        )

    async def updated(self, tx: Transaction, article_id: int) -> float:
        """When the stored article last changed."""
        row = await tx.one("SELECT updated FROM articles WHERE id = ?", (article_id,))
        return row["updated"] if row else 0.0

    async def add(
        self, tx: Transaction, drafts: Sequence[NewArticle], now: float, *, in_feed: bool = True
    ) -> list[int]:
        """Stores new articles with their identities and returns their ids in order; `in_feed`: a poll has found them.

        Raises sqlite3.IntegrityError when a key or an identity is known already.
        """
        newest = await tx.one("SELECT max(id) AS id FROM articles")
        first = 1 + ((newest["id"] or 0) if newest else 0)
        numbered = list(enumerate(drafts, first))
        more = {"first_seen": now, "updated": now, "in_feed": in_feed}
        # One row at a time: their bodies take as much memory again as the drafts.
        rows = ({**_columns(draft), **more, "id": number, "feed": draft.feed} for number, draft in numbered)
        await tx.executemany(_INSERT, rows)
        await tx.executemany(
            "INSERT INTO identities (feed, identity, article) VALUES (?, ?, ?)",
            [(draft.feed, draft.identity, number) for number, draft in numbered],
        )
        await tx.executemany(
            "INSERT INTO article_topics (topic, article) VALUES (?, ?)",
            [(topic, number) for number, draft in numbered for topic in dict.fromkeys(draft.topics)],
        )
        return [number for number, _ in numbered]

    async def update(self, tx: Transaction, article_id: int, draft: NewArticle, now: float) -> None:
        """Replaces the stored article with the draft; a draft without a body keeps the stored body.

        A withdrawn article is left as it is. Raises sqlite3.IntegrityError when the draft's key
        belongs to another article.
        """
        row = _columns(draft)
        body = row.pop("body")
        if body is None:
            del row["calls"]
        changes = ", ".join(f"{name} = :{name}" for name in row)
        cursor = await tx.execute(
            f"UPDATE articles SET {changes}, body = coalesce(:body, body), updated = :now"
            " WHERE id = :id AND state = 'live'",
            {**row, "body": body, "now": now, "id": article_id},
        )
        if cursor.rowcount:
            await self._tag(tx, {article_id: draft.topics})

    async def set_topics(self, tx: Transaction, topics: Mapping[int, tuple[str, ...]]) -> None:
        """Classifies stored articles again, by id."""
        await tx.executemany(
            "UPDATE articles SET topics = ? WHERE id = ?",
            [(_JSON.encode(found), number) for number, found in topics.items()],
        )
        await self._tag(tx, topics)

    async def withdraw(self, tx: Transaction, article_id: int, now: float) -> None:
        """Moves the words of an article out of its row; address and identities stay, so that it is never new.

        The words are kept separately until they are erased: see `bot.store.withdrawals`.
        """
        row = await tx.one("SELECT * FROM articles WHERE id = ? AND state = 'live'", (article_id,))
        if row is not None:
            content = {name: row[name] for name in _CONTENT if name in row.keys()}  # noqa: SIM118 - a row iterates over values
            await tx.execute(
                "INSERT INTO withdrawn_articles (article, withdrawn_at, content) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (article) DO UPDATE SET withdrawn_at = ?2, content = ?3",
                (article_id, now, json.dumps(content, ensure_ascii=False)),
            )
            blank = {name: value for name, value in _CONTENT.items() if name in content and name != "url"}
            await _set(tx, article_id, {**blank, "state": "withdrawn", "updated": now})
        await tx.execute(
            "UPDATE articles SET page_etag = '', page_last_modified = '', page_next_check = NULL, page_errors = 0"
            " WHERE id = ?",
            (article_id,),
        )
        await self._tag(tx, {article_id: ()})
        await tx.execute("DELETE FROM held_articles WHERE article = ?", (article_id,))

    async def reinstate(self, tx: Transaction, article_id: int, now: float) -> bool:
        """Undoes a withdrawal; its page is checked again a day later. False when the words are erased already."""
        kept = await tx.one(
            "SELECT content FROM withdrawn_articles WHERE article = ? AND content IS NOT NULL", (article_id,)
        )
        if kept is None:
            return False
        await _set(tx, article_id, {**json.loads(kept["content"]), "state": "live", "updated": now})
        await tx.execute("DELETE FROM withdrawn_articles WHERE article = ?", (article_id,))
        await tx.execute(
            "UPDATE articles SET page_next_check = ?, missing_since = NULL WHERE id = ?",
            (now + RECHECK_AFTER_REINSTATE, article_id),
        )
        row = await tx.one("SELECT topics FROM articles WHERE id = ?", (article_id,))
        await self._tag(tx, {article_id: tuple(json.loads(row["topics"])) if row else ()})
        return True

    async def _tag(self, tx: Transaction, topics: Mapping[int, tuple[str, ...]]) -> None:
        await tx.executemany("DELETE FROM article_topics WHERE article = ?", [(number,) for number in topics])
        await tx.executemany(
            "INSERT INTO article_topics (topic, article) VALUES (?, ?)",
            [(topic, number) for number, found in topics.items() for topic in dict.fromkeys(found)],
        )


async def _set(tx: Transaction, article_id: int, values: dict[str, Any]) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in values)
    await tx.execute(f"UPDATE articles SET {columns} WHERE id = :id", {**values, "id": article_id})


def article_from_row(row: Row) -> Article:
    """An article from a row that has ARTICLE_COLUMNS."""
    return Article(
        id=row["id"],
        feed=row["feed"],
        url=row["url"],
        key=row["key"],
        title=row["title"],
        summary=row["summary"],
        author=row["author"],
        author_note=row["author_note"],
        published=row["published"],
        first_seen=row["first_seen"],
        language=row["language"],
        image=Image(row["image_url"], row["image_alt"]) if row["image_url"] else None,
        reading_minutes=row["reading_minutes"],
        topics=tuple(json.loads(row["topics"])),
        state=ArticleState(row["state"]),
        calls=tuple(CallToAction(label, url) for label, url in json.loads(row["calls"])),
    )


def body_from_json(text: str | None) -> ArticleBody:
    """A body from its stored form; an empty one where there is none, as of a page that was not fetched yet."""
    if not text:
        return ArticleBody()
    found = json.loads(text)
    return ArticleBody(
        passages=tuple(Passage(**passage) for passage in found["passages"]),
        images=tuple(Image(**image) for image in found["images"]),
        links=tuple(
            Link(link["label"], link["url"], LinkKind(link["kind"]), link["passage"]) for link in found["links"]
        ),
        footnotes=tuple(found["footnotes"]),
    )


def _columns(draft: NewArticle) -> dict[str, Any]:
    links = draft.body.links if draft.body else ()
    calls = [(link.label, link.url) for link in links if link.kind is LinkKind.CALL_TO_ACTION]
    return {
        "url": draft.url,
        "key": draft.key,
        "title": draft.title,
        "summary": draft.summary,
        "author": draft.author,
        "author_note": draft.author_note,
        "published": draft.published,
        "language": draft.language,
        "image_url": draft.image.url if draft.image else "",
        "image_alt": draft.image.alt if draft.image else "",
        "reading_minutes": draft.reading_minutes,
        "topics": _JSON.encode(draft.topics),
        "body": _JSON.encode(draft.body) if draft.body else None,
        "calls": _JSON.encode(calls[:MAX_CALLS]),
    }


def _fields(value: ArticleBody | Passage | Image | Link) -> dict[str, Any]:
    """The fields of a part of a body: `asdict` takes several times as long, as it copies every value."""
    return {name: getattr(value, name) for name in value.__slots__}


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_fields)
