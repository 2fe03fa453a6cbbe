"""The real bot with the real store and search, the sample articles inside, on a simulated Discord."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import discord
import simcord

from bot.app.core import Core
from bot.client.bot import HeraldBot
from bot.client.errors import UserFacingError
from bot.client.services import Services
from bot.config.settings import Settings
from bot.delivery.announcer import Change
from bot.demo.blog import load_articles
from bot.models import NewArticle
from bot.search.engine import SearchEngine
from bot.search.index import SearchIndex
from bot.store.database import Database
from tests.conftest import NOW
from tests.sample_drafts import article_draft


@dataclass
class FakeAnnouncer:
    """Records how it was called."""

    followed: defaultdict[Change, list[int]] = field(default_factory=lambda: defaultdict[Change, list[int]](list))
    woken: int = 0
    suspension: str = ""

    async def follow(self, change: Change, number: int) -> None:
        self.followed[change].append(number)

    def wake(self) -> None:
        self.woken += 1


class QuickEnv(simcord.Env):
    """Simcord that waits a millisecond for callbacks which the next turn of the loop runs, not fifty.

    It sleeps that long after nearly every press of a button, although the task of the press is done.
    """

    async def _settle_internal(self, *, idle: float = 0.001, **options: Any) -> None:
        await super()._settle_internal(idle=idle, **options)


@dataclass(frozen=True, slots=True)
class GuildWorld:
    """A server with a channel and a member, and the bot in it."""

    env: simcord.Env
    services: Services
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    member: simcord.MemberActor

    @property
    def bot(self) -> HeraldBot:
        """The running bot; a new one after a restart."""
        return cast("HeraldBot", self.env.bot)


@asynccontextmanager
async def open_services(settings: Settings, announcer: object = None, poller: object = None) -> AsyncIterator[Services]:
    """The real store and search; without an announcer given, one that records, and with the poller given or none."""
    database = await Database.open(settings.database)
    search = SearchEngine(database, settings.topics, clock)
    try:
        yield Services(
            database,
            settings,
            search,
            poll_writer=cast("Any", poller),
            announcer=cast("Any", announcer or FakeAnnouncer()),
            reinstate=Core(database, settings, clock).reinstate,
            clock=clock,
        )
    finally:
        await search.counted()
        await database.close()


def raise_bugs(env: simcord.Env) -> None:
    """Raises what the bot raised: not refusals, which are answers, nor what a test has looked at, which is meant."""
    raised = env.errors_since(env._errors_acknowledged)
    bugs = [one for one in raised if not isinstance(getattr(one, "original", one), UserFacingError)]
    if bugs:
        message = f"the bot raised {len(bugs)} errors"
        raise BaseExceptionGroup(message, bugs)


@asynccontextmanager
async def open_world(settings: Settings, drafts: tuple[NewArticle, ...] | None = None) -> AsyncIterator[GuildWorld]:
    """The bot, ready in a server, with the sample articles or those given."""
    async with open_services(settings) as services:
        await store(services, samples() if drafts is None else drafts)
        # Not `simcord.run`: it must be exited in the context that entered it, which fixtures do not do.
        env = QuickEnv(HeraldBot(services), shard_count=1)
        await env.start()
        try:
            guild = env.create_guild()
            channel = guild.create_text_channel("general")
            member = guild.add_member(env.create_user("ann"))
            yield GuildWorld(env, services, guild, channel, member)
        finally:
            await env.shutdown()
            raise_bugs(env)


def message_of(result: simcord.InteractionResult) -> discord.Message:
    """The message that answered."""
    assert result.response is not None, "nothing was answered"
    return result.response.message


async def store(services: Services, drafts: tuple[NewArticle, ...]) -> list[int]:
    """Stores and indexes articles, and returns their ids."""
    ids: list[int] = []
    async with services.database.transaction() as tx:
        for draft in drafts:
            [article_id] = await services.articles.add(tx, [draft], NOW)
            await SearchIndex(services.database, services.settings.topics).add(tx, (article_id, draft))
            ids.append(article_id)
    return ids


def samples() -> tuple[NewArticle, ...]:
    """The sample blog's articles."""
    return tuple(article_draft(article) for article in load_articles())


def clock() -> float:
    """The instant of all tests."""
    return NOW
