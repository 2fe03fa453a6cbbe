"""The search engine as the rest of the bot sees it: questions in, answers out, index kept."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime

from bot.models import Article, NewArticle, Topic
from bot.search import autocomplete as suggesting
from bot.search import explain as explaining
from bot.search.highlighter import Excerpter
from bot.search.index_documents import index_entry
from bot.search.index_maintenance import IndexKeeper, Progress
from bot.search.more_like_this import related_query
from bot.search.passages import answering_passages
from bot.search.query import LONGEST_QUERY, Query
from bot.search.results import Answer, Filters, Hit, IndexReport, Suggestion
from bot.search.searcher import Finder, Found, Memory, Ranked
from bot.store.database import Database, Transaction
from bot.store.search.reader import Restriction, SearchReader
from bot.store.search.suggestions import SuggestionReader, count_asked
from bot.store.search.writer import add_entries, current_totals, remove_entry, stored_body
from bot.text_analysis import storable

DAY_SECONDS = 86_400
CHOICES = 25  # as many as Discord shows
NEAR = 5
EVERYTHING = Filters()


class SearchEngine:
    """Searches the archive in `database`. `topics` is the taxonomy, `clock` gives unix seconds.

    `key_of` gives the canonical key of an address; with it, articles that link to one another
    count as related. Nothing a person types makes a method raise.
    """

    def __init__(
        self,
        database: Database,
        topics: Sequence[Topic],
        clock: Callable[[], float],
        key_of: Callable[[str], str] | None = None,
    ) -> None:
        self._database = database
        self._topics = {topic.key: topic for topic in topics}
        self._clock = clock
        self._key_of = key_of
        self._memory = Memory()  # touched on the reader's thread alone
        self._keeper = IndexKeeper(database, self._topics)

    async def search(
        self,
        query: str,
        filters: Filters = EVERYTHING,
        *,
        limit: int = 5,
        offset: int = 0,
        literal: bool = False,
    ) -> Answer:
        """The best articles for a person's words. `literal` searches for the words exactly as spelt."""

        def answer(connection: sqlite3.Connection) -> tuple[Answer, str]:
            found = self._answer(connection, query, filters, slice(offset, offset + limit), literal=literal)
            asked = found.corrected or query if found.hits and not offset else ""
            return found, suggesting.own_phrase(SuggestionReader(connection), asked)

        found, phrase = await self._database.read(answer)
        if phrase:
            await self._count("query", phrase)
        return found

    async def explain(self, query: str, filters: Filters = EVERYTHING, *, limit: int = 5) -> list[str]:
        """Lines of plain text: how the words were understood and what each hit's score is made of."""

        def report(connection: sqlite3.Connection) -> list[str]:
            reader = SearchReader(connection)
            found = self._finder(reader).find(query, restriction(filters))
            articles = {
                article: pair[0]
                for article, pair in reader.articles([one.article for one in found.ranked[:limit]]).items()
            }
            return explaining.lines(found, articles, limit)

        return await self._database.read(report)

    async def related(self, article_id: int, limit: int = 3) -> tuple[Hit, ...]:
        """Articles with the same words, topics, or a link to or from this one; best first."""

        def hits(connection: sqlite3.Connection) -> tuple[Hit, ...]:
            reader = SearchReader(connection)
            pair = reader.articles([article_id]).get(article_id)
            if pair is None:
                return ()
            linked = reader.ids_of_keys(self._keys([link.url for link in pair[1].links]))
            query = related_query(reader, article_id)
            ranked = self._finder(reader).rank_query(query, Restriction(), linked)
            return self._hits(reader, query, [one for one in ranked if one.article != article_id][:limit])

        return await self._database.read(hits)

    async def related_to_text(self, text: str, limit: int = 3) -> tuple[Hit, ...]:
        """Articles about what a text (a message, say) speaks of, each with the passage that matched."""
        return (await self.search(text[:LONGEST_QUERY], limit=limit)).hits

    async def suggest_titles(self, typed: str, limit: int = CHOICES) -> list[Suggestion]:
        """Articles by title; the value is the article's id as text. Nothing typed: most asked for, newest."""
        return await self._database.read(
            lambda connection: suggesting.titles(self._choices(connection), typed, min(limit, CHOICES))
        )

    async def suggest_queries(self, typed: str, limit: int = CHOICES) -> list[str]:
        """Phrases, topics and titles that continue what is typed."""
        topics = list(self._topics.values())
        return await self._database.read(
            lambda connection: suggesting.queries(self._choices(connection), topics, typed, min(limit, CHOICES))
        )

    async def suggest_authors(self, typed: str = "", limit: int = CHOICES) -> list[str]:
        """Authors, those of most articles first."""
        return await self._facet("author", typed, limit)

    async def suggest_years(self, typed: str = "", limit: int = CHOICES) -> list[str]:
        """Years with articles, the latest first."""
        return sorted(await self._facet("year", typed, limit), reverse=True)

    async def suggest_languages(self, typed: str = "", limit: int = CHOICES) -> list[str]:
        """Languages with articles (codes), the most used first."""
        return await self._facet("language", typed, limit)

    async def resolve_title(self, value: str) -> Article | None:
        """The article meant by a suggestion's value, by a title, or by words typed; None if there is none."""
        found = await self._database.read(lambda connection: suggesting.resolve(self._choices(connection), value))
        if found is None and not value.strip().isdecimal():
            hits = (await self.search(value, limit=1)).hits
            found = hits[0].article if hits else None
        if found is not None:
            await self._count("article", str(found.id))
        return found

    async def index(self, tx: Transaction, article_id: int, draft: NewArticle) -> None:
        """Writes an article to the index, in place of what stood there.

        A draft without a body is indexed with the stored one: that is what the article still says.
        """
        body = draft.body or await stored_body(tx, article_id)
        await remove_entry(tx, article_id)
        average = (await current_totals(tx)).average_length
        # On another thread: a long article's analysis would hold up the event loop.
        whole = replace(draft, body=body)
        entry = await asyncio.to_thread(index_entry, article_id, whole, self._topics, average)
        await add_entries(tx, [entry])

    async def reindex(self, tx: Transaction, article_id: int) -> None:
        """Indexes an article as it is stored; one that is not live leaves the index."""
        await self._keeper.reindex(tx, [article_id])

    async def remove(self, tx: Transaction, article_id: int) -> None:
        """Takes every trace of an article's words out of the index."""
        await remove_entry(tx, article_id)

    async def warm_up(self) -> None:
        """Takes in the archive's words and counts, for which the next search would otherwise wait."""
        await self._database.read(lambda connection: self._finder(SearchReader(connection)))

    async def rebuild_if_needed(self, progress: Progress | None = None) -> int:
        """Indexes what is missing or was written by another version of the analysis; gives how many.

        Works in short transactions; searches go on with what is there. `progress(done, total)`.
        """
        return await self._keeper.rebuild(progress)

    async def verify(self) -> IndexReport:
        """Compares the index with the articles."""
        return await self._keeper.verify()

    def _answer(
        self, connection: sqlite3.Connection, query: str, filters: Filters, page: slice, *, literal: bool
    ) -> Answer:
        reader = SearchReader(connection)
        found = self._finder(reader).find(query, restriction(filters), literal=literal)
        hits = self._hits(reader, found.query, found.ranked[page])
        answer = Answer(hits, len(found.ranked), query, corrected_text(query, found))
        if found.ranked:
            return answer
        choices = self._choices(connection)
        near = suggesting.near_titles(choices, query, NEAR)
        return replace(answer, near_titles=near, near_topics=suggesting.near_topics(self._topics.values(), query, NEAR))

    def _hits(self, reader: SearchReader, query: Query, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
        excerpter = Excerpter(query)
        ids = [one.article for one in ranked]
        articles = reader.articles(ids)
        documents = [one for one in reader.documents(ids) if one.article in articles]
        passages = [len(articles[one.article][1].passages) for one in documents]
        answering = answering_passages(query, documents, passages)
        cuts = {
            one.article: excerpter.excerpt(*articles[one.article], passage)
            for one, passage in zip(documents, answering, strict=True)
        }
        found = [(articles[one.article][0], cuts[one.article], one.score) for one in ranked if one.article in cuts]
        return tuple(Hit(article, cut.heading, cut.spans, cut.url, score) for article, cut, score in found)

    def _finder(self, reader: SearchReader) -> Finder:
        return Finder(reader, self._memory)

    def _choices(self, connection: sqlite3.Connection) -> suggesting.Choices:
        return suggesting.Choices(SuggestionReader(connection), self._finder(SearchReader(connection)))

    def _keys(self, urls: Sequence[str]) -> list[str]:
        keys: list[str] = []
        if self._key_of is None:
            return keys
        for url in urls:
            try:
                keys.append(self._key_of(url))
            except ValueError:
                continue  # not a web address: it leads to no article
        return keys

    async def _facet(self, kind: str, typed: str, limit: int) -> list[str]:
        values = await self._database.read(lambda connection: SearchReader(connection).facet(kind))
        return suggesting.facet(values, typed, min(limit, CHOICES))

    async def _count(self, kind: str, value: str) -> None:
        async with self._database.transaction() as tx:
            await count_asked(tx, kind, value, int(self._clock() // DAY_SECONDS))


def restriction(filters: Filters) -> Restriction:
    """Filters as the index takes them."""
    since, before = (None, None) if filters.year is None else year_span(filters.year)
    texts = (filters.topic, filters.feed, filters.author, filters.language)
    topic, feed, author, language = (text and storable(text) for text in texts)
    return Restriction(topic, since, before, feed, author, language)


def year_span(year: int) -> tuple[float, float]:
    """A year's first instant and the next year's (UTC); a span without instants for a year no calendar has."""
    if not MINYEAR <= year < MAXYEAR:
        return (0.0, 0.0)
    return datetime(year, 1, 1, tzinfo=UTC).timestamp(), datetime(year + 1, 1, 1, tzinfo=UTC).timestamp()


def corrected_text(query: str, found: Found) -> str | None:
    """The query with the replaced words in place of the typed ones; None when none was replaced."""
    return explaining.with_replacements(query, dict(found.replaced)) if found.replaced else None
