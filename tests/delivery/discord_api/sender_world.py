"""A server in memory with the sender under test."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord
import simcord
from discord.ext import commands

from bot.delivery.discord_api.sender import DiscordSender
from bot.delivery.planning.topic_roles import NOBODY, Audience
from bot.delivery.ports import Done, Rendered, Step
from bot.delivery.rate_limiter import RateLimiter
from bot.models import Article, ChannelKind, Subscription
from bot.store.deliveries import DeliveryState
from bot.store.outbox import Delivery, DueDelivery
from tests.delivery.samples import ARTICLE

LINK = "https://x.example/1?utm_source=discord"


def render(articles: Sequence[Article], _subscription: Subscription, audience: Audience = NOBODY) -> Rendered:
    """Renders like the real renderer: a card, with a button that opens the article."""
    view = discord.ui.LayoutView()
    title = articles[0].title if articles else "Withdrawn"
    parts: list[discord.ui.Item[discord.ui.LayoutView]] = [discord.ui.TextDisplay(f"@everyone {title}")]
    if articles:
        parts.append(discord.ui.ActionRow(discord.ui.Button(label="Read", url=LINK)))
    view.add_item(discord.ui.Container(*parts))
    push = " ".join((*(f"<@&{role}>" for role in audience.roles), title)) if audience.roles else ""
    return Rendered(
        view, title, LINK if articles else "", roles=audience.roles, push=push, push_label="Read", push_link=LINK
    )


@dataclass(frozen=True)
class SenderWorld:
    """A server in memory, a client in it, and the sender under test."""

    env: simcord.Env
    guild: simcord.GuildHandle
    client: commands.Bot
    sender: DiscordSender

    def work(self, channel_id: int, kind: ChannelKind = ChannelKind.TEXT, message_id: int | None = None) -> DueDelivery:
        subscription = Subscription(1, self.guild.id, channel_id, kind)
        state = DeliveryState.POSTED if message_id else DeliveryState.CLAIMED
        delivery = Delivery(1, 1, 1, channel_id, state=state, claimed_at=0.0, message_id=message_id)
        return DueDelivery(delivery, subscription, ARTICLE, (ARTICLE,))


@asynccontextmanager
async def open_sender_world() -> AsyncIterator[SenderWorld]:
    """Opened inside each test: simcord's clock belongs to the task that opens it."""
    client = commands.Bot(command_prefix=commands.when_mentioned, intents=discord.Intents(guilds=True))
    async with simcord.run(client) as env:
        limiter = RateLimiter(1_000.0, invalid_budget=1_000, clock=lambda: 0.0)
        sender = DiscordSender(lambda: client, render, limiter, clock=lambda: 0.0, timeout_seconds=30.0)
        yield SenderWorld(env, env.create_guild("Server"), client, sender)


async def post(world: SenderWorld, work: DueDelivery) -> int:
    answer = await world.sender.perform(Step.POST, work, None)
    assert isinstance(answer, Done)
    assert answer.message_id is not None
    return answer.message_id
