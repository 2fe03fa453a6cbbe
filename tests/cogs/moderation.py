"""A server with moderators, the real bot and the real store, for tests of the moderators' commands."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import discord
import simcord
from simcord.components import walk_components

from bot.client.bot import HeraldBot
from bot.client.services import Services
from bot.config.settings import Settings
from bot.models import ChannelKind, NewArticle, Subscription, SubscriptionOptions
from bot.store.feeds import FeedState
from bot.store.subscriptions import NewSubscription
from tests.cogs.guild_world import (
    NOW,
    FakeAnnouncer,
    QuickEnv,
    message_of,
    open_services,
    raise_bugs,
    samples,
    store,
)

EVERYONE_MAY = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    use_application_commands=True,
)


@dataclass
class FakePoller:
    """Records which holds were released."""

    released: list[tuple[str, int, str]] = field(default_factory=list[tuple[str, int, str]])

    async def release(self, feed_key: str, guild_id: int, choice: str) -> None:
        self.released.append((feed_key, guild_id, choice))


@dataclass(frozen=True)
class Server:
    """A server with a moderator and a member, the bot, and its services."""

    env: simcord.Env
    bot: HeraldBot
    services: Services
    announcer: FakeAnnouncer
    poller: FakePoller
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    moderator: simcord.MemberActor
    member: simcord.MemberActor

    def closed_to_members(self, name: str) -> simcord.ChannelHandle:
        """A channel that the moderator and the bot see, and nobody else."""
        me = self.guild.me
        assert me is not None
        visible = discord.PermissionOverwrite(view_channel=True)
        return self.guild.create_text_channel(
            name,
            overwrites={
                self.guild.default_role: discord.PermissionOverwrite(view_channel=False),
                self.moderator: visible,
                me: visible,
            },
        )

    def closed(self, name: str, **denied: bool) -> simcord.ChannelHandle:
        """A channel in which the bot lacks some permissions."""
        me = self.guild.me
        assert me is not None
        return self.guild.create_text_channel(name, overwrites={me: discord.PermissionOverwrite(**denied)})

    async def permit_bot(self, **permissions: bool) -> None:
        """Gives the bot's own role these permissions, and no others beyond everyone's."""
        me = self.guild.me
        assert me is not None
        wanted = discord.Permissions(**permissions).value
        self.env.backend.edit_role(self.guild.id, me.top_role.id, {"permissions": wanted})
        await self.env.settle()

    @property
    def managers_id(self) -> int:
        """The moderator's role."""
        roles = self.env.backend.get_guild(self.guild.id).roles.values()
        return next(role.id for role in roles if role.name == "Managers")

    async def forbid_moderator(self, permission: str) -> None:
        """Takes a permission from the moderator's role."""
        role = self.env.backend.get_role(self.guild.id, self.managers_id)
        remaining = role.permissions & ~discord.Permissions(**{permission: True}).value
        self.env.backend.edit_role(self.guild.id, role.id, {"permissions": remaining})
        await self.env.settle()

    def plain_role(self, name: str, **permissions: bool) -> simcord.RoleHandle:
        """A role below the bot's and the moderator's, without permissions unless given."""
        return self.guild.create_role(name, permissions=discord.Permissions(**permissions))

    async def subscribe(
        self,
        channel: simcord.ChannelHandle,
        *,
        kind: ChannelKind = ChannelKind.TEXT,
        guild_id: int | None = None,
        channel_id: int | None = None,
        **options: Any,
    ) -> Subscription:
        """Stores a subscription without the checks of the commands."""
        new = NewSubscription(
            guild_id or self.guild.id, channel_id or channel.id, kind, SubscriptionOptions(**options), NOW
        )
        return await self.services.subscriptions.create(new)

    def new_subscription(self, options: SubscriptionOptions) -> NewSubscription:
        """A subscription of the server's channel with these options."""
        return NewSubscription(self.guild.id, self.channel.id, ChannelKind.TEXT, options, NOW)

    async def change(self, subscription: Subscription, **options: Any) -> Subscription:
        """The subscription with other options."""
        new = NewSubscription(
            subscription.guild_id, subscription.channel_id, subscription.kind, SubscriptionOptions(**options), NOW
        )
        return await self.services.subscriptions.change(subscription.id, new)

    async def plan(self, *article_ids: int) -> None:
        """Deliveries of articles, as if they were new."""
        for article_id in article_ids:
            article = await self.services.articles.get(article_id)
            assert article is not None
            async with self.services.database.transaction() as tx:
                await self.services.deliveries.plan(tx, article_id, article.feed, NOW)

    async def set_delivery(self, article_id: int, **columns: Any) -> int:
        """Puts a delivery into a state, as the announcer would; returns its id."""
        names = ", ".join(f"{name} = :{name}" for name in columns)
        async with self.services.database.transaction() as tx:
            row = await tx.one(
                f"UPDATE deliveries SET {names} WHERE article = :article RETURNING id",  # noqa: S608 - our names
                {**columns, "article": article_id},
            )
        assert row is not None
        return cast("int", row["id"])

    async def feed(self, key: str, **changes: Any) -> None:
        """Stores the state of a feed."""
        url = next(feed.url for feed in self.services.settings.feeds if feed.key == key)
        async with self.services.database.transaction() as tx:
            await self.services.feeds.save(tx, replace(FeedState(key, url, url), **changes))


@asynccontextmanager
async def open_server(
    settings: Settings, drafts: tuple[NewArticle, ...] | None = None, *, introduced: bool = True
) -> AsyncIterator[Server]:
    """The bot, ready in a server, with the sample articles or those given; it announces nothing.

    Unless `introduced`, nobody there has used it yet.
    """
    announcer, poller = FakeAnnouncer(), FakePoller()
    async with open_services(settings, announcer, poller) as services:
        await store(services, samples() if drafts is None else drafts)
        bot = HeraldBot(services)
        env = QuickEnv(bot, shard_count=1, check_errors=False)
        await env.start()
        try:
            with env.time_context():
                guild = env.create_guild("Liberty")
                if introduced:
                    await services.guilds.introduce(guild.id, NOW)
                env.backend.get_guild(guild.id).everyone_role.permissions = EVERYONE_MAY.value
                channel = guild.create_text_channel("news")
                managers = guild.create_role(
                    "Managers", permissions=discord.Permissions(manage_guild=True, manage_roles=True)
                )
                moderator = guild.add_member(env.create_user("mod"), roles=[managers])
                member = guild.add_member(env.create_user("ann"))
                yield Server(env, bot, services, announcer, poller, guild, channel, moderator, member)
        finally:
            await env.shutdown()
        raise_bugs(env)


def components(message: simcord.ResponseMessage | discord.Message | None) -> Iterator[dict[str, Any]]:
    """Every component of a message, nested ones too."""
    assert message is not None, "nothing was answered"
    payload = [cast("Any", part if isinstance(part, dict) else part.to_dict()) for part in message.components]
    return walk_components(payload)


def shown(message: simcord.ResponseMessage | discord.Message | None) -> str:
    """The visible text, one component per line."""
    return "\n".join(part["content"] for part in components(message) if part.get("type") == 10)


def labels(message: simcord.ResponseMessage | discord.Message | None) -> dict[str, bool]:
    """The labels of all buttons, and whether they can be pressed."""
    return {part["label"]: not part.get("disabled", False) for part in components(message) if part.get("type") == 2}


async def press_share(
    member: simcord.UserHandle | simcord.MemberActor, opened: simcord.InteractionResult
) -> simcord.InteractionResult:
    """Shares the article that `/article` opened, where its calls to action may have left no room for the button."""
    if "Share here" not in labels(opened.response):
        await member.click(message_of(opened), label="More")
    return await member.click(message_of(opened), label="Share here")


def menu(message: simcord.ResponseMessage | discord.Message | None, name: str) -> str:
    """The whole `custom_id` of the control whose `custom_id` has this prefix."""
    return next(
        cast("str", part["custom_id"])
        for part in components(message)
        if str(part.get("custom_id", "")).startswith(name)
    )
