"""The search engine as the rest of the bot uses it: questions in, results out."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypeVar

from bot.models import Article, Topic
from bot.search import autocomplete
from bot.search.explain import explain_ranking
from bot.search.highlighter import Highlighter
from bot.search.more_like_this import related_query
from bot.search.query.request import SubjectWords
from bot.search.query.terms import Query
from bot.search.ranking.candidate import find_candidates
from bot.search.results import Hit, IndexProgress, SearchResults, Suggestion
from bot.search.searcher import NO_FILTERS, Caches, Ranking, ScoredArticle, Searcher
from bot.store.database import Database
from bot.store.search.filters import SearchFilters
from bot.store.search.health import HealthReader
from bot.store.search.reader import SearchReader
from bot.store.search.suggestions import SuggestionReader, count_asked
from bot.text_analysis import ANALYSER_VERSION, located_words, words
from bot.topics import Classifier

log = logging.getLogger(__name__)

T = TypeVar("T")

DAY_SECONDS = 86_400
MAX_WAITING_READS = 200  # searches and suggestions; a search takes about 15 ms, Discord waits for an answer 3 s
MAX_WAITING_SUGGESTIONS = 100
MAX_WAITING_COUNTS = 1_000
COUNT_SECONDS = 10.0  # between two transactions of counts: one for each would cost a tenth of a search
MAX_CHOICES = 25  # of an autocomplete
MAX_NEAR = 5
HITS_PER_PAGE = 3


class SearchBusyError(Exception):
    """Too many searches are waiting for their turn."""


class SearchEngine:
    """Searches the archive in `database`. `topics` is the taxonomy, `clock` returns unix seconds.

    `key_of` returns the canonical key of an address; with it, articles that link to one another count as
    related. Nothing a person types makes a method raise; with too many searches at once they raise
    SearchBusyError.
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
        self._subject = SubjectWords(topics)
        self._clock = clock
        self._key_of = key_of
        self._caches = Caches()  # used on the reader's thread only
        self._waiting = 0
        self._counts: Counter[tuple[str, str]] = Counter()
        self._counting: asyncio.Task[None] | None = None
        self._stored_at = float("-inf")

    async def search(
        self,
        query: str,
        filters: SearchFilters = NO_FILTERS,
        *,
        limit: int = HITS_PER_PAGE,
        offset: int = 0,
        literal: bool = False,
        language: str = "",
    ) -> SearchResults:
        """Returns the best articles for a person's words.

        `literal` searches for the words exactly as typed. `language` is the asker's: articles in it are
        preferred where scores are close.
        """

        def results(connection: sqlite3.Connection) -> tuple[SearchResults, str]:
            reader = SearchReader(connection)
            ranking = self._searcher(reader).search(query, filters, literal=literal, language=language)
            replaced, offered = ranking.correction.replaced, ranking.correction.offered
            found = SearchResults(
                self._hits(reader, ranking.query, ranking.ranked[offset : offset + limit]),
                total=len(ranking.ranked),
                query=query,
                corrected=_with_replacements(query, replaced) if replaced else None,
                did_you_mean=_with_replacements(query, (*replaced, *offered)) if offered else None,
                period=ranking.request.period,
                years=ranking.request.years,
                newest_first=ranking.request.newest_first,
                oldest_first=ranking.request.oldest_first,
                help=ranking.help,
                incomplete=not reader.is_complete(ANALYSER_VERSION),
            )
            if not ranking.ranked:
                suggestions = SuggestionReader(connection)
                near_topics = autocomplete.near_topics(self._topics.values(), query, MAX_NEAR)
                near_titles = autocomplete.near_titles(suggestions, query, MAX_NEAR)
                newest = tuple(suggestions.newest(MAX_NEAR))
                return replace(found, near_titles=near_titles, near_topics=near_topics, newest=newest), ""
            # Only a phrase of the archive's titles is counted: nothing that a person wrote is kept.
            phrase = " ".join(words((found.corrected or query)[: autocomplete.MAX_TYPED]))
            return found, phrase if phrase and not offset and reader.has_phrase(phrase) else ""

        found, phrase = await self._read(results)
        if phrase:
            self._count("query", phrase)
        return found

    async def explain(self, query: str, filters: SearchFilters = NO_FILTERS, *, limit: int = 5) -> list[str]:
        """Returns lines of plain text: how the words were understood and what each hit's score is made of."""

        def report(connection: sqlite3.Connection) -> list[str]:
            reader = SearchReader(connection)
            ranking: Ranking = self._searcher(reader).search(query, filters)
            found = reader.articles([one.article for one in ranking.ranked[:limit]])
            return explain_ranking(ranking, found, Classifier(tuple(self._topics.values())), limit)

        return await self._read(report)

    async def related(self, article_id: int, limit: int = 3) -> tuple[Hit, ...]:
        """Returns articles with the same words, topics, or a link to or from this one; best first."""

        def hits(connection: sqlite3.Connection) -> tuple[Hit, ...]:
            reader = SearchReader(connection)
            pair = reader.articles([article_id]).get(article_id)
            if pair is None:
                return ()
            linked = reader.ids_of_keys(self._keys([link.url for link in pair[1].links]))
            query = related_query(reader, article_id)
            ranked = self._searcher(reader).rank(query, linked=linked)
            return self._hits(reader, query, [one for one in ranked if one.article != article_id][:limit])

        return await self._read(hits)

    async def suggest_titles(self, typed: str, limit: int = MAX_CHOICES, *, language: str = "") -> list[Suggestion]:
        """Suggests articles by title; the value is the article's id as text."""
        return await self._suggest(
            lambda connection: autocomplete.titles(self._choices(connection, language), typed, min(limit, MAX_CHOICES))
        )

    async def suggest_queries(self, typed: str, limit: int = MAX_CHOICES, *, language: str = "") -> list[str]:
        """Suggests what is typed, then phrases, topics and titles that continue it, in the member's language."""
        topics = list(self._topics.values())
        return await self._suggest(
            lambda connection: autocomplete.queries(
                self._choices(connection, language), topics, typed, min(limit, MAX_CHOICES)
            )
        )

    async def suggest_values(
        self, kind: Literal["author", "year", "language"], typed: str = "", limit: int = MAX_CHOICES
    ) -> list[str]:
        """Suggests authors, years or languages (codes) with articles: those of most first, years the latest first."""
        values = await self._suggest(lambda connection: SearchReader(connection).facet(kind))
        found = autocomplete.facet(values, typed, min(limit, MAX_CHOICES))
        return sorted(found, reverse=True) if kind == "year" else found

    async def resolve_title(self, value: str) -> Article | None:
        """Returns the article meant by a suggestion's value, by a title, or by words typed; None if there is none."""
        found = await self._read(lambda connection: autocomplete.resolve(self._choices(connection), value))
        if found is None and not value.strip().isdecimal():
            hits = (await self.search(value, limit=1)).hits
            found = hits[0].article if hits else None
        if found is not None:
            self._count("article", str(found.id))
        return found

    async def indexing(self) -> IndexProgress | None:
        """Returns the progress while older articles are not yet indexed after an update; None when all are."""

        def progress(connection: sqlite3.Connection) -> IndexProgress | None:
            if SearchReader(connection).is_complete(ANALYSER_VERSION):
                return None
            health = HealthReader(connection)
            return IndexProgress(health.indexed(ANALYSER_VERSION), health.articles())

        return await self._read(progress)

    async def warm_up(self) -> None:
        """Fills the caches, for which the next search would otherwise wait."""

        def fill(connection: sqlite3.Connection) -> None:
            self._searcher(SearchReader(connection)).search("help 도움")  # loads every table of words

        await self._read(fill)

    def _hits(self, reader: SearchReader, query: Query, ranked: Sequence[ScoredArticle]) -> tuple[Hit, ...]:
        highlighter = Highlighter(query)
        articles = reader.articles([one.article for one in ranked])
        read = {one.article: one.document for one in ranked if one.document is not None}
        documents = [*read.values(), *reader.documents([article for article in articles if article not in read])]
        candidates = {one.document.article: one for one in find_candidates(query, documents)}
        return tuple(
            highlighter.hit(*articles[one.article], candidates[one.article], one.score)
            for one in ranked
            if one.article in articles and one.article in candidates
        )

    def _searcher(self, reader: SearchReader) -> Searcher:
        return Searcher(reader, self._caches, datetime.fromtimestamp(self._clock(), UTC).date(), self._subject)

    def _choices(self, connection: sqlite3.Connection, language: str = "") -> autocomplete.Choices:
        return autocomplete.Choices(SuggestionReader(connection), self._searcher(SearchReader(connection)), language)

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

    async def _read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `function` on the search's own reader; those that wait for it are bounded."""
        if self._waiting >= MAX_WAITING_READS:
            raise SearchBusyError
        self._waiting += 1
        try:
            return await self._database.read(function)
        finally:
            self._waiting -= 1

    async def _suggest(self, function: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
        """As `_read`, but empty while many wait: a suggestion that comes late is of no use."""
        return [] if self._waiting >= MAX_WAITING_SUGGESTIONS else await self._read(function)

    def _count(self, kind: str, value: str) -> None:
        """Counts in the background: nobody's answer waits for a write.

        Soon after the last write it only remembers: the next search after `COUNT_SECONDS` stores it, or `counted`.
        """
        if len(self._counts) >= MAX_WAITING_COUNTS:
            log.warning("too many searches to count; one was left out")
            return
        self._counts[kind, value] += 1
        is_idle = self._counting is None or self._counting.done()
        if is_idle and abs(self._clock() - self._stored_at) >= COUNT_SECONDS:
            self._counting = asyncio.create_task(self._store_counts())

    async def _store_counts(self) -> None:
        while self._counts:
            counts, self._counts, self._stored_at = self._counts, Counter(), self._clock()
            try:
                async with self._database.transaction() as tx:
                    for (kind, value), times in counts.items():
                        await count_asked(tx, kind, value, int(self._clock() // DAY_SECONDS), times)
            except sqlite3.Error as error:
                log.warning("%d searches were not counted: %s", counts.total(), error)

    async def counted(self) -> None:
        """Returns when everything asked so far is counted."""
        if self._counting is not None:
            await self._counting
        await self._store_counts()


def _with_replacements(query: str, replacements: Sequence[tuple[str, str]]) -> str:
    """The query with words, or pairs of words, replaced and all else as typed."""
    replaced = dict(replacements)
    pieces: list[str] = []
    copied = 0
    found = list(located_words(query))
    for at, word in enumerate(found):
        if word.start < copied:
            continue
        following = found[at + 1] if at + 1 < len(found) else None
        if following is not None and f"{word.text} {following.text}" in replaced:
            pieces += [query[copied : word.start], replaced[f"{word.text} {following.text}"]]
            copied = following.end
        elif word.text in replaced:
            pieces += [query[copied : word.start], replaced[word.text]]
            copied = word.end
    return "".join([*pieces, query[copied:]])
