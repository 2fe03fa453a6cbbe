"""Imports JSON Lines into the store in batches; announces nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.app.core import Core
from bot.models import Article, ArticleBody, ArticleState, NewArticle
from bot.portability.json_lines import (
    InvalidLineError,
    body_passages,
    body_text,
    content_of,
    draft_of,
    read_records,
    subscription_of,
)
from bot.store.identities import Identities
from bot.store.subscriptions import AlreadySubscribedError, NewSubscription

BATCH = 100  # the index costs less in large batches; their articles are all in memory

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class PartialArticle:
    """The article of a line, and the fields that the line has."""

    draft: NewArticle
    fields: frozenset[str]


@dataclass(slots=True)
class ImportReport:
    """The results of the lines; `bad` has the reason for each refused line."""

    added: int = 0
    updated: int = 0
    kept: int = 0
    withdrawn: int = 0
    bad: list[str] = field(default_factory=list[str])

    @property
    def read(self) -> int:
        """How many lines were processed."""
        return self.added + self.updated + self.kept + self.withdrawn + len(self.bad)


async def import_articles(
    core: Core, lines: Iterable[str | None], feed: str, progress: Progress, *, dry_run: bool = False
) -> ImportReport:
    """Stores every good line: an unknown address becomes a new article, a known one is updated.

    Unchanged and withdrawn articles are left alone.

    A batch is stored whole or not at all, so an interrupted import can simply be run again.
    """
    report = ImportReport()
    topics, feeds = {topic.key for topic in core.settings.topics}, {known.key for known in core.settings.feeds}
    batch: dict[str, PartialArticle] = {}
    for number, record in read_records(lines):
        try:
            if isinstance(record, InvalidLineError):
                raise record
            known = record.get("feed") in feeds
            draft = draft_of(number, record, record["feed"] if known else feed, topics, core.classifier, core.clock())
        except InvalidLineError as error:
            report.bad.append(str(error))
            continue
        if draft.key in batch:
            report.kept += 1
        fields = {field for field, value in record.items() if value}
        if content_of(number, record) is None:
            fields.discard("content")
        batch[draft.key] = PartialArticle(draft, frozenset(fields))
        if len(batch) == BATCH:
            await _store(core, batch, report, dry_run=dry_run)
            progress(report.read)
            batch = {}
    await _store(core, batch, report, dry_run=dry_run)
    progress(report.read)
    return report


async def _store(core: Core, batch: dict[str, PartialArticle], report: ImportReport, *, dry_run: bool) -> None:
    now = core.clock()
    async with core.database.transaction() as tx:
        identities = Identities(core.database)
        known = await identities.known_keys(list(batch), tx)
        # A feed may keep the old address of an article as its guid, and a file may still have that address.
        guids = {
            (partial.draft.feed, guid): key
            for key, partial in batch.items()
            if key not in known
            for guid in (key, partial.draft.url)
        }
        known |= {guids[guid]: article for guid, article in (await identities.known_guids(tx, guids)).items()}
        new = [partial.draft for key, partial in batch.items() if key not in known]
        report.added += len(new)
        if new and not dry_run:
            ids = await core.articles.add(tx, new, now, in_feed=False)
            await core.events.added(tx, list(zip(ids, new, strict=True)), now, announce=False)
        for key in known:
            # One by one: several lines may be about one article.
            [(article, body)] = (await core.articles.stored([known[key]], tx)).values()
            if article.state is not ArticleState.LIVE:
                report.withdrawn += 1  # the file may be older than the withdrawal: none of its words may come back
                continue
            draft = merge(article, body, batch[key])
            if draft is None:
                report.kept += 1
                continue
            report.updated += 1
            if not dry_run:
                await core.articles.update(tx, known[key], draft, now)
                await core.events.changed(tx, known[key], draft, now)


def merge(article: Article, body: ArticleBody, partial: PartialArticle) -> NewArticle | None:
    """The stored article with the changes of a line; None without any.

    Fields that the line does not have are kept.
    """
    line, before = partial.draft, NewArticle.of(article)
    # A time in a file may be less exact than the stored one.
    moved = "published" in partial.fields and abs(line.published - article.published) >= 1
    after = replace(
        before,
        title=line.title,
        summary=line.summary if "summary" in partial.fields else before.summary,
        author=line.author if "author" in partial.fields else before.author,
        published=line.published if moved else before.published,
        language=line.language if "language" in partial.fields else before.language,
        topics=line.topics if "topics" in partial.fields else before.topics,
        author_note=line.author_note if "note" in partial.fields else before.author_note,
        image=line.image if "image" in partial.fields else before.image,
        reading_minutes=line.reading_minutes if "minutes" in partial.fields else before.reading_minutes,
    )
    if "content" in partial.fields and line.body is not None:
        return replace(after, body=line.body) if line.body != body else None if after == before else after
    text = body_text(line.body.passages) if line.body else ""
    # Compared as it would be exported: an anchor, for example, is not.
    if text and text != body_text(body_passages(body_text(body.passages))):
        # Links name their passage by position, and the passages have changed.
        return replace(after, body=replace(body, passages=line.body.passages if line.body else (), links=()))
    return None if after == before else after


async def import_subscriptions(
    core: Core, lines: Iterable[str | None], progress: Progress, *, dry_run: bool = False
) -> ImportReport:
    """Creates every subscription of the lines; a channel that has one already keeps its own."""
    report = ImportReport()
    for number, record in read_records(lines):
        try:
            if isinstance(record, InvalidLineError):
                raise record
            line = subscription_of(number, record)
            if dry_run:
                known = await core.subscriptions.get(line.channel_id) is not None
            else:
                known = False
                new = NewSubscription(line.guild_id, line.channel_id, line.kind, line.options, core.clock())
                created = await core.subscriptions.create(new)
                if line.paused:
                    await core.subscriptions.set_paused(created.id, paused=True)
            report.kept += known
            report.added += not known
        except InvalidLineError as error:
            report.bad.append(str(error))
        except AlreadySubscribedError:
            report.kept += 1
        progress(report.read)
    return report
