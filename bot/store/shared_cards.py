"""Public messages beside the deliveries that show an article: cards that members share, moderators' tests.

A message is recorded before the card is put into it, so every message that shows an article is known.
Its row is deleted when the message is gone or shows nothing of the article any more.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

from bot.models import Article, ArticleState
from bot.store.articles import ARTICLE_COLUMNS, Articles, article_from_row
from bot.store.database import Row, Store, Transaction
from bot.store.deliveries import content_hash

# No step is scheduled further ahead than this: a later `due` was written by a clock that has since jumped back.
LONGEST_WAIT = 7_200.0
NOTICE = 0  # the fingerprint of a card whose article was withdrawn

_COLUMNS = ("id", "article", "guild_id", "channel_id", "message_id", "language", "desired_hash", "posted_hash", "due",
            "attempts", "blocked_reason")  # fmt: skip
_CARD_COLUMNS = ", ".join(f"card.{name} AS card_{name}" for name in _COLUMNS)
_SELECT = f"SELECT {_CARD_COLUMNS} FROM shared_cards AS card"
_WORK = (
    f"SELECT {_CARD_COLUMNS}, {ARTICLE_COLUMNS} FROM shared_cards AS card"
    " JOIN articles AS article ON article.id = card.article"
    " WHERE card.due IS NOT NULL AND (card.due <= :now OR card.due > :never)"
    " AND card.id NOT IN (SELECT value FROM json_each(:busy)) AND (:only IS NULL OR card.article = :only) "
    " ORDER BY card.desired_hash != 0, card.due, card.id LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a message is, and the language of the words around the article."""

    guild_id: int
    channel_id: int
    message_id: int
    language: str


@dataclass(frozen=True, slots=True)
class SharedCard:
    """A message that shows an article; the columns are described in the migration."""

    id: int
    article_id: int
    place: MessageRef
    desired_hash: int
    posted_hash: int = 0
    due: float | None = None
    attempts: int = 0
    blocked_reason: str = ""


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card whose next step may be due, with its article, withdrawn or not."""

    card: SharedCard
    article: Article


@dataclass(frozen=True, eq=False)
class SharedCards(Store):
    """The table of shared cards."""

    _only: int | None = None  # the one article whose steps are due

    async def shared_since(self, article_id: int, channel_id: int, since: float) -> MessageRef | None:
        """The message with which a member shared the article in that channel since then; None: nobody did."""
        row = await self._database.one(
            f"{_SELECT} WHERE card.article = ? AND card.channel_id = ? AND card.shared_at >= ?"
            " ORDER BY card.shared_at DESC LIMIT 1",
            (article_id, channel_id, since),
        )
        return _card(row).place if row else None

    async def reserve(
        self, article_id: int, place: MessageRef, until: float, shared_at: float | None = None
    ) -> int | None:
        """Records a message into which a card will be put; None where the article was withdrawn.

        No other step runs for it until that instant, or until `confirm`. `shared_at` is when a
        member shared it, None for a test.
        """
        async with self._database.transaction() as tx:
            article = await Articles(self._database).get(article_id, tx)
            if article is None or article.state is not ArticleState.LIVE:
                return None
            cursor = await tx.execute(
                "INSERT INTO shared_cards (article, guild_id, channel_id, message_id, language, desired_hash, due,"
                " shared_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    article_id,
                    place.guild_id,
                    place.channel_id,
                    place.message_id,
                    place.language,
                    content_hash(article),
                    until,
                    shared_at,
                ),
            )
            return cursor.lastrowid

    async def confirm(self, card_id: int, article: Article, now: float) -> bool | None:
        """The message shows the card of `article`; returns True where the article changed since.

        None when the reservation expired because publishing took too long: the card must be removed.
        """
        async with self._database.transaction() as tx:
            row = await tx.one(
                "UPDATE shared_cards SET posted_hash = ?1, due = CASE WHEN desired_hash = ?1 THEN NULL ELSE ?2 END"
                " WHERE id = ?3 RETURNING due",
                (content_hash(article), now, card_id),
            )
            return None if row is None else row["due"] is not None

    async def changed(self, tx: Transaction, article_id: int, now: float) -> None:
        """Schedules edits of the cards of a changed article, where the shown fields changed.

        Where it was withdrawn, every card is replaced or deleted, unreachable ones included. While a card is being
        published no other step runs for it: an older text could overwrite a newer one.
        """
        article = await Articles(self._database).get(article_id, tx)
        if article is None:
            return
        wanted = content_hash(article) if article.state is ArticleState.LIVE else NOTICE
        await tx.execute(
            "UPDATE shared_cards SET desired_hash = ?1, attempts = 0, blocked_reason = '',"
            " due = CASE WHEN posted_hash = 0 AND attempts = 0 AND blocked_reason = '' THEN due ELSE ?2 END"
            " WHERE article = ?3 AND (desired_hash != ?1 OR blocked_reason != '')",
            (wanted, now, article_id),
        )

    async def due(self, now: float, limit: int, busy: Collection[int] = ()) -> list[DueCard]:
        """Cards that are due now, withdrawn articles first; those that are `busy` are skipped."""
        times = {"now": now, "never": now + LONGEST_WAIT}
        rows = await self._database.all(
            _WORK, {**times, "limit": limit, "busy": json.dumps(list(busy)), "only": self._only}
        )
        return [DueCard(_card(row), article_from_row(row)) for row in rows]

    async def next_due(self, now: float) -> float | None:
        """When the next step is due that is not due yet; None without any."""
        row = await self._database.one(
            "SELECT min(due) FROM shared_cards WHERE due > ?1 AND (?2 IS NULL OR article = ?2)", (now, self._only)
        )
        return row[0] if row else None

    async def save(self, tx: Transaction, card: SharedCard, now: float) -> None:
        """Stores the result of a step; a change requested during it is kept and due at once."""
        await tx.execute(
            "UPDATE shared_cards SET posted_hash = :posted_hash, attempts = :attempts,"
            " blocked_reason = CASE WHEN desired_hash != :desired_hash THEN '' ELSE :blocked_reason END,"
            " due = CASE WHEN desired_hash != :desired_hash THEN :now ELSE :due END WHERE id = :id",
            {
                "posted_hash": card.posted_hash,
                "attempts": card.attempts,
                "blocked_reason": card.blocked_reason,
                "desired_hash": card.desired_hash,
                "now": now,
                "due": card.due,
                "id": card.id,
            },
        )

    async def forget(
        self,
        tx: Transaction,
        *,
        card_id: int | None = None,
        message_id: int | None = None,
        channel_id: int | None = None,
    ) -> None:
        """Deletes the row of a message that shows nothing of the article any more, or the rows of a deleted channel."""
        await tx.execute(
            "DELETE FROM shared_cards WHERE id = ? OR message_id = ? OR channel_id = ?",
            (card_id, message_id, channel_id),
        )

    async def retry_blocked(self, guild_id: int, now: float) -> None:
        """Something changed in a server: makes its unreachable cards due again."""
        if await self.unreachable(guild_id=guild_id):
            async with self._database.transaction() as tx:
                await tx.execute(
                    "UPDATE shared_cards SET due = ? WHERE guild_id = ? AND blocked_reason != ''", (now, guild_id)
                )

    async def is_changed(self, tx: Transaction, card: SharedCard) -> bool:
        """Whether something else is wanted of the card since it was read."""
        found = await tx.one(
            "SELECT 1 FROM shared_cards WHERE id = ? AND desired_hash != ?", (card.id, card.desired_hash)
        )
        return found is not None

    async def visible(self, article_id: int) -> int:
        """How many messages show this article or may show it."""
        row = await self._database.one("SELECT count(*) FROM shared_cards WHERE article = ?", (article_id,))
        return row[0] if row else 0

    async def pending(self, article_id: int) -> int:
        """How many of its cards have a pending step that can be tried."""
        row = await self._database.one(
            "SELECT count(*) FROM shared_cards WHERE article = ? AND due IS NOT NULL AND blocked_reason = ''",
            (article_id,),
        )
        return row[0] if row else 0

    async def unreachable(
        self,
        *,
        article_id: int | None = None,
        guild_id: int | None = None,
        channel_id: int | None = None,
        tx: Transaction | None = None,
    ) -> list[SharedCard]:
        """Cards of an article, or in a place, that show withdrawn or outdated content and cannot be reached.

        As `tx` sees them, where it is given.
        """
        rows = await (tx or self._database).all(
            f"{_SELECT} WHERE card.blocked_reason != ''"
            " AND (card.article = ? OR card.guild_id = ? OR card.channel_id = ?)",
            (article_id, guild_id, channel_id),
        )
        return [_card(row) for row in rows]


def _card(row: Row) -> SharedCard:
    return SharedCard(
        id=row["card_id"],
        article_id=row["card_article"],
        place=MessageRef(row["card_guild_id"], row["card_channel_id"], row["card_message_id"], row["card_language"]),
        desired_hash=row["card_desired_hash"],
        posted_hash=row["card_posted_hash"],
        due=row["card_due"],
        attempts=row["card_attempts"],
        blocked_reason=row["card_blocked_reason"],
    )
