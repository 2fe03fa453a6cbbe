"""The table of subscriptions, and which articles they want.

The row of a removed subscription is kept as long as its posts are known, because an article that is
withdrawn later must be withdrawn there too. No query of this module returns it.
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.models import DEFAULT_OPTIONS, ChannelKind, Rhythm, Schedule, Subscription, SubscriptionOptions
from bot.plain_text import primary_subtag
from bot.store.database import Row, Store, Transaction

_OPTIONS = (
    "topics", "feeds", "role_id", "topic_roles", "silent", "publish", "open_thread", "language",
    "rhythm", "digest_hour", "digest_weekday", "quiet_from", "quiet_until", "time_zone",
    "line", "accent", "actions", "article_language",
)  # fmt: skip
_NEW = ("guild_id", "channel_id", "kind", *_OPTIONS, "created_at")
_WRITTEN = (*_NEW, "moderator_language")
# For other store modules: `SELECT {SUBSCRIPTION_COLUMNS} FROM subscriptions AS subscription`.
SUBSCRIPTION_COLUMNS = ", ".join(
    f"subscription.{name} AS subscription_{name}" for name in ("id", *_NEW, "paused", "blocked_reason")
)
GUILD_LEFT = "guild_left"
STEP = 200

_SELECT = f"SELECT {SUBSCRIPTION_COLUMNS} FROM subscriptions AS subscription WHERE NOT removed"
_INSERT = (
    f"INSERT INTO subscriptions ({', '.join(_WRITTEN)}) VALUES ({', '.join(f':{name}' for name in _WRITTEN)})"
    f" ON CONFLICT (channel_id) DO UPDATE SET {', '.join(f'{name} = :{name}' for name in _WRITTEN)},"
    " paused = 0, blocked_reason = '', removed = 0 WHERE removed RETURNING id"
)
_CHANGED = ", ".join(f"{name} = :{name}" for name in ("kind", "moderator_language", *_OPTIONS))
_UPDATE = f"UPDATE subscriptions SET {_CHANGED} WHERE id = :id"
_WAITING = "subscription = ?1 AND state IN ('planned', 'claimed')"


class Mismatch(StrEnum):
    """The property of an article for which a subscription does not want it."""

    FEED = "other_feed"
    TOPICS = "other_topics"
    NO_TOPICS = "no_topics"
    LANGUAGE = "other_language"


class AlreadySubscribedError(Exception):
    """The channel has a subscription already."""


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription without an id: a new one, or the changed values of an existing one."""

    guild_id: int
    channel_id: int
    kind: ChannelKind
    options: SubscriptionOptions = DEFAULT_OPTIONS
    created_at: float = 0.0
    moderator_language: str = ""  # of the person who chose this, for reports about the channel


def mismatch(options: SubscriptionOptions, feed: str, topics: Sequence[str], language: str) -> Mismatch | None:
    """Why the subscription does not want such an article; None where it wants it.

    An article in an unknown language matches every choice of language. `Deliveries.plan` asks the same in SQL.
    """
    if options.feeds and feed not in options.feeds:
        return Mismatch.FEED
    if options.topics and not set(topics) & set(options.topics):
        return Mismatch.TOPICS if topics else Mismatch.NO_TOPICS
    code = primary_subtag(language)
    return Mismatch.LANGUAGE if options.article_language and code and code != options.article_language else None


class Subscriptions(Store):
    """Reads and writes subscriptions; removed ones are never returned."""

    async def get(self, channel_id: int) -> Subscription | None:
        """The subscription of a channel."""
        row = await self._database.one(f"{_SELECT} AND channel_id = ?", (channel_id,))
        return subscription_from_row(row) if row else None

    async def of_guild(self, guild_id: int) -> list[Subscription]:
        """All subscriptions of a server, oldest first."""
        rows = await self._database.all(f"{_SELECT} AND guild_id = ? ORDER BY id", (guild_id,))
        return [subscription_from_row(row) for row in rows]

    async def moderator_language(self, guild_id: int, channel_id: int) -> str:
        """The language of the person who set that channel up, else of the last one in the server; empty: unknown."""
        row = await self._database.one(
            "SELECT moderator_language FROM subscriptions WHERE guild_id = ? AND moderator_language != ''"
            " ORDER BY channel_id = ? DESC, id DESC LIMIT 1",
            (guild_id, channel_id),
        )
        return row["moderator_language"] if row else ""

    async def blocked(self) -> list[Subscription]:
        """Blocked subscriptions, except those of servers the bot has left."""
        rows = await self._database.all(f"{_SELECT} AND blocked_reason NOT IN ('', ?)", (GUILD_LEFT,))
        return [subscription_from_row(row) for row in rows]

    async def count(self) -> int:
        """How many there are."""
        row = await self._database.one("SELECT count(*) FROM subscriptions WHERE NOT removed")
        return row[0] if row else 0

    async def stream(self) -> AsyncIterator[Subscription]:
        """Every subscription by id, read in steps."""
        last = 0
        while rows := await self._database.all(f"{_SELECT} AND id > ? ORDER BY id LIMIT ?", (last, STEP)):
            for row in rows:
                yield subscription_from_row(row)
            last = rows[-1]["subscription_id"]

    async def create(self, new: NewSubscription) -> Subscription:
        """Stores a new subscription; it gets the articles that appear from now on.

        Raises AlreadySubscribedError when the channel has one.
        """
        async with self._database.transaction() as tx:
            row = await tx.one(_INSERT, _columns(new))
            if row is None:
                raise AlreadySubscribedError(f"channel {new.channel_id} has a subscription already")
            return await _read(tx, row["id"])

    async def change(self, subscription_id: int, new: NewSubscription) -> Subscription:
        """Replaces the options; the channel stays. Raises LookupError for an unknown id."""
        async with self._database.transaction() as tx:
            await tx.execute(_UPDATE, {**_columns(new), "id": subscription_id})
            # Held deliveries are decided again by the new schedule; those no longer wanted are cancelled.
            rows = await tx.all(
                "SELECT deliveries.id, feed, topics, language FROM deliveries JOIN articles ON articles.id = article"
                " WHERE subscription = ? AND deliveries.state = 'planned' AND release_at IS NOT NULL",
                (subscription_id,),
            )
            for row in rows:
                wanted = mismatch(new.options, row["feed"], json.loads(row["topics"]), row["language"]) is None
                await tx.execute(
                    "UPDATE deliveries SET release_at = NULL,"
                    " due = CASE WHEN ?1 AND EXISTS (SELECT 1 FROM subscriptions"
                    " WHERE id = subscription AND NOT paused AND blocked_reason = '') THEN 0 END,"
                    " state = CASE WHEN ?1 THEN state ELSE 'cancelled' END WHERE id = ?2",
                    (wanted, row["id"]),
                )
            return await _read(tx, subscription_id)

    async def remove(self, subscription_id: int) -> None:
        """Ends a subscription; existing posts stay, pending ones are cancelled."""
        async with self._database.transaction() as tx:
            await _recall(tx, subscription_id)
            await self.end(tx, subscription_id)

    async def end(self, tx: Transaction, subscription_id: int) -> None:
        """As `remove`, in the caller's transaction, for a channel that was deleted with all its posts."""
        await tx.execute("UPDATE subscriptions SET removed = 1, blocked_reason = '' WHERE id = ?", (subscription_id,))
        await cancel_pending(tx, subscription_id)

    async def set_paused(self, subscription_id: int, paused: bool) -> None:  # noqa: FBT001 - it is the value itself
        """Pauses or resumes; deliveries planned before the pause wait for its end."""
        async with self._database.transaction() as tx:
            await tx.execute("UPDATE subscriptions SET paused = ? WHERE id = ?", (paused, subscription_id))
            if paused:
                await _recall(tx, subscription_id)
                await tx.execute(
                    "UPDATE deliveries SET due = NULL WHERE subscription = ? AND state = 'planned'", (subscription_id,)
                )
                return
            await tx.execute(
                f"UPDATE deliveries SET recall = 0, due = 0, problem = '' WHERE (recall OR {_WAITING})"
                " AND subscription = ?1 AND release_at IS NULL"
                " AND EXISTS (SELECT 1 FROM subscriptions WHERE id = subscription AND blocked_reason = '')",
                (subscription_id,),
            )

    async def set_blocked(self, tx: Transaction, subscription_id: int, reason: str) -> None:
        """Blocks a subscription (see `Subscription.blocked_reason`): its deliveries wait."""
        await tx.execute("UPDATE subscriptions SET blocked_reason = ? WHERE id = ?", (reason, subscription_id))
        await tx.execute(
            f"UPDATE deliveries SET due = NULL, problem = ?2 WHERE {_WAITING}",
            (subscription_id, reason),
        )

    async def follow_channel(
        self, tx: Transaction, subscription_id: int, kind: ChannelKind, *, role_gone: bool, unpublish: bool
    ) -> None:
        """Stores what Discord says of the channel now; with `unpublish` its posts wait no more to be published."""
        await tx.execute(
            "UPDATE subscriptions SET kind = ?, role_id = CASE WHEN ? THEN NULL ELSE role_id END WHERE id = ?",
            (kind.value, role_gone, subscription_id),
        )
        if unpublish:
            await tx.execute(
                "UPDATE deliveries SET publish = 'no' WHERE subscription = ? AND publish IN ('wanted', 'blocked')",
                (subscription_id,),
            )


async def _recall(tx: Transaction, subscription_id: int) -> None:
    """Marks claimed posts for recall: they are looked up and deleted where they arrived."""
    await tx.execute(
        "UPDATE deliveries SET recall = 1, due = coalesce(due, 0) WHERE subscription = ? AND state = 'claimed'",
        (subscription_id,),
    )


async def cancel_pending(tx: Transaction, subscription_id: int) -> None:
    """Cancels new posts of this subscription; pending corrections, with the names of threads, and withdrawals stay.

    Possibly sent posts stay claimed, so that they are looked up and can be corrected or withdrawn. A thread that an
    interrupted attempt may have opened counts as opened, so that a withdrawal looks for it.
    """
    await tx.execute(
        "UPDATE deliveries SET publish = replace(publish, 'wanted', 'no'), thread = CASE WHEN thread != 'wanted'"
        " THEN thread WHEN tried_at > posted_at THEN 'done' ELSE 'no' END,"
        " state = replace(state, 'planned', 'cancelled'),"
        " due = CASE WHEN state = 'claimed' THEN coalesce(due, 0)"
        " WHEN state = 'posted' OR (state = 'unverified' AND desired_hash != posted_hash) THEN due END"
        " WHERE subscription = ?",
        (subscription_id,),
    )


async def _read(tx: Transaction, subscription_id: int) -> Subscription:
    row = await tx.one(f"{_SELECT} AND id = ?", (subscription_id,))
    if row is None:
        raise LookupError(f"there is no subscription {subscription_id}")
    return subscription_from_row(row)


def _columns(new: NewSubscription) -> dict[str, object]:
    options, schedule = new.options, new.options.schedule
    return {
        "moderator_language": new.moderator_language,
        "guild_id": new.guild_id,
        "channel_id": new.channel_id,
        "kind": new.kind.value,
        "topics": json.dumps(options.topics),
        "feeds": json.dumps(options.feeds),
        "role_id": options.role_id,
        "topic_roles": options.topic_roles,
        "silent": options.silent,
        "publish": options.publish,
        "open_thread": options.open_thread,
        "language": options.language,
        "rhythm": schedule.rhythm.value,
        "digest_hour": schedule.hour,
        "digest_weekday": schedule.weekday,
        "quiet_from": schedule.quiet_from,
        "quiet_until": schedule.quiet_until,
        "time_zone": schedule.time_zone,
        "line": options.line,
        "accent": options.accent,
        "actions": None if options.actions is None else json.dumps(options.actions),
        "article_language": options.article_language,
        "created_at": new.created_at,
    }


def subscription_from_row(row: Row) -> Subscription:
    """A subscription from a row that has SUBSCRIPTION_COLUMNS."""
    actions = row["subscription_actions"]
    return Subscription(
        id=row["subscription_id"],
        guild_id=row["subscription_guild_id"],
        channel_id=row["subscription_channel_id"],
        kind=ChannelKind(row["subscription_kind"]),
        options=SubscriptionOptions(
            topics=tuple(json.loads(row["subscription_topics"])),
            feeds=tuple(json.loads(row["subscription_feeds"])),
            role_id=row["subscription_role_id"],
            topic_roles=bool(row["subscription_topic_roles"]),
            silent=bool(row["subscription_silent"]),
            publish=bool(row["subscription_publish"]),
            open_thread=bool(row["subscription_open_thread"]),
            language=row["subscription_language"],
            schedule=Schedule(
                rhythm=Rhythm(row["subscription_rhythm"]),
                hour=row["subscription_digest_hour"],
                weekday=row["subscription_digest_weekday"],
                quiet_from=row["subscription_quiet_from"],
                quiet_until=row["subscription_quiet_until"],
                time_zone=row["subscription_time_zone"],
            ),
            line=row["subscription_line"],
            accent=row["subscription_accent"],
            actions=None if actions is None else tuple(json.loads(actions)),
            article_language=row["subscription_article_language"],
        ),
        paused=bool(row["subscription_paused"]),
        blocked_reason=row["subscription_blocked_reason"],
        created_at=row["subscription_created_at"],
    )
