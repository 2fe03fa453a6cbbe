"""Prunes deliveries and incidents that ended long ago, and keeps their counts.

A correction or a withdrawal must find every message that shows an article, so the rows of posts stay
as long as their article can change. Only deliveries without such a message are pruned: cancelled
ones, posts that a moderator deleted, and posts of withdrawn articles whose words are erased, so that
nothing can bring them back. Of each remains a small row, by which the article is never announced in
that channel again automatically. A rejected delivery stays: a moderator may still send it.
"""

from dataclasses import dataclass

from bot.store.database import Store

BATCH_ROWS = 500  # in one transaction

_PRUNABLE = (
    "SELECT delivery.id FROM deliveries AS delivery"
    " LEFT JOIN deliveries AS list ON list.id = delivery.digest_id"
    " WHERE delivery.due IS NULL AND (delivery.state IN ('cancelled', 'deleted')"
    # A withdrawn post with a problem may still show the article.
    " OR (delivery.state = 'withdrawn' AND delivery.problem = '' AND (list.id IS NULL OR"
    " (list.due IS NULL AND list.desired_hash = list.posted_hash)))"
    " OR (delivery.state = 'in_digest' AND list.state IN ('cancelled', 'deleted', 'withdrawn')))"
    " AND max(delivery.planned_at, coalesce(delivery.tried_at, 0), coalesce(delivery.posted_at, 0),"
    " coalesce(delivery.confirmed_at, 0), coalesce(list.posted_at, 0)) < :before"
    " AND delivery.id NOT IN (SELECT digest_id FROM deliveries WHERE digest_id IS NOT NULL)"
    " AND delivery.article NOT IN (SELECT article FROM withdrawn_articles"
    " WHERE content IS NOT NULL OR withdrawn_at >= :before)"
    " ORDER BY delivery.id LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows of each kind were pruned."""

    deliveries: int = 0
    incidents: int = 0


class Retention(Store):
    """Removes settled deliveries and ended incidents."""

    async def prune(self, before: float) -> Pruned:
        """Prunes rows that ended before that instant, in short transactions."""
        deliveries = incidents = 0
        while batch := await self._prune_deliveries(before):
            deliveries += batch
        while batch := await self._prune_incidents(before):
            incidents += batch
        return Pruned(deliveries, incidents)

    async def _prune_deliveries(self, before: float) -> int:
        rows = await self._database.all(_PRUNABLE, {"before": before, "limit": BATCH_ROWS})
        ids = [(row["id"],) for row in rows]
        async with self._database.transaction() as tx:
            await tx.executemany(
                "INSERT INTO settled_deliveries (article, channel_id, sequence, guild_id, state)"
                " SELECT delivery.article, delivery.channel_id, delivery.sequence, subscription.guild_id,"
                " delivery.state FROM deliveries AS delivery"
                " JOIN subscriptions AS subscription ON subscription.id = delivery.subscription"
                " WHERE delivery.id = ? AND delivery.due IS NULL",
                ids,
            )
            await tx.executemany("DELETE FROM deliveries WHERE id = ? AND due IS NULL", ids)
            await tx.execute(
                "DELETE FROM subscriptions WHERE removed AND id NOT IN (SELECT subscription FROM deliveries)"
            )
        return len(ids)

    async def _prune_incidents(self, before: float) -> int:
        async with self._database.transaction() as tx:
            rows = await tx.all(
                "DELETE FROM incidents WHERE id IN (SELECT id FROM incidents"
                " WHERE ended_at < ? AND end_reported LIMIT ?) RETURNING kind",
                (before, BATCH_ROWS),
            )
            # What follows the colon names a feed or a host.
            await tx.executemany(
                "INSERT INTO pruned_incidents (kind, count) VALUES (?, 1)"
                " ON CONFLICT (kind) DO UPDATE SET count = count + 1",
                [(row["kind"].partition(":")[0],) for row in rows],
            )
        return len(rows)
