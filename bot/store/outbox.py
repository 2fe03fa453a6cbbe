"""The deliveries with a pending step, as the announcer claims and settles them.

The claims of a batch, and its results, are one transaction each: durable without one disk flush
for every post.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from bot.durations import HOUR
from bot.models import Article, ArticleState, ChannelKind, Schedule, Subscription
from bot.store.articles import ARTICLE_COLUMNS, article_from_row
from bot.store.database import Database, Row, Transaction
from bot.store.deliveries import DeliveryState, FollowUp
from bot.store.idempotency import component_id, nonce
from bot.store.subscriptions import SUBSCRIPTION_COLUMNS, subscription_from_row

# No delay is longer than this: a later `due` was written by a clock that has since jumped back.
LONGEST_WAIT = 2 * HOUR

_DELIVERY = (
    "id", "article", "subscription", "channel_id", "nonce", "component_id", "published", "state", "due",
    "attempts", "claimed_at", "tried_at",
    "maybe_sent", "desired_hash", "posted_hash", "publish", "thread", "message_id", "posted_at", "problem",
    "recall", "confirmed_at", "thread_name_hash",
    "planned_at", "release_at", "at_once", "digest_period",
)  # fmt: skip
_DELIVERY_COLUMNS = ", ".join(f"delivery.{name} AS delivery_{name}" for name in _DELIVERY)
_NOT_FIRST = (
    "delivery.state IN ('planned', 'claimed') AND EXISTS (SELECT 1 FROM deliveries AS earlier"
    " WHERE earlier.channel_id = delivery.channel_id AND earlier.due IS NOT NULL"
    " AND earlier.state IN ('planned', 'claimed')"
    " AND (earlier.published, earlier.id) < (delivery.published, delivery.id))"
)
_BLOCKED = "(state = 'unverified' OR (state = 'posted' AND problem != '' AND due IS NULL))"
# Corrections and withdrawals, then first posts, then text posts that become cards and the threads of withdrawn
# articles, then publishing, opening and renaming threads.
_URGENCY = (
    "CASE WHEN delivery.recall THEN 0 WHEN delivery.state != 'posted' THEN 1"
    " WHEN delivery.posted_hash = delivery.desired_hash THEN 3"
    " WHEN delivery.posted_hash = -delivery.desired_hash THEN 2 ELSE 0 END"
)
_STOPPED = "EXISTS (SELECT 1 FROM subscriptions WHERE id = deliveries.subscription AND (paused OR removed))"
_LIVE = (
    "(EXISTS (SELECT 1 FROM articles WHERE articles.id = article AND articles.state = 'live') OR EXISTS (SELECT 1"
    " FROM deliveries AS named JOIN articles ON articles.id = named.article"
    " WHERE named.digest_id = deliveries.id AND articles.state = 'live'))"
)
_REMOVED = "EXISTS (SELECT 1 FROM subscriptions WHERE id = deliveries.subscription AND removed)"
_DUE = (
    f"SELECT {_DELIVERY_COLUMNS}, {SUBSCRIPTION_COLUMNS}, {ARTICLE_COLUMNS}, subscription.removed,"
    " CASE WHEN delivery.publish = 'wanted' THEN (SELECT at FROM hourly_actions"
    " WHERE channel_id = delivery.channel_id AND step = 'publish' ORDER BY at DESC LIMIT 1 OFFSET :publishes)"
    " END AS last_publish,"
    " CASE WHEN delivery.publish = 'done' THEN (SELECT at FROM hourly_actions"
    " WHERE channel_id = delivery.channel_id AND step = 'edit' ORDER BY at DESC LIMIT 1 OFFSET :edits)"
    " END AS last_edit,"
    " (SELECT json_group_object(topic, role_id) FROM topic_roles"
    " WHERE guild_id = subscription.guild_id) AS topic_roles"
    " FROM deliveries AS delivery"
    " JOIN subscriptions AS subscription ON subscription.id = delivery.subscription"
    " JOIN articles AS article ON article.id = delivery.article"
    " WHERE delivery.due IS NOT NULL AND (delivery.due <= :now OR delivery.due > :never)"
    " AND delivery.channel_id NOT IN (SELECT value FROM json_each(:busy))"
    " AND (:only IS NULL OR delivery.article = :only"
    " OR delivery.id IN (SELECT digest_id FROM deliveries WHERE article = :only))"
    f" AND NOT ({_NOT_FIRST}) ORDER BY {_URGENCY}, delivery.published, delivery.id LIMIT :limit"
)
_HELD_OVER = (
    f"SELECT delivery.id, delivery.channel_id, delivery.published, delivery.release_at, {SUBSCRIPTION_COLUMNS},"
    " (SELECT max(digest_period) FROM deliveries WHERE subscription = delivery.subscription AND state != 'planned')"
    " AS last_period FROM deliveries AS delivery"
    " JOIN subscriptions AS subscription ON subscription.id = delivery.subscription"
    " WHERE delivery.release_at IS NOT NULL AND (delivery.release_at <= ?1 OR delivery.release_at > ?2)"
    " AND delivery.due IS NULL AND delivery.state = 'planned'"
    " AND NOT subscription.paused AND NOT subscription.removed AND subscription.blocked_reason = ''"
)
_NAMED = (
    f"SELECT {ARTICLE_COLUMNS}, delivery.digest_id AS list FROM deliveries AS delivery"
    " JOIN articles AS article ON article.id = delivery.article WHERE delivery.digest_id IN ({})"
    " ORDER BY article.published, article.id"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One article for one channel and its state; the columns are described in the migration."""

    id: int
    article_id: int
    subscription_id: int
    channel_id: int
    state: DeliveryState = DeliveryState.PLANNED
    due: float | None = None
    attempts: int = 0
    claimed_at: float | None = None
    tried_at: float | None = None
    maybe_sent: bool = False
    desired_hash: int = 0
    posted_hash: int = 0
    publish: FollowUp = FollowUp.NO
    thread: FollowUp = FollowUp.NO
    message_id: int | None = None
    posted_at: float | None = None
    problem: str = ""
    nonce: str = ""
    component_id: int = 1
    recall: bool = False
    thread_name_hash: int = 0
    confirmed_at: float | None = None
    planned_at: float = 0.0
    release_at: float | None = None
    at_once: bool = False
    digest_period: float | None = None

    @property
    def is_text(self) -> bool:
        """Whether the post is plain text that has not become a card yet: `posted_hash` is then negative."""
        return self.posted_hash < 0

    @property
    def is_message_deleted(self) -> bool:
        """Whether the bot deleted the message of a withdrawn article, and only its thread, of the same id, is left."""
        return self.message_id is not None and self.posted_at is None and self.state is DeliveryState.POSTED


@dataclass(frozen=True, slots=True)
class HeldDelivery:
    """A delivery that its channel's schedule held back; `last_period` is that of the channel's latest digest."""

    id: int
    channel_id: int
    published: float
    release_at: float
    schedule: Schedule
    last_period: float | None


@dataclass(frozen=True, slots=True)
class Release:
    """Deliveries of one channel to release: one by one, or with `period` as one digest led by the newest.

    With `postponed_until` they are held until then.
    """

    ids: tuple[int, ...]
    channel_id: int
    period: float | None = None
    postponed_until: float | None = None


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery whose next step may be due, with everything the step needs.

    `articles` are the live articles its post shows, oldest first: one, several for a list, none
    when all were withdrawn. `article` is its own, withdrawn or not. `publish_at` and `edit_at`
    are when the hourly counts allow the next publish, or edit of a published post. `topic_roles`
    are the server's role ids by topic.
    """

    delivery: Delivery
    subscription: Subscription
    article: Article
    articles: tuple[Article, ...]
    publish_at: float = 0.0
    edit_at: float = 0.0
    topic_roles: Mapping[str, int] = field(default_factory=dict[str, int])
    removed: bool = False

    @property
    def has_named_thread(self) -> bool:
        """Whether a thread carries the article's name, or may: a forum post, or the discussion opened on the post.

        One that is still wanted may have been opened by an attempt that was interrupted.
        """
        return self.subscription.kind is ChannelKind.FORUM or self.delivery.thread in (FollowUp.DONE, FollowUp.WANTED)


@dataclass
class Outbox:
    """The unsettled part of the table of deliveries; with `only_article` the steps of that article alone."""

    database: Database
    publishes_per_hour: int
    edits_per_hour: int
    only_article: int | None = None

    async def due(self, now: float, limit: int, busy: Collection[int] = ()) -> list[DueDelivery]:
        """Steps that may be performed now: oldest article first, a channel's posts only in order.

        Channels that are `busy` are skipped.
        """
        parameters = {
            "now": now,
            "never": now + LONGEST_WAIT,
            "limit": limit,
            "busy": json.dumps(list(busy)),
            "only": self.only_article,
            "publishes": self.publishes_per_hour - 1,
            "edits": self.edits_per_hour - 1,
        }
        rows = await self.database.all(_DUE, parameters)
        if not rows:
            return []
        lists = [row["delivery_id"] for row in rows]
        marks = ", ".join("?" * len(lists))
        named: dict[int, tuple[Article, ...]] = {}
        for row in await self.database.all(_NAMED.format(marks), lists):
            named[row["list"]] = (*named.get(row["list"], ()), article_from_row(row))
        return [_due_delivery(row, named.get(row["delivery_id"], ())) for row in rows]

    async def next_due(self, now: float) -> float | None:
        """When the next step is due that is not due yet; None when there is none."""
        row = await self.database.one(
            "SELECT min(at) FROM (SELECT min(due) AS at FROM deliveries WHERE due > ?1"
            " AND (?2 IS NULL OR article = ?2 OR id IN (SELECT digest_id FROM deliveries WHERE article = ?2))"
            " UNION ALL SELECT min(release_at) FROM deliveries WHERE release_at > ?1 AND ?2 IS NULL)",
            (now, self.only_article),
        )
        return row[0] if row else None

    async def held_over(self, now: float, longest: float) -> list[HeldDelivery]:
        """Held deliveries that are due, or whose release is further ahead than any schedule allows (a wrong clock)."""
        rows = await self.database.all(_HELD_OVER, (now, now + longest))
        return [
            HeldDelivery(
                row["id"],
                row["channel_id"],
                row["published"],
                row["release_at"],
                subscription_from_row(row).options.schedule,
                row["last_period"],
            )
            for row in rows
        ]

    async def release(self, tx: Transaction, releases: Sequence[Release], now: float) -> None:
        """Ends holds, or extends them; the first delivery of a digest becomes its head."""
        for release in releases:
            if release.postponed_until is not None:
                await tx.executemany(
                    "UPDATE deliveries SET release_at = ? WHERE id = ?",
                    [(release.postponed_until, one) for one in release.ids],
                )
                continue
            period, channel_id = release.period, release.channel_id
            if period is None:
                await tx.executemany(
                    "UPDATE deliveries SET due = ?, release_at = NULL WHERE id = ? AND state = 'planned'",
                    [(now, one) for one in release.ids],
                )
                continue
            key = f"digest {int(period)}"
            head, *others = release.ids
            await tx.execute(
                "UPDATE deliveries SET due = ?, release_at = NULL, digest_period = ?, nonce = ?, component_id = ?"
                " WHERE id = ? AND state = 'planned'",
                (now, period, nonce(key, channel_id), component_id(key, channel_id), head),
            )
            await tx.executemany(
                "UPDATE deliveries SET digest_id = ?1, state = 'in_digest', due = NULL, release_at = NULL,"
                " digest_period = NULL WHERE id = ?2 OR digest_id = ?2",
                [(head, one) for one in others],
            )

    async def save(
        self, tx: Transaction, deliveries: Sequence[Delivery], now: float, hourly: Sequence[tuple[int, str]] = ()
    ) -> None:
        """Stores the states of deliveries, and counts publishes or edits, each a channel and `publish` or `edit`.

        Changes requested during a step are kept and become due immediately; a delivery whose channel was
        paused or removed during it is not planned again; one that a moderator settled is not unverified again.
        """
        await tx.executemany(
            f"UPDATE deliveries SET state = CASE WHEN :state = 'planned' AND {_REMOVED}"
            " THEN 'cancelled' ELSE :state END,"
            " attempts = :attempts, claimed_at = :claimed_at,"
            " tried_at = :tried_at, maybe_sent = :maybe_sent, posted_hash = :posted_hash,"
            # What ended a follow-up during the step, such as the removal of the subscription, ended it for good.
            " publish = CASE WHEN state = 'posted' AND publish = 'no' THEN 'no' ELSE :publish END,"
            " thread = CASE WHEN state = 'posted' AND thread IN ('no', 'done') THEN thread ELSE :thread END,"
            " message_id = :message_id, posted_at = :posted_at,"
            " problem = :problem, release_at = CASE WHEN at_once THEN NULL ELSE :release_at END,"
            " nonce = :nonce, confirmed_at = :confirmed_at, thread_name_hash = :thread_name_hash,"
            " recall = recall AND :state IN ('claimed', 'posted'),"
            f" due = CASE WHEN :state = 'planned' AND {_STOPPED} THEN NULL"
            # *Send now* pressed in between overrides the schedule and every pause between attempts.
            " WHEN at_once AND NOT :at_once THEN :now"
            " WHEN :state = 'posted' AND (desired_hash != :desired_hash OR (recall AND NOT :recall)) THEN :now"
            " ELSE :due END"
            " WHERE id = :id AND (:state != 'unverified' OR state IN ('claimed', 'unverified'))",
            [{**asdict(delivery), "now": now} for delivery in deliveries],
        )
        if hourly:
            await tx.execute("DELETE FROM hourly_actions WHERE at < ? OR at > ?", (now - HOUR, now + HOUR))
            await tx.executemany(
                "INSERT INTO hourly_actions (channel_id, step, at) VALUES (?, ?, ?)", [(*step, now) for step in hourly]
            )

    async def changed_during(self, tx: Transaction, delivery: Delivery) -> tuple[bool, bool]:
        """What happened since the step of this delivery began.

        Whether a moderator settled an unverified post, and whether a post should show an article again that
        was withdrawn.
        """
        row = await tx.one(
            f"SELECT state, desired_hash != ? AND {_LIVE} AS live FROM deliveries WHERE id = ?",
            (delivery.desired_hash, delivery.id),
        )
        is_settled = delivery.state is DeliveryState.UNVERIFIED and (row is None or row["state"] != delivery.state)
        return is_settled, row is not None and bool(row["live"])

    async def is_wanted(self, delivery_id: int) -> bool:
        """Whether a post may still be sent: the channel was not stopped and the article not withdrawn."""
        row = await self.database.one(
            f"SELECT 1 FROM deliveries WHERE id = ? AND NOT recall AND NOT {_STOPPED} AND {_LIVE}", (delivery_id,)
        )
        return row is not None

    async def mark_interrupted(self, now: float) -> int:
        """After a start: marks every claimed delivery as possibly sent. Returns how many there are."""
        async with self.database.transaction() as tx:
            cursor = await tx.execute(
                "UPDATE deliveries SET maybe_sent = 1, tried_at = ?1, due = ?1"
                " WHERE state = 'claimed' AND due IS NOT NULL AND (?2 IS NULL OR article = ?2)",
                (now, self.only_article),
            )
            return max(cursor.rowcount, 0)

    async def shift_clock(self, seconds: float) -> None:
        """The clock jumped by `seconds`: stored instants are shifted to the new time.

        A leap forward may also be a sleep of the whole machine. So it delays nothing, and no claim stays
        recent: a possibly sent post is looked up rather than repeated with its nonce.
        """
        async with self.database.transaction() as tx:
            await tx.execute(
                "UPDATE deliveries SET due = min(due, due + ?1), claimed_at = min(claimed_at, claimed_at + ?1),"
                " tried_at = tried_at + ?1 WHERE due IS NOT NULL OR state = 'claimed'",
                (seconds,),
            )
            await tx.execute(
                "UPDATE deliveries SET planned_at = min(planned_at, planned_at + ?1) WHERE release_at IS NOT NULL",
                (seconds,),
            )
            # Held deliveries are decided again by the new time.
            await tx.execute(
                "UPDATE deliveries SET due = 0, release_at = NULL WHERE release_at IS NOT NULL AND due IS NULL"
                " AND state = 'planned' AND NOT EXISTS (SELECT 1 FROM subscriptions"
                " WHERE id = subscription AND (paused OR removed OR blocked_reason != ''))"
            )
            await tx.execute("UPDATE hourly_actions SET at = at + ?", (seconds,))

    async def schedule_probe(self, tx: Transaction, subscription_id: int, at: float) -> None:
        """Schedules the oldest waiting delivery of a blocked channel at that instant, unless it is due earlier."""
        await tx.execute(
            "UPDATE deliveries SET due = min(coalesce(due, ?2), ?2) WHERE id = (SELECT id FROM deliveries"
            " WHERE subscription = ?1 AND state IN ('planned', 'claimed') ORDER BY published, id LIMIT 1)"
            " AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE id = ?1 AND (paused OR removed))",
            (subscription_id, at),
        )

    async def has_blocked(self, channel_id: int) -> bool:
        """Whether a step for posts there waits for a permission."""
        row = await self.database.one(f"SELECT 1 FROM deliveries WHERE channel_id = ? AND {_BLOCKED}", (channel_id,))
        return row is not None

    async def recover(self, tx: Transaction, subscription: Subscription, now: float, limit: int, age: float) -> None:
        """A channel works again: its waiting deliveries become due, too many or too old ones as one list.

        Forbidden steps are retried for posts of the last `age` seconds, and every withdrawal.
        """
        channel_id = subscription.channel_id
        if subscription.blocked_reason:
            await tx.execute("UPDATE subscriptions SET blocked_reason = '' WHERE channel_id = ?", (channel_id,))
            rows = await tx.all(
                "SELECT id, planned_at FROM deliveries WHERE channel_id = ? AND state = 'planned'"
                " ORDER BY published DESC, id DESC",
                (channel_id,),
            )
            late = [row["id"] for place, row in enumerate(rows) if place >= limit or row["planned_at"] < now - age]
            if len(late) > 1:
                await tx.executemany(
                    "UPDATE deliveries SET digest_id = ?1, state = 'in_digest', due = NULL"
                    " WHERE id = ?2 OR digest_id = ?2",
                    [(late[0], one) for one in late[1:]],
                )
            await tx.execute(
                "UPDATE deliveries SET due = ?, attempts = 0, problem = ''"
                " WHERE channel_id = ? AND state IN ('planned', 'claimed')"
                " AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE id = subscription AND (paused OR removed))",
                (now, channel_id),
            )
        await tx.execute(
            "UPDATE deliveries SET due = :now, attempts = 0, problem = '',"
            " publish = replace(publish, 'blocked', 'wanted'), thread = replace(thread, 'blocked', 'wanted')"
            f" WHERE channel_id = :channel AND {_BLOCKED}"
            " AND (desired_hash != posted_hash OR coalesce(posted_at, claimed_at, 0) > :since)",
            {"now": now, "channel": channel_id, "since": now - age},
        )


def _due_delivery(row: Row, named: tuple[Article, ...]) -> DueDelivery:
    own = article_from_row(row)
    return DueDelivery(
        delivery=Delivery(
            id=row["delivery_id"],
            article_id=row["delivery_article"],
            subscription_id=row["delivery_subscription"],
            channel_id=row["delivery_channel_id"],
            state=DeliveryState(row["delivery_state"]),
            due=row["delivery_due"],
            attempts=row["delivery_attempts"],
            claimed_at=row["delivery_claimed_at"],
            tried_at=row["delivery_tried_at"],
            maybe_sent=bool(row["delivery_maybe_sent"]),
            desired_hash=row["delivery_desired_hash"],
            posted_hash=row["delivery_posted_hash"],
            publish=FollowUp(row["delivery_publish"]),
            thread=FollowUp(row["delivery_thread"]),
            message_id=row["delivery_message_id"],
            posted_at=row["delivery_posted_at"],
            planned_at=row["delivery_planned_at"],
            release_at=row["delivery_release_at"],
            at_once=bool(row["delivery_at_once"]),
            digest_period=row["delivery_digest_period"],
            problem=row["delivery_problem"],
            nonce=row["delivery_nonce"],
            component_id=row["delivery_component_id"],
            recall=bool(row["delivery_recall"]),
            thread_name_hash=row["delivery_thread_name_hash"],
            confirmed_at=row["delivery_confirmed_at"],
        ),
        subscription=subscription_from_row(row),
        article=own,
        articles=tuple(article for article in (*named, own) if article.state is ArticleState.LIVE),
        publish_at=(row["last_publish"] or -HOUR) + HOUR,
        edit_at=(row["last_edit"] or -HOUR) + HOUR,
        topic_roles=json.loads(row["topic_roles"]),
        removed=bool(row["removed"]),
    )
