"""Deliveries as everyone but the announcer uses them: planning, changes, reports.

The announcer's own queries are in `bot.store.outbox`.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from bot.models import Article, ArticleState, ChannelKind
from bot.plain_text import primary_subtag
from bot.store.articles import Articles
from bot.store.database import Row, Store, Transaction
from bot.store.subscriptions import GUILD_LEFT

_SHOWS_WITHDRAWN = (
    "((delivery.state IN ('posted', 'claimed', 'unverified') AND delivery.desired_hash != delivery.posted_hash"
    " AND (delivery.article IN (SELECT id FROM articles WHERE state = 'withdrawn')"
    " OR delivery.id IN (SELECT digest_id FROM deliveries WHERE digest_id NOT NULL AND state = 'withdrawn')))"
    " OR (delivery.state = 'withdrawn' AND delivery.problem != ''))"
)
_MESSAGE_DELETED = "(state = 'posted' AND message_id NOT NULL AND posted_at IS NULL)"  # by the bot: its thread is left
_REPORTS = (
    "SELECT delivery.*, article.title, article.url, list.message_id AS list_message,"
    " list.posted_at AS list_posted, list.release_at AS list_release FROM deliveries AS delivery"
    " JOIN articles AS article ON article.id = delivery.article"
    " LEFT JOIN deliveries AS list ON list.id = delivery.digest_id"
)


class DeliveryState(StrEnum):
    """The state of a delivery."""

    PLANNED = "planned"  # not on Discord
    CLAIMED = "claimed"  # possibly on Discord
    POSTED = "posted"
    UNVERIFIED = "unverified"  # possibly on Discord, and the bot may not read the channel: a moderator decides
    DELETED = "deleted"  # was posted, and a moderator deleted it
    WITHDRAWN = "withdrawn"  # the article was withdrawn, and so was the post
    IN_DIGEST = "in_digest"  # contained in the list that another delivery posts
    CANCELLED = "cancelled"
    REJECTED = "rejected"  # Discord refuses it


class FollowUp(StrEnum):
    """The state of a follow-up: publishing, or opening a thread."""

    NO = "no"
    WANTED = "wanted"
    BLOCKED = "blocked"  # wanted, but a permission is missing
    DONE = "done"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A delivery as moderators see it in `/announcements status`.

    `not_before` is when the next step is due, None when there is none or something has to
    change first; `problem` names the current or last obstacle, empty without one. `message_id` is
    that of the list for an article in a list; `confirmed_at` is when Discord last confirmed
    the post. A forum post's thread has its message's id.
    """

    id: int
    article_id: int
    title: str
    url: str
    state: DeliveryState
    not_before: float | None
    message_id: int | None
    posted_at: float | None
    planned_at: float
    problem: str
    publish: FollowUp
    thread: FollowUp
    held_until: float | None = None
    confirmed_at: float | None = None


@dataclass(frozen=True, slots=True)
class VisiblePost:
    """A message that shows, or may show, a withdrawn article; `due` None: no further attempt is scheduled."""

    article_id: int
    guild_id: int
    channel_id: int
    message_id: int | None
    due: float | None
    problem: str


@dataclass(frozen=True, slots=True)
class UnfinishedChange:
    """A correction or withdrawal of a post that Discord put off; `due` None: no further attempt is scheduled."""

    delivery_id: int
    withdrawal: bool
    due: float | None


def content_hash(article: Article) -> int:
    """A hash of the fields that a card shows; fits SQLite's integers."""
    shown = (
        article.url,
        article.title,
        article.summary,
        article.author,
        article.published,
        article.image.url if article.image else "",
        article.image.alt if article.image else "",
        article.reading_minutes,
        article.topics,
        *(((call.label, call.url),) for call in article.calls),
    )
    return int.from_bytes(blake2b(repr(shown).encode(), digest_size=7).digest(), "big")


class Deliveries(Store):
    """The table of deliveries."""

    async def plan(
        self, tx: Transaction, article_id: int, feed: str, now: float, *, guild_id: int | None = None
    ) -> int:
        """Plans the article for every subscription (of one server, or of all) that wants it; returns how many are new.

        A withdrawn article, paused channels and servers the bot has left are skipped; for a blocked channel the
        delivery waits. Existing deliveries are unchanged. For some time after a restore a delivery starts as
        possibly sent, so that it is looked up in the channel before it is posted.
        """
        article = await self._article(tx, article_id)
        if article.state is ArticleState.WITHDRAWN:
            return 0
        restored = await tx.one(
            "SELECT json_extract(value, '$.since') AS since FROM key_values"
            " WHERE key = 'restored' AND json_extract(value, '$.until') > ?",
            (now,),
        )
        cursor = await tx.execute(
            "INSERT INTO deliveries (article, subscription, channel_id, nonce, component_id,"
            " published, planned_at, due, desired_hash, problem, state, maybe_sent, claimed_at, tried_at)"
            " SELECT :article, id, channel_id, post_nonce(:key, channel_id, 0), post_component_id(:key, channel_id, 0),"
            " :published, :now, CASE WHEN blocked_reason = '' THEN :now END, :desired_hash, blocked_reason,"
            " CASE WHEN :since IS NULL THEN 'planned' ELSE 'claimed' END, :since IS NOT NULL, :since, :since"
            " FROM subscriptions WHERE NOT removed AND NOT paused AND blocked_reason != :left"
            " AND (:guild IS NULL OR guild_id = :guild)"
            " AND (feeds = '[]' OR :feed IN (SELECT value FROM json_each(feeds)))"
            " AND (topics = '[]' OR EXISTS (SELECT 1 FROM json_each(topics) AS wish"
            " JOIN json_each(:topics) AS topic ON topic.value = wish.value))"
            " AND (article_language IN ('', :language) OR :language = '')"
            " AND NOT EXISTS (SELECT 1 FROM settled_deliveries AS settled"
            " WHERE settled.article = :article AND settled.channel_id = subscriptions.channel_id)"
            " ORDER BY id ON CONFLICT DO NOTHING",
            {
                "article": article_id,
                "key": article.key,
                "published": article.published,
                "now": now,
                "desired_hash": content_hash(article),
                "left": GUILD_LEFT,
                "since": restored["since"] if restored else None,
                "guild": guild_id,
                "feed": feed,
                "topics": json.dumps(article.topics),
                "language": primary_subtag(article.language),
            },
        )
        return max(cursor.rowcount, 0)

    async def changed(self, tx: Transaction, article_id: int, now: float) -> None:
        """Schedules edits of the posts of a changed article, where the shown fields changed."""
        wanted = content_hash(await self._article(tx, article_id))
        await tx.execute(
            "UPDATE deliveries SET desired_hash = :desired_hash,"
            " due = CASE WHEN state IN ('posted', 'unverified') THEN :now ELSE due END"
            " WHERE article = :article AND desired_hash != :desired_hash AND state NOT IN ('in_digest', 'withdrawn')",
            {"article": article_id, "desired_hash": wanted, "now": now},
        )
        await tx.execute(
            "UPDATE deliveries SET desired_hash = :desired_hash WHERE article = :article AND state = 'in_digest'",
            {"article": article_id, "desired_hash": wanted},
        )
        await _renew_lists(tx, article_id, now)

    async def withdrawn(self, tx: Transaction, article_id: int, now: float) -> None:
        """Cancels the pending posts of a withdrawn article; schedules the replacement or deletion of existing ones."""
        await _renew_lists(tx, article_id, now)
        await tx.execute(
            "UPDATE deliveries SET state = 'withdrawn' WHERE article = ? AND state = 'in_digest'", (article_id,)
        )
        await tx.execute(
            "UPDATE deliveries SET state = 'cancelled', due = NULL, problem = 'withdrawn'"
            " WHERE article = ? AND state = 'planned'"
            " AND NOT EXISTS (SELECT 1 FROM deliveries AS named WHERE named.digest_id = deliveries.id)",
            (article_id,),
        )
        await tx.execute(
            "UPDATE deliveries SET desired_hash = desired_hash + 1, due = ?"
            " WHERE article = ? AND state IN ('claimed', 'posted', 'unverified')",
            (now, article_id),
        )
        # The thread of a post that a moderator deleted may still have the article's name.
        await tx.execute(
            "UPDATE deliveries SET state = 'posted', desired_hash = desired_hash + 1, posted_hash = -desired_hash - 1,"
            " due = ? WHERE article = ? AND state = 'deleted' AND message_id NOT NULL AND (thread IN ('done', 'wanted')"
            " OR EXISTS (SELECT 1 FROM subscriptions WHERE id = subscription AND kind = 'forum'))",
            (now, article_id),
        )

    async def reinstated(self, tx: Transaction, article_id: int, now: float) -> None:
        """A withdrawn article is back: notices become cards again, deleted and pending posts are posted."""
        article = await self._article(tx, article_id)
        await tx.execute(
            "UPDATE deliveries SET state = 'in_digest' WHERE article = ? AND state = 'withdrawn'"
            " AND digest_id NOT NULL",
            (article_id,),
        )
        await _renew_lists(tx, article_id, now)
        await tx.execute(
            "UPDATE deliveries SET desired_hash = :hash, posted_hash = CASE state WHEN 'withdrawn' THEN 0"
            " ELSE posted_hash END, state = replace(state, 'withdrawn', 'posted'), due = :now,"
            " attempts = 0, problem = ''"
            f" WHERE article = :article AND NOT {_MESSAGE_DELETED} AND (state IN ('posted', 'claimed', 'unverified')"
            " OR (state = 'withdrawn' AND message_id NOT NULL))",
            {"hash": content_hash(article), "now": now, "article": article_id},
        )
        await tx.execute(
            "UPDATE deliveries SET state = 'planned', due = :now, attempts = 0, problem = '',"
            " claimed_at = NULL,"
            " maybe_sent = 0, desired_hash = :hash, posted_hash = 0, message_id = NULL, posted_at = NULL,"
            " confirmed_at = NULL, publish = 'no', thread = 'no', sequence = sequence + (state != 'cancelled'),"
            " nonce = post_nonce(:key, channel_id, sequence + (state != 'cancelled')),"
            " component_id = post_component_id(:key, channel_id, sequence + (state != 'cancelled'))"
            f" WHERE article = :article AND (state = 'withdrawn' OR {_MESSAGE_DELETED}"
            " OR (state = 'cancelled' AND problem = 'withdrawn'))"
            " AND NOT EXISTS (SELECT 1 FROM deliveries AS later WHERE later.article = deliveries.article"
            " AND later.channel_id = deliveries.channel_id AND later.sequence > deliveries.sequence)"
            " AND EXISTS (SELECT 1 FROM subscriptions WHERE id = subscription AND NOT removed AND NOT paused"
            " AND blocked_reason = '')",
            {"hash": content_hash(article), "now": now, "article": article_id, "key": article.key},
        )

    async def _article(self, tx: Transaction, article_id: int) -> Article:
        article = await Articles(self._database).get(article_id, tx)
        if article is None:
            raise LookupError(f"there is no article {article_id}")
        return article

    async def recent(self, subscription_id: int, limit: int) -> list[DeliveryReport]:
        """The last deliveries of a channel, those of the newest articles first."""
        rows = await self._database.all(
            f"{_REPORTS} WHERE delivery.subscription = ? ORDER BY delivery.published DESC, delivery.id DESC LIMIT ?",
            (subscription_id, limit),
        )
        return [_report(row) for row in rows]

    async def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state, pruned ones included."""
        rows = await self._database.all(
            "SELECT state, sum(number) AS number FROM (SELECT state, count(*) AS number FROM deliveries GROUP BY state"
            " UNION ALL SELECT state, count(*) FROM settled_deliveries GROUP BY state) GROUP BY state"
        )
        return {DeliveryState(row["state"]): row["number"] for row in rows}

    async def visible(self, article_id: int) -> int:
        """In how many channels a post of this article is visible, or may be."""
        row = await self._database.one(
            "SELECT count(*) FROM deliveries WHERE article = ?"
            " AND (state IN ('claimed', 'posted', 'unverified') OR digest_id IN (SELECT id FROM deliveries AS digest"
            " WHERE digest.state IN ('claimed', 'posted', 'unverified')"
            " AND (deliveries.state = 'in_digest' OR digest.desired_hash != digest.posted_hash)))",
            (article_id,),
        )
        return row[0] if row else 0

    async def pending(self, article_id: int) -> int:
        """How many of its deliveries have a pending step."""
        row = await self._database.one(
            "SELECT count(*) FROM deliveries WHERE due IS NOT NULL AND (article = ?1 OR id IN"
            " (SELECT digest_id FROM deliveries WHERE article = ?1))",
            (article_id,),
        )
        return row[0] if row else 0

    async def unreachable(self, article_id: int) -> list[tuple[int, int, int | None]]:
        """Posts that may show withdrawn or outdated content and cannot be changed: server, channel, message.

        Also one that was corrected, in a server that was left before its thread was renamed.
        """
        rows = await self._database.all(
            "SELECT guild_id, kind, delivery.channel_id, message_id FROM deliveries AS delivery"
            " JOIN subscriptions AS subscription ON subscription.id = delivery.subscription"
            " WHERE due IS NULL AND ((desired_hash != posted_hash AND state IN ('posted', 'claimed', 'unverified'))"
            " OR (state = 'withdrawn' AND problem != '')"
            " OR (state = 'posted' AND problem = ?2 AND (kind = 'forum' OR thread IN ('done', 'wanted'))))"
            " AND (article = ?1 OR delivery.id IN (SELECT digest_id FROM deliveries WHERE article = ?1))"
            " ORDER BY delivery.id",
            (article_id, GUILD_LEFT),
        )
        return [(row["guild_id"], _channel(row), row["message_id"]) for row in rows]

    async def guilds_of(self, article_id: int) -> list[int]:
        """The servers that may have messages about an article."""
        rows = await self._database.all(
            "SELECT guild_id FROM subscriptions WHERE id IN (SELECT subscription FROM deliveries WHERE article = ?1)"
            " UNION SELECT guild_id FROM shared_cards WHERE article = ?1",
            (article_id,),
        )
        return [row["guild_id"] for row in rows]

    async def still_visible(self, guild_id: int) -> list[VisiblePost]:
        """Messages of a server that show, or may show, a withdrawn article, as far as Discord has confirmed."""
        rows = await self._database.all(
            "SELECT delivery.article, guild_id, kind, delivery.channel_id, message_id, due, problem"
            " FROM deliveries AS delivery JOIN subscriptions AS subscription ON subscription.id = delivery.subscription"
            f" WHERE guild_id = ? AND {_SHOWS_WITHDRAWN} ORDER BY delivery.id",
            (guild_id,),
        )
        return [
            VisiblePost(row["article"], row["guild_id"], _channel(row), row["message_id"], row["due"], row["problem"])
            for row in rows
        ]

    async def unfinished_changes(self, subscription_id: int, soon: float) -> list[UnfinishedChange]:
        """Corrections and withdrawals of a channel's posts that failed so far, or are due only after `soon`."""
        rows = await self._database.all(
            f"SELECT id, {_SHOWS_WITHDRAWN} AS withdrawal, due FROM deliveries AS delivery"
            " WHERE subscription = ? AND (problem != '' OR due > ?)"
            f" AND ({_SHOWS_WITHDRAWN} OR (state = 'posted' AND desired_hash != posted_hash)) ORDER BY id",
            (subscription_id, soon),
        )
        return [UnfinishedChange(row["id"], bool(row["withdrawal"]), row["due"]) for row in rows]

    async def stuck_channels(self, guild_id: int) -> set[int]:
        """Channels of a server where a correction or a withdrawal was not permitted."""
        rows = await self._database.all(
            "SELECT DISTINCT delivery.channel_id FROM subscriptions AS subscription"
            " JOIN deliveries AS delivery ON delivery.subscription = subscription.id"
            " WHERE subscription.guild_id = ? AND delivery.due IS NULL AND delivery.problem != ''"
            " AND delivery.desired_hash != delivery.posted_hash AND delivery.state IN ('posted', 'unverified')",
            (guild_id,),
        )
        return {row["channel_id"] for row in rows}

    async def resolve_unverified(self, delivery_id: int, there: bool) -> None:  # noqa: FBT001 - it is the answer itself
        """A moderator checked an unverified post: it exists, or it is to be sent."""
        state = DeliveryState.POSTED if there else DeliveryState.PLANNED
        async with self._database.transaction() as tx:
            await tx.execute(
                "UPDATE deliveries SET state = :state, maybe_sent = 0,"
                " due = CASE WHEN :there AND posted_hash = desired_hash THEN NULL ELSE 0 END,"
                " posted_at = CASE WHEN :there THEN claimed_at END, claimed_at = NULL, attempts = 0, problem = ''"
                " WHERE id = :id AND state = 'unverified'",
                {"state": state.value, "there": there, "id": delivery_id},
            )

    async def send_now(self, delivery_id: int) -> None:
        """Makes the next step due at once, whatever it waits for; a rejected one is retried."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "UPDATE deliveries SET due = 0, attempts = 0, at_once = 1, release_at = NULL,"
                " state = replace(state, 'rejected', 'planned')"
                " WHERE id = ? AND (state IN ('planned', 'claimed', 'rejected') OR due IS NOT NULL)",
                (delivery_id,),
            )

    async def announce(self, tx: Transaction, article_id: int, subscription_id: int, now: float) -> int:
        """Plans the article for one channel on a moderator's request, even once more; returns the row's id.

        It overrides the channel's schedule and choices. Raises LookupError for an unknown article or subscription.
        """
        article = await self._article(tx, article_id)
        row = await tx.one(
            "INSERT INTO deliveries (article, subscription, channel_id, sequence, nonce, component_id,"
            " published, planned_at, due, desired_hash, problem, at_once)"
            " SELECT :article, id, channel_id, next.number, post_nonce(:key, channel_id, next.number),"
            " post_component_id(:key, channel_id, next.number), :published, :now,"
            " CASE WHEN blocked_reason = '' AND NOT paused THEN :now END, :desired_hash, blocked_reason, 1"
            " FROM subscriptions, (SELECT coalesce(max(sequence) + 1, 0) AS number FROM"
            " (SELECT article, channel_id, sequence FROM deliveries"
            " UNION ALL SELECT article, channel_id, sequence FROM settled_deliveries)"
            " WHERE article = :article AND channel_id = (SELECT channel_id FROM subscriptions WHERE id = :id)) AS next"
            " WHERE id = :id AND NOT removed RETURNING id",
            {
                "article": article_id,
                "id": subscription_id,
                "key": article.key,
                "published": article.published,
                "now": now,
                "desired_hash": content_hash(article),
            },
        )
        if row is None:
            raise LookupError(f"there is no subscription {subscription_id}")
        number: int = row["id"]
        return number

    async def held(self, subscription_id: int) -> int:
        """How many deliveries the channel's schedule holds back."""
        row = await self._database.one(
            "SELECT count(*) FROM deliveries WHERE subscription = ? AND state = 'planned' AND release_at IS NOT NULL",
            (subscription_id,),
        )
        return row[0] if row else 0

    async def of_article(self, article_id: int, subscription_id: int) -> list[DeliveryReport]:
        """The article's deliveries in a channel, the latest first."""
        rows = await self._database.all(
            f"{_REPORTS} WHERE delivery.subscription = ? AND delivery.article = ? ORDER BY delivery.sequence DESC",
            (subscription_id, article_id),
        )
        settled = await self._database.all(
            "SELECT settled.state FROM settled_deliveries AS settled JOIN subscriptions AS subscription"
            " ON subscription.channel_id = settled.channel_id"
            " WHERE subscription.id = ? AND settled.article = ? ORDER BY settled.sequence DESC",
            (subscription_id, article_id),
        )
        # Of these only the state is left: their rows were pruned (see `bot.store.retention`).
        pruned = [
            DeliveryReport(
                id=0,
                article_id=article_id,
                title="",
                url="",
                state=DeliveryState(row["state"]),
                not_before=None,
                message_id=None,
                posted_at=None,
                planned_at=0.0,
                problem="",
                publish=FollowUp.NO,
                thread=FollowUp.NO,
            )
            for row in settled
        ]
        return [*map(_report, rows), *pruned]


async def _renew_lists(tx: Transaction, article_id: int, now: float) -> None:
    """Schedules edits of the lists that contain the article."""
    await tx.execute(
        "UPDATE deliveries SET desired_hash = desired_hash + 1, due = CASE WHEN state = 'posted' THEN ? ELSE due END"
        " WHERE id IN (SELECT digest_id FROM deliveries WHERE article = ? AND state = 'in_digest')",
        (now, article_id),
    )


def _channel(row: Row) -> int:
    """The channel of the message: a forum post is a thread with the message's id."""
    forum = row["kind"] == ChannelKind.FORUM.value
    channel: int = (row["message_id"] if forum else None) or row["channel_id"]
    return channel


def _report(row: Row) -> DeliveryReport:
    return DeliveryReport(
        id=row["id"],
        article_id=row["article"],
        title=row["title"],
        url=row["url"],
        state=DeliveryState(row["state"]),
        not_before=row["due"],
        message_id=row["message_id"] or row["list_message"],
        posted_at=row["posted_at"] or row["list_posted"],
        planned_at=row["planned_at"],
        problem=row["problem"],
        publish=FollowUp(row["publish"]),
        thread=FollowUp(row["thread"]),
        held_until=row["release_at"],
        confirmed_at=row["confirmed_at"],
    )
