"""A small archive for tests: drafts in one line, and an engine over a real SQLite file."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from bot.models import ArticleBody, Link, LinkKind, NewArticle, Passage, Topic
from bot.search.engine import SearchEngine
from bot.search.index import SearchIndex
from bot.store.articles import Articles
from bot.store.database import Database
from bot.urls import canonical_key

NOW = 1_700_000_000.0
DAY = 86_400.0

MARKETS = Topic("markets", "Markets", "Trade.", ("market", "trader", "jangmadang", "장마당"), (("ko", "장마당"),))
ESCAPE = Topic("defectors", "Defectors", "Escape.", ("defector", "escape", "탈북"), (("ko", "탈북과 정착"),))
TOPICS = (MARKETS, ESCAPE)


def draft(
    title: str,
    *passages: str | tuple[str, str] | Passage,
    language: str = "en",
    author: str = "",
    published: float = NOW,
    topics: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    summary: str = "",
    feed: str = "blog",
) -> NewArticle:
    """A draft; a passage is its text, (heading, text), or a whole Passage. No passage: no body."""
    slug = quote(title.lower().replace(" ", "-"), safe="")
    url = f"https://blog.example.org/{slug}"
    found = [
        one if isinstance(one, Passage) else Passage(at, *(("", one) if isinstance(one, str) else one))
        for at, one in enumerate(passages)
    ]
    linked = tuple(Link("there", link, LinkKind.TEXT, 0) for link in links)
    return NewArticle(
        feed=feed,
        identity=url,
        url=url,
        key=canonical_key(url),
        title=title,
        summary=summary,
        author=author,
        author_note="",
        published=published,
        language=language,
        image=None,
        reading_minutes=None,
        topics=topics,
        body=ArticleBody(tuple(found), links=linked) if passages else None,
    )


class Archive:
    """A database with a search engine over it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.articles = Articles(database)
        self.search = SearchEngine(database, TOPICS, lambda: NOW, canonical_key)
        self.index = SearchIndex(database, TOPICS)

    async def add(self, *drafts: NewArticle) -> list[int]:
        """Stores and indexes drafts, each with its article in one transaction."""
        ids: list[int] = []
        for one in drafts:
            async with self.database.transaction() as tx:
                [article_id] = await self.articles.add(tx, [one], NOW)
                await self.index.add(tx, (article_id, one))
            ids.append(article_id)
        return ids

    async def titles(self, query: str, **options: object) -> list[str]:
        """The titles a search finds, best first."""
        answer = await self.search.search(query, **options)  # type: ignore[arg-type]
        return [hit.article.title for hit in answer.hits]


@asynccontextmanager
async def opened(folder: Path) -> AsyncGenerator[Archive]:
    """A fresh archive in a folder."""
    database = await Database.open(folder / "herald.db")
    archive = Archive(database)
    try:
        yield archive
    finally:
        await archive.search.counted()
        await database.close()
