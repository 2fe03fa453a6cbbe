"""What is remembered of a restored database: since when posts may be missing in it."""

import json

from bot.models import Subscription
from bot.store.backup import LOOKUP_SECONDS, RESTORED
from bot.store.database import Database
from bot.store.subscriptions import Subscriptions


class RestoredDatabase:
    """Reads how old the database's own knowledge is, and marks it as restored (see `Deliveries.plan`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_marked(self, now: float) -> bool:
        """Whether new posts are looked up in their channels already."""
        row = await self._database.one(
            "SELECT 1 FROM key_values WHERE key = ? AND json_extract(value, '$.until') > ?", (RESTORED, now)
        )
        return row is not None

    async def last_activity(self, now: float) -> float | None:
        """When a feed was last polled or a post last tried; None for a database without either."""
        row = await self._database.one(
            "SELECT max(at) AS at FROM (SELECT max(last_check) AS at FROM feeds"
            " UNION ALL SELECT max(max(tried_at, coalesce(posted_at, 0), coalesce(confirmed_at, 0))) FROM deliveries)"
            " WHERE at <= ?",
            (now,),
        )
        return row["at"] if row else None

    async def active_subscriptions(self) -> list[Subscription]:
        """Those of which posts can be expected, the one with the latest post first."""
        return await Subscriptions(self._database).by_latest_post()

    async def knows_post(self, channel_id: int, message_id: int, component_id: int) -> bool:
        """Whether a post of that channel belongs to a delivery that was tried; one that only waits cannot have it."""
        row = await self._database.one(
            "SELECT 1 FROM deliveries WHERE channel_id = ?1 AND state != 'planned'"
            " AND (message_id = ?2 OR component_id = ?3)",
            (channel_id, message_id, component_id),
        )
        return row is not None

    async def mark(self, since: float, now: float) -> None:
        """Whatever is believed unposted is looked up before it is posted, for the time that `restore` sets."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "INSERT OR REPLACE INTO key_values (key, value, changed) VALUES (?, ?, ?)",
                (RESTORED, json.dumps({"since": since, "until": now + LOOKUP_SECONDS}), now),
            )
            await tx.execute(
                "UPDATE deliveries SET state = 'claimed', maybe_sent = 1, claimed_at = ?1, tried_at = ?1"
                " WHERE state = 'planned' AND due IS NOT NULL",
                (since,),
            )
