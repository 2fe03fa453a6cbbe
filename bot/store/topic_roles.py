"""Topic roles: the role of each topic in a server, and the message of its panel."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.store.database import Store, Transaction


class RoleTakenError(Exception):
    """The role belongs to another topic already."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        super().__init__(f"the role stands for topic {topic}")


@dataclass(frozen=True, slots=True)
class Panel:
    """The message with which a server's members open the menu of topics."""

    channel_id: int
    message_id: int


class TopicRoles(Store):
    """The tables of topic roles and their panels. Nothing about members is stored."""

    async def of_guild(self, guild_id: int) -> Mapping[str, int]:
        """The server's topic roles: role ids by topic key."""
        rows = await self._database.all("SELECT topic, role_id FROM topic_roles WHERE guild_id = ?", (guild_id,))
        return {row["topic"]: row["role_id"] for row in rows}

    async def assign(self, guild_id: int, topic: str, role_id: int | None) -> None:
        """Assigns the role to the topic, None for no role. Raises RoleTakenError when it belongs to another topic."""
        async with self._database.transaction() as tx:
            row = await tx.one(
                "SELECT topic FROM topic_roles WHERE guild_id = ? AND role_id = ? AND topic != ?",
                (guild_id, role_id, topic),
            )
            if row is not None:
                raise RoleTakenError(row["topic"])
            await tx.execute("DELETE FROM topic_roles WHERE guild_id = ? AND topic = ?", (guild_id, topic))
            if role_id is not None:
                await tx.execute(
                    "INSERT INTO topic_roles (guild_id, topic, role_id) VALUES (?, ?, ?)", (guild_id, topic, role_id)
                )

    async def forget(self, tx: Transaction, guild_id: int, role_ids: Collection[int]) -> None:
        """Roles were deleted in the server."""
        await tx.executemany(
            "DELETE FROM topic_roles WHERE guild_id = ? AND role_id = ?", [(guild_id, role_id) for role_id in role_ids]
        )

    async def panel(self, guild_id: int) -> Panel | None:
        """The server's panel as far as it is known."""
        row = await self._database.one("SELECT * FROM topic_role_panels WHERE guild_id = ?", (guild_id,))
        return Panel(row["channel_id"], row["message_id"]) if row else None

    async def set_panel(self, guild_id: int, panel: Panel) -> None:
        """Records where the panel is posted."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "INSERT INTO topic_role_panels (guild_id, channel_id, message_id) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (guild_id) DO UPDATE SET channel_id = ?2, message_id = ?3",
                (guild_id, panel.channel_id, panel.message_id),
            )
