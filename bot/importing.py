"""Lines of JSON into the store, in batches, announcing nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.core import Core
from bot.models import ArticleDraft
from bot.store.subscriptions import AlreadySubscribedError, NewSubscription
from bot.store.watching import Identities
from bot.transfer import BadLineError, draft_of, read_records, subscription_of

BATCH = 100

Progress = Callable[[int], None]


@dataclass(slots=True)
class ImportReport:
    """What became of the lines; `bad` says for each refused line what is wrong with it."""

    added: int = 0
    updated: int = 0
    kept: int = 0
    bad: list[str] = field(default_factory=list[str])

    @property
    def read(self) -> int:
        """How many lines were dealt with."""
        return self.added + self.updated + self.kept + len(self.bad)


async def import_articles(
    core: Core, lines: Iterable[str], feed: str, progress: Progress, *, dry_run: bool = False
) -> ImportReport:
    """Stores every good line: an unknown address becomes a new article, a known one is brought up to date.

    A batch is stored whole or not at all, so an interrupted import can simply be run again.
    """
    report = ImportReport()
    topics = {topic.key for topic in core.settings.topics}
    batch: dict[str, ArticleDraft] = {}
    for number, record in read_records(lines):
        try:
            if isinstance(record, BadLineError):
                raise record
            draft = draft_of(number, record, feed, topics, core.classifier.classify, core.clock())
        except BadLineError as error:
            report.bad.append(str(error))
            continue
        if draft.key in batch:
            report.kept += 1
        batch[draft.key] = draft
        if len(batch) == BATCH:
            await _store(core, batch, report, dry_run=dry_run)
            progress(report.read)
            batch = {}
    await _store(core, batch, report, dry_run=dry_run)
    progress(report.read)
    return report


async def _store(core: Core, batch: dict[str, ArticleDraft], report: ImportReport, *, dry_run: bool) -> None:
    known = await Identities(core.database).by_keys(list(batch))
    report.added += len(batch) - len(known)
    report.updated += len(known)
    if dry_run:
        return
    now = core.clock()
    async with core.database.transaction() as tx:
        for key, draft in batch.items():
            if key in known:
                await core.articles.update(tx, known[key], draft, now)
                await core.events.changed(tx, known[key], draft, now)
            else:
                article_id = await core.articles.add(tx, draft, now)
                await core.events.added(tx, article_id, draft, announce=False, now=now)


async def import_subscriptions(core: Core, lines: Iterable[str], progress: Progress) -> ImportReport:
    """Creates every subscription of the lines; a channel that has one already keeps its own."""
    report = ImportReport()
    for number, record in read_records(lines):
        try:
            if isinstance(record, BadLineError):
                raise record
            line = subscription_of(number, record)
            created = await core.subscriptions.create(
                NewSubscription(
                    guild_id=line.guild_id,
                    channel_id=line.channel_id,
                    kind=line.kind,
                    topics=line.topics,
                    feeds=line.feeds,
                    role_id=line.role_id,
                    publish=line.publish,
                    open_thread=line.open_thread,
                    language=line.language,
                    created_at=core.clock(),
                )
            )
            if line.paused:
                await core.subscriptions.set_paused(created.id, paused=True)
            report.added += 1
        except BadLineError as error:
            report.bad.append(str(error))
        except AlreadySubscribedError:
            report.kept += 1
        progress(report.read)
    return report
