"""The search index: turns articles into its entries, and keeps it in step with the articles.

What is made of an article is decided by functions without a database (`index_batch`, `body_lines`).
"""

import asyncio
import logging
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, count

from bot.models import ArticleBody, ArticleContent, ArticleState, LinkKind, NewArticle, Topic
from bot.search.ranking.candidate import BODY, TITLE
from bot.search.ranking.feedback import similarity_norm, term_uses
from bot.search.ranking.reranker import posting_weights
from bot.store.articles import Articles
from bot.store.database import Database, Transaction
from bot.store.search.health import HealthReader
from bot.store.search.reader import SearchReader, Totals, index_text
from bot.store.search.writer import (
    IndexBatch,
    IndexEntry,
    add_batch,
    current_totals,
    forget_asked,
    remove_entries,
)
from bot.text_analysis import ANALYSER_VERSION, STOP_WORDS, terms_of_words, words

log = logging.getLogger(__name__)

BATCH = 128
LOG_STEP = 8 * BATCH
LINE_MARKS = "•> \t"
# Of a phrase that is suggested.
MAX_WORDS = 3
MIN_LETTERS = 3
MIN_CJK_LETTERS = 2


class LineKind(StrEnum):
    """Where in an article a line comes from."""

    SUMMARY = "summary"
    PASSAGE = "passage"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    READ_ON = "read_on"  # a link on a line of its own that leads to another article
    AUTHOR_NOTE = "author_note"
    CALL = "call"  # a call to action, which is a line of a passage


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line of an article's body as it is indexed and shown; `number` counts within its kind."""

    kind: LineKind
    number: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Whether index and articles agree. Lists hold article ids; all empty means they do."""

    articles: int
    indexed: int
    missing: tuple[int, ...] = ()
    orphaned: tuple[int, ...] = ()
    outdated: tuple[int, ...] = ()
    damaged: tuple[str, ...] = ()

    @property
    def is_consistent(self) -> bool:
        """True when every live article is indexed by the current analysis and nothing else is."""
        return not (self.missing or self.orphaned or self.outdated or self.damaged)


class SearchIndex:
    """Keeps the index in step with the articles while searches continue. `topics` is the taxonomy."""

    def __init__(self, database: Database, topics: Sequence[Topic]) -> None:
        self._database, self._articles = database, Articles(database)
        self._topics = {topic.key: topic for topic in topics}

    async def add(self, tx: Transaction, *drafts: tuple[int, NewArticle]) -> None:
        """Indexes articles, by id, in place of what the index had of them; together costs less than one by one.

        A draft without a body is indexed with the stored one: that is what the article still says.
        """
        await remove_entries(tx, [article_id for article_id, _ in drafts])
        if bare := [article_id for article_id, draft in drafts if draft.body is None]:
            stored = await self._articles.stored(bare, tx)
            drafts = tuple(
                (article_id, replace(draft, body=stored[article_id][1]) if draft.body is None else draft)
                for article_id, draft in drafts
            )
        totals = await current_totals(tx)
        # On another thread: the analysis of a long article would hold up the event loop.
        await add_batch(tx, await asyncio.to_thread(index_batch, drafts, self._topics, totals))

    async def remove(self, tx: Transaction, article_id: int) -> None:
        """Removes every trace of an article's words from the index, without reading the article."""
        await remove_entries(tx, [article_id])
        await forget_asked(tx, article_id)

    async def rebuild(self) -> int:
        """Indexes what is missing or outdated, removes what is orphaned, and returns how many articles it wrote.

        Works in short transactions; searches continue with what is there, and say that older articles may be missing.
        """
        for article in await self._database.read(lambda connection: HealthReader(connection).orphaned()):
            async with self._database.transaction() as tx:
                await remove_entries(tx, [article])
        # Read once: articles that arrive from now on are indexed as they arrive.
        outdated = await self._database.read(lambda connection: HealthReader(connection).outdated(ANALYSER_VERSION))
        if outdated:
            log.info("search index: %d articles to index, newest first", len(outdated))
        written = 0
        for start in range(0, len(outdated), BATCH):
            async with self._database.transaction() as tx:
                written += await self.reindex(tx, *outdated[start : start + BATCH])
            done = min(start + BATCH, len(outdated))
            if done % LOG_STEP == 0 or done == len(outdated):
                log.info("search index: %d of %d articles", done, len(outdated))
        return written

    async def reindex(self, tx: Transaction, *ids: int) -> int:
        """Indexes articles as they are stored now, removes those that are not live, and returns how many it indexed."""
        await remove_entries(tx, ids)
        stored = sorted((await self._articles.stored(ids, tx)).items())
        live = [(number, article, body) for number, (article, body) in stored if article.state is ArticleState.LIVE]
        await self.add(tx, *((number, NewArticle.of(article, body)) for number, article, body in live))
        return len(live)

    async def verify(self) -> IndexReport:
        """Compares every live article with the index, and the index with itself."""

        def report(connection: sqlite3.Connection) -> IndexReport:
            health = HealthReader(connection)
            missing = health.missing()
            outdated = set(health.outdated(ANALYSER_VERSION)) - set(missing)
            indexed = SearchReader(connection).totals().documents
            return IndexReport(
                health.articles(),
                indexed,
                tuple(missing),
                tuple(health.orphaned()),
                tuple(sorted(outdated)),
                tuple(health.inconsistencies()),
            )

        return await self._database.read(report)


def index_batch(drafts: Sequence[tuple[int, NewArticle]], topics: Mapping[str, Topic], totals: Totals) -> IndexBatch:
    """Returns the index entries of some articles, by id. `totals` are those of the archive without them.

    The mean length that their posting weights refer to is that of the archive with them: the first batch of an
    archive would otherwise count as overlong and hardly be found.
    """
    numbers = defaultdict[str, int](count(1).__next__)
    entries = [_analyse(article, draft, topics, numbers.__getitem__) for article, draft in drafts]
    terms = totals.terms + sum(entry.length for entry in entries)
    average = Totals(totals.documents + len(entries), terms).average_length
    weighed = [
        replace(entry, weights=posting_weights(entry.text.characters, entry.length, average)) for entry in entries
    ]
    return IndexBatch(weighed, {text: numbers[text] for text in sorted(numbers)})


def _analyse(
    article: int, draft: NewArticle, topics: Mapping[str, Topic], number_of: Callable[[str], int]
) -> IndexEntry:
    """The index entry of an article, without its posting weights."""
    body = draft.body or ArticleBody()
    headings = [passage.heading for passage in body.passages if passage.heading]
    known = [topics[key] for key in draft.topics if key in topics]
    topic_names = "\n".join(name for one in known for name in (one.name, *(name for _, name in one.names)))
    lines = [f"{line.heading}\n{line.text}" for line in body_lines(draft, body)]
    title, heading, author, topic, *texts = [
        words(text) for text in (draft.title, "\n".join(headings), draft.author, topic_names, *lines)
    ]
    distinct = frozenset(chain(title, author, topic, *texts))
    # Most words of an article occur several times: each is analysed once.
    terms_of = terms_of_words(distinct.union(heading), draft.language)
    parts = [
        list(chain.from_iterable(map(terms_of.__getitem__, part))) for part in (title, heading, author, topic, *texts)
    ]
    uses = term_uses(parts[TITLE], chain.from_iterable(parts[BODY:]))
    said = {phrase for text in (draft.title, *headings) for phrase in phrases(text)}
    return IndexEntry(
        article=article,
        analyser=ANALYSER_VERSION,
        published=draft.published,
        feed=draft.feed,
        author=draft.author.strip(),
        language=draft.language,
        title=" ".join(title),
        length=sum(len(part) for part in parts[BODY:]),
        norm=similarity_norm(uses),
        text=index_text(parts, uses, number_of),
        weights=b"",
        words=array("I", map(number_of, distinct)),
        phrases=array("I", map(number_of, said)),
    )


def body_lines(article: ArticleContent, body: ArticleBody) -> list[BodyLine]:
    """Returns the lines of an article's body in the order of the index.

    The summary (empty where a passage has it), the passages, captions, footnotes, links to read on, the author's note.
    """
    summary = "" if any(article.summary in passage.text for passage in body.passages) else article.summary
    lines = [BodyLine(LineKind.SUMMARY, 0, "", summary)]
    links = [link for link in body.links if link.kind is LinkKind.RELATED]
    for number, passage in enumerate(body.passages):
        # A link on a line of its own says what another article is about, not this passage.
        labels = {link.label.strip() for link in links if link.passage == passage.position}
        paragraphs = passage.text.split("\n\n") if labels else []
        kept = [text for text in paragraphs if text.strip(LINE_MARKS) not in labels]
        text = "\n\n".join(kept) if labels else passage.text
        lines.append(BodyLine(LineKind.PASSAGE, number, passage.heading, text))
    for number, image in enumerate(body.images):
        texts = dict.fromkeys(text for text in (image.alt, image.caption) if text)
        lines.append(BodyLine(LineKind.CAPTION, number, "", "\n".join(texts)))
    lines += [BodyLine(LineKind.FOOTNOTE, number, "", text) for number, text in enumerate(body.footnotes)]
    lines += [BodyLine(LineKind.READ_ON, number, "", link.label) for number, link in enumerate(links)]
    return [*lines, BodyLine(LineKind.AUTHOR_NOTE, 0, "", article.author_note)]


def phrases(text: str) -> set[str]:
    """Returns the phrases of a title or heading worth suggesting: runs of one to three normalised words.

    Not too short, and without a stop word or a number at either end.
    """
    run = words(text)
    found: set[str] = set()
    may_end = [word not in STOP_WORDS and not word.isdecimal() for word in run]
    for size in range(1, MAX_WORDS + 1):
        for at in range(len(run) - size + 1):
            if may_end[at] and may_end[at + size - 1]:
                span = run[at : at + size]
                if len("".join(span)) >= (MIN_LETTERS if span[0].isascii() else MIN_CJK_LETTERS):
                    found.add(" ".join(span))
    return found
