"""The settings of servers, log channel and language, and what becomes of their data when the bot leaves."""

from dataclasses import dataclass
from typing import Literal

from bot.store.database import Store, Transaction
from bot.store.subscriptions import GUILD_LEFT, cancel_pending

_TABLES_OF_GUILDS = (
    "guilds", "settled_deliveries", "followed_channels", "topic_roles", "topic_role_panels", "incidents",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """A server's settings; without a log channel or language none was chosen.

    `left_at` is when the bot was removed from the server, None while it is there.
    """

    guild_id: int
    log_channel_id: int | None = None
    language: str = ""
    left_at: float | None = None


class Guilds(Store):
    """The table of servers; a server without a row has chosen nothing."""

    async def get(self, guild_id: int) -> GuildSettings:
        """A server's choices, the defaults when it made none."""
        row = await self._database.one("SELECT * FROM guilds WHERE guild_id = ?", (guild_id,))
        if row is None:
            return GuildSettings(guild_id)
        return GuildSettings(row["guild_id"], row["log_channel_id"], row["language"], row["left_at"])

    async def choose(self, guild_id: int, name: Literal["log_channel_id", "language"], value: int | str | None) -> None:
        """Sets where incidents are reported, None for no channel, or the language of public messages there.

        An empty language stands for Discord's own setting.
        """
        async with self._database.transaction() as tx:
            await tx.execute(
                f"INSERT INTO guilds (guild_id, {name}) VALUES (?1, ?2)"
                f" ON CONFLICT (guild_id) DO UPDATE SET {name} = ?2",
                (guild_id, value),
            )

    async def introduce(self, guild_id: int, now: float) -> bool:
        """Whether the introduction is due in the server; True once, until the server's data is deleted."""
        known = await self._database.one(
            "SELECT 1 FROM guilds WHERE guild_id = ? AND introduced_at IS NOT NULL", (guild_id,)
        )
        if known is not None:  # the usual answer, at every moderator's command: nothing is written
            return False
        async with self._database.transaction() as tx:
            row = await tx.one(
                "INSERT INTO guilds (guild_id, introduced_at) VALUES (?1, ?2) ON CONFLICT (guild_id)"
                " DO UPDATE SET introduced_at = ?2 WHERE introduced_at IS NULL RETURNING guild_id",
                (guild_id, now),
            )
        return row is not None

    async def forget_introduction(self, guild_id: int) -> None:
        """The introduction could not be posted; the next moderator gets it."""
        async with self._database.transaction() as tx:
            await tx.execute("UPDATE guilds SET introduced_at = NULL WHERE guild_id = ?", (guild_id,))

    async def left(self, tx: Transaction, guild_id: int, now: float) -> None:
        """The bot was removed; the time of the first call is kept.

        Subscriptions are kept for a while, pending deliveries end, and incidents are deleted without a report.
        """
        await tx.execute(
            "INSERT INTO guilds (guild_id, left_at) VALUES (?1, ?2)"
            " ON CONFLICT (guild_id) DO UPDATE SET left_at = coalesce(left_at, ?2)",
            (guild_id, now),
        )
        for row in await tx.all("SELECT id FROM subscriptions WHERE guild_id = ?", (guild_id,)):
            await tx.execute("UPDATE subscriptions SET blocked_reason = ? WHERE id = ?", (GUILD_LEFT, row["id"]))
            await cancel_pending(tx, row["id"])
            await tx.execute(
                "UPDATE deliveries SET due = NULL, problem = ? WHERE subscription = ? AND due IS NOT NULL",
                (GUILD_LEFT, row["id"]),
            )
        await tx.execute("DELETE FROM incidents WHERE guild_id = ?", (guild_id,))

    async def returned(self, tx: Transaction, guild_id: int) -> None:
        """The bot is back, and the settings were kept: pending corrections and withdrawals of posts there are due."""
        await tx.execute("UPDATE guilds SET left_at = NULL WHERE guild_id = ?", (guild_id,))
        await tx.execute(
            "UPDATE deliveries SET due = 0, attempts = 0, problem = ''"
            " WHERE subscription IN (SELECT id FROM subscriptions WHERE guild_id = ?)"
            " AND state IN ('claimed', 'posted', 'unverified') AND (problem = ? OR desired_hash != posted_hash)",
            (guild_id, GUILD_LEFT),
        )

    async def known(self, guild_id: int | None = None) -> list[tuple[int, bool]]:
        """Every server with stored choices, channels, roles or cards, or only that one; and whether the bot left it."""
        rows = await self._database.all(
            "SELECT guild_id, max(left_at) IS NOT NULL AS left FROM"
            " (SELECT guild_id, left_at FROM guilds UNION ALL SELECT guild_id, NULL FROM subscriptions"
            " UNION ALL SELECT guild_id, NULL FROM shared_cards UNION ALL SELECT guild_id, NULL FROM topic_roles"
            " UNION ALL SELECT guild_id, NULL FROM topic_role_panels"
            " UNION ALL SELECT guild_id, NULL FROM followed_channels)"
            f" {'' if guild_id is None else 'WHERE guild_id = ?'} GROUP BY guild_id",
            () if guild_id is None else (guild_id,),
        )
        return [(row["guild_id"], bool(row["left"])) for row in rows]

    async def left_before(self, tx: Transaction, before: float) -> list[int]:
        """Servers the bot was removed from before that instant."""
        rows = await tx.all("SELECT guild_id FROM guilds WHERE left_at < ? ORDER BY guild_id", (before,))
        return [row["guild_id"] for row in rows]

    async def delete(self, tx: Transaction, guild_id: int) -> None:
        """Deletes all data of a server, except messages that still show a withdrawn article."""
        await tx.execute(
            "DELETE FROM deliveries WHERE subscription IN (SELECT id FROM subscriptions WHERE guild_id = ?)"
            " AND NOT (state IN ('claimed', 'posted', 'unverified') AND desired_hash != posted_hash"
            " AND EXISTS (SELECT 1 FROM articles WHERE articles.id = article AND articles.state = 'withdrawn'))",
            (guild_id,),
        )
        await tx.execute(
            "UPDATE subscriptions SET removed = 1, topics = '[]', feeds = '[]', role_id = NULL WHERE guild_id = ?",
            (guild_id,),
        )
        await tx.execute(
            "DELETE FROM subscriptions WHERE guild_id = ? AND id NOT IN (SELECT subscription FROM deliveries)",
            (guild_id,),
        )
        await tx.execute(
            "DELETE FROM shared_cards WHERE guild_id = ?"
            " AND article NOT IN (SELECT id FROM articles WHERE state = 'withdrawn')",
            (guild_id,),
        )
        for table in _TABLES_OF_GUILDS:
            await tx.execute(f"DELETE FROM {table} WHERE guild_id = ?", (guild_id,))
