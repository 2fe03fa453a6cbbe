"""Channels in which Discord itself posts: they follow the organisation's announcement channel through a webhook."""

from dataclasses import dataclass

from bot.store.database import Store


@dataclass(frozen=True, slots=True)
class FollowedChannel:
    """A channel and its webhook; `confirmed_at` is when Discord last answered that the webhook exists."""

    guild_id: int
    channel_id: int
    webhook_id: int
    followed_at: float
    confirmed_at: float


class FollowedChannels(Store):
    """The table of channels that follow."""

    async def get(self, channel_id: int) -> FollowedChannel | None:
        """The channel, if it follows."""
        row = await self._database.one("SELECT * FROM followed_channels WHERE channel_id = ?", (channel_id,))
        return FollowedChannel(**dict(row)) if row else None

    async def of_guild(self, guild_id: int) -> list[FollowedChannel]:
        """All channels of a server that follow, in the order in which they began."""
        rows = await self._database.all(
            "SELECT * FROM followed_channels WHERE guild_id = ? ORDER BY followed_at, channel_id", (guild_id,)
        )
        return [FollowedChannel(**dict(row)) for row in rows]

    async def guilds(self) -> list[int]:
        """The servers with channels that follow."""
        rows = await self._database.all("SELECT DISTINCT guild_id FROM followed_channels ORDER BY guild_id")
        return [row["guild_id"] for row in rows]

    async def put(self, channel: FollowedChannel) -> None:
        """Records that a channel follows, or that its webhook was seen again."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "INSERT OR REPLACE INTO followed_channels"
                " (guild_id, channel_id, webhook_id, followed_at, confirmed_at) VALUES (?, ?, ?, ?, ?)",
                (channel.guild_id, channel.channel_id, channel.webhook_id, channel.followed_at, channel.confirmed_at),
            )

    async def delete(self, channel_id: int) -> bool:
        """The channel follows no longer; whether it did."""
        async with self._database.transaction() as tx:
            row = await tx.one("DELETE FROM followed_channels WHERE channel_id = ? RETURNING channel_id", (channel_id,))
        return row is not None
